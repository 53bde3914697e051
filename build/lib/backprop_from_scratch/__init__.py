"""What the chapters derive, as functions: NumPy only, and any number of networks at once.

    network.py   forward, backward, and the error between
    descent.py   starting weights, sweeps with momentum, training, and how long until a task is solved
    fast.py      the same sweep in arrays that are made once
    parts.py     many runs, in parts, by any map
    check.py     is a gradient right? differences, complex steps, relative error
    intervals.py how sure is a share or a median, and the verdicts of the ledger
    tasks.py     XOR, parity, encoder, symmetry, family trees
    progress.py  a line on the terminal while long work runs
    arguments.py what may be given, and the ValueErrors that say so

A network is a list of weights `W`, one array a layer, of shape (..., units in, units out). With one row more than
there are units in, the last row holds the biases: the weights from a unit that is always 1. Leading axes are
networks: one run and a thousand are the same call. `reads` says which layers each W takes, where that is not the one
before it. Every function is shown, in full, on a page of the book.
"""

from .check import complex_step, differences, relative_error
from .descent import descend, solve, starts, sweep, train, uniform_starts
from .intervals import judge_number, judge_share, median_interval, wilson
from .network import backward, error, forward, sigmoid, transpose, with_one
from .parts import spread
from .progress import progress
from .tasks import encoder, family_facts, family_names, family_questions, family_trees, parity, symmetry, xor

__all__ = [
    "backward",
    "complex_step",
    "descend",
    "differences",
    "encoder",
    "error",
    "family_facts",
    "family_names",
    "family_questions",
    "family_trees",
    "forward",
    "judge_number",
    "judge_share",
    "median_interval",
    "parity",
    "progress",
    "relative_error",
    "sigmoid",
    "solve",
    "spread",
    "starts",
    "sweep",
    "symmetry",
    "train",
    "transpose",
    "uniform_starts",
    "wilson",
    "with_one",
    "xor",
]
