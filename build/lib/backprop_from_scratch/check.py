"""Is a gradient right? Ways to know a slope that know nothing of the chain rule."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .arguments import check_number


def differences(f: Callable[[NDArray], float], w: NDArray, h: float = 1e-5) -> NDArray:
    """The slopes of f at w, of the shape of w, by central differences: two calls of f for each entry."""
    check_number("h", h, 0)
    slopes = np.empty(w.shape)
    for index in np.ndindex(w.shape):
        step = np.zeros(w.shape)
        step[index] = h
        slopes[index] = (f(w + step) - f(w - step)) / (2 * h)
    return slopes


def complex_step(f: Callable[[NDArray], complex], w: NDArray, h: float = 1e-20) -> NDArray:
    """The slopes of f at w, of the shape of w, by a step in the imaginary direction: one call for each entry."""
    check_number("h", h, 0)
    slopes = np.empty(w.shape)
    for index in np.ndindex(w.shape):
        step = np.zeros(w.shape, dtype=complex)
        step[index] = 1j * h
        slopes[index] = np.imag(f(w + step)) / h
    return slopes


def relative_error(a: NDArray, b: NDArray) -> float:
    """The largest distance between entries of a and b, in parts of the largest entry of either. 0 if both are 0."""
    if a.shape != b.shape:
        raise ValueError(f"a has the shape {a.shape}; it should have that of b, {b.shape}")
    largest = max(np.abs(a).max(initial=0.0), np.abs(b).max(initial=0.0))
    return float(np.abs(a - b).max(initial=0.0) / largest) if largest > 0 else 0.0
