"""Each task is its rule, counted another way."""

from __future__ import annotations

from itertools import product

import numpy as np

from backprop_from_scratch import encoder, parity, symmetry, xor


def test_xor_is_the_articles_table():
    X, y = xor()
    assert X.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert y.tolist() == [[0], [1], [1], [0]]


def test_parity_counts_upwards_and_counts_ones():
    for bits in (1, 3, 4):
        X, y = parity(bits)
        assert [tuple(row) for row in X] == list(product([0, 1], repeat=bits))
        assert y[:, 0].tolist() == [sum(row) % 2 for row in product([0, 1], repeat=bits)]


def test_symmetry_of_six_has_eight_palindromes():
    X, y = symmetry()
    assert X.shape == (64, 6) and y.shape == (64, 1) and y.sum() == 8
    for row, target in zip(X, y[:, 0], strict=True):
        assert target == (list(row) == list(row)[::-1])
    assert symmetry(5)[1].sum() == 8 and symmetry(4)[1].sum() == 4


def test_encoder_repeats_its_input():
    X, y = encoder(8)
    assert X.shape == (8, 8) and (X.sum(axis=1) == 1).all() and np.array_equal(X, y)
    assert len(np.unique(X, axis=0)) == 8
