"""Steps, momentum, training, starting weights."""

from __future__ import annotations

import numpy as np
import pytest

from backprop_from_scratch import backward, descend, forward, solve, starts, sweep, train, uniform_starts

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
y = np.array([[0], [1], [1], [0]])


def article():
    np.random.seed(42)
    return [np.random.randn(2, 4) * 0.5, np.random.randn(4, 1) * 0.5]


def test_the_article():
    weights, errors = train(X, y, article(), steps=10001, rate=0.5)
    assert (errors[::2000] / 2).round(4).tolist() == [0.2557, 0.0128, 0.0027, 0.0013, 0.0009, 0.0006]
    assert forward(X, weights)[-1][:, 0].round(3).tolist() == [0.026, 0.975, 0.975, 0.023]


def test_one_step_without_momentum():
    (w,), (v,) = descend([np.array([[1.0, 2.0]])], [np.array([[10.0, -4.0]])], [0.0], rate=0.1)
    assert np.allclose(w, [[0.0, 2.4]]) and np.allclose(v, [[-1.0, 0.4]])


def test_there_is_no_momentum_unless_it_is_asked_for():
    (w,), (v,) = descend([np.array([[1.0]])], [np.array([[2.0]])], [np.array([[5.0]])], rate=0.1)
    assert np.allclose(v, -0.2) and np.allclose(w, 0.8)

    _, (v1, v2) = sweep(X, y, article(), [5.0, 5.0], rate=0.1)
    _, (u1, u2) = sweep(X, y, article(), [0.0, 0.0], rate=0.1)
    assert np.array_equal(v1, u1) and np.array_equal(v2, u2)


def test_momentum_keeps_a_part_of_the_velocity():
    w, v = [np.array([[1.0]])], [np.array([[0.5]])]
    (w,), (v,) = descend(w, [np.array([[2.0]])], v, rate=0.1, momentum=0.9)
    assert np.allclose(v, 0.9 * 0.5 - 0.1 * 2) and np.allclose(w, 1 + 0.25)


def test_training_uses_momentum():
    # two steps by hand: the second has 0.5 of the first in it
    start = article()
    one, _ = train(X, y, start, steps=1, rate=0.5)
    plain, _ = train(X, y, start, steps=2, rate=0.5)
    two, _ = train(X, y, start, steps=2, rate=0.5, momentum=0.5)
    for begin, first, without, having in zip(start, one, plain, two, strict=True):
        assert np.allclose(having - without, 0.5 * (first - begin))


def test_training_does_not_touch_the_weights_it_is_given():
    start = article()
    train(X, y, start, steps=3, rate=0.5)
    assert all(np.array_equal(a, b) for a, b in zip(start, article(), strict=True))


def test_errors_are_those_before_each_step():
    _, errors = train(X, y, article(), steps=1, rate=0.5)
    assert errors.shape == (1,) and round(float(errors[0]), 4) == 0.5114


def test_many_runs_are_the_runs():
    many, errors = train(X, y, starts([2, 3, 1], range(5), bias=True), steps=20, rate=0.5, momentum=0.9)
    assert errors.shape == (20, 5)
    for seed in range(5):
        one, alone = train(X, y, starts([2, 3, 1], [seed], bias=True), steps=20, rate=0.5, momentum=0.9)
        assert np.allclose(errors[:, seed], alone[:, 0])
        assert all(np.allclose(a[seed], b[0]) for a, b in zip(many, one, strict=True))


def test_starts():
    W1, W2 = starts([2, 4, 1], [7, 8])  # the article's scale, if nothing is said
    assert W1.shape == (2, 2, 4) and W2.shape == (2, 4, 1)
    rng = np.random.default_rng(8)
    assert np.allclose(W1[1], 0.5 * rng.standard_normal((2, 4)))
    assert np.allclose(W2[1], 0.5 * rng.standard_normal((4, 1)))


def test_starts_with_biases_are_the_same_and_zero_below():
    plain, biased = starts([2, 4, 1], [7], scale=2.0), starts([2, 4, 1], [7], scale=2.0, bias=True)
    for W, B in zip(plain, biased, strict=True):
        assert np.array_equal(B[:, :-1], W) and not B[:, -1].any()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rate": 0}, "rate is 0; it should be above 0, and finite"),
        ({"rate": -1}, "rate is -1"),
        ({"rate": np.nan}, "rate is nan"),
        ({"rate": np.inf}, "rate is inf"),
        ({"momentum": 1}, "momentum is 1; it should be at least 0 and below 1"),
        ({"momentum": -0.1}, "momentum is -0.1"),
        ({"steps": 0}, "steps is 0; it should be above 0"),
        ({"y": y[:3]}, r"y has the shape \(3, 1\); it should have \(\.\.\., 4, 1\)"),
    ],
)
def test_what_training_refuses(change, message):
    with pytest.raises(ValueError, match=message):
        train(**{"X": X, "y": y, "weights": article(), "steps": 1, "rate": 0.5, **change})


