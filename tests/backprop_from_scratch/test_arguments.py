"""Bad arguments are named, with the shape they have and the shape they should have."""

from __future__ import annotations

import numpy as np
import pytest

from backprop_from_scratch import backward, forward
from backprop_from_scratch.arguments import check_number

X, y = np.zeros((4, 2)), np.zeros((4, 1))
W1, W2 = np.ones((2, 3)), np.ones((4, 1))  # the second with biases
GOOD = forward(X, [W1, W2])


@pytest.mark.parametrize(
    ("X", "weights", "message"),
    [
        (X, [], "weights is empty; it should have one array for each layer"),
        (X, [W1.T, W2], r"weights\[1\] has the shape \(4, 1\); it should have \(\.\.\., 2, "),  # (3, 2): two inputs, a bias
        (X, [np.ones((4, 3)), W2], r"weights\[0\] has the shape \(4, 3\); it should have \(\.\.\., 2, units out\), or \(\.\.\., 3, units out\) with biases"),
        (X, [np.ones((1, 3)), W2], r"weights\[0\] has the shape \(1, 3\)"),
        (X, [W1, np.ones((5, 1))], r"weights\[1\] has the shape \(5, 1\); it should have \(\.\.\., 3, "),
        (X[0], [W1, W2], r"X has the shape \(2,\); it should have two axes at least"),
        (X[:0], [W1, W2], r"X has the shape \(0, 2\); it should have no axis of length 0"),
        (X[:, :0], [W1, W2], r"X has the shape \(4, 0\)"),
        (X + np.nan, [W1, W2], r"X, of the shape \(4, 2\), should have finite numbers only"),
        (X, [W1 * np.inf, W2], r"weights\[0\], of the shape \(2, 3\), should have finite"),
        (X, [np.ones((5, 2, 3)), np.ones((6, 4, 1))], r"leading axes do not fit together: X \(4, 2\), weights\[0\] \(5, 2, 3\), weights\[1\] \(6, 4, 1\)"),
    ],
)  # fmt: skip
def test_forward_refuses(X, weights, message):
    with pytest.raises(ValueError, match=message):
        forward(X, weights)


@pytest.mark.parametrize(
    ("activations", "y", "message"),
    [
        (GOOD, y[:3], r"y has the shape \(3, 1\); it should have \(\.\.\., 4, 1\)"),
        (GOOD, y.T, r"y has the shape \(1, 4\)"),
        (GOOD, np.zeros(4), r"y has the shape \(4,\); it should have two axes"),
        (GOOD, y * np.nan, r"y, of the shape \(4, 1\), should have finite"),
        (GOOD, np.zeros((2, 4, 2)), r"y has the shape \(2, 4, 2\)"),
        (GOOD[:2], y, r"activations has 2 arrays; it should have 3"),
        ([GOOD[0], GOOD[2], GOOD[1]], y, r"activations\[1\] has the shape \(4, 1\); it should have \(\.\.\., 4, 3\)"),
        ([GOOD[0], GOOD[1][:3], GOOD[2]], y, r"activations\[1\] has the shape \(3, 3\)"),
        ([GOOD[0], GOOD[1], np.zeros((5, 4, 1))], np.zeros((6, 4, 1)), "leading axes do not fit together: y"),
        ([GOOD[0], GOOD[1] * np.nan, GOOD[2]], y, r"activations\[1\], of the shape \(4, 3\), should have finite"),
        ([GOOD[0], GOOD[1][0], GOOD[2]], y, r"activations\[1\] has the shape \(3,\)"),
    ],
)
def test_backward_refuses(activations, y, message):
    with pytest.raises(ValueError, match=message):
        backward(activations, [W1, W2], y)


def test_leading_axes_of_length_one_fit():
    assert forward(np.zeros((1, 4, 2)), [np.ones((7, 2, 3)), W2])[-1].shape == (7, 4, 1)


def test_numbers():
    check_number("rate", 1e-9, 0)
    check_number("momentum", 0, 0, 1)
    for value, low, high in [(0, 0, np.inf), (np.inf, 0, np.inf), (np.nan, 0, 1), (1, 0, 1), (-0.1, 0, 1)]:
        with pytest.raises(ValueError, match=f"x is {value}; it should be "):
            check_number("x", value, low, high)
