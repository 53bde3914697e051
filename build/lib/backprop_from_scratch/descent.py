"""Gradient descent with momentum, equations (8) and (9), for any number of networks at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arguments import check_number, check_training
from .fast import sweeper
from .network import backward, forward, groups
from .progress import progress


def starts(sizes: Sequence[int], seeds: Iterable[int], scale: float = 0.5, bias: bool = False) -> list[NDArray]:
    """Normal weights of the given scale, (seeds, units in, units out) a layer; with `bias`, a row of zeros below."""
    rngs = [np.random.default_rng(seed) for seed in seeds]
    weights = []
    for units_in, units_out in pairwise(sizes):
        W = scale * np.stack([rng.standard_normal((units_in, units_out)) for rng in rngs])
        weights.append(np.concatenate([W, np.zeros((len(rngs), 1, units_out))], axis=-2) if bias else W)
    return weights


def uniform_starts(shapes: Sequence[tuple[int, int]], seeds: Iterable[int], limit: float) -> list[NDArray]:
    """Weights between −limit and limit, evenly, (seeds, *shape) for each shape: as the 1986 letter starts."""
    rngs = [np.random.default_rng(seed) for seed in seeds]
    return [np.stack([rng.uniform(-limit, limit, shape) for rng in rngs]) for shape in shapes]


def descend(
    weights: Sequence[NDArray],
    gradients: Sequence[NDArray],
    velocity: Sequence[NDArray | float],
    rate: float,
    momentum: float = 0.0,
    decay: float | Sequence[ArrayLike] = 0.0,
) -> tuple[list[NDArray], list[NDArray]]:
    """One step: the new weights and the new velocity, of the shapes of the weights; equations (8), (9).

    After the step every weight loses the part `decay` of itself: a number, or an array for each W.
    """
    decays = decay if isinstance(decay, list | tuple) else [decay] * len(weights)
    velocity = [momentum * v - rate * g for v, g in zip(velocity, gradients, strict=True)]  # (9)
    return [(W + v) * (1 - d) for W, v, d in zip(weights, velocity, decays, strict=True)], velocity  # (8)


def sweep(
    X: NDArray | Sequence[NDArray],
    y: NDArray,
    weights: Sequence[NDArray],
    velocity: Sequence[NDArray | float],
    rate: float,
    momentum: float = 0.0,
    *,
    reads: Sequence[Sequence[int]] | None = None,
    decay: float | Sequence[ArrayLike] = 0.0,
    margin: float = 0.0,
    batch: int | None = None,
    tied: bool = False,
) -> tuple[list[NDArray], list[NDArray]]:
    """One sweep over the cases, in their order: the new weights and the new velocity.

    The weights change after every `batch` cases; after all of them, if None. With `tied` all weights are copies of
    one, and change by the average of what each would.
    """
    cases = y.shape[-2]
    for first in range(0, cases, batch or cases):
        part = slice(first, first + (batch or cases))
        activations = forward([x[..., part, :] for x in groups(X)], weights, reads, check=False)
        gradients = backward(activations, weights, y[..., part, :], reads, margin, check=False)
        if tied:
            gradients = [sum(gradients) / len(gradients)] * len(gradients)
        weights, velocity = descend(weights, gradients, velocity, rate, momentum, decay)
    return list(weights), list(velocity)


def train(
    X: NDArray | Sequence[NDArray],
    y: NDArray,
    weights: Sequence[NDArray],
    steps: int,
    rate: ArrayLike,
    momentum: ArrayLike = 0.0,
    **how,
) -> tuple[list[NDArray], NDArray]:
    """The weights after `steps` sweeps, and E before each of them, (steps, ...). Raises ValueError.

    `rate` and `momentum` are numbers, or one for each sweep; `how` is what `sweep` can be told.
    """
    check_training(groups(X), y, weights, steps, rate, momentum, **how)
    look, _, change, now = sweeper(X, y, weights, **how)
    rates, momenta = np.broadcast_to(rate, steps).tolist(), np.broadcast_to(momentum, steps).tolist()
    errors = np.empty((steps, *np.broadcast_shapes(*(a.shape[:-2] for a in (*groups(X), y, *weights)))))
    with progress(steps, "sweeps") as tell:
        for n in range(steps):
            errors[n] = look()
            change(rates[n], momenta[n])
            tell(n)
    return now()[0], errors


def runs_of(data: NDArray | Sequence[NDArray], which: NDArray) -> NDArray | list[NDArray]:
    """The cases of some runs: of those with a leading axis (runs, N, units); what all runs share stays as it is."""
    if isinstance(data, list | tuple):
        return [runs_of(x, which) for x in data]
    return data[which] if data.ndim == 3 and len(data) > 1 else data


def solve(
    X: NDArray | Sequence[NDArray],
    y: NDArray,
    weights: Sequence[NDArray],
    most: int,
    rate: ArrayLike,
    momentum: ArrayLike = 0.0,
    within: float = 0.5,
    **how,
) -> tuple[NDArray, list[NDArray]]:
    """How many sweeps each run takes until its outputs are all nearer than `within` to their targets; its weights then.

    The runs are the first axis of the weights. A run that is not there after `most` sweeps counts as infinitely many,
    and keeps its last weights. `rate`, `momentum`, `how`: as in `train`. Raises ValueError.
    """
    check_training(groups(X), y, weights, most, rate, momentum, **how)
    check_number("within", within, 0)
    rates, momenta = np.broadcast_to(rate, most).tolist(), np.broadcast_to(momentum, most).tolist()
    runs = np.broadcast_shapes(*(W.shape[:-2] for W in weights))
    if len(runs) != 1:
        raise ValueError(f"weights have the leading axes {runs}; they should have one, the runs")
    sweeps, end = np.full(runs, np.inf), [np.array(np.broadcast_to(W, (*runs, *W.shape[-2:])), float) for W in weights]
    left = np.arange(runs[0])
    _, farthest, change, now = sweeper(X, y, end, **how)
    with progress(most, "sweeps") as tell:
        for n in range(most + 1):
            there = (farthest() < within) & np.isinf(sweeps[left])
            if there.any():
                sweeps[left[there]] = n
                for W, here in zip(end, now()[0], strict=True):
                    W[left[there]] = here[there]
                going = np.isinf(sweeps[left])
                if not going.any():
                    break
                if going.mean() < 0.875:  # go on without the solved ones: they cost time
                    left = left[going]
                    state = [[a[going] for a in arrays] for arrays in now()]
                    _, farthest, change, now = sweeper(runs_of(X, left), runs_of(y, left), *state, **how)
                    farthest()
            if n < most:
                change(rates[n], momenta[n])
                tell(n)
    lost = np.isinf(sweeps[left])
    for W, here in zip(end, now()[0], strict=True):
        W[left[lost]] = here[lost]
    return sweeps, end