def test_a_momentum_of_zero_is_allowed():
    assert train(X, y, article(), steps=1, rate=1e-9, momentum=0)[1].shape == (1,)


def test_decay_takes_a_part_of_each_weight_after_the_step():
    w, g = [np.array([[1.0, 2.0]])], [np.array([[10.0, -4.0]])]
    (plain,), _ = descend(w, g, [0.0], rate=0.1)
    (less,), (v,) = descend(w, g, [0.0], rate=0.1, decay=0.25)
    assert np.allclose(less, 0.75 * plain) and np.allclose(v, [[-1.0, 0.4]])
    (some,), _ = descend(w, g, [0.0], rate=0.1, decay=[np.array([[0.5, 0.0]])])
    assert np.allclose(some, plain * [[0.5, 1.0]])


def test_a_sweep_of_single_cases_is_a_step_a_case():
    by_hand, velocity = article(), [0.0, 0.0]
    for c in range(4):
        gradients = backward(forward(X[c : c + 1], by_hand), by_hand, y[c : c + 1])
        by_hand, velocity = descend(by_hand, gradients, velocity, 0.5, 0.9)
    swept, kept = sweep(X, y, article(), [0.0, 0.0], 0.5, 0.9, batch=1)
    for ours, theirs in zip([*by_hand, *velocity], [*swept, *kept], strict=True):
        assert np.allclose(ours, theirs, rtol=1e-14)
    whole, _ = sweep(X, y, article(), [0.0, 0.0], 0.5, 0.9)
    assert not np.allclose(whole[0], swept[0])


def test_a_batch_larger_than_the_cases_is_all_of_them():
    one, _ = train(X, y, article(), 3, 0.5, batch=100)
    two, _ = train(X, y, article(), 3, 0.5)
    assert np.allclose(one[0], two[0])


def test_a_rate_for_each_sweep():
    first, _ = train(X, y, article(), 1, 0.1)
    scheduled, _ = train(X, y, article(), 2, [0.1, 0.7])
    then, _ = train(X, y, first, 1, 0.7)
    assert all(np.allclose(a, b) for a, b in zip(scheduled, then, strict=True))


def test_uniform_starts():
    W1, W2 = uniform_starts([(7, 2), (3, 1)], range(400), 0.3)
    assert W1.shape == (400, 7, 2) and W2.shape == (400, 3, 1)
    assert -0.3 <= W1.min() < -0.299 and 0.299 < W1.max() <= 0.3
    assert abs(W1.mean()) < 0.01 and abs(W1.std() - 0.3 / np.sqrt(3)) < 0.005
    rng = np.random.default_rng(5)
    assert np.array_equal(W1[5], rng.uniform(-0.3, 0.3, (7, 2)))
    assert np.array_equal(W2[5], rng.uniform(-0.3, 0.3, (3, 1)))


@pytest.mark.parametrize("seeds", [3, 200])  # both layouts, and runs that leave
def test_solve_counts_the_sweeps_that_training_takes(seeds):
    start = starts([2, 3, 1], range(seeds), bias=True)
    sweeps, end = solve(X, y, start, most=300, rate=2.0, momentum=0.9, within=0.4)
    assert np.isfinite(sweeps).any() and (seeds < 10 or np.isinf(sweeps).any())
    for run in range(0, seeds, 7):
        weights, velocity, taken = [W[run] for W in start], [0.0, 0.0], 0
        while taken < 300 and np.abs(forward(X, weights)[-1] - y).max() >= 0.4:
            weights, velocity = sweep(X, y, weights, velocity, 2.0, 0.9)
            taken += 1
        assert sweeps[run] == (taken if np.abs(forward(X, weights)[-1] - y).max() < 0.4 else np.inf)
        assert all(np.allclose(W[run], w, rtol=1e-6, atol=1e-6) for W, w in zip(end, weights, strict=True))


