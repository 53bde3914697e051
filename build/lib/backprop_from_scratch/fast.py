"""The sweep of descent.py, made fast: the same arithmetic in arrays that are made once and filled again.

Many small networks lie with the run on the last axis, (N, units, runs): then each product is a few long rows
instead of a thousand tiny matrices. Few or large ones stay (runs, N, units). What works on single entries is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def run_goes_last(runs: int, cases: int, weights: Sequence[NDArray]) -> bool:
    """Whether (N, units, runs) is the faster of the two: for small products, as measured."""
    return runs >= 8 and max(cases * W.shape[-2] * W.shape[-1] for W in weights) <= 2000


def lay(array: NDArray, last: bool) -> NDArray:
    """A copy of (runs, a, b), as (a, b, runs) if `last`. What has no runs is copied as it is."""
    array = np.moveaxis(array, 0, -1) if last and array.ndim == 3 else array
    return np.array(array, dtype=float, order="C")


def times(a: NDArray, W: NDArray, out: NDArray, last: bool) -> None:
    """Equation (1) into `out`: the activations a times W."""
    if not last:
        np.matmul(a, W, out=out)
    elif a.ndim == 2:  # inputs that all runs share: one product for all of them
        np.matmul(a, W.reshape(len(W), -1), out=out.reshape(len(out), -1))
    else:
        np.einsum("nir,ior->nor", a, W, out=out)


def gradient(a: NDArray, delta: NDArray, out: NDArray, last: bool) -> None:
    """Equation (6) into `out`, of the shape of W."""
    if not last:
        np.matmul(np.swapaxes(a, -1, -2), delta, out=out)
    elif a.ndim == 2:
        np.matmul(a.T, delta.reshape(len(delta), -1), out=out.reshape(len(out), -1))
    else:
        np.einsum("nir,nor->ior", a, delta, out=out)


def blame_back(delta: NDArray, W: NDArray, out: NDArray, last: bool) -> None:
    """Equation (7) into `out`, of the shape of the activations that W has read."""
    if last:
        np.einsum("nor,ior->nir", delta, W, out=out)
    else:
        np.matmul(delta, np.swapaxes(W, -1, -2), out=out)


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
) -> tuple[Callable, Callable, Callable]:
    """Three functions for networks that train together; the arguments are those of `sweep`.

    look() → E and the largest distance of an output from its target, each (...), before the next sweep;
    change(rate, momentum): one sweep, after a look; now() → copies of the weights and of the velocity.
    """
    inputs = list(X) if isinstance(X, list | tuple) else [X]
    leading = np.broadcast_shapes(*(a.shape[:-2] for a in (*inputs, y, *weights)))
    runs, cases = int(np.prod(leading)), y.shape[-2]
    one = runs == 1
    last = not one and run_goes_last(runs, cases, weights)

    def flat(a: NDArray, shared: bool) -> NDArray:
        """(runs, rows, columns), or (rows, columns) where there is one run or all share the array."""
        if one or (shared and a.ndim == 2):
            return lay(a.reshape(a.shape[-2:]), last)
        return lay(np.broadcast_to(a, (*leading, *a.shape[-2:])).reshape(runs, *a.shape[-2:]), last)

    def empty(rows: int, columns: int) -> NDArray:
        lead = () if one else (runs,)
        return np.zeros((rows, columns, *lead) if last else (*lead, rows, columns))

    def rows_of(W: NDArray, rows: slice) -> NDArray:
        return W[rows] if last else W[..., rows, :]

    W = [flat(w, False) for w in weights]
    V = [flat(v, False) for v in velocity] if velocity else [np.zeros_like(w) for w in W]
    dW = [np.zeros_like(w) for w in W]
    decays = decay if isinstance(decay, list | tuple) else [decay] * len(W)
    kept = [
        flat(np.broadcast_to(1 - np.asarray(d, float), w.shape), False) for d, w in zip(decays, weights, strict=True)
    ]
    decaying = any(np.any(d) for d in decays)

    acts = [flat(x, True) for x in inputs] + [empty(cases, w.shape[-1]) for w in weights]
    blames = [None] * len(inputs) + [np.zeros_like(a) for a in acts[len(inputs) :]]
    spare = [None if a is None else np.zeros_like(a) for a in blames]
    target = flat(y, True)
    if last and target.ndim == 2:
        target = target[..., None]

    def wire(part: slice) -> tuple:
        """Views of all arrays for some of the cases: for each layer what it reads, and where its products go."""

        def cut(a):
            return None if a is None else a[part] if last else a[..., part, :]

        A, B, S = ([cut(a) for a in arrays] for arrays in (acts, blames, spare))
        layers = []
        for n, (w, dw) in enumerate(zip(W, dW, strict=True)):
            sources, row = [], 0
            for m in reads[n] if reads else (n,):
                units = (inputs[m] if m < len(inputs) else weights[m - len(inputs)]).shape[-1]
                rows = slice(row, row + units)
                sources.append((A[m], rows_of(w, rows), rows_of(dw, rows), B[m], S[m], m))
                row += units
            bias = rows_of(w, slice(row, row + 1)), rows_of(dw, slice(row, row + 1))
            to = len(inputs) + n
            layers.append((A[to], B[to], S[to], sources, bias if row < weights[n].shape[-2] else None))
        return layers, A[-1], B[-1], S[-1], cut(target)

    def run(wires: tuple) -> NDArray:
        """Forward; the distances of the outputs from their targets."""
        layers, yhat, blame, _, wanted = wires
        for a, _, spare, sources, bias in layers:
            for k, (source, w, _, _, _, _) in enumerate(sources):
                times(source, w, spare if k else a, last)  # (1)
                if k:
                    a += spare
            if bias:
                a += bias[0][0] if last else bias[0]
            np.negative(a, a)  # (2), from here
            np.exp(a, a)
            np.add(a, 1.0, a)
            np.divide(1.0, a, a)
        return np.subtract(yhat, wanted, blame)

    case_axis = 0 if last else -2
    axes = (0, 1) if last else (-2, -1)
    squares = "nor,nor->r" if last else "...no,...no->..."

    def learn(wires: tuple, rate: float, momentum: float) -> None:
        """Backward, and one change of the weights. The distances stand in the last blame."""
        layers, _, off, _, _ = wires
        if margin:
            off[np.abs(off) < margin] = 0.0  # (4)
        full = set()
        for a, blame, spare, sources, bias in reversed(layers):
            np.subtract(1.0, a, spare)  # (5), from here
            np.multiply(spare, a, spare)
            np.multiply(blame, spare, blame)
            for source, w, dw, back, extra, m in sources:
                gradient(source, blame, dw, last)
                if back is not None:
                    blame_back(blame, w, extra if m in full else back, last)
                    if m in full:
                        back += extra
                    full.add(m)
            if bias:
                blame.sum(axis=case_axis, out=bias[1][0] if last else bias[1][..., 0, :])
        descend_in_place(rate, momentum)

    def descend_in_place(rate: float, momentum: float) -> None:
        if tied:
            mean = sum(dW) / len(dW)
            for dw in dW:
                dw[...] = mean
        for n, (w, dw, v) in enumerate(zip(W, dW, V, strict=True)):
            np.multiply(dw, rate, dw)
            np.multiply(v, momentum, v)
            np.subtract(v, dw, v)  # (9)
            np.add(w, v, w)  # (8)
            if decaying:
                np.multiply(w, kept[n], w)

    whole = wire(slice(None))
    parts = [whole] if batch is None else [wire(slice(n, n + batch)) for n in range(0, cases, batch)]

    def look() -> tuple[NDArray, NDArray]:
        off = run(whole)
        E = 0.5 * np.einsum(squares, off, off)  # (3)
        return E.reshape(leading), np.abs(off).max(axis=axes).reshape(leading)

    def change(rate: float, momentum: float) -> None:
        for wires in parts:
            if wires is not whole:
                run(wires)
            learn(wires, rate, momentum)

    def now() -> tuple[list[NDArray], list[NDArray]]:
        def out(a: NDArray) -> NDArray:
            a = np.moveaxis(a, -1, 0) if last else a
            return a.reshape(*leading, *a.shape[-2:]).copy()

        return [out(w) for w in W], [out(v) for v in V]

    return look, change, now
