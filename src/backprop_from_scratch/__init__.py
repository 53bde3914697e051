"""What the chapters derive, as functions: NumPy only, and any number of networks at once.

    network.py   forward, backward, and the error between
    descent.py   starting weights, steps with momentum, training
    check.py     is a gradient right? differences, complex steps, relative error
    arguments.py what may be given, and the ValueErrors that say so

A network is a list of weights `W`, one array a layer, of shape (..., units in, units out). With one row more than
there are units in, the last row holds the biases: the weights from a unit that is always 1. Leading axes are
networks: one run and a thousand are the same call. Every function is shown, in full, on a page of the book.
"""

from .check import complex_step, differences, relative_error
from .descent import descend, starts, train
from .network import backward, error, forward, sigmoid, transpose, with_one

__all__ = [
    "backward",
    "complex_step",
    "descend",
    "differences",
    "error",
    "forward",
    "relative_error",
    "sigmoid",
    "starts",
    "train",
    "transpose",
    "with_one",
]
