"""What a stranger relies on: the README's commands, the lock files, the approved texts."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest

import book

LOCKS = ["requirements.lock", "requirements-dev.lock"]


def text(name: str) -> str:
    return (book.ROOT / name).read_text(encoding="utf-8")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", LOCKS)
def test_every_dependency_is_exact_and_hashed(name):
    entries = re.split(r"\n(?=[a-z0-9])", re.sub(r"^#.*\n", "", text(name), flags=re.M).strip())
    assert len(entries) > 50
    for entry in entries:
        assert re.match(r"[a-z0-9._-]+==[^\s;]+", entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("name", [*LOCKS, "requirements-bench.lock"])
def test_lock_files_name_no_host_and_no_path(name):
    assert not re.search(r"https?:|file:|--(?:extra-)?index-url|--find-links|@ /", text(name))


@pytest.mark.parametrize("name", LOCKS)
def test_lock_files_hold_for_every_system(name):
    # what only one of them needs is there, with its marker
    assert re.search(r"^appnope==\S+ ; sys_platform == 'darwin'", text(name), re.M)
    assert re.search(r"^colorama==", text(name), re.M)


def test_every_direct_dependency_is_locked_and_has_a_reason():
    project = tomllib.loads(text("pyproject.toml"))["project"]
    extras = project["optional-dependencies"]
    for lock, wanted in [
        ("requirements.lock", project["dependencies"] + extras["site"]),
        ("requirements-dev.lock", project["dependencies"] + extras["site"] + extras["dev"]),
    ]:
        locked = set(re.findall(r"^([a-z0-9._-]+)==", text(lock), re.M))
        assert {normal(re.split(r"[><=~]", name)[0]) for name in wanted} <= {normal(name) for name in locked}
    for name in [*project["dependencies"], *(name for extra in extras.values() for name in extra)]:
        assert re.search(rf'"{re.escape(name)}",\s+# \S', text("pyproject.toml")), f"{name}: no reason beside it"


def test_the_bench_is_pinned():
    lock = text("requirements-bench.lock")
    entries = [line for line in lock.strip().split("\n") if not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*", entry) for entry in entries)
    wanted = tomllib.loads(text("pyproject.toml"))["project"]["optional-dependencies"]["bench"]
    assert {normal(name) for name in [*wanted, "numpy"]} <= {normal(entry.split("==")[0]) for entry in entries}


def test_serving_does_not_install_what_only_tests_need():
    locked = set(re.findall(r"^([a-z0-9._-]+)==", text("requirements.lock"), re.M))
    assert not locked & {"pytest", "playwright", "ruff", "codespell", "mktestdocs"}


def commands(number: int) -> list[str]:
    """The lines of the README's `number`-th text block."""
    return re.findall(r"```text\n(.*?)```", text("README.md"), re.S)[number].strip().split("\n")


def test_the_readme_leads_with_the_two_commands():
    assert [line.split("#")[0].strip() for line in commands(0)] == ["make serve", "make test"]


@pytest.mark.skipif(shutil.which("make") is None, reason="no make on this machine")
@pytest.mark.parametrize("target", ["serve", "site", "test", "approve", "bench", "lint"])
def test_the_makefile_has_the_target(target):
    done = subprocess.run(["make", "--dry-run", target, "PORT=8123"], cwd=book.ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert target != "serve" or "127.0.0.1:8123" in done.stdout


@pytest.mark.skipif(not os.environ.get("CI"), reason="makes a whole environment; runs where CI is set")
def test_the_way_without_make(tmp_path):
    """The README's commands, one by one, in a clone, up to the point where they would serve."""
    clone, files = tmp_path / "clone", []
    names = subprocess.run(["git", "ls-files", "-z"], cwd=book.ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        files.append(shutil.copy(book.ROOT / name, clone / name))
    lines = commands(1)
    assert lines[0] == "python -m venv .venv" and lines[1].endswith("activate") and lines[-1] == "mkdocs serve"
    venv.create(clone / ".venv", with_pip=True)
    folder = clone / ".venv" / ("Scripts" if sys.platform == "win32" else "bin")
    environment = {
        **os.environ,
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "VIRTUAL_ENV": str(clone / ".venv"),
    }
    environment.pop("PYTHONHOME", None)

    def run(*command: str) -> str:
        program = str(folder / command[0]) + (".exe" if sys.platform == "win32" else "")
        done = subprocess.run(
            [program, *command[1:]], cwd=clone, env=environment, capture_output=True, text=True, encoding="utf-8"
        )
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
        return done.stdout

    for line in lines[2:-1]:
        run(*line.split())
    run("mkdocs", "build")
    assert (clone / "site" / "xor" / "backward.html").is_file()
    for line in commands(2)[:-1]:
        run(*line.split())
    assert "passed" in run("pytest", "tests/mkdocs_weave/test_chapter.py")
    assert commands(2)[-1] == "pytest"


def test_every_approved_text_belongs_to_a_page():
    pages = {file.relative_to(book.ROOT).with_suffix(".txt") for file in book.MARKDOWN}
    approved = {file.relative_to(book.APPROVED) for file in book.APPROVED.rglob("*.txt")}
    assert approved <= pages


def test_nothing_from_elsewhere_is_committed():
    names = subprocess.run(["git", "ls-files"], cwd=book.ROOT, capture_output=True, text=True, check=True).stdout
    vendored = re.compile(r"\.(woff2?|ttf|otf|whl|wasm|ipynb|min\.js|min\.css|map)$")
    assert not [name for name in names.split("\n") if vendored.search(Path(name).name)]
