"""The grammar of a chapter: which fences run, which do not, and everything else is an error with a line."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

RUNS = "```python"
NEVER_RUNS = ("```text",)
FENCES = f"{RUNS} (runs) or {' or '.join(NEVER_RUNS)} (never runs)"

HEADER = """\
---
jupyter:
  jupytext:
    text_representation: {extension: .md, format_name: markdown}
  kernelspec: {display_name: Python 3, language: python, name: python3}
---"""


class Fault(Exception):
    """Something is wrong at a line of a file: its text is `docs/file.md:12: what, and what to do`."""

    def __init__(self, path: str, line: int, text: str) -> None:
        super().__init__(path, line, text)
        self.path, self.line, self.text = path, line, text

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


@dataclass(frozen=True)
class Block:
    """A block that runs: `source`, the `line` its code starts on (the first line of the file is 1)."""

    line: int
    source: str

    @property
    def end(self) -> int:
        """The line of the closing fence."""
        return self.line + self.source.count("\n")


@dataclass(frozen=True)
class Chapter:
    """One Markdown file: its path as people write it, its text, its blocks, its notebook header."""

    path: str
    text: str
    blocks: tuple[Block, ...]
    meta: dict[str, Any] = field(default_factory=dict)
    body_line: int = 1
    """The line after the front matter."""
    file: Path | None = None

    @property
    def kernel(self) -> str:
        """The name of the kernel that the header asks for."""
        return self.meta["jupyter"]["kernelspec"]["name"]

    def fault(self, line: int, text: str, show: bool = False) -> Fault:
        """The Fault at `line` of this file; with `show`, the lines about it follow its text."""
        return Fault(self.path, line, f"{text}\n{self.excerpt(line)}" if show else text)

    def excerpt(self, line: int, around: int = 2) -> str:
        """The lines about `line`, numbered, with a mark at it."""
        lines = self.text.split("\n")
        shown = range(max(1, line - around), min(len(lines), line + around) + 1)
        return "\n".join(f"  {'>' if n == line else ' '} {n:4d} | {lines[n - 1]}".rstrip() for n in shown)

    def line_of(self, needle: str, start: int = 1) -> int:
        """The line at which `needle` first stands at or below line `start`; `start` if nowhere."""
        offset = sum(len(line) + 1 for line in self.text.split("\n")[: start - 1])
        at = self.text.find(needle, offset)
        return start if at < 0 else self.text.count("\n", 0, at) + 1


def decode(path: str, data: bytes) -> str:
    """The text of a file. Raises Fault where it is not UTF-8."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Fault(
            path, line, f"byte 0x{data[error.start]:02x} is not UTF-8. Save the file in the encoding UTF-8."
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read(file: Path, path: str, header: bool = True) -> Chapter:
    """The chapter in `file`, called `path` in messages. Raises Fault."""
    return replace(parse(decode(path, file.read_bytes()), path, header), file=file)


def parse(text: str, path: str, header: bool = True) -> Chapter:
    """The chapter that `text` holds; with `header`, one that runs needs a notebook header.

    Raises Fault at the first thing that the grammar does not allow.
    """
    meta, body_line = _front_matter(text, path)
    blocks = tuple(_blocks(text, path, body_line))
    _check_formulas(text, path)
    if blocks and header:
        _check_header(meta, text, path, blocks[0].line)
    return Chapter(path, text, blocks, meta, body_line)


def _front_matter(text: str, path: str) -> tuple[dict[str, Any], int]:
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return {}, 1
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "...")), None)
    if end is None:
        raise Fault(path, 1, "the header that opens here with --- is never closed. Close it with --- on a line.")
    try:
        meta = yaml.safe_load("\n".join(lines[1:end]))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = 2 + (mark.line if mark else 0)
        raise Fault(path, line, f"the header is not YAML: {getattr(error, 'problem', error)}.") from None
    if meta is not None and not isinstance(meta, dict):
        raise Fault(path, 2, "the header must be a list of `name: value` lines.")
    return meta or {}, end + 2


