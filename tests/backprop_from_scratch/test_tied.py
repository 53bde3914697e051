"""Tied weights: copies of one array, which change together by the average of what each would."""

from __future__ import annotations

import numpy as np
import pytest

from backprop_from_scratch import (
    backward,
    complex_step,
    descend,
    differences,
    error,
    forward,
    relative_error,
    solve,
    sweep,
    train,
    uniform_starts,
)

X = np.array([[n >> 2 & 1, n >> 1 & 1, n & 1] for n in range(8)], float)  # (8, 3)
y = np.roll(X, 1, axis=1)  # (8, 3)
HOW = {"rate": 0.3, "momentum": 0.9}


def weights(rows: int = 4, seed: int = 1) -> np.ndarray:
    """One array for three units, (rows, 3); with four rows the last one holds biases."""
    return uniform_starts([(rows, 3)], [seed], 1.5)[0][0]


def loop(W: np.ndarray, steps: int) -> np.ndarray:
    """What stands in the units of the recurrent net after so many steps: no list of layers anywhere."""
    a = X
    for _ in range(steps):
        z = a @ W[:3] + (W[3] if len(W) == 4 else 0)
        a = 1 / (1 + np.exp(-z))
    return a


def plain(W: np.ndarray, steps: int, sweeps: int, rate: float, momentum: float = 0.0) -> np.ndarray:
    """Descent on the one array, with slopes that the loop itself gives, at a part of the rate."""
    v = np.zeros_like(W)
    for _ in range(sweeps):
        v = momentum * v - rate / steps * complex_step(lambda V: error(loop(V, steps), y), W)
        W = W + v
    return W


@pytest.mark.parametrize("rows", [3, 4])
@pytest.mark.parametrize("steps", [1, 2, 3, 7])
def test_the_gradient_of_the_tied_weight_is_the_sum_over_its_copies(steps, rows):
    W = weights(rows)
    copies = [W] * steps
    activations = forward(X, copies)
    assert np.allclose(activations[-1], loop(W, steps), rtol=1e-14)
    total = sum(backward(activations, copies, y))
    assert relative_error(total, differences(lambda V: error(loop(V, steps), y), W)) < 1e-7
    assert relative_error(total, complex_step(lambda V: error(loop(V, steps), y), W)) < 1e-12


def test_each_copy_gets_its_own_part():
    W = weights()
    parts = backward(forward(X, [W] * 3), [W] * 3, y)
    for n in range(3):
        nudged = complex_step(lambda V, n=n: error(forward(X, [*[W] * n, V, *[W] * (2 - n)], check=False)[-1], y), W)
        assert relative_error(parts[n], nudged) < 1e-12
    assert not np.allclose(parts[0], parts[2])


@pytest.mark.parametrize("rows", [3, 4])
@pytest.mark.parametrize("steps", [2, 3])
def test_training_keeps_the_copies_equal_and_is_a_plain_loop(steps, rows):
    W = weights(rows)
    end, errors = train(X, y, [W] * steps, 30, tied=True, **HOW)
    assert all(np.array_equal(copy, end[0]) for copy in end)
    assert not np.allclose(end[0], W)
    assert relative_error(end[0], plain(W, steps, 30, **HOW)) < 1e-10
    assert np.isclose(errors[0], error(loop(W, steps), y))


def test_one_sweep_is_the_average_of_the_copies():
    W = weights()
    copies = [W] * 3
    gradients = backward(forward(X, copies), copies, y)
    (expected,), (velocity,) = descend([W], [sum(gradients) / 3], [0.0], rate=0.3)
    end, v = sweep(X, y, copies, [0.0] * 3, 0.3, tied=True)
    assert all(np.allclose(a, expected, rtol=1e-14) for a in end)
    assert all(np.allclose(a, velocity, rtol=1e-14) for a in v)


def test_copies_that_are_not_tied_drift_apart():
    end, _ = train(X, y, [weights()] * 3, 5, **HOW)
    assert not np.allclose(end[0], end[2])


@pytest.mark.parametrize("runs", [2, 20])  # few runs lie first in the fast arrays, many last
def test_many_runs_are_the_runs(runs):
    (W,) = uniform_starts([(4, 3)], range(runs), 1.0)
    end, errors = train(X, y, [W] * 3, 20, tied=True, **HOW)
    assert errors.shape == (20, runs)
    assert all(np.array_equal(copy, end[0]) for copy in end)
    for n in range(runs):
        assert relative_error(end[0][n], plain(W[n], 3, 20, **HOW)) < 1e-10


@pytest.mark.parametrize("how", [{"batch": 3}, {"decay": 0.01}, {"margin": 0.2}])
def test_what_else_can_be_told_keeps_the_copies_equal(how):
    W = weights()
    end, _ = train(X, y, [W] * 3, 20, tied=True, **HOW, **how)
    assert all(np.array_equal(copy, end[0]) for copy in end)
    slow, v = [W] * 3, [0.0] * 3
    for _ in range(20):
        slow, v = sweep(X, y, slow, v, **HOW, tied=True, **how)
    assert relative_error(end[0], slow[0]) < 1e-10


def test_solving_keeps_the_copies_equal_where_runs_drop_out():
    (W,) = uniform_starts([(4, 3)], range(40), 1.0)
    sweeps, end = solve(X, y, [W] * 2, 300, 0.1, 0.9, tied=True)
    assert np.isfinite(sweeps).all() and len(set(sweeps)) > 1
    assert all(np.array_equal(copy, end[0]) for copy in end)
    for n in (0, 39):
        alone, _ = train(X, y, [W[n]] * 2, int(sweeps[n]), 0.1, 0.9, tied=True)
        assert relative_error(end[0][n], alone[0]) < 1e-9
        assert np.abs(loop(end[0][n], 2) - y).max() < 0.5


def test_tied_weights_have_one_shape():
    with pytest.raises(ValueError, match="tied ones should have one shape"):
        train(X, y, [weights(4), weights(3)], 1, 0.1, tied=True)
