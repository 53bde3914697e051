"""`mkdocs serve`: a change is shown; a fault is told in the terminal, and the last good page stays."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request

import pytest


class Server:
    """A running `mkdocs serve`, and what it has written so far."""

    def __init__(self, book, log) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = log
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{self.port}"],
            cwd=book.root,
            stdout=log.open("wb"),
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait_for(self, text: str, times: int = 1) -> None:
        """Wait until the terminal shows `text` so many times."""
        for _ in range(600):
            if self.said().count(text) >= times:
                return
            assert self.process.poll() is None, self.said()
            time.sleep(0.1)
        raise AssertionError(f"{text!r} never came:\n{self.said()}")

    def get(self, page: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{page}", timeout=60) as answer:
            return answer.read().decode()


@pytest.fixture
def server(book, tmp_path):
    running = Server(book, tmp_path / "log")
    yield running
    running.process.terminate()
    running.process.wait(20)


def test_serve(book, server):
    server.wait_for("Serving on")
    assert "<samp>42</samp>" in server.get("good.html")

    book.chapter("good.md", "# Good\n\n```python\nprint(7 * 7)\n```\n")
    server.wait_for("Reloading browsers", 1)
    assert "<samp>49</samp>" in server.get("good.html")

    for times in (1, 2):  # the same fault again must be told again
        book.chapter("good.md", f"# Good {times}\n\n```python\n1 / 0\n```\n")
        server.wait_for("docs/good.md:11: ZeroDivisionError", times)
        server.wait_for("the last good page is still served", times)
        assert "<samp>49</samp>" in server.get("good.html")
        assert "Traceback" not in server.said()

    book.chapter("good.md", "# Good\n\n```python\nprint(8 * 8)\n```\n")
    server.wait_for("Reloading browsers", 4)
    assert "<samp>64</samp>" in server.get("good.html")


def test_a_fault_at_the_start_is_told_and_ends_it(book, tmp_path):
    book.chapter("bad.md", "# Bad\n\n```python\n1 / 0\n```\n")
    server = Server(book, tmp_path / "log")
    assert server.process.wait(60) == 1
    assert "docs/bad.md:11: ZeroDivisionError" in server.said() and "Traceback" not in server.said()
