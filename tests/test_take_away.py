"""Every notebook and every program runs where nothing of this project is installed but the book's own package."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

import book
from mkdocs_weave.take import notebook, program

CHAPTERS = [file for file in book.MARKDOWN if file.name != "README.md" and book.chapter(file).blocks]
pytestmark = pytest.mark.long
chapters = pytest.mark.parametrize("file", CHAPTERS, ids=book.name)


@pytest.fixture(scope="session")
def python(tmp_path_factory) -> Path:
    """The Python of a fresh environment, with what requirements.lock says and this project, not editable."""
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    # A copy: what setuptools builds in a folder stays there, and would be built from again.
    project = folder / "project"
    shutil.copytree(book.ROOT / "src", project / "src", ignore=shutil.ignore_patterns("*.egg-info", "__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "requirements.lock"):
        shutil.copy(book.ROOT / name, project)
    for what in (["--require-hashes", "-r", "requirements.lock"], ["--no-deps", "--no-build-isolation", "."]):
        subprocess.run([python, "-m", "pip", "install", "--quiet", *what], cwd=project, check=True)
    return python


def run(python: Path, *arguments: str, cwd: Path) -> str:
    """What the command prints; it must not complain, and finds no source of this project beside it."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    environment = {
        **plain,
        "MPLBACKEND": "agg",
        "PYTHONIOENCODING": "utf-8",
        "PYTHONWARNINGS": "ignore:FigureCanvasAgg",
    }
    done = subprocess.run(
        [python, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def shown(file: Path) -> list[str]:
    """The lines that the page's blocks print, without the figures in words."""
    approved = book.APPROVED / file.relative_to(book.ROOT).with_suffix(".txt")
    text = approved.read_text(encoding="utf-8") if approved.exists() else ""
    return re.sub(r"^\[block \d+\]\n|^figure \d.*?(?=^\[block |\Z)", "", text, flags=re.M | re.S).split("\n")


@chapters
def test_the_program_runs_and_prints_what_the_page_shows(file, python, tmp_path):
    text = notebook(book.chapter(file), file.relative_to(book.ROOT / "docs").as_posix(), None, {})
    (tmp_path / "chapter.py").write_text(program(text), encoding="utf-8")
    printed = run(python, "chapter.py", cwd=tmp_path).split("\n")
    assert [line for line in shown(file) if all(book.differences(line, other) for other in printed)] == []


@chapters
def test_the_notebook_runs(file, python, tmp_path):
    text = notebook(book.chapter(file), file.relative_to(book.ROOT / "docs").as_posix(), None, {})
    (tmp_path / "chapter.ipynb").write_text(text, encoding="utf-8")
    run(
        python,
        "-m",
        "jupyter",
        "nbconvert",
        "--execute",
        "--to",
        "notebook",
        "--output",
        "done",
        "chapter.ipynb",
        cwd=tmp_path,
    )
    assert (tmp_path / "done.ipynb").is_file()
