"""Runs a chapter as a reader would who copies its blocks, and checks the numbers in its sentences."""

from __future__ import annotations

import contextlib
import io
import math
import re
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib
from mktestdocs import register_executor
from mktestdocs.__main__ import check_raw_string  # its check_md_file reads in the platform's encoding

import figures
from mkdocs_weave.chapter import Block, Chapter, Fault, read

ROOT = Path(__file__).resolve().parents[1]
MARKDOWN = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
APPROVED = ROOT / "tests" / "approved"

_CHECK = re.compile(r"<!--=(.*?)-->|\{= ([^\n]*?) =\}", re.S)
_ELSEWHERE = re.compile(r"([\w/-]+\.md): ")
_NUMBER = re.compile(r"(?<![\w.])[-+−]?\d+(?:\.\d*)?(?:e[-+]?\d+)?(?![\w])%?")


def name(file: Path) -> str:
    """The file as people write it: docs/xor/forward.md."""
    return file.relative_to(ROOT).as_posix()


@dataclass
class Ran:
    """What a chapter left behind: its variables, what its blocks printed, what became of the numbers in its prose."""

    chapter: Chapter
    namespace: dict[str, Any] = field(default_factory=lambda: {"__name__": "__main__"})
    printed: list[str] = field(default_factory=list)
    wrong: list[Fault] = field(default_factory=list)
    checked: list[tuple[int, int]] = field(default_factory=list)
    """From where to where in the chapter's text a check has held a number to the run."""
    elsewhere: list[tuple[re.Match, int]] = field(default_factory=list)
    """The checks that ask another page, and from where in the chapter's text their offsets count."""

    @property
    def text(self) -> str:
        """The text that a reviewer approves; `approved_parts` takes it apart."""
        blocks = zip(self.chapter.blocks, self.printed, strict=True)
        return "".join(f"[block {n}]\n{text}" for n, (_, text) in enumerate(blocks, 1) if text)


def approved(path: str) -> str:
    """What the chapter is known to print; nothing, if it prints nothing."""
    file = (APPROVED / path).with_suffix(".txt")
    return file.read_text(encoding="utf-8") if file.exists() else ""


def approved_parts(text: str) -> dict[int, str]:
    """What each block is known to print, by its number from 1."""
    return {int(n): part for n, part in re.findall(r"^\[block (\d+)\]\n(.*?)(?=^\[block |\Z)", text, re.M | re.S)}


def chapter(file: Path) -> Chapter:
    """The file as a chapter. The README is not a page: nothing but these tests runs its blocks, so it needs no header."""
    return read(file, name(file), header=file.name != "README.md")


def run(file: Path) -> Ran:
    """Run every block of the file through mktestdocs. Raises Fault where a block raises or warns."""
    return run_chapter(chapter(file))


@cache
def ran(file: Path) -> Ran:
    """The file, run once for all the tests that look at it, and its checks that ask other pages."""
    result = run(file)
    for match, offset in result.elsewhere:
        _hold(result, match, offset, ran(ROOT / "docs" / _page(match)).namespace)
    return result


def run_chapter(chapter: Chapter, instead: Callable[[Ran, str], str] = lambda ran, source: source) -> Ran:
    """Run every block of the chapter, in one namespace, and check its prose along the way.

    `instead` is told before each block how far the run has come, and gives the source that runs in the block's place.
    """
    ran = Ran(chapter)
    waiting = iter(chapter.blocks)
    above = chapter.body_line

    def execute(source: str) -> None:
        nonlocal above
        block = next(waiting, None)
        if block is None or source.strip() != block.source.strip():
            raise AssertionError(f"{chapter.path}: mktestdocs finds a block that is not in the chapter:\n{source}")
        _check_prose(ran, above, block.line)
        ran.printed.append(_execute(chapter, replace(block, source=instead(ran, block.source)), ran.namespace))
        above = block.end

    matplotlib.use("agg")
    register_executor("python", execute)
    check_raw_string(chapter.text, lang="python")
    _check_prose(ran, above, chapter.text.count("\n") + 2)
    return ran


