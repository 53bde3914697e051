"""The sweep of descent.py, made fast: the same arithmetic as a list of NumPy calls into arrays that are made once.

An array of activations is (units, N) here, so that biases are the weights of one more row of ones below it. All the
runs are in it: (units, N, runs) for many small networks, where each product is a few long rows in place of a thousand
tiny matrices, and (runs, units, N) for few or large ones. One run has no axis for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

ONE, MINUS_LOG2_E = np.array(1.0), np.array(-np.log2(np.e))  # arrays: a ufunc takes them sooner than numbers


def run_goes_last(runs: int, weights: Sequence[NDArray]) -> bool:
    """Whether (units, N, runs) is the faster of the two: for small layers above the first, as measured."""
    return runs >= 16 and max((W.shape[-2] * W.shape[-1] for W in weights[1:]), default=0) <= 36


def lay(a: NDArray, leading: tuple[int, ...], last: bool) -> NDArray:
    """A copy of a (..., rows, columns) as (rows, columns, runs) if `last`, else (runs, rows, columns).

    An array without leading axes, the same for all runs, stays (rows, columns); so does the array of a single run.
    """
    runs = int(np.prod(leading))
    if a.ndim == 2 or runs == 1:
        return np.array(a.reshape(a.shape[-2:]), float, order="C")
    a = np.broadcast_to(a, (*leading, *a.shape[-2:])).reshape(runs, *a.shape[-2:])
    return np.array(np.moveaxis(a, 0, -1) if last else a, float, order="C")


def size(a: NDArray, last: bool) -> tuple[int, int]:
    """The rows and columns of an array that has been laid."""
    return a.shape[:2] if last else a.shape[-2:]


def rows(a: NDArray, start: int, stop: int, last: bool) -> NDArray:
    """Some rows of an array that has been laid: units of activations, inputs of weights."""
    return a[start:stop] if last else a[..., start:stop, :]


def in_one_row(shapes: Sequence[tuple[int, ...]]) -> tuple[NDArray, list[NDArray]]:
    """A row of ones, and arrays of these shapes that are its parts: one call for the row is a call for each of them."""
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    row = np.ones(ends[-1])
    return row, [part.reshape(shape) for part, shape in zip(np.split(row, ends[:-1]), shapes, strict=True)]


def times(W: NDArray, a: NDArray, z: NDArray, last: bool) -> Callable:
    """Equation (1): a call that fills z[o, n] with the sum over i of W[i, o] a[i, n]."""
    if last and a.ndim == 2:  # inputs that all runs share
        return partial(np.matmul, a.T, W.transpose(1, 0, 2), z)
    if last:
        return partial(np.einsum, "ior,inr->onr", W, a, out=z)
    return partial(np.dot if z.ndim == 2 else np.matmul, np.swapaxes(W, -1, -2), a, z)


def gradient(a: NDArray, delta: NDArray, dW: NDArray, last: bool) -> Callable:
    """Equation (6): a call that fills dW[i, o] with the sum over n of a[i, n] delta[o, n]."""
    if last and a.ndim == 2:
        return partial(np.matmul, a, delta, dW.transpose(1, 0, 2))
    if last:
        return partial(np.einsum, "inr,onr->ior", a, delta, out=dW)
    return partial(np.dot if dW.ndim == 2 else np.matmul, a, np.swapaxes(delta, -1, -2), dW)


def blame_back(W: NDArray, delta: NDArray, blame: NDArray, last: bool) -> Callable:
    """Equation (7): a call that fills blame[i, n] with the sum over o of W[i, o] delta[o, n]."""
    if last and W.shape[1] == 1:  # a sum of one
        return partial(np.multiply, W, delta, blame)
    if last:
        return partial(np.einsum, "ior,onr->inr", W, delta, out=blame)
    return partial(np.dot if blame.ndim == 2 else np.matmul, W, delta, blame)


def wired(
    sources: Sequence[NDArray],
    units: Sequence[int],
    reads: Sequence[Sequence[int]],
    W: Sequence[NDArray],
    dW: Sequence[NDArray],
    last: bool,
) -> list[list[tuple]]:
    """For each layer what it reads: the source's number and activations, and the rows of W and of dW that meet it.

    Biases meet the row of ones below the last of a layer's sources.
    """
    layers = []
    for w, dw, read in zip(W, dW, reads, strict=True):
        ends = np.cumsum([units[m] for m in read]).tolist()
        starts, ends = [0, *ends[:-1]], [*ends[:-1], size(w, last)[0]]
        parts = zip(read, starts, ends, strict=True)
        layers.append(
            [
                (m, rows(sources[m], 0, end - top, last), rows(w, top, end, last), rows(dw, top, end, last))
                for m, top, end in parts
            ]
        )
    return layers


def calls_ahead(layers: Sequence[list], outputs: Sequence[NDArray], spare: Sequence[NDArray], last: bool) -> list:
    """The calls that fill the outputs of each layer, its activations, by equations (1) and (2)."""
    calls = []
    for layer, z, more in zip(layers, outputs, spare, strict=True):
        for k, (_, a, w, _) in enumerate(layer):
            calls.append(times(w, a, more if k else z, last))  # (1)
            if k:
                calls.append(partial(np.add, z, more, z))
        calls += [partial(np.multiply, z, MINUS_LOG2_E, z), partial(np.exp2, z, z)]  # e to the power of −z, for (2)
        calls += [partial(np.add, z, ONE, z), partial(np.reciprocal, z, z)]
    return calls


def calls_back(
    layers: Sequence[list], slopes: Sequence[NDArray], blames: dict[int, NDArray], spare: dict[int, NDArray], last: bool
) -> list:
    """The calls that fill every dW from the blame of the last layer, by equations (5) to (7).

    `blames`, and arrays to spare, are known by the number of their source, as in what a layer reads.
    """
    calls, filled = [], set()
    for layer, blame, slope in reversed(list(zip(layers, blames.values(), slopes, strict=True))):
        calls.append(partial(np.multiply, blame, slope, blame))  # (5)
        for m, a, w, dw in layer:
            calls.append(gradient(a, blame, dw, last))  # (6)
            if m in blames:
                w = rows(w, 0, size(blames[m], last)[0], last)
                calls.append(blame_back(w, blame, spare[m] if m in filled else blames[m], last))  # (7)
                if m in filled:
                    calls.append(partial(np.add, blames[m], spare[m], blames[m]))
                filled.add(m)
    return calls


def calls(
    inputs: Sequence[NDArray],
    y: NDArray,
    W: Sequence[NDArray],
    dW: Sequence[NDArray],
    reads: Sequence[Sequence[int]],
    margin: float,
    scale: NDArray,
    last: bool,
) -> tuple[list[Callable], NDArray, list[Callable]]:
    """A sweep over these cases: calls that go ahead, the distances from the targets that they fill, calls back.

    Those that go back fill dW with the gradient times `scale`. The inputs have a row of ones below them.
    """
    first, cases = len(inputs), size(y, last)[1]
    units = [size(x, last)[0] - 1 for x in inputs] + [size(w, last)[1] for w in W]
    biased = {read[-1] for read, w in zip(reads, W, strict=True) if size(w, last)[0] > sum(units[m] for m in read)}

    def shape(units: int) -> tuple[int, ...]:
        return (units, cases, *W[0].shape[2:]) if last else (*W[0].shape[:-2], units, cases)

    own, shapes = units[first:], [shape(u + (m in biased)) for m, u in enumerate(units)][first:]
    row, activations = in_one_row(shapes)
    slope_row, slopes = in_one_row(shapes)
    a, slopes = ([rows(part, 0, u, last) for part, u in zip(all_, own, strict=True)] for all_ in (activations, slopes))
    blames, spare = ({m: np.zeros(shape(u)) for m, u in enumerate(own, first)} for _ in range(2))
    off = blames[first + len(W) - 1]
    layers = wired([*inputs, *activations], units, reads, W, dW, last)

    ahead = calls_ahead(layers, a, list(spare.values()), last)
    ahead.append(partial(np.subtract, a[-1], y, off))
    back = []
    if margin:
        near = np.zeros_like(off)
        back += [partial(np.abs, off, near), partial(np.greater_equal, near, margin, near)]
        back.append(partial(np.multiply, off, near, off))  # (4)
    back.append(partial(np.multiply, off, scale, off))
    back += [partial(np.subtract, ONE, row, slope_row), partial(np.multiply, slope_row, row, slope_row)]
    return ahead, off, back + calls_back(layers, slopes, blames, spare, last)


def sweeper(
    X: NDArray | Sequence[NDArray],
    y: NDArray,
    weights: Sequence[NDArray],
    velocity: Sequence[NDArray] | None = None,
    *,
    reads: Sequence[Sequence[int]] | None = None,
    decay: float | Sequence[ArrayLike] = 0.0,
    margin: float = 0.0,
    batch: int | None = None,
    tied: bool = False,
) -> tuple[Callable, Callable, Callable, Callable]:
    """Four functions for networks that train together; the arguments are those of `sweep`.

    look() → E, (...), and farthest() → the largest distance of an output from its target, (...): before each sweep, one
    of the two; change(rate, momentum): that sweep; now() → copies of the weights and of the velocity.
    """
    inputs = list(X) if isinstance(X, list | tuple) else [X]
    leading = np.broadcast_shapes(*(a.shape[:-2] for a in (*inputs, y, *weights)))
    runs, cases = int(np.prod(leading)), y.shape[-2]
    last = runs > 1 and run_goes_last(runs, weights)

    def in_one(arrays: Sequence[ArrayLike]) -> tuple[NDArray, list[NDArray]]:
        full = [np.broadcast_to(a, (*leading, *w.shape[-2:])) for a, w in zip(arrays, weights, strict=True)]
        laid = [lay(a, leading, last) for a in full]
        row, parts = in_one_row([a.shape for a in laid])
        row[:] = np.concatenate([a.reshape(-1) for a in laid])
        return row, parts

    all_W, W = in_one(weights)
    all_dW, dW = in_one([0.0] * len(W))
    all_V, V = in_one(velocity or [0.0] * len(W))
    decays = decay if isinstance(decay, list | tuple) else [decay] * len(W)
    all_kept, _ = in_one([1 - np.asarray(d) for d in decays])
    scale, keep = np.array(0.0), np.array(0.0)  # minus the rate, and the momentum

    def prepared(part: slice) -> tuple[list[Callable], NDArray, list[Callable]]:
        laid = []
        for x in inputs:
            with_one = np.concatenate([x[..., part, :], np.ones_like(x[..., part, :1])], axis=-1)
            laid.append(lay(np.swapaxes(with_one, -1, -2), leading, last))
        target = np.swapaxes(y[..., part, :], -1, -2)
        target = lay(np.broadcast_to(target, (*leading, *target.shape[-2:])), leading, last)
        return calls(laid, target, W, dW, reads or [(n,) for n in range(len(W))], margin, scale, last)

    def share() -> None:
        mean = sum(dW) / len(dW)
        for dw in dW:
            dw[...] = mean

    before, after = [share] * tied, [partial(np.multiply, all_W, all_kept, all_W)] * bool(np.any(all_kept != 1))
    still = [*before, partial(np.add, all_W, all_dW, all_W), *after]  # (8)
    moving = [partial(np.multiply, all_V, keep, all_V), partial(np.add, all_V, all_dW, all_V)]  # (9)
    moving = [*before, *moving, partial(np.add, all_W, all_V, all_W), *after]  # (8)
    whole = prepared(slice(None))
    parts = [whole] if batch is None else [prepared(slice(n, n + batch)) for n in range(0, cases, batch)]
    ahead, off, _ = whole
    flat, axes = off.reshape(-1), (0, 1) if last else (-2, -1)
    in_dW = False  # whether dW is the velocity: after a sweep without momentum

    def run(calls: list[Callable]) -> None:
        for call in calls:
            call()

    def look() -> NDArray:
        run(ahead)
        if runs == 1:
            return 0.5 * flat.dot(flat)  # (3)
        return 0.5 * np.einsum("onr,onr->r" if last else "ron,ron->r", off, off).reshape(leading)  # (3)

    def farthest() -> NDArray:
        run(ahead)
        return np.abs(off).max(axis=axes).reshape(leading)

    def change(rate: float, momentum: float) -> None:
        nonlocal in_dW
        if momentum and in_dW:
            all_V[:] = all_dW
        in_dW = not momentum
        scale[...], keep[...] = -rate, momentum
        for part in parts:
            if part is not whole:
                run(part[0])
            run(part[2])
            run(still if in_dW else moving)

    def now() -> tuple[list[NDArray], list[NDArray]]:
        def out(a: NDArray) -> NDArray:
            a = np.moveaxis(a, -1, 0) if last else a
            return a.reshape(*leading, *a.shape[-2:]).copy()

        return [out(w) for w in W], [out(v) for v in (dW if in_dW else V)]

    return look, farthest, change, now
