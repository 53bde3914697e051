"""Nothing runs that the book does not show: page and source are the same syntax."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import book

PACKAGE = book.ROOT / "src" / "backprop_from_scratch"


def functions(source: str) -> dict[str, str]:
    """Each function of a source and its syntax tree, without positions."""
    return {node.name: ast.dump(node) for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}


def shown(page: str) -> dict[str, str]:
    file: Path = book.ROOT / "docs" / page
    return functions("".join(block.source for block in book.chapter(file).blocks))


SOURCE: dict[str, str] = {}
for file in sorted(PACKAGE.glob("*.py")):
    SOURCE |= functions(file.read_text(encoding="utf-8"))


def test_every_function_is_shown_as_it_is():
    assert len(SOURCE) > 30
    trees = {
        tree
        for page in book.MARKDOWN
        for tree in functions("".join(b.source for b in book.chapter(page).blocks)).values()
    }
    assert [name for name, tree in SOURCE.items() if tree not in trees] == []


@pytest.mark.parametrize("page", ["reference/library.md", "reference/speed.md"])
def test_the_pages_of_the_library_show_nothing_else_by_its_names(page):
    for name, tree in shown(page).items():
        assert tree == SOURCE[name], f"{page}: {name} is not as in the source"


def test_the_package_holds_functions_only():
    for file in PACKAGE.glob("*.py"):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            allowed = (ast.FunctionDef, ast.Import, ast.ImportFrom, ast.Expr, ast.Assign, ast.AnnAssign)
            assert isinstance(node, allowed), f"{file.name}:{node.lineno}"


def test_the_package_needs_numpy_only():
    for file in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                assert node.module.split(".")[0] in {"__future__", "numpy"} | sys.stdlib_module_names
            if isinstance(node, ast.Import):
                assert {alias.name for alias in node.names} <= {"numpy"} | sys.stdlib_module_names
