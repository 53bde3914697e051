"""The tasks of Part III, each built from its rule: inputs (N, units), targets (N, outputs)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def patterns(bits: int) -> NDArray:
    """Every row of `bits` zeros and ones, (2 ** bits, bits), counting upwards."""
    return (np.arange(2**bits)[:, None] >> np.arange(bits)[::-1] & 1).astype(float)


def parity(bits: int) -> tuple[NDArray, NDArray]:
    """Is the number of ones odd? Of all rows of `bits`; two bits are XOR."""
    X = patterns(bits)
    return X, X.sum(axis=1, keepdims=True) % 2


def xor() -> tuple[NDArray, NDArray]:
    """One or the other, and not both."""
    return parity(2)


def encoder(units: int) -> tuple[NDArray, NDArray]:
    """One of the inputs is on, and so is to be the same output."""
    return np.eye(units), np.eye(units)


def symmetry(bits: int = 6) -> tuple[NDArray, NDArray]:
    """Does the row read the same from both ends? Of all rows of `bits`."""
    X = patterns(bits)
    return X, (X[:, ::-1] == X).all(axis=1, keepdims=True).astype(float)
