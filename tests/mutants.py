"""Change the code one place at a time, and see whether a test notices. `make mutants` runs all of it.

    python tests/mutants.py                    every mutant of the package and of the chapters
    python tests/mutants.py --sample 60        a fixed sample
    python tests/mutants.py forward backward   those of files whose path holds one of the words

A mutant of a chapter is run as the chapter's test runs it, and dies where a block raises, prints or draws
something else, or a number in a sentence is wrong. A mutant of the package faces tests/backprop_from_scratch.
Survivors stand in mutants.txt with the reason why they change nothing that matters; any other fails the run.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import io
import multiprocessing
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import book
from mkdocs_weave.chapter import Fault, parse

PACKAGE = book.ROOT / "src" / "backprop_from_scratch"
SURVIVORS = Path(__file__).with_name("mutants.txt")
SECONDS = 120  # a mutant that runs longer is dead

SWAPS = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult, ast.Mod: ast.Add,
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.And: ast.Or, ast.Or: ast.And, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip


SYMMETRIC = {"max", "min", "np.isclose", "np.allclose", "np.array_equal"}  # to swap their arguments changes nothing


@dataclass(frozen=True)
class Mutant:
    """One change of one place: where (`file`, `line`, its `code`), what (`was` became `became`), the whole new text."""

    file: str
    line: int
    code: str
    was: str
    became: str
    text: str

    @property
    def name(self) -> str:
        """What the list of survivors knows it by: no line number, which moves."""
        return f"{self.file}: {self.code}: {self.was} → {self.became}"


def changes(node: ast.AST, names: list[str]) -> Iterator[ast.AST]:
    """Each node that could stand in the place of this one and mean something else."""
    if isinstance(node, ast.BinOp) and type(node.op) in SWAPS:
        yield ast.BinOp(node.left, SWAPS[type(node.op)](), node.right)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult | ast.Sub | ast.Div):
        yield ast.BinOp(node.right, node.op, node.left)
    if isinstance(node, ast.AugAssign):
        yield ast.AugAssign(node.target, SWAPS.get(type(node.op), ast.Add)(), node.value)
        yield ast.Assign([node.target], node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not | ast.Invert):
        yield node.operand
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPS:
        yield ast.Compare(node.left, [SWAPS[type(node.ops[0])](), *node.ops[1:]], node.comparators)
    if isinstance(node, ast.BoolOp):
        yield ast.BoolOp(SWAPS[type(node.op)](), node.values)
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield ast.Constant(node.value + 1)
    elif isinstance(node, ast.Constant) and isinstance(node.value, float):
        yield ast.Constant(node.value * 1.5 or 1.0)
    if isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
        yield node.value
    if isinstance(node, ast.Call) and len(node.args) > 1 and ast.unparse(node.func) not in SYMMETRIC:
        yield ast.Call(node.func, [node.args[1], node.args[0], *node.args[2:]], node.keywords)
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names and len(names) > 1:
        yield ast.Name(names[(names.index(node.id) + 1) % len(names)], ast.Load())


def mutate(source: str) -> Iterator[tuple[int, str, str, str, str]]:
    """Line, its code, what was there, what came, and the whole new source: for every place and change."""
    tree = ast.parse(source)
    names = sorted({n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)})
    skip = {id(n) for f in ast.walk(tree) if isinstance(f, ast.JoinedStr) for n in ast.walk(f)}
    skip |= {id(n) for f in ast.walk(tree) for a in _annotations(f) for n in ast.walk(a)}
    skip |= {id(n) for f in ast.walk(tree) if isinstance(f, ast.Assert) for n in ast.walk(f)}  # a check is not checked
    lines = source.split("\n")
    for node in ast.walk(tree):
        if id(node) in skip or not hasattr(node, "lineno"):
            continue
        for new in changes(node, names):
            changed = ast.unparse(ast.fix_missing_locations(copy.deepcopy(new)))
            if isinstance(new, ast.expr):
                changed = f"({changed})"
            start, end = (
                _offset(lines, node.lineno, node.col_offset),
                _offset(lines, node.end_lineno, node.end_col_offset),
            )
            text = source[:start] + changed + source[end:]
            with contextlib.suppress(SyntaxError):
                ast.parse(text)
                code = " ".join(lines[node.lineno - 1].partition("  #")[0].split())
                yield node.lineno, code, " ".join(source[start:end].split()), changed, text


def _annotations(node: ast.AST) -> list[ast.AST]:
    return [a for a in (getattr(node, "annotation", None), getattr(node, "returns", None)) if a is not None]


def _offset(lines: list[str], line: int, column: int) -> int:
    """From a line (from 1) and a column in bytes to an offset in characters."""
    return sum(len(text) + 1 for text in lines[: line - 1]) + len(lines[line - 1].encode()[:column].decode())


def mutants() -> list[Mutant]:
    """Every mutant of the package and of the chapters."""
    found = []
    for file in sorted(PACKAGE.glob("*.py")):
        source = file.read_text(encoding="utf-8")
        found += [Mutant(book.name(file), *change) for change in mutate(source)]
    for file in book.MARKDOWN:
        chapter = book.chapter(file)
        if chapter.path == "docs/reference/library.md":
            continue  # the package, once more
        lines = chapter.text.split("\n")
        for block in chapter.blocks:
            for line, code, was, became, text in mutate(block.source):
                whole = "\n".join([*lines[: block.line - 1], *text.rstrip("\n").split("\n"), *lines[block.end - 1 :]])
                found.append(Mutant(chapter.path, block.line + line - 1, code, was, became, whole))
    return found


def survives(mutant: Mutant) -> bool:
    """Whether no test notices."""
    return _package_survives(mutant) if mutant.file.endswith(".py") else _chapter_survives(mutant)


def _package_survives(mutant: Mutant) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        for file in PACKAGE.glob("*.py"):
            text = mutant.text if book.name(file) == mutant.file else file.read_text(encoding="utf-8")
            target = Path(folder) / PACKAGE.name / file.name
            target.parent.mkdir(exist_ok=True)
            target.write_text(text, encoding="utf-8")
        tests = [str(p) for p in (book.ROOT / "tests" / PACKAGE.name).glob("test_*.py") if p.name != "test_shown.py"]
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-n0", "-p", "no:cacheprovider", *tests]
        environment = {**os.environ, "PYTHONPATH": folder, "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            done = subprocess.run(command, cwd=book.ROOT, env=environment, capture_output=True, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0


class _Died(BaseException):
    """A block printed something else: there is no need to run the rest."""


def _chapter_survives(mutant: Mutant) -> bool:
    approved = (book.APPROVED / mutant.file).with_suffix(".txt")
    wanted = approved.read_text(encoding="utf-8") if approved.exists() else ""
    parts = {int(n): text for n, text in re.findall(r"^\[block (\d+)\]\n(.*?)(?=^\[block |\Z)", wanted, re.M | re.S)}

    def compare(n: int, printed: str) -> None:
        if book.differences(parts.get(n, ""), printed):
            raise _Died

    def late(*_) -> None:
        raise _Died

    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, late)
        signal.alarm(SECONDS)
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            ran = book.run_chapter(parse(mutant.text, mutant.file), compare)
        return not ran.wrong
    except (Fault, AssertionError, _Died, RecursionError):
        return False
    finally:
        if hasattr(signal, "SIGALRM"):
            signal.alarm(0)


def excused() -> dict[str, str]:
    """The survivors that are known, and why each changes nothing that matters: pairs of lines in mutants.txt."""
    lines = [line for line in SURVIVORS.read_text(encoding="utf-8").split("\n") if line and not line.startswith("#")]
    return {name: reason.strip() for name, reason in zip(lines[::2], lines[1::2], strict=True)}


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--sample", type=int, help="run so many mutants, always the same ones")
    arguments.add_argument("words", nargs="*", help="run those of files whose path holds one of these")
    options = arguments.parse_args()
    chosen = [m for m in mutants() if not options.words or any(word in m.file for word in options.words)]
    if options.sample:
        chosen = random.Random(0).sample(chosen, min(options.sample, len(chosen)))
    known, alive, new = excused(), 0, []
    with multiprocessing.Pool(maxtasksperchild=20) as pool:
        for n, (mutant, lives) in enumerate(zip(chosen, pool.imap(survives, chosen), strict=True), 1):
            alive += lives
            if lives and mutant.name not in known:
                new.append(mutant)
                print(
                    f"\r{mutant.file}:{mutant.line}: survives: {mutant.was} → {mutant.became}\n{mutant.name}",
                    flush=True,
                )
            if sys.stdout.isatty():
                print(f"\r{n} of {len(chosen)}", end="", flush=True)
    print(
        f"\r{len(chosen)} mutants, {len(chosen) - alive} dead ({1 - alive / max(len(chosen), 1):.1%}), {len(new)} without a reason"
    )
    return bool(new)


if __name__ == "__main__":
    sys.exit(main())
