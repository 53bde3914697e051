"""Steps, momentum, training, starting weights."""

from __future__ import annotations

import numpy as np
import pytest

from backprop_from_scratch import descend, forward, starts, train

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
