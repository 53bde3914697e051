"""Intervals against what is known of them, and the verdicts at their limits."""

from __future__ import annotations

import numpy as np
import pytest

from backprop_from_scratch import judge_number, judge_share, median_interval, wilson


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662)],
)
def test_wilson_gives_the_published_intervals(k, n, low, high):
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3, for 81 of 263
    assert np.allclose(wilson(k, n), (low, high), atol=6e-5)


def test_the_median_lies_in_its_interval_and_a_larger_sample_narrows_it():
    rng = np.random.default_rng(0)
    few, many = rng.normal(size=50), rng.normal(size=5000)
    for values in (few, many):
        low, high = median_interval(values)
        assert low < np.median(values) < high
    assert np.subtract(*median_interval(many)[::-1]) < 0.2 * np.subtract(*median_interval(few)[::-1])


def test_the_interval_holds_the_true_median_about_as_often_as_it_says():
    rng = np.random.default_rng(1)
    held = [low <= 0 <= high for low, high in (median_interval(rng.normal(size=80)) for _ in range(300))]
    assert 0.90 <= np.mean(held) <= 0.99


def test_of_other_draws_one_in_forty_lies_below_the_interval_and_one_in_forty_above():
    values = np.random.default_rng(2).normal(size=400)
    low, high = median_interval(values)
    middles = np.median(np.random.default_rng(3).choice(values, (20_000, 400)), axis=1)
    assert 0.020 < np.mean(middles < low) < 0.030
    assert 0.020 < np.mean(middles > high) < 0.030


def test_the_middle_of_a_small_sample_is_its_middle():
    assert median_interval([7.0]) == (7.0, 7.0)
    assert median_interval([1.0, 2.0, 3.0], seed=3) == (1.0, 3.0)


def test_runs_that_never_end_count():
    low, high = median_interval([10.0] * 40 + [np.inf] * 45)
    assert low == 10.0 and high == np.inf


@pytest.mark.parametrize(("k", "verdict"), [(400, "reproduced"), (389, "reproduced"), (387, "partly"), (13, "partly"), (11, "not"), (0, "not")])  # fmt: skip
def test_judge_share(k, verdict):
    assert judge_share(k, 400) == verdict


@pytest.mark.parametrize(
    ("claimed", "verdict"), [(500, "reproduced"), (30, "reproduced"), (5, "partly"), (999, "partly"), (1000, "not"), (-1, "not")]
)  # fmt: skip
def test_judge_number(claimed, verdict):
    assert judge_number(claimed, np.arange(1000)) == verdict


def test_judge_number_with_runs_that_never_end():
    assert judge_number(5, [1.0] * 4 + [9.0] + [np.inf] * 20) == "reproduced"
    assert judge_number(0, [1.0, np.inf]) == "not"
