"""The instruments that check a gradient, on functions whose slopes are known."""

from __future__ import annotations

import numpy as np
import pytest

from backprop_from_scratch import complex_step, differences, relative_error

w = np.array([[0.3, -1.2, 2.0], [0.7, 0.1, -0.4]])


def f(w):
    return (np.exp(w) * np.array([[1, 2, 3], [4, 5, 6]])).sum() + w[0, 0] * w[1, 2]


def slopes():
    expected = np.exp(w) * np.array([[1, 2, 3], [4, 5, 6]])
    expected[0, 0] += w[1, 2]
    expected[1, 2] += w[0, 0]
    return expected


def test_differences():
    assert relative_error(differences(f, w), slopes()) < 1e-9


def test_differences_take_the_step_they_are_given():
    # of w³ the central difference is 3w² + h²
    assert np.allclose(differences(lambda w: (w**3).sum(), w, h=0.5), 3 * w**2 + 0.25)


def test_complex_step():
    assert relative_error(complex_step(f, w), slopes()) < 1e-15


def test_complex_step_takes_the_step_it_is_given():
    # the imaginary part of (w + ih)³ / h is 3w² − h²
    assert np.allclose(complex_step(lambda w: (w**3).sum(), w, h=0.5), 3 * w**2 - 0.25)


@pytest.mark.parametrize("check", [differences, complex_step])
@pytest.mark.parametrize("h", [0, -1e-5, np.nan])
def test_a_step_must_be_positive(check, h):
    with pytest.raises(ValueError, match="h is"):
        check(f, w, h=h)


def test_the_point_is_left_as_it_was():
    before = w.copy()
    differences(f, w)
    complex_step(f, w)
    assert np.array_equal(before, w)


def test_relative_error():
    assert relative_error(np.array([1.0, 2.0]), np.array([1.0, 2.5])) == 0.2
    assert relative_error(np.array([1.0, -2.5]), np.array([1.0, -2.0])) == 0.2
    assert relative_error(1e9 * w, 1e9 * w * 1.5) == pytest.approx(1 / 3)
    assert relative_error(np.array([0.1]), np.array([0.2])) == 0.5  # small numbers are numbers
    assert relative_error(np.zeros(3), np.zeros(3)) == 0
    assert relative_error(np.zeros(0), np.zeros(0)) == 0
    with pytest.raises(ValueError, match=r"a has the shape \(3,\); it should have that of b, \(2,\)"):
        relative_error(np.zeros(3), np.zeros(2))