def test_solve_with_cases_of_its_own_for_each_run():
    # the second half of the runs learns the opposite; the solved ones leave in the middle of it
    start = [np.concatenate([W, W]) for W in starts([2, 3, 1], range(20), bias=True)]
    targets = np.concatenate([np.repeat(y[None], 20, 0), np.repeat(1 - y[None], 20, 0)]).astype(float)
    sweeps, end = solve(X, targets, start, most=500, rate=2.0, momentum=0.9)
    right = ((forward(X, end)[-1] > 0.5) == (targets > 0.5)).all(axis=(1, 2))
    assert (right == np.isfinite(sweeps)).all() and right.mean() > 0.5


def test_solve_with_two_groups_of_inputs_one_of_them_of_each_runs_own():
    # the first run is there at once and leaves; the second goes on with its own cases
    own = np.stack([X[:, :1] * 0.0, X[:, :1] * 1.0])  # (2, 4, 1)
    weights = [np.stack([[[20.0], [-10.0]], [[0.5], [0.1]]]), np.stack([[[0.0], [0.0], [0.0]], [[0.3], [0.2], [0.1]]])]
    reads = [[0], [1, 2]]
    goal = np.array([[0.4], [0.4], [0.4], [0.4]])
    together, ends = solve((own, X[:, 1:]), goal, weights, 50, 0.5, within=0.12, reads=reads)
    for n in range(2):
        alone, end = solve((own[n], X[:, 1:]), goal, [W[n : n + 1] for W in weights], 50, 0.5, within=0.12, reads=reads)
        assert alone[0] == together[n]
        assert all(np.allclose(W[0], E[n]) for W, E in zip(end, ends, strict=True))
    assert together[0] < together[1] < np.inf


def test_a_run_that_is_there_takes_no_sweep():
    solved = [np.array([[[10.0, 10], [10, 10], [-5, -15]]]), np.array([[[10.0], [-20], [-5]]])]
    sweeps, end = solve(X, y, solved, most=5, rate=0.5)
    assert sweeps.tolist() == [0] and np.array_equal(end[0], solved[0])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rate": [0.1, 0.2]}, r"rate has the shape \(2,\); it should be a number, or one for each step, \(3,\)"),
        ({"rate": [0.1, 0.2, 0.0]}, "rate is 0.0; it should be above 0"),
        ({"momentum": [0.1, 0.2, 1.0]}, "momentum is 1.0"),
        ({"momentum": [[0.1]]}, r"momentum has the shape \(1, 1\)"),
        ({"decay": 1}, "decay is 1; it should be at least 0 and below 1"),
        ({"decay": [0.1]}, "decay has 1 entries; it should have 2"),
        ({"decay": [0.1, np.array([[-1.0]])]}, "decay is -1.0"),
        ({"margin": 0.5}, "margin is 0.5; it should be at least 0 and below 0.5"),
        ({"batch": 0}, "batch is 0; it should be a number of cases above 0, or None"),
        ({"batch": 1.5}, "batch is 1.5"),
        ({"tied": True}, r"weights have the shapes \[\(2, 4\), \(4, 1\)\]; tied ones should have one shape"),
        ({"reads": [(0,)]}, "reads has 1 entries; it should have 2, one for each layer"),
        ({"reads": [(0,), (2,)]}, r"reads\[1\] is \(2,\); it should name activations from 0 to 1"),
        ({"reads": [(0,), ()]}, r"reads\[1\] is \(\); it should name"),
        ({"X": [X, X]}, "X has 2 groups; reads should say which of them each layer takes"),
        ({"X": [X, X[:3]], "reads": [(0,), (2,)]}, r"X\[1\] has the shape \(3, 2\); it should have 4 cases, as X\[0\]"),
    ],
)
def test_what_training_with_more_refuses(change, message):
    with pytest.raises(ValueError, match=message):
        train(**{"X": X, "y": y, "weights": article(), "steps": 3, "rate": 0.5, **change})


def test_what_solve_refuses():
    with pytest.raises(ValueError, match=r"weights have the leading axes \(\); they should have one, the runs"):
        solve(X, y, article(), most=3, rate=0.5)
    with pytest.raises(ValueError, match="within is 0; it should be above 0"):
        solve(X, y, starts([2, 4, 1], [0]), most=3, rate=0.5, within=0)
    with pytest.raises(TypeError, match="unexpected keyword"):
        solve(X, y, starts([2, 4, 1], [0]), most=3, rate=0.5, decays=0.1)