def _blocks(text: str, path: str, body_line: int):
    lines = text.split("\n")
    opened: int | None = None
    for n, line in enumerate(lines, 1):
        if n < body_line:
            continue
        if opened is not None:
            if line == "```":
                if lines[opened - 1] == RUNS:
                    yield _block(lines, path, opened, n)
                opened = None
            elif "```" in line:
                raise Fault(
                    path,
                    opened,
                    f"the fence that opens here is not closed: line {n} holds three backticks"
                    " that are not a bare closing fence. Close it with ``` alone on a line.",
                )
        elif line == RUNS or line in NEVER_RUNS:
            opened = n
        elif "```" in line or re.match(r"[\s>*+-]*~~~", line):
            raise Fault(
                path,
                n,
                f"{line.strip()!r} is not a fence of this book, and would be skipped without a word."
                f" Write {FENCES}, without indentation and with nothing after it.",
            )
    if opened is not None:
        raise Fault(path, opened, "the fence that opens here is never closed. Close it with ``` alone on a line.")


def _block(lines: list[str], path: str, opened: int, closed: int) -> Block:
    block = Block(opened + 1, "".join(line + "\n" for line in lines[opened : closed - 1]))
    if not block.source.strip():
        raise Fault(path, opened, "this block is empty. Give it code, or take it out.")
    if opened > 1 and lines[opened - 2].strip():
        raise Fault(path, opened, "a block needs an empty line above it, or Markdown takes it for prose.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a SyntaxWarning would reach stderr when the block runs
            compile("\n" * opened + block.source, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        line = min(getattr(error, "lineno", None) or block.line, closed - 1)
        hint = " (blocks are plain Python: no % or ! lines)" if lines[line - 1].lstrip()[:1] in ("%", "!") else ""
        text = getattr(error, "msg", None) or str(error)
        raise Fault(path, line, f"SyntaxError: {text}{hint}\n  >  {line:4d} | {lines[line - 1]}") from None
    return block


_NO_FORMULA = re.compile(r"^---\n.*?^---$|^```.*?^```$|`+[^`\n]+`+|<!--.*?-->", re.M | re.S)
_FORMULA = re.compile(r"(?<![\\$])(\$\$?)(?!\s*\$)(?:(?!\n[ >]*\n)[^$])+?\1", re.S)


def _check_formulas(text: str, path: str) -> None:
    """Markdown reads HTML before formulas: the `<c` of `$b<c$` is a tag to it, and all up to the next `>` is in it."""
    bare = _NO_FORMULA.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    for formula in _FORMULA.finditer(bare):
        if tag := re.search(r"<[A-Za-z/!?]", formula[0]):
            line = text.count("\n", 0, formula.start() + tag.start()) + 1
            raise Fault(
                path, line, f"{tag[0]!r} in a formula opens an HTML tag. Write \\lt for the sign, or a space after it."
            )


def _check_header(meta: dict[str, Any], text: str, path: str, first: int) -> None:
    for name in ("jupytext", "kernelspec"):
        if name in meta:
            line = next(n for n, at in enumerate(text.split("\n"), 1) if at.startswith(name))
            raise Fault(
                path,
                line,
                f"`{name}:` stands at the top level of the header, where it is ignored and the page is"
                f" not run. Nest it under `jupyter:`, like this:\n{HEADER}",
            )
    jupyter = meta.get("jupyter")
    if not isinstance(jupyter, dict):
        raise Fault(
            path,
            first,
            "this page has a block that runs, but no notebook header, so nothing would run it."
            f" Begin the file with:\n{HEADER}",
        )
    kernelspec, jupytext = jupyter.get("kernelspec"), jupyter.get("jupytext")
    if not isinstance(jupytext, dict) or not isinstance(kernelspec, dict):
        missing = "kernelspec" if isinstance(jupytext, dict) else "jupytext"
        raise Fault(path, 2, f"the notebook header has no `{missing}:` under `jupyter:`. It should be:\n{HEADER}")
    if kernelspec.get("language") != "python" or not isinstance(kernelspec.get("name"), str):
        raise Fault(path, 2, f"the header's kernelspec needs `language: python` and a `name`. It should be:\n{HEADER}")
