"""The line appears on a terminal only, says how far, and goes away, also when the work is interrupted."""

from __future__ import annotations

import io
import re
import sys
from types import SimpleNamespace

import pytest

from backprop_from_scratch import progress, solve, starts, train, xor

module = sys.modules["backprop_from_scratch.progress"]


class Terminal(io.StringIO):
    seen = ""
    """What has been flushed: the rest nobody has seen yet."""

    def isatty(self) -> bool:
        return True

    def flush(self) -> None:
        self.seen = self.getvalue()


@pytest.fixture
def terminal(monkeypatch) -> Terminal:
    """A terminal as stderr, and a clock that moves by a second whenever it is read."""
    seconds = iter(range(1000))
    monkeypatch.setattr(module, "monotonic", lambda: next(seconds))
    return look_at(Terminal(), monkeypatch)


def look_at(stderr: io.StringIO, monkeypatch) -> io.StringIO:
    monkeypatch.setattr(module, "sys", SimpleNamespace(stderr=stderr))
    return stderr


def test_it_says_how_far(terminal):
    with progress(12345, "sweeps") as tell:
        for n in (1, 2, 1234):
            tell(n)
    assert "\r1,234 of 12,345 sweeps" in terminal.seen
    assert terminal.seen.endswith("\r\033[K")


@pytest.mark.parametrize("work", [train, solve])
def test_training_says_how_far(work, terminal):
    X, y = xor()
    work(X, y, starts([2, 4, 1], [0, 1]), 20, 0.1)
    assert "\r15 of 20 sweeps" in terminal.seen


def test_it_goes_away_when_the_work_is_interrupted(terminal):
    with pytest.raises(KeyboardInterrupt), progress(10, "sweeps") as tell:
        tell(1)
        tell(2)
        raise KeyboardInterrupt
    assert terminal.seen.endswith("\r\033[K")
    with progress(10, "runs") as tell:  # and the next one may show
        tell(3)
        tell(4)
    assert "4 of 10 runs" in terminal.seen


def test_it_waits_for_a_second_and_then_speaks_ten_times_a_second_at_most(monkeypatch):
    terminal, clock = look_at(Terminal(), monkeypatch), [100.0]
    monkeypatch.setattr(module, "monotonic", lambda: clock[0])
    with progress(10, "sweeps") as tell:
        for n, clock[0] in enumerate([100.9, 101.05, 101.12, 101.18]):
            tell(n)
        assert re.findall(r"\r(\d) of", terminal.seen) == ["1", "3"]


def test_short_work_shows_nothing(monkeypatch):
    stderr = look_at(Terminal(), monkeypatch)
    with progress(10, "sweeps") as tell:
        tell(1)
    assert stderr.getvalue() == ""


def test_one_line_at_a_time(terminal):
    with progress(10, "runs") as outer, progress(99, "sweeps") as inner:
        for n in range(3):
            outer(n)
            inner(n)
    assert "runs" in terminal.getvalue() and "sweeps" not in terminal.getvalue()


def test_nothing_is_written_where_nobody_looks(monkeypatch):
    seconds = iter(range(1000))
    monkeypatch.setattr(module, "monotonic", lambda: next(seconds))
    stderr = look_at(io.StringIO(), monkeypatch)
    with progress(10, "sweeps") as tell:
        for n in range(5):
            tell(n)
    assert stderr.getvalue() == ""


def test_nothing_is_written_by_a_worker(terminal, monkeypatch):
    monkeypatch.setattr(module, "parent_process", lambda: object())
    with progress(10, "sweeps") as tell:
        tell(1)
        tell(2)
    assert terminal.getvalue() == ""
