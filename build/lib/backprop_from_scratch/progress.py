"""A line on the terminal that says how far long work has come."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import parent_process
from time import monotonic

_SHOWING: list[str] = []


@contextmanager
def progress(total: int, what: str) -> Iterator[Callable[[int], None]]:
    """Gives a function to tell how many are done; on a terminal a line shows it from the first second on.

    One line at a time: inside another progress, in a worker process, or where nobody looks, nothing is shown. The line
    is taken away at the end, also when the work is interrupted.
    """
    quiet = bool(_SHOWING) or parent_process() is not None or not sys.stderr.isatty()
    if quiet:
        yield lambda done: None
        return
    began = said = monotonic()
    shown = False

    def tell(done: int) -> None:
        nonlocal said, shown
        now = monotonic()
        if now - began > 1 and now - said > 0.1:
            print(f"\r{done:,} of {total:,} {what}", end="", file=sys.stderr, flush=True)
            said, shown = now, True

    _SHOWING.append(what)
    try:
        yield tell
    finally:
        _SHOWING.remove(what)
        if shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
