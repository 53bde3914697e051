"""What a function is given, looked at before it computes: every ValueError names the argument and both shapes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def check_array(name: str, array: NDArray) -> None:
    """Raise ValueError unless the array is (..., rows, columns), not empty, and of finite numbers."""
    shape = np.shape(array)
    if len(shape) < 2:
        raise ValueError(f"{name} has the shape {shape}; it should have two axes at least")
    if 0 in shape:
        raise ValueError(f"{name} has the shape {shape}; it should have no axis of length 0")
    if not np.isfinite(array).all():
        raise ValueError(f"{name}, of the shape {shape}, should have finite numbers only")


def check_reads(inputs: int, layers: int, reads: Sequence[Sequence[int]] | None) -> None:
    """Raise ValueError unless each layer reads something, and only what stands before it."""
    if reads is None:
        if inputs != 1:
            raise ValueError(f"X has {inputs} groups; reads should say which of them each layer takes")
        return
    if len(reads) != layers:
        raise ValueError(f"reads has {len(reads)} entries; it should have {layers}, one for each layer")
    for n, read in enumerate(reads):
        if len(read) == 0 or not all(0 <= m < inputs + n for m in read):
            raise ValueError(f"reads[{n}] is {read}; it should name activations from 0 to {inputs + n - 1}")


def check_weights(
    inputs: Sequence[NDArray], weights: Sequence[NDArray], reads: Sequence[Sequence[int]] | None = None
) -> None:
    """Raise ValueError unless the inputs, each (..., N, units), can go through all of the weights."""
    if not weights:
        raise ValueError("weights is empty; it should have one array for each layer")
    named = {"X" if len(inputs) == 1 else f"X[{n}]": X for n, X in enumerate(inputs)}
    for name, X in named.items():
        check_array(name, X)
        if X.shape[-2] != inputs[0].shape[-2]:
            raise ValueError(f"{name} has the shape {X.shape}; it should have {inputs[0].shape[-2]} cases, as X[0]")
    check_reads(len(inputs), len(weights), reads)
    units = [X.shape[-1] for X in inputs]
    for n, W in enumerate(weights):
        check_array(f"weights[{n}]", W)
        rows = sum(units[m] for m in reads[n]) if reads else units[-1]
        if W.shape[-2] not in (rows, rows + 1):
            wanted = f"(..., {rows}, units out), or (..., {rows + 1}, units out) with biases"
            raise ValueError(f"weights[{n}] has the shape {W.shape}; it should have {wanted}")
        units.append(W.shape[-1])
    check_leading(**named, **{f"weights[{n}]": W for n, W in enumerate(weights)})


def check_activations(
    activations: Sequence[NDArray],
    weights: Sequence[NDArray],
    y: NDArray,
    reads: Sequence[Sequence[int]] | None = None,
) -> None:
    """Raise ValueError unless these are the activations of these weights, and y has a target for each output."""
    inputs = len(activations) - len(weights) if reads else 1
    if inputs < 1 or len(activations) != len(weights) + inputs:
        raise ValueError(f"activations has {len(activations)} arrays; it should have {len(weights) + 1}")
    check_weights(activations[:inputs], weights, reads)
    cases = activations[0].shape[-2]
    for n, (a, W) in enumerate(zip(activations[inputs:], weights, strict=True), inputs):
        check_array(f"activations[{n}]", a)
        if a.shape[-2:] != (cases, W.shape[-1]):
            raise ValueError(f"activations[{n}] has the shape {a.shape}; it should have (..., {cases}, {W.shape[-1]})")
    check_targets(y, cases, weights[-1].shape[-1])
    check_leading(y=y, **{f"activations[{n}]": a for n, a in enumerate(activations)})


def check_targets(y: NDArray, cases: int, outputs: int) -> None:
    """Raise ValueError unless y (..., N, outputs) has a target for each case and output."""
    check_array("y", y)
    if y.shape[-2:] != (cases, outputs):
        raise ValueError(f"y has the shape {y.shape}; it should have (..., {cases}, {outputs})")


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


def check_schedule(name: str, value: ArrayLike, steps: int, low: float, high: float = np.inf) -> None:
    """Raise ValueError unless `value` is a number that `check_number` allows, or one for each step."""
    if np.shape(value) not in ((), (steps,)):
        wanted = f"it should be a number, or one for each step, ({steps},)"
        raise ValueError(f"{name} has the shape {np.shape(value)}; {wanted}")
    for number in np.unique(value):
        check_number(name, number.item(), low, high)


def check_margin(margin: float) -> None:
    """Raise ValueError unless 0 ≤ margin < 0.5: beyond that an output would be right for either target."""
    check_number("margin", margin, 0, 0.5)


def check_training(
    inputs: Sequence[NDArray],
    y: NDArray,
    weights: Sequence[NDArray],
    steps: int,
    rate: ArrayLike,
    momentum: ArrayLike,
    *,
    reads: Sequence[Sequence[int]] | None = None,
    decay: float | Sequence[ArrayLike] = 0.0,
    margin: float = 0.0,
    batch: int | None = None,
    tied: bool = False,
) -> None:
    """Raise ValueError unless a network can be trained with these; they are the arguments of `train`."""
    check_weights(inputs, weights, reads)
    check_targets(y, inputs[0].shape[-2], weights[-1].shape[-1])
    arrays = {f"X[{n}]": X for n, X in enumerate(inputs)} | {f"weights[{n}]": W for n, W in enumerate(weights)}
    check_leading(y=y, **arrays)
    check_number("steps", steps, 0)
    check_schedule("rate", rate, steps, 0)
    check_schedule("momentum", momentum, steps, 0, 1)
    check_margin(margin)
    decays = decay if isinstance(decay, list | tuple) else [decay] * len(weights)
    if len(decays) != len(weights):
        raise ValueError(f"decay has {len(decays)} entries; it should have {len(weights)}, one for each layer")
    for part in decays:
        for number in np.unique(part):
            check_number("decay", number.item(), 0, 1)
    if batch is not None and not (batch == int(batch) and batch > 0):
        raise ValueError(f"batch is {batch}; it should be a number of cases above 0, or None for all of them")
    if tied and len({W.shape for W in weights}) > 1:
        raise ValueError(f"weights have the shapes {[W.shape for W in weights]}; tied ones should have one shape")
