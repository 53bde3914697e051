"""The fast sweep gives what the plain one gives, whatever the network, the layout and the schedule."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_from_scratch import error, fast, forward, solve, starts, sweep, train, xor

DECAYS = st.one_of(st.just(0.0), st.floats(1e-4, 0.1))


@st.composite
def problems(draw) -> dict:
    """The arguments of `train`: a graph, its cases and weights, and how it learns."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    leading = draw(st.sampled_from([(), (1,), (5,), (2, 3), (17,)]))

    def shared(*shape: int) -> tuple[int, ...]:
        """With the axes of the runs, or the same for all of them."""
        return shape if draw(st.booleans()) else (*leading, *shape)

    groups, layers, cases = draw(st.integers(1, 3)), draw(st.integers(1, 4)), draw(st.integers(1, 5))
    tied = groups == 1 and draw(st.booleans())
    side = draw(st.integers(1, 3))
    bias = draw(st.booleans())
    units = [side if tied else draw(st.integers(1, 3)) for _ in range(groups)]
    X = [rng.uniform(-1, 1, shared(cases, u)) for u in units]
    reads, weights = [], []
    for n in range(layers):
        near = [n + groups - 1]
        read = near if tied else draw(st.lists(st.integers(0, n + groups - 1), min_size=1, max_size=3))
        rows = sum(units[m] for m in read) + (bias if tied else draw(st.booleans()))
        units.append(side if tied else draw(st.integers(1, 3)))
        reads.append(read)
        weights.append(rng.uniform(-2, 2, (*leading, rows, units[-1])))
    steps = draw(st.integers(1, 6))
    if draw(st.booleans()):
        decay = draw(DECAYS)
    else:
        decay = [draw(st.sampled_from([0.0, 0.01, rng.uniform(0, 0.1, W.shape[-2:])])) for W in weights]

    def schedule(numbers: st.SearchStrategy) -> float | list[float]:
        return draw(st.one_of(numbers, st.lists(numbers, min_size=steps, max_size=steps)))

    usual = groups == 1 and all(read == [n] for n, read in enumerate(reads))
    return {
        "X": X[0] if groups == 1 and draw(st.booleans()) else X,
        "y": rng.integers(0, 2, shared(cases, units[-1])).astype(draw(st.sampled_from([int, float]))),
        "weights": weights,
        "steps": steps,
        "rate": schedule(st.floats(0.01, 2)),
        "momentum": schedule(st.sampled_from([0.0, 0.5, 0.9])),
        "reads": None if usual and draw(st.booleans()) else reads,
        "decay": decay,
        "margin": draw(st.sampled_from([0.0, 0.2, 0.45])),
        "batch": draw(st.one_of(st.none(), st.integers(1, cases + 1))),
        "tied": tied,
    }


def plain(X, y, weights, steps, rate, momentum=0.0, **how):
    """What `train` gives, by the sweep that the book teaches."""
    velocity, errors = [np.zeros_like(W) for W in weights], []
    for r, m in zip(np.broadcast_to(rate, steps), np.broadcast_to(momentum, steps), strict=True):
        errors.append(error(forward(X, weights, how.get("reads"))[-1], y))
        weights, velocity = sweep(X, y, weights, velocity, r, m, **how)
    return weights, np.array(errors)


def close(a, b) -> bool:
    return np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("last", [False, True])
@settings(max_examples=150, deadline=None)
@given(problem=problems())
def test_train_is_the_plain_sweep_again_and_again(last, problem):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fast, "run_goes_last", lambda *_: last)
        weights, errors = train(**problem)
    wanted, wanted_errors = plain(**problem)
    assert close(errors, wanted_errors)
    assert all(close(a, b) for a, b in zip(weights, wanted, strict=True))


@settings(max_examples=100, deadline=None)
@given(problem=problems())
def test_the_layout_that_is_chosen_gives_the_same(problem):
    assert close(train(**problem)[1], plain(**problem)[1])


def test_what_is_given_is_not_changed():
    X, y = xor()
    weights = starts([2, 3, 1], range(9))
    copies = [a.copy() for a in (X, y, *weights)]
    train(X, y, weights, 3, 0.5, 0.9, decay=0.01)
    assert all(np.array_equal(a, b) for a, b in zip((X, y, *weights), copies, strict=True))


def test_what_is_kept_is_not_changed_by_the_next_sweep():
    X, y = xor()
    look, _, change, now = fast.sweeper(X, y, starts([2, 3, 1], range(9)))
    first = look().copy(), *now()[0]
    kept = look(), *now()[0]
    change(0.5, 0.0)
    look()
    assert all(np.array_equal(a, b) for a, b in zip(first, kept, strict=True))


def slowly(X, y, weights, most, rate, momentum, within):
    """What `solve` gives for one run, by the plain sweep."""
    velocity = [np.zeros_like(W) for W in weights]
    for n in range(most + 1):
        if np.abs(forward(X, weights)[-1] - y).max() < within:
            return n, weights
        if n < most:
            weights, velocity = sweep(X, y, weights, velocity, rate, momentum)
    return np.inf, weights


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("last", [False, True])
def test_solve_is_the_plain_sweep_until_there(monkeypatch, last, momentum):
    monkeypatch.setattr(fast, "run_goes_last", lambda *_: last)
    X, y = xor()
    start = starts([2, 3, 1], range(12), scale=2.0, bias=True)
    sweeps, weights = solve(X, y, start, 150, 2.0, momentum, within=0.4)
    assert np.isinf(sweeps).any() and np.isfinite(sweeps).sum() > 3  # some are left out while others go on
    for run in range(12):
        wanted, ended = slowly(X, y, [W[run] for W in start], 150, 2.0, momentum, 0.4)
        assert sweeps[run] == wanted
        assert all(np.allclose(a[run], b, rtol=1e-9, atol=1e-9) for a, b in zip(weights, ended, strict=True))
