"""Forward, backward, and the error between them: equations (1) to (7), for any layered graph."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arguments import check_activations, check_margin, check_weights


def sigmoid(z: ArrayLike) -> NDArray:
    """1 / (1 + exp(−z)), of the shape of z; equation (2)."""
    return 1 / (1 + np.exp(-z))


def transpose(a: NDArray) -> NDArray:
    """The last two axes of a (..., m, n) swapped."""
    return np.swapaxes(a, -1, -2)


def with_one(a: NDArray, W: NDArray) -> NDArray:
    """The activations a (..., N, units), and a column of ones where W has a row of biases for it."""
    if W.shape[-2] == a.shape[-1]:
        return a
    return np.concatenate([a, np.ones((*a.shape[:-1], 1))], axis=-1)


def side_by_side(arrays: Sequence[NDArray]) -> NDArray:
    """Activations (..., N, units) of several layers as those of one, (..., N, units in all)."""
    if len(arrays) == 1:
        return arrays[0]
    leading = np.broadcast_shapes(*(a.shape[:-1] for a in arrays))
    return np.concatenate([np.broadcast_to(a, (*leading, a.shape[-1])) for a in arrays], axis=-1)


def groups(X: NDArray | Sequence[NDArray]) -> list[NDArray]:
    """The groups of input units: X itself if it is an array, else the arrays in it."""
    return list(X) if isinstance(X, list | tuple) else [X]


def chain(weights: Sequence[NDArray]) -> list[tuple[int]]:
    """What each layer reads if nothing is said: the one before it."""
    return [(n,) for n in range(len(weights))]


def forward(
    X: NDArray | Sequence[NDArray],
    weights: Sequence[NDArray],
    reads: Sequence[Sequence[int]] | None = None,
    check: bool = True,
) -> list[NDArray]:
    """The activations: X (..., N, units) or its groups, then (..., N, units out) for each W; equations (1), (2).

    `reads` names, for each W, the activations in this list that it takes; without it each W takes the one before.
    Raises ValueError for what does not fit, unless `check` is False.
    """
    if check:
        check_weights(groups(X), weights, reads)
    activations = groups(X)
    for W, read in zip(weights, reads or chain(weights), strict=True):
        a = side_by_side([activations[n] for n in read])
        z = with_one(a, W) @ W  # (1)
        activations.append(sigmoid(z))  # (2)
    return activations


def error(yhat: NDArray, y: NDArray) -> NDArray:
    """E, half the sum of the squared errors over cases and outputs, one number a network; equation (3)."""
    return 0.5 * ((yhat - y) ** 2).sum(axis=(-1, -2))


def backward(
    activations: Sequence[NDArray],
    weights: Sequence[NDArray],
    y: NDArray,
    reads: Sequence[Sequence[int]] | None = None,
    margin: float = 0.0,
    check: bool = True,
) -> list[NDArray]:
    """The gradient of E for each W, of its shape, from the activations that `forward` gave; equations (4) to (7).

    An output nearer than `margin` to its target counts as right. Raises ValueError for what does not fit, unless
    `check` is False.
    """
    if check:
        check_activations(activations, weights, y, reads)
        check_margin(margin)
    inputs = len(activations) - len(weights)
    off = activations[-1] - y
    blame = [0.0] * len(activations)
    blame[-1] = np.where(np.abs(off) < margin, 0.0, off)  # (4)
    gradients = []
    for n, W, read in reversed(list(zip(range(len(weights)), weights, reads or chain(weights), strict=True))):
        a_in, a_out = side_by_side([activations[m] for m in read]), activations[inputs + n]
        delta = blame[inputs + n] * a_out * (1 - a_out)  # (5)
        gradients.append(transpose(with_one(a_in, W)) @ delta)  # (6)
        row = 0
        for m in read:
            units = activations[m].shape[-1]
            blame[m] = blame[m] + delta @ transpose(W[..., row : row + units, :])  # (7)
            row += units
    return gradients[::-1]
