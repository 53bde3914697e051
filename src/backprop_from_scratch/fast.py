"""The sweep of descent.py, made fast: the same arithmetic as a list of NumPy calls into arrays that are made once.

An array of activations is (units, N) here, so that biases are the weights of one more row of ones below it. All the
runs are in it: (units, N, runs) for many small networks, where each product is a few long rows in place of a thousand
tiny matrices, and (runs, units, N) for few or large ones. One run has no axis for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

ONE, MINUS_LOG2_E = np.array(1.0), np.array(-np.log2(np.e))  # arrays: a ufunc takes them sooner than numbers


def run_goes_last(runs: int, cases: int, weights: Sequence[NDArray]) -> bool:
    """Whether (units, N, runs) is the faster of the two: for small products, as measured."""
    return runs >= 8 and max(cases * W.shape[-2] * W.shape[-1] for W in weights) <= 2000


def lay(a: NDArray, leading: tuple[int, ...], last: bool) -> NDArray:
    """The entries of a (..., rows, columns) as (rows, columns, runs) if `last`, else (runs, rows, columns).

    An array without leading axes, the same for all runs, stays (rows, columns); so does the array of a single run.
    """
    runs = int(np.prod(leading))
    if a.ndim == 2 or runs == 1:
        return a.reshape(a.shape[-2:])
    a = np.broadcast_to(a, (*leading, *a.shape[-2:])).reshape(runs, *a.shape[-2:])
    return np.moveaxis(a, 0, -1) if last else a


def rows(a: NDArray, start: int, stop: int, last: bool) -> NDArray:
    """Some rows of an array that `lay` has laid: units of activations, inputs of weights."""
    return a[start:stop] if last else a[..., start:stop, :]


def in_one_row(shapes: Iterable[tuple[int, ...]]) -> tuple[NDArray, list[NDArray]]:
    """A row of ones, and arrays of these shapes that are parts of it: a call for the row is a call for all of them."""
    shapes = list(shapes)
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
    sources: Sequence[NDArray], W: Sequence[NDArray], dW: Sequence[NDArray], reads: Sequence[Sequence[int]], last: bool
) -> list[list[tuple]]:
    """For each layer, what it reads: number and activations of the source, and the rows of W and dW that meet it.

    A source ends in a row of ones; it is among the activations only where W has biases to meet it.
    """
    axis = 0 if last else -2
    layers = []
    for w, dw, read in zip(W, dW, reads, strict=True):
        layer, top = [], 0
        for k, m in enumerate(read, 1):
            below = top + sources[m].shape[axis] - 1
            if k == len(read):
                below = w.shape[axis]  # with the biases, if there are any
            layer.append((m, rows(sources[m], 0, below - top, last), *(rows(a, top, below, last) for a in (w, dw))))
            top = below
        layers.append(layer)
    return layers


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
    """A sweep over these cases: calls that go forward, the distances from the targets that they fill, calls back.

    Those that go back fill dW with the gradient times `scale`. The inputs have their row of ones.
    """
    cases, units = y.shape[1 if last else -1], [w.shape[1 if last else -1] for w in W]
    shapes = [(u, cases, *W[0].shape[2:]) if last else (*W[0].shape[:-2], u, cases) for u in units]
    with_ones = [tuple(np.add(shape, np.eye(len(shape), dtype=int)[0 if last else -2]).tolist()) for shape in shapes]
    all_a, acts = in_one_row(with_ones)
    all_slopes, slopes = in_one_row(with_ones)
    outputs, slopes = ([rows(a, 0, u, last) for a, u in zip(all_, units, strict=True)] for all_ in (acts, slopes))
    blames, spare = ([np.zeros(shape) for shape in shapes] for _ in range(2))
    layers = wired([*inputs, *acts], W, dW, reads, last)

    ahead = []
    for z, extra, layer in zip(outputs, spare, layers, strict=True):
        for k, (_, a, w, _) in enumerate(layer):
            ahead.append(times(w, a, extra if k else z, last))  # (1)
            if k:
                ahead.append(partial(np.add, z, extra, z))
        ahead += [partial(np.multiply, z, MINUS_LOG2_E, z), partial(np.exp2, z, z)]  # (2), from here
        ahead += [partial(np.add, z, ONE, z), partial(np.reciprocal, z, z)]
    off = blames[-1]
    ahead.append(partial(np.subtract, outputs[-1], y, off))

    back = []
    if margin:
        back += [partial(np.abs, off, spare[-1]), partial(np.greater_equal, spare[-1], margin, spare[-1])]
        back.append(partial(np.multiply, off, spare[-1], off))  # (4)
    back.append(partial(np.multiply, off, scale, off))
    back += [partial(np.subtract, ONE, all_a, all_slopes), partial(np.multiply, all_slopes, all_a, all_slopes)]
    full = set()
    for blame, slope, layer in reversed(list(zip(blames, slopes, layers, strict=True))):
        back.append(partial(np.multiply, blame, slope, blame))  # (5)
        for m, a, w, dw in layer:
            back.append(gradient(a, blame, dw, last))  # (6)
            n = m - len(inputs)
            if n >= 0:
                w = rows(w, 0, blames[n].shape[0 if last else -2], last)
                back.append(blame_back(w, blame, spare[n] if n in full else blames[n], last))  # (7)
                if n in full:
                    back.append(partial(np.add, blames[n], spare[n], blames[n]))
                full.add(n)
    return ahead, off, back


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

    look() → E, (...), and farthest() → the largest distance of an output from its target, (...): before the next sweep,
    one of the two; change(rate, momentum): that sweep; now() → copies of the weights and of the velocity.
    """
    inputs = list(X) if isinstance(X, list | tuple) else [X]
    leading = np.broadcast_shapes(*(a.shape[:-2] for a in (*inputs, y, *weights)))
    runs, cases = int(np.prod(leading)), y.shape[-2]
    last = runs > 1 and run_goes_last(runs, cases, weights)

    def full(a: ArrayLike, shape: tuple[int, int]) -> NDArray:
        return lay(np.broadcast_to(a, (*leading, *shape)), leading, last)

    def in_lines(arrays: Sequence[ArrayLike]) -> tuple[NDArray, list[NDArray]]:
        laid = [full(a, w.shape[-2:]) for a, w in zip(arrays, weights, strict=True)]
        row, parts = in_one_row(a.shape for a in laid)
        for part, a in zip(parts, laid, strict=True):
            part[...] = a
        return row, parts

    all_W, W = in_lines(weights)
    all_dW, dW = in_lines([0.0] * len(W))
    all_V, V = in_lines(velocity or [0.0] * len(W))
    decays = decay if isinstance(decay, list | tuple) else [decay] * len(W)
    all_kept, _ = in_lines([1 - np.asarray(d) for d in decays])
    scale, kept_velocity = np.array(0.0), np.array(0.0)

    def prepared(part: slice) -> tuple[list[Callable], NDArray, list[Callable]]:
        with_one = [np.concatenate([x[..., part, :], np.ones_like(x[..., part, :1])], -1) for x in inputs]
        laid = [
            np.array(lay(np.swapaxes(a, -1, -2), leading, last), float, order="C")
            for a in (*with_one, y[..., part, :])
        ]
        target = laid.pop()
        if last and target.ndim == 2:
            target = target[..., None]
        return calls(laid, target, W, dW, reads or [(n,) for n in range(len(W))], margin, scale, last)

    def share() -> None:
        mean = sum(dW) / len(dW)
        for dw in dW:
            dw[...] = mean

    after = [partial(np.multiply, all_W, all_kept, all_W)] if np.any(all_kept != 1) else []
    before = [share] if tied else []
    plain = [*before, partial(np.add, all_W, all_dW, all_W), *after]  # (8)
    moving = [
        *before,
        partial(np.multiply, all_V, kept_velocity, all_V),
        partial(np.add, all_V, all_dW, all_V),  # (9)
        partial(np.add, all_W, all_V, all_W),  # (8)
        *after,
    ]
    whole = prepared(slice(None))
    parts = [whole] if batch is None else [prepared(slice(n, n + batch)) for n in range(0, cases, batch)]
    ahead, off, _ = whole
    flat, axes = off.reshape(-1), (0, 1) if last else (-2, -1)
    carried = False  # whether dW is the velocity

    def run(calls: list[Callable]) -> None:
        for call in calls:
            call()

    def look() -> NDArray:
        run(ahead)
        if runs == 1:
            return 0.5 * flat.dot(flat)
        return 0.5 * np.einsum("onr,onr->r" if last else "ron,ron->r", off, off).reshape(leading)

    def farthest() -> NDArray:
        run(ahead)
        return np.abs(off).max(axis=axes).reshape(leading)

    def change(rate: float, momentum: float) -> None:
        nonlocal carried
        if momentum and carried:
            all_V[...] = all_dW
        carried = not momentum
        scale[...], kept_velocity[...] = -rate, momentum
        for part in parts:
            if part is not whole:
                run(part[0])
            run(part[2])
            run(plain if carried else moving)

    def now() -> tuple[list[NDArray], list[NDArray]]:
        def out(a: NDArray) -> NDArray:
            a = np.moveaxis(a, -1, 0) if last else a
            return a.reshape(*leading, *a.shape[-2:]).copy()

        return [out(w) for w in W], [out(v) for v in (dW if carried else V)]

    return look, farthest, change, now