def _execute(chapter: Chapter, block: Block, namespace: dict[str, Any]) -> str:
    import matplotlib.pyplot as plt

    printed = io.StringIO()

    def show_in_words() -> None:
        printed.write("".join(figures.in_words(plt.figure(number)) for number in plt.get_fignums()))
        plt.close("all")

    show, plt.show = plt.show, show_in_words
    try:
        with contextlib.redirect_stdout(printed), warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.simplefilter("ignore", ResourceWarning)  # of other tests, when rubbish is collected
            # empty lines above it, so that a traceback names the line of the chapter
            exec(compile("\n" * (block.line - 1) + block.source, chapter.path, "exec", dont_inherit=True), namespace)
    except (Exception, SystemExit) as error:
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == chapter.path]
        line = frames[-1].lineno if frames else block.line
        raise chapter.fault(line, f"{type(error).__name__}: {error}\n{chapter.excerpt(line)}") from error
    finally:
        plt.show = show
    return printed.getvalue()


def _check_prose(ran: Ran, start: int, end: int) -> None:
    """Hold each `text<!--= expression -->` (in an alt: `text{= expression =}`) from line `start` up to line `end` to the run."""
    chapter = ran.chapter
    lines = chapter.text.split("\n")
    offset = sum(len(line) + 1 for line in lines[: start - 1])
    text = "\n".join(lines[start - 1 : end - 1])
    for match in _CHECK.finditer(text):
        if _page(match):
            ran.elsewhere.append((match, offset))
        else:
            _hold(ran, match, offset, ran.namespace)


def _page(match: re.Match) -> str | None:
    """The page that a check asks, `<!--= paper/symmetry.md: expression -->`, or None where it asks its own."""
    asked = _ELSEWHERE.match((match[1] or match[2]).strip())
    return asked[1] if asked else None


def _hold(ran: Ran, match: re.Match, offset: int, namespace: dict[str, Any]) -> None:
    """Hold the text before the check to the expression's value; `match` is in a text that begins at `offset`."""
    chapter, text = ran.chapter, match.string
    line = chapter.text.count("\n", 0, offset + match.start()) + 1
    expression = _ELSEWHERE.sub("", (match[1] or match[2]).strip())
    try:
        value = str(eval(expression, namespace))
    except Exception as error:
        ran.wrong.append(chapter.fault(line, f"`{expression}` raises {type(error).__name__}: {error}"))
        return
    said = text[: match.start()].replace("−", "-")
    if "%" in value and not differences(said[-len(value) :], value):
        value = said[-len(value) :]  # a share that on this CPU is one point more or less
    before = said.removesuffix(value)
    if before == said or (value[:1] in "0123456789." and before[-1:] in "0123456789.-" and before):
        said = text[: match.start()].split()[-1]
        ran.wrong.append(chapter.fault(line, f"the page says {said!r}; the run says {value!r}"))
    else:
        ran.checked.append((offset + match.start() - len(value), offset + match.end()))


def differences(approved: str, printed: str) -> list[str]:
    """Where `printed` is not what was approved.

    Whole numbers and words must be the same; a decimal, or a percentage, which is one of two places, may differ by one
    in its last place (another CPU), and of a number like 3e-11, which is what rounding left, only the order of
    magnitude counts.
    """
    ours, theirs = printed.split("\n"), approved.split("\n")
    if len(ours) != len(theirs):
        return [f"{len(ours)} lines printed, {len(theirs)} approved", *_first_difference(theirs, ours)]
    return [
        f"line {n}: approved {old!r}, printed {new!r}"
        for n, (old, new) in enumerate(zip(theirs, ours, strict=True), 1)
        if not _same(old, new)
    ]


def _first_difference(theirs: list[str], ours: list[str]) -> list[str]:
    both = zip(theirs, ours, strict=False)
    return next(([f"approved {old!r}, printed {new!r}"] for old, new in both if not _same(old, new)), [])


def _same(old: str, new: str) -> bool:
    if old == new:
        return True
    if _NUMBER.sub("#", " ".join(old.split())) != _NUMBER.sub("#", " ".join(new.split())):
        return False
    return all(_close(a, b) for a, b in zip(_NUMBER.findall(old), _NUMBER.findall(new), strict=True))


def _close(old: str, new: str) -> bool:
    if old == new:
        return True
    if old.endswith("%") and new.endswith("%") and "." not in old + new:
        old, new = (f"{float(text[:-1].replace('−', '-')) / 100:.2f}" for text in (old, new))
    if old.endswith("%") != new.endswith("%"):
        return False
    old, new = old.rstrip("%"), new.rstrip("%")
    a, b = (float(text.replace("−", "-")) for text in (old, new))
    if "e" in old and "e" in new:
        return a * b > 0 and abs(math.log10(a / b)) <= 1
    places = len(old.partition(".")[2])
    return places > 0 and len(new.partition(".")[2]) == places and abs(a - b) < 1.5 * 10.0**-places
