"""Runs in parts are the same, to the byte, whatever maps over the parts: threads, processes, a Dask cluster.

Not beside the package's other tests, which every mutant of it has to face: processes take their time to start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

import numpy as np
import pytest

from backprop_from_scratch import solve, spread, uniform_starts, xor

X, y = xor()


def solved(weights: list[np.ndarray]) -> tuple:
    """How long each run takes, and its weights then: a tuple of an array and a list of arrays."""
    return solve(X, y, weights, 300, 0.5, 0.9)


def start(runs: int) -> list[np.ndarray]:
    return uniform_starts([(3, 4), (5, 1)], range(runs), 0.5)


def as_bytes(result: tuple) -> list[bytes]:
    sweeps, weights = result
    return [a.tobytes() for a in (sweeps, *weights)]


@contextmanager
def threads() -> Iterator[Callable]:
    with ThreadPoolExecutor(2) as pool:
        yield pool.map


@contextmanager
def processes() -> Iterator[Callable]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield pool.map


@contextmanager
def dask_cluster() -> Iterator[Callable]:
    """Two worker processes of Dask on this machine; its map gives futures, so gather is part of it."""
    distributed = pytest.importorskip("distributed", reason="Dask is not installed: pip install distributed")
    settings = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "host": "127.0.0.1"}
    with (
        distributed.LocalCluster(dashboard_address=None, silence_logs=50, **settings) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield lambda work, parts: client.gather(client.map(work, parts))


@pytest.mark.parametrize("mapping", [threads, processes, dask_cluster])
def test_any_map_gives_the_same_bytes(mapping):
    wanted = as_bytes(spread(solved, start(50), size=13))
    with mapping() as map:
        assert as_bytes(spread(solved, start(50), size=13, map=map)) == wanted
