"""Many runs in parts of one size, by whatever can map: one core, several, or several machines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from .arguments import check_number
from .progress import progress


def spread(
    work: Callable[[list[NDArray]], tuple], weights: Sequence[NDArray], size: int = 1000, map: Callable = map
) -> tuple:
    """work(weights), done for `size` runs at a time and put together again.

    `work` gives arrays, or tuples or lists of them, with the runs on the first axis. `map` is Python's, an executor's,
    or that of a cluster: the parts and so the results are the same, to the byte. Raises ValueError.
    """
    check_number("size", size, 0)
    runs = len(weights[0])
    parts = [[W[n : n + size] for W in weights] for n in range(0, runs, size)]
    done = []
    with progress(runs, "runs") as tell:
        for result in map(work, parts):
            done.append(result)
            tell(min(size * len(done), runs))
    return joined(done)


def joined(results: Iterable) -> tuple | list | NDArray:
    """Equal structures of arrays as one, each array put together along its first axis."""
    results = list(results)
    if isinstance(results[0], tuple | list):
        return type(results[0])(joined(column) for column in zip(*results, strict=True))
    return np.concatenate(results)
