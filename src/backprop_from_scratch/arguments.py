"""What a function is given, looked at before it computes: every ValueError names the argument and both shapes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def check_array(name: str, array: NDArray) -> None:
    """Raise ValueError unless the array is (..., rows, columns), not empty, and of finite numbers."""
    shape = np.shape(array)
    if len(shape) < 2:
        raise ValueError(f"{name} has the shape {shape}; it should have two axes at least")
    if 0 in shape:
        raise ValueError(f"{name} has the shape {shape}; it should have no axis of length 0")
    if not np.isfinite(array).all():
        raise ValueError(f"{name}, of the shape {shape}, should have finite numbers only")


def check_weights(X: NDArray, weights: Sequence[NDArray]) -> None:
    """Raise ValueError unless X (..., N, units) can go through all of the weights."""
    if not weights:
        raise ValueError("weights is empty; it should have one array for each layer")
    check_array("X", X)
    units = X.shape[-1]
    for n, W in enumerate(weights):
        check_array(f"weights[{n}]", W)
        if W.shape[-2] not in (units, units + 1):
            wanted = f"(..., {units}, units out), or (..., {units + 1}, units out) with biases"
            raise ValueError(f"weights[{n}] has the shape {W.shape}; it should have {wanted}")
        units = W.shape[-1]
    check_leading(X=X, **{f"weights[{n}]": W for n, W in enumerate(weights)})


def check_activations(activations: Sequence[NDArray], weights: Sequence[NDArray], y: NDArray) -> None:
    """Raise ValueError unless these are the activations of these weights, and y has a target for each output."""
    if len(activations) != len(weights) + 1:
        raise ValueError(f"activations has {len(activations)} arrays; it should have {len(weights) + 1}")
    check_weights(activations[0], weights)
    cases = activations[0].shape[-2]
    for n, (a, W) in enumerate(zip(activations[1:], weights, strict=True), 1):
        check_array(f"activations[{n}]", a)
        if a.shape[-2:] != (cases, W.shape[-1]):
            raise ValueError(f"activations[{n}] has the shape {a.shape}; it should have (..., {cases}, {W.shape[-1]})")
    check_array("y", y)
    if y.shape[-2:] != (cases, weights[-1].shape[-1]):
        raise ValueError(f"y has the shape {y.shape}; it should have (..., {cases}, {weights[-1].shape[-1]})")
    check_leading(y=y, **{f"activations[{n}]": a for n, a in enumerate(activations)})


def check_leading(**arrays: NDArray) -> None:
    """Raise ValueError unless the axes before the last two fit together."""
    try:
        np.broadcast_shapes(*(array.shape[:-2] for array in arrays.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise ValueError(f"the leading axes do not fit together: {shapes}; they should be equal, or 1") from None


def check_number(name: str, value: float, low: float, high: float = np.inf) -> None:
    """Raise ValueError unless low ≤ value < high; a `low` of 0 is itself allowed only where `high` is finite."""
    above = value >= low if np.isfinite(high) else value > low
    if not (above and value < high):
        wanted = f"at least {low} and below {high}" if np.isfinite(high) else f"above {low}, and finite"
        raise ValueError(f"{name} is {value}; it should be {wanted}")
