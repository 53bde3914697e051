"""Runs a block in the reader's browser, as the build ran it: in Pyodide, one namespace for the page.

The page's worker calls `run`. Beside this file it finds figures.py and the figures' style, those of the build.
"""

from __future__ import annotations

import builtins
import concurrent.futures
import contextlib
import importlib.util
import io
import linecache
import sys
import traceback
from collections.abc import Callable
from typing import Any

MOST = 200_000
"""Characters that one run may print: a page is no place for more."""

_page: dict[str, Any] = {}
_now: dict[str, Any] = {}
"""The run that is on: where its figures go, what they are called, how many there are."""
_styled = False


def reset() -> None:
    """Forget the variables: another page begins."""
    _page.clear()
    _page.update(__name__="__main__", __builtins__={**vars(builtins), "input": _input})


def _input(*_args) -> str:
    """There is no keyboard to read from: say so in words."""
    raise EOFError("input() cannot ask here. Write the answer into the code.")


reset()


class Stream(io.TextIOBase):
    """Sends what is printed, a line or more at a time, and stops at MOST characters."""

    def __init__(self, send: Callable[[str], Any]) -> None:
        self.send, self.waiting, self.left = send, "", MOST

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self.left > 0:
            self.waiting += text
            if "\n" in text or len(self.waiting) > 4096:
                self.flush()
        return len(text)

    def flush(self) -> None:
        if self.waiting:
            text, self.waiting = self.waiting[: self.left], ""
            self.left -= len(text)
            self.send(text if self.left else f"{text}\n… and more, which is not shown.\n")


def run(source: str, name: str, send: Callable[[str, str], Any], draw: Callable[[str], Any], label: str) -> str | None:
    """Run the block `source`, called `name` in tracebacks. None, or the exception that ended it: its class's name.

    `send` gets "out" or "err" and text, as it is printed; `draw` gets each figure, an inline SVG called `label`.
    """
    out, err = Stream(lambda text: send("out", text)), Stream(lambda text: send("err", text))
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    _now.update(draw=draw, prefix=f"{name.replace(' ', '-')}-live", label=label, drawn=0)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            exec(compile(source, name, "exec", dont_inherit=True), _page)
            _show()  # as the build does with a figure that is still open
        except SystemExit as end:
            if end.code not in (None, 0):
                err.write(f"SystemExit: {end.code}\n")
        except BaseException as error:
            err.write(told(error))
            _figures()
            return type(error).__name__
        finally:
            out.flush()
            err.flush()
    return None


def told(error: BaseException) -> str:
    """The traceback, with the reader's own lines only."""
    report = traceback.TracebackException.from_exception(error, max_group_width=5)
    todo, seen = [report], set()
    while todo:
        part = todo.pop()
        if part is None or id(part) in seen:
            continue
        seen.add(id(part))
        own = [frame for frame in part.stack if frame.filename.startswith("block ")]
        part.stack = traceback.StackSummary.from_list(own) if own else None
        todo += [part.__cause__, part.__context__, *(part.exceptions or ())]
    return "".join(report.format())


class InTurn(concurrent.futures.Executor):
    """A pool of threads where none can start, as in a browser: calls are done at once, with the same results."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None: ...

    def submit(self, fn: Callable, /, *args: Any, **kwargs: Any) -> concurrent.futures.Future:
        future: concurrent.futures.Future = concurrent.futures.Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


if sys.platform == "emscripten":
    concurrent.futures.ThreadPoolExecutor = InTurn


def prepare() -> None:
    """Once Matplotlib is there: the build's style, and a `show` that puts figures on the page."""
    global _styled
    if _styled or importlib.util.find_spec("matplotlib") is None:
        return
    with contextlib.redirect_stderr(io.StringIO()):  # it says that it looks for fonts
        from matplotlib import pyplot

        from . import figures

        figures.style()
    pyplot.show = _show
    _styled = True


def _show(*_args, **_kwargs) -> None:
    """What plt.show() does: each open figure goes to the page."""
    from . import figures

    for svg in _figures():
        _now["drawn"] += 1
        _now["draw"](figures.fit(svg, f"{_now['prefix']}-{_now['drawn']}", _now["label"]))


def _figures() -> list[str]:
    """Each open figure as Matplotlib's SVG; they are closed."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return []
    svgs = []
    for number in pyplot.get_fignums():
        figure, text = pyplot.figure(number), io.StringIO()
        figure.savefig(text, format="svg", facecolor=figure.get_facecolor(), metadata={"Date": None, "Creator": None})
        svgs.append(text.getvalue())
    pyplot.close("all")
    return svgs
