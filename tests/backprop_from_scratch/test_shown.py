"""Nothing runs that the book does not show: page and source are the same syntax."""

from __future__ import annotations

import ast
from pathlib import Path

import book

PACKAGE = book.ROOT / "src" / "backprop_from_scratch"


def functions(source: str) -> dict[str, str]:
    """Each function of a source and its syntax tree, without positions."""
    return {node.name: ast.dump(node) for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}


def shown() -> dict[str, str]:
    page: Path = book.ROOT / "docs" / "reference" / "library.md"
    return functions("".join(block.source for block in book.chapter(page).blocks))


def test_every_function_is_shown_as_it_is():
    source: dict[str, str] = {}
    for file in sorted(PACKAGE.glob("*.py")):
        source |= functions(file.read_text(encoding="utf-8"))
    assert len(source) > 10
    assert shown() == source


def test_the_package_holds_functions_only():
    for file in PACKAGE.glob("*.py"):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            allowed = (ast.FunctionDef, ast.Import, ast.ImportFrom, ast.Expr, ast.Assign)
            assert isinstance(node, allowed), f"{file.name}:{node.lineno}"


def test_the_package_needs_numpy_only():
    for file in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                assert node.module.split(".")[0] in {"__future__", "collections", "itertools", "numpy"}
            if isinstance(node, ast.Import):
                assert {alias.name for alias in node.names} <= {"numpy"}
