"""The network's gradients against an independent witness, and its shapes."""

from __future__ import annotations

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop_from_scratch import backward, error, forward, relative_error, sigmoid, transpose, with_one

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
y = np.array([[0], [1], [1], [0]])


@st.composite
def networks(draw, leading=()):
    """A random network: depth, width, cases, biases layer by layer, and targets."""
    sizes = draw(st.lists(st.integers(1, 5), min_size=2, max_size=5))
    biases = draw(st.lists(st.booleans(), min_size=len(sizes) - 1, max_size=len(sizes) - 1))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    cases = draw(st.integers(1, 6))
    X = rng.normal(size=(*leading, cases, sizes[0]))
    y = rng.uniform(size=(*leading, cases, sizes[-1]))
    shapes = [(a + bias, b) for a, b, bias in zip(sizes[:-1], sizes[1:], biases, strict=True)]
    return X, y, [rng.normal(size=(*leading, *shape)) for shape in shapes]


def plain_error(weights, X, y):
    """E, written apart from the package, in functions that autograd differentiates."""
    a = X
    for W in weights:
        units = a.shape[1]
        z = anp.dot(a, W[:units])
        if W.shape[0] > units:
            z = z + W[units]
        a = 1 / (1 + anp.exp(-z))
    return anp.sum((a - y) ** 2) / 2


@settings(max_examples=200, deadline=None, derandomize=True)
@given(networks())
def test_gradients_agree_with_autograd(network):
    X, y, weights = network
    ours = backward(forward(X, weights), weights, y)
    theirs = autograd.grad(plain_error)(weights, X, y)
    for gradient, witness, W in zip(ours, theirs, weights, strict=True):
        assert gradient.shape == W.shape
        assert relative_error(gradient, witness) < 1e-12


@settings(max_examples=50, deadline=None, derandomize=True)
@given(networks())
def test_the_error_is_the_witness_of_forward(network):
    X, y, weights = network
    assert np.isclose(error(forward(X, weights)[-1], y), plain_error(weights, X, y), rtol=1e-12, atol=0)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(networks(leading=(2, 3)))
def test_many_networks_are_as_many_runs(network):
    X, y, weights = network
    together = backward(forward(X, weights), weights, y)
    for at in np.ndindex(2, 3):
        one = [W[at] for W in weights]
        for many, alone in zip(together, backward(forward(X[at], one), one, y[at]), strict=True):
            assert np.allclose(many[at], alone, rtol=1e-12, atol=1e-15)
    assert error(forward(X, weights)[-1], y).shape == (2, 3)


@st.composite
def graphs(draw):
    """A random layered graph: groups of inputs, what each layer reads, biases layer by layer, and targets."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    cases = draw(st.integers(1, 5))
    units = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    X = [rng.normal(size=(cases, n)) for n in units]
    weights, reads = [], []
    for out in draw(st.lists(st.integers(1, 4), min_size=1, max_size=4)):
        read = draw(st.lists(st.integers(0, len(units) - 1), min_size=1, max_size=3, unique=True))
        rows = sum(units[n] for n in read) + draw(st.booleans())
        weights.append(rng.normal(size=(rows, out)))
        reads.append(read)
        units.append(out)
    return X, rng.uniform(size=(cases, units[-1])), weights, reads


def plain_graph_error(weights, X, y, reads):
    """E of a graph, written apart from the package: a sum over what a layer reads, and its biases."""
    a = list(X)
    for W, read in zip(weights, reads, strict=True):
        z, row = 0.0, 0
        for n in read:
            z = z + anp.dot(a[n], W[row : row + a[n].shape[1]])
            row += a[n].shape[1]
        a.append(1 / (1 + anp.exp(-(z + W[row] if row < W.shape[0] else z))))
    return anp.sum((a[-1] - y) ** 2) / 2


@settings(max_examples=200, deadline=None, derandomize=True)
@given(graphs())
def test_gradients_of_graphs_agree_with_autograd(graph):
    X, y, weights, reads = graph
    activations = forward(X, weights, reads)
    assert np.isclose(error(activations[-1], y), plain_graph_error(weights, X, y, reads), rtol=1e-12, atol=0)
    theirs = autograd.grad(plain_graph_error)(weights, X, y, reads)
    for gradient, witness, W in zip(backward(activations, weights, y, reads), theirs, weights, strict=True):
        assert gradient.shape == W.shape
        assert relative_error(gradient, witness) < 1e-12


def test_nothing_said_is_a_chain():
    weights = [np.full((3, 4), 0.1), np.full((4, 2), 0.2), np.full((3, 1), 0.3)]
    plain, said = forward(X, weights), forward([X], weights, [(0,), (1,), (2,)])
    assert all(np.array_equal(a, b) for a, b in zip(plain, said, strict=True))


def test_an_output_within_the_margin_is_not_blamed():
    weights = [np.array([[0.0], [0.0], [1.5]])]  # all four predictions are sigmoid(1.5), about 0.82
    activations = forward(X, weights)
    off = activations[-1] - y
    delta = np.where(y == 1, 0, off * activations[-1] * (1 - activations[-1]))
    assert np.allclose(backward(activations, weights, y, margin=0.2)[0][:, 0], [*(X.T @ delta)[:, 0], delta.sum()])
    assert not np.allclose(
        backward(activations, weights, y, margin=0.1)[0], backward(activations, weights, y, margin=0.2)[0]
    )


def test_shared_cases_and_many_networks():
    weights = [np.ones((7, 2, 3)), np.ones((7, 4, 1))]
    activations = forward(X, weights)
    assert [a.shape for a in activations] == [(4, 2), (7, 4, 3), (7, 4, 1)]
    assert [g.shape for g in backward(activations, weights, y)] == [(7, 2, 3), (7, 4, 1)]


def test_the_articles_first_step():
    np.random.seed(42)
    weights = [np.random.randn(2, 4) * 0.5, np.random.randn(4, 1) * 0.5]
    activations = forward(X, weights)
    assert round(float(error(activations[-1], y)), 4) == 0.5114
    dW1, dW2 = backward(activations, weights, y)
    assert np.allclose(dW2[:, 0], [-0.0360, -0.0329, -0.0469, -0.0476], atol=5e-5)
    assert np.allclose(dW1[0], [0.0023, -0.0028, 0.0036, 0.0028], atol=5e-5)


def test_sigmoid():
    assert sigmoid(0) == 0.5
    assert np.allclose(sigmoid(np.array([-np.log(3), np.log(3)])), [0.25, 0.75])


def test_transpose_leaves_the_leading_axes():
    assert transpose(np.zeros((5, 2, 3))).shape == (5, 3, 2)


def test_with_one():
    a = np.arange(6).reshape(2, 3)
    assert with_one(a, np.zeros((3, 1))) is a
    assert with_one(a, np.zeros((4, 1))).tolist() == [[0, 1, 2, 1], [3, 4, 5, 1]]


def test_the_look_can_be_left_out():
    bad = [np.full((2, 1), np.nan)]
    with pytest.raises(ValueError, match="finite"):
        forward(X, bad)
    activations = forward(X, bad, check=False)
    with pytest.raises(ValueError, match="finite"):
        backward(activations, bad, y)
    assert np.isnan(backward(activations, bad, y, check=False)[0]).all()
