"""Forward, backward, and the error between them: equations (1) to (7)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arguments import check_activations, check_weights


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


def forward(X: NDArray, weights: Sequence[NDArray], check: bool = True) -> list[NDArray]:
    """The activations of all layers: X (..., N, units), then (..., N, units out) for each W; equations (1), (2).

    Raises ValueError for what does not fit, unless `check` is False.
    """
    if check:
        check_weights(X, weights)
    activations = [X]
    for W in weights:
        z = with_one(activations[-1], W) @ W  # (1)
        activations.append(sigmoid(z))  # (2)
    return activations


def error(yhat: NDArray, y: NDArray) -> NDArray:
    """E, half the sum of the squared errors over cases and outputs, one number a network; equation (3)."""
    return 0.5 * ((yhat - y) ** 2).sum(axis=(-1, -2))


def backward(
    activations: Sequence[NDArray], weights: Sequence[NDArray], y: NDArray, check: bool = True
) -> list[NDArray]:
    """The gradient of E for each W, of its shape, from the activations that `forward` gave; equations (4) to (7).

    Raises ValueError for what does not fit, unless `check` is False.
    """
    if check:
        check_activations(activations, weights, y)
    blame = activations[-1] - y  # (4)
    gradients = []
    for a_in, a_out, W in zip(activations[-2::-1], activations[:0:-1], weights[::-1], strict=True):
        delta = blame * a_out * (1 - a_out)  # (5)
        gradients.append(transpose(with_one(a_in, W)) @ delta)  # (6)
        blame = delta @ transpose(W[..., : a_in.shape[-1], :])  # (7)
    return gradients[::-1]
