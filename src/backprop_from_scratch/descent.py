"""Gradient descent with momentum, equations (8) and (9), for any number of networks at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .arguments import check_activations, check_number
from .network import backward, error, forward


def starts(sizes: Sequence[int], seeds: Iterable[int], scale: float = 0.5, bias: bool = False) -> list[NDArray]:
    """Normal weights of the given scale, (seeds, units in, units out) a layer; with `bias`, a row of zeros below."""
    rngs = [np.random.default_rng(seed) for seed in seeds]
    weights = []
    for units_in, units_out in pairwise(sizes):
        W = scale * np.stack([rng.standard_normal((units_in, units_out)) for rng in rngs])
        weights.append(np.concatenate([W, np.zeros((len(rngs), 1, units_out))], axis=-2) if bias else W)
    return weights


def descend(
    weights: Sequence[NDArray],
    gradients: Sequence[NDArray],
    velocity: Sequence[NDArray | float],
    rate: float,
    momentum: float = 0.0,
) -> tuple[list[NDArray], list[NDArray]]:
    """One step: the new weights and the new velocity, of the shapes of the weights; equations (8), (9)."""
    velocity = [momentum * v - rate * g for v, g in zip(velocity, gradients, strict=True)]  # (9)
    return [W + v for W, v in zip(weights, velocity, strict=True)], velocity  # (8)


def train(
    X: NDArray, y: NDArray, weights: Sequence[NDArray], steps: int, rate: float, momentum: float = 0.0
) -> tuple[list[NDArray], NDArray]:
    """The weights after `steps` steps, and E before each of them, (steps, ...). Raises ValueError."""
    check_activations(forward(X, weights), weights, y)
    check_number("rate", rate, 0)
    check_number("momentum", momentum, 0, 1)
    check_number("steps", steps, 0)
    velocity: Sequence[NDArray | float] = [0.0] * len(weights)
    errors = []
    for _ in range(steps):
        activations = forward(X, weights, check=False)
        errors.append(error(activations[-1], y))
        gradients = backward(activations, weights, y, check=False)
        weights, velocity = descend(weights, gradients, velocity, rate, momentum)
    return list(weights), np.array(errors)
