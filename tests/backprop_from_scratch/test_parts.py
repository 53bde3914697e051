"""Runs in parts are the runs."""

from __future__ import annotations

import sys
from contextlib import contextmanager

import numpy as np
import pytest

from backprop_from_scratch import solve, spread, train, uniform_starts, xor

X, y = xor()


def solved(weights: list[np.ndarray]) -> tuple:
    """How long each run takes, and its weights then: a tuple of an array and a list of arrays."""
    return solve(X, y, weights, 300, 0.5, 0.9)


def start(runs: int) -> list[np.ndarray]:
    return uniform_starts([(3, 4), (5, 1)], range(runs), 0.5)


def as_bytes(result: tuple) -> list[bytes]:
    sweeps, weights = result
    return [a.tobytes() for a in (sweeps, *weights)]


def test_the_parts_are_the_runs():
    whole, parts = solved(start(50)), spread(solved, start(50), size=13)
    assert np.array_equal(whole[0], parts[0]) and 0 < np.isfinite(whole[0]).sum() < 50
    assert all(np.allclose(a, b, rtol=1e-9) for a, b in zip(whole[1], parts[1], strict=True))


def test_the_size_does_not_matter_where_it_is_larger_than_all():
    assert as_bytes(spread(solved, start(5), size=5)) == as_bytes(spread(solved, start(5), size=1000))


def test_arrays_of_arrays_come_back_in_order():
    def work(weights):
        return weights[0], [weights[0] + 1, (weights[0] + 2,)]

    (a, (b, (c,))) = spread(work, [np.arange(7)], size=3)
    assert np.array_equal(a, np.arange(7)) and np.array_equal(b, a + 1) and np.array_equal(c, a + 2)


@pytest.mark.parametrize("size", [0, -1])
def test_a_size_must_be_positive(size):
    with pytest.raises(ValueError, match=f"size is {size}; it should be above 0"):
        spread(solved, start(3), size=size)


def test_a_run_can_be_interrupted():
    def interrupted(weights):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        spread(interrupted, start(3))
    train(X, y, [W[0] for W in start(1)], 1, 0.5)  # and nothing is left that would disturb the next


def test_it_tells_how_many_runs_are_done(monkeypatch):
    told = []

    @contextmanager
    def progress(total, what):
        told.append((total, what))
        yield told.append

    monkeypatch.setattr(sys.modules["backprop_from_scratch.parts"], "progress", progress)
    spread(lambda weights: (weights[0],), [np.arange(7)], size=3)
    assert told == [(7, "runs"), 3, 6, 7]
