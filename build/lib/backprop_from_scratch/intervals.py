"""How sure is a share, or a median? And what is said of a claim: the rules of the ledger."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def wilson(k: int, n: int) -> tuple[float, float]:
    """The 95% interval of a share of which k of n were seen; equation (26)."""
    s, u = k / n, 1.96**2 / n
    half = np.sqrt(u * s * (1 - s) + u**2 / 4)
    return float(abs(s + u / 2 - half) / (1 + u)), float((s + u / 2 + half) / (1 + u))


def median_interval(values: ArrayLike, seed: int = 0, draws: int = 2000) -> tuple[float, float]:
    """The 95% interval of the median by the bootstrap: the medians of samples drawn from the values. inf is allowed."""
    values = np.sort(np.asarray(values, float))
    chosen = np.random.default_rng(seed).integers(len(values), size=(draws, len(values)))
    middle = np.sort(np.median(values[chosen], axis=1))
    return float(middle[int(0.025 * draws)]), float(middle[int(0.975 * draws) - 1])


def judge_share(k: int, n: int) -> str:
    """Of a claim about every run: reproduced if its share's interval is above 95%, not if below 5%, else partly."""
    low, high = wilson(k, n)
    return "reproduced" if low > 0.95 else "not" if high < 0.05 else "partly"


def judge_number(claimed: float, values: ArrayLike) -> str:
    """Of a printed number: reproduced if within the middle 95% of the runs, partly if within all of them, else not."""
    low, high = np.quantile(values, [0.025, 0.975], method="nearest")
    if low <= claimed <= high:
        return "reproduced"
    return "partly" if np.min(values) <= claimed <= np.max(values) else "not"
