"""Nothing runs that the book does not show: page and source are the same syntax."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import book

PACKAGE = book.ROOT / "src" / "backprop_from_scratch"


def functions(source: str) -> dict[str, str]:
    """Each function of a source and its syntax tree, without positions."""
    return {node.name: ast.dump(node) for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}


def source() -> dict[str, str]:
    """The functions of the package."""
    found: dict[str, str] = {}
    for file in sorted(PACKAGE.glob("*.py")):
        found |= functions(file.read_text(encoding="utf-8"))
    assert len(found) > 30
    return found


def shown(page: Path) -> dict[str, str]:
    return functions("".join(block.source for block in book.chapter(page).blocks))


def test_every_function_is_shown_as_it_is():
    pages = [shown(page) for page in book.MARKDOWN]
    missing = {name for name, tree in source().items() if not any(page.get(name) == tree for page in pages)}
    assert not missing


def test_the_page_of_the_library_shows_nothing_else_by_its_names():
    package = source()
    for name, tree in shown(book.ROOT / "docs" / "reference" / "library.md").items():
        assert tree == package[name], f"{name} is not as in the source"


def test_the_page_about_the_fast_code_shows_it_as_it_is():
    fast = functions((PACKAGE / "fast.py").read_text(encoding="utf-8"))
    page = shown(book.ROOT / "docs" / "reference" / "speed.md")
    assert fast.items() <= page.items()


def test_the_package_holds_functions_only():
    for file in PACKAGE.glob("*.py"):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            allowed = (ast.FunctionDef, ast.Import, ast.ImportFrom, ast.Expr, ast.Assign, ast.AnnAssign)
            assert isinstance(node, allowed), f"{file.name}:{node.lineno}"


def test_the_package_needs_numpy_only():
    known = sys.stdlib_module_names | {"numpy"}
    for file in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                assert node.module.split(".")[0] in known
            if isinstance(node, ast.Import):
                assert {alias.name for alias in node.names} <= known
