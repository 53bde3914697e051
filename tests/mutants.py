"""Change the code one place at a time, and see whether a test notices. `make mutants` runs all of it.

    python tests/mutants.py                    every mutant of the package and of the chapters
    python tests/mutants.py --sample 60        a fixed sample
    python tests/mutants.py forward backward   those of files whose path holds one of the words
    python tests/mutants.py --record           the same, and mutants.txt keeps the score

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
import os
import random
import re
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from importlib import import_module
from inspect import isfunction, unwrap
from itertools import groupby
from pathlib import Path

import book
from mkdocs_weave.chapter import Chapter, Fault

PACKAGE = book.ROOT / "src" / "backprop_from_scratch"
SURVIVORS = Path(__file__).with_name("mutants.txt")
CORES = os.cpu_count() or 1
LEAST = 10  # so many seconds, and a few times those that the unchanged code takes, a mutant may compute

SWAPS = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult, ast.Mod: ast.Add,
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.And: ast.Or, ast.Or: ast.And, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip


SYMMETRIC = {"max", "min", "np.isclose", "np.allclose", "np.array_equal"}  # to swap their arguments changes nothing


@dataclass(frozen=True)
class Mutant:
    """One change of one place: where (`file`, `block` from 1, `line`, its `code`), what (`was` became `became`).

    `text` is the whole new block; in a module, which has no blocks, the whole new module. `nth` tells apart what
    would be called the same: the two ones of a line, or a line that stands twice.
    """

    file: str
    block: int
    line: int
    code: str
    was: str
    became: str
    text: str
    nth: int = 1

    @property
    def name(self) -> str:
        """What the list of survivors knows it by: no line number, which moves."""
        again = f" ({self.nth})" if self.nth > 1 else ""
        return f"{self.file}: {self.code}: {self.was} → {self.became}{again}"


def changes(node: ast.AST, names: list[str], even: bool) -> Iterator[ast.AST]:
    """Each node that could stand in the place of this one and mean something else; `even` if its sign plays no part."""
    if isinstance(node, ast.BinOp) and type(node.op) in SWAPS:
        yield ast.BinOp(node.left, SWAPS[type(node.op)](), node.right)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult | ast.Sub | ast.Div) and not even:
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
    if isinstance(node, ast.Call) and len(node.args) > 1 and not _symmetric(node):
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
    skip |= {id(k.value) for k in ast.walk(tree) if isinstance(k, ast.keyword) and k.arg == "strict"}  # the same
    even = {id(n) for f in ast.walk(tree) for n in _signless(f)}
    lines = source.split("\n")
    for node in ast.walk(tree):
        if id(node) in skip or not hasattr(node, "lineno"):
            continue
        for new in changes(node, names, id(node) in even):
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


def _symmetric(call: ast.Call) -> bool:
    return ast.unparse(call.func) in SYMMETRIC or ast.dump(call.args[0]) == ast.dump(call.args[1])


def _signless(node: ast.AST) -> list[ast.BinOp]:
    """The differences a - b that this node squares or takes the absolute value of: b - a gives the same."""
    inner = []
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("abs", "np.abs", "np.linalg.norm"):
        inner = node.args[:1]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and ast.unparse(node.right) == "2":
        inner = [node.left]
    return [n for n in inner if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Sub)]


def _annotations(node: ast.AST) -> list[ast.AST]:
    return [a for a in (getattr(node, "annotation", None), getattr(node, "returns", None)) if a is not None]


def _offset(lines: list[str], line: int, column: int) -> int:
    """From a line (from 1) and a column in bytes to an offset in characters."""
    return sum(len(text) + 1 for text in lines[: line - 1]) + len(lines[line - 1].encode()[:column].decode())


@cache
def mutants() -> list[Mutant]:
    """Every mutant of the package and of the chapters."""
    found = []
    for file in sorted(PACKAGE.glob("*.py")):
        found += [Mutant(book.name(file), 0, *change) for change in mutate(file.read_text(encoding="utf-8"))]
    for file in book.MARKDOWN:
        chapter = book.chapter(file)
        if chapter.path in ("docs/reference/library.md", "docs/reference/speed.md"):
            continue  # the package, once more
        for n, block in enumerate(chapter.blocks, 1):
            for line, *change in mutate(block.source):
                found.append(Mutant(chapter.path, n, block.line + line - 1, *change))
    met = Counter()
    for n, mutant in enumerate(found):
        met[mutant.name] += 1
        found[n] = replace(mutant, nth=met[mutant.name])
    return found


def survivors(file: str, chosen: list[Mutant]) -> list[Mutant]:
    """Those of the mutants of one file that no test notices."""
    if file.endswith(".py"):
        return module_survivors(file, chosen)
    return chapter_survivors(book.chapter(book.ROOT / file), chosen, book.approved(file))


class _Enough(BaseException):
    """The run has shown what it is run for: there is no need to run the rest."""


@dataclass
class Children:
    """Processes that go on from where they are forked: at most one a core, each with so many seconds of computing.

    Of computing, not by the clock: how busy the machine is has no part in the result.
    """

    running: dict[int, Mutant] = field(default_factory=dict)
    alive: set[Mutant] = field(default_factory=set)
    used: float = 0.0
    """For how long the last one that ended has computed."""

    def fork(self, mutant: Mutant, seconds: float) -> bool:
        """Whether this is the child."""
        while len(self.running) >= CORES:
            self.wait()
        if pid := os.fork():
            self.running[pid] = mutant
            return False
        signal.setitimer(signal.ITIMER_PROF, seconds)  # nothing handles its signal, so it ends the process
        return True

    def wait(self) -> None:
        """Until one of them ends, with 0 if it survives; with 1, or by a signal, if it is dead."""
        pid, status, usage = os.wait4(-1, 0)
        mutant, code = self.running.pop(pid), os.waitstatus_to_exitcode(status)
        if code > 1:
            raise RuntimeError(f"the instrument failed at {mutant.name}")
        if code == 0:
            self.alive.add(mutant)
        self.used = usage.ru_utime + usage.ru_stime


def chapter_survivors(chapter: Chapter, chosen: list[Mutant], approved: str) -> list[Mutant]:
    """Those of the mutants that run to the end of the chapter as the chapter does.

    The chapter runs once. Before each block it forks a child for each mutant of the block, which runs in the
    block's place, with the variables as they are there, and then the rest. The first child is no mutant: it has to
    survive, and says how long a run takes.
    """
    children = Children()
    itself = Mutant(chapter.path, 1, 0, "", "", "", chapter.blocks[0].source)
    if _descend(children, chapter, [itself], approved, 3600) != [itself]:
        raise RuntimeError(f"{chapter.path} itself fails its tests")
    return _descend(children, chapter, chosen, approved, LEAST + 2 * children.used)


def _descend(children: Children, chapter: Chapter, chosen: list[Mutant], approved: str, seconds: float) -> list[Mutant]:
    parts, child = book.approved_parts(approved), False
    last = max(mutant.block for mutant in chosen)

    def compare(ran: book.Ran) -> None:
        n = len(ran.printed)
        if ran.wrong or (n and book.differences(parts.get(n, ""), ran.printed[-1])):
            raise _Enough

    def instead(ran: book.Ran, source: str) -> str:
        nonlocal child
        if child:
            compare(ran)
            return source
        for mutant in chosen:
            if mutant.block == len(ran.printed) + 1 and children.fork(mutant, seconds):
                child = True
                return mutant.text
        if len(ran.printed) + 1 == last:
            raise _Enough
        return source

    code = 2
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            compare(book.run_chapter(chapter, instead))
        code = 0
    except (Fault, AssertionError, RecursionError, _Enough):
        code = 1
    finally:
        if child:
            os._exit(code)  # the rest of this program is the parent's
    while children.running:
        children.wait()
    return [mutant for mutant in chosen if mutant in children.alive]


def module_survivors(file: str, chosen: list[Mutant]) -> list[Mutant]:
    """Those of the mutants of a module that pass the tests of the package.

    The tests are collected once. Then a child is forked for each mutant, which puts it in the place of the module and
    runs them: those of the module first, and no more of them than up to the first that fails. The random networks are
    the same for all, and are not made smaller where one fails. The first child is no mutant, as with a chapter.
    """
    import hypothesis
    import pytest

    tests = [p for p in (book.ROOT / "tests" / PACKAGE.name).glob("test_*.py") if p.name != "test_shown.py"]
    tests.sort(key=lambda p: (p.stem != f"test_{Path(file).stem}", p.name))
    phases = [hypothesis.Phase.explicit, hypothesis.Phase.generate]
    hypothesis.settings.register_profile("mutants", derandomize=True, database=None, phases=phases)
    options = ["-x", "-q", "-n0", "-p", "no:cacheprovider", "--tb=no", "--hypothesis-profile=mutants"]
    itself = Mutant(file, 0, 0, "", "", "", (book.ROOT / file).read_text(encoding="utf-8"))
    children, child = Children(), False

    class Fork:
        def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
            nonlocal child
            seconds = 3600.0
            for mutant in [itself, *chosen]:
                if children.fork(mutant, seconds):
                    child = True
                    _become(mutant)
                    return None  # now pytest runs the tests
                if mutant is itself:
                    children.wait()
                    seconds = LEAST + 2 * children.used
            return True

    sys.path.insert(0, str(PACKAGE.parent))
    code = 1
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            code = int(pytest.main([*options, *map(str, tests)], plugins=[Fork()]) != 0)
    finally:
        if child:
            os._exit(code)
    while children.running:
        children.wait()
    if itself not in children.alive:
        raise RuntimeError(f"{file} itself fails its tests")
    return [mutant for mutant in chosen if mutant in children.alive]


def _become(mutant: Mutant) -> None:
    """Run the mutant in the place of its module; the functions that others have imported from there do as it does."""
    module = vars(import_module(f"{PACKAGE.name}.{Path(mutant.file).stem}"))
    functions = {k: f for k, f in module.items() if isfunction(f) and f.__module__ == module["__name__"]}
    exec(compile(mutant.text, module["__file__"], "exec", dont_inherit=True), module)
    for name, function in functions.items():
        old, new = unwrap(function), unwrap(module[name])
        old.__code__, old.__defaults__, old.__kwdefaults__ = new.__code__, new.__defaults__, new.__kwdefaults__
        module[name] = function


@dataclass(frozen=True)
class Score:
    """How many mutants a file (or some) has, how many of them die, and when that was seen."""

    mutants: int
    dead: int
    date: str
    files: int = 1

    @property
    def share(self) -> float:
        """Of the mutants, those that die."""
        return self.dead / self.mutants


_FILE = re.compile(r"(\S+?)(?:: (\d+) mutants, (\d+) dead, (\d{4}-\d\d-\d\d))?")


def known() -> tuple[dict[str, Score], dict[str, str]]:
    """What mutants.txt says: the score of each file that has been run whole, and why each survivor may live.

    A line is a file with its score; below it, indented, a reason; below that, indented further, the mutants it holds for.
    """
    scores, reasons, file, reason = {}, {}, "", ""
    for n, line in enumerate(SURVIVORS.read_text(encoding="utf-8").split("\n"), 1):
        if line.startswith("    ") and reason:
            reasons[f"{file}: {line.strip()}"] = reason
        elif line.startswith("  ") and file:
            reason = line.strip()
        elif match := _FILE.fullmatch(line):
            file, reason = match[1], ""
            if match[2]:
                scores[file] = Score(int(match[2]), int(match[3]), match[4])
        elif line and not line.startswith("#"):
            raise ValueError(f"{SURVIVORS.name}:{n}: neither a file, nor a reason, nor a mutant: {line}")
    return scores, reasons


def total(below: str = "") -> Score:
    """The score of the files below a folder, together; the date is that of the oldest."""
    scores = [score for file, score in known()[0].items() if file.startswith(below)]
    mutants, dead = sum(s.mutants for s in scores), sum(s.dead for s in scores)
    return Score(mutants, dead, min(s.date for s in scores), len(scores))


def record(file: str, score: Score) -> None:
    """Write the score of a file that has been run whole to mutants.txt."""
    line = f"{file}: {score.mutants} mutants, {score.dead} dead, {score.date}"
    text = SURVIVORS.read_text(encoding="utf-8")
    there = re.compile(rf"^{re.escape(file)}(?::.*)?$", re.M)
    text = there.sub(line, text) if there.search(text) else f"{text.rstrip()}\n\n{line}\n"
    SURVIVORS.write_text(text, encoding="utf-8", newline="\n")


def main() -> int:
    if not hasattr(os, "fork"):
        sys.exit("This needs a system that can fork a process: Linux, macOS, or WSL on Windows.")
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--sample", type=int, help="run so many mutants, always the same ones")
    arguments.add_argument("--record", action="store_true", help="write the score of each file to mutants.txt")
    arguments.add_argument("words", nargs="*", help="run those of files whose path holds one of these")
    options = arguments.parse_args()
    chosen = [m for m in mutants() if not options.words or any(word in m.file for word in options.words)]
    if options.sample:
        chosen = sorted(random.Random(0).sample(chosen, min(options.sample, len(chosen))), key=mutants().index)
    reasons, dead, new = known()[1], 0, 0
    for file, of in groupby(chosen, key=lambda mutant: mutant.file):
        of = list(of)
        alive = survivors(file, of)
        unknown = [mutant for mutant in alive if mutant.name not in reasons]
        print(f"{file}: {len(of)} mutants, {len(of) - len(alive)} dead, {len(unknown)} alive without a reason")
        for mutant in unknown:
            print(f"  line {mutant.line}\n    {mutant.name.removeprefix(f'{file}: ')}")
        for mutant in of:
            if mutant.name in reasons and mutant not in alive:
                print(f"  line {mutant.line} is dead and needs no reason\n    {mutant.name.removeprefix(f'{file}: ')}")
        sys.stdout.flush()
        dead, new = dead + len(of) - len(alive), new + len(unknown)
        if options.record and not options.sample:
            record(file, Score(len(of), len(of) - len(alive), date.today().isoformat()))
    print(f"{len(chosen)} mutants, {dead} dead ({dead / max(len(chosen), 1):.1%}), {new} alive without a reason")
    return bool(new)


if __name__ == "__main__":
    sys.exit(main())
