"""The instrument that changes the code: what is evident dies, what is equal lives, and the list of survivors is in order."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

import book
import mutants
from mkdocs_weave.chapter import HEADER

CHAPTER = f"""{HEADER}

```python
side = 3
spare = 5
```

Its area is 9<!--= side ** 2 -->.

```python
half = side / 2
while side > 0:
    side -= 1
```

```python
print(half)
```
"""

# place: what becomes of it
EXPECTED = {
    "side = 3: 3 → (4)": "dead: the sentence says 9",
    "spare = 5: 5 → (6)": "alive: nothing asks for it",
    "half = side / 2: side / 2 → (side * 2)": "dead: two blocks print",
    "half = side / 2: side → (half)": "dead: there is no half yet",
    "side -= 1: side -= 1 → side += 1": "dead: it never ends",
    "side -= 1: 1 → (2)": "alive: it ends below 0, which nobody asks for",
}


@pytest.fixture
def small(tmp_path):
    """The runner over a book of one chapter, started as `make mutants` starts it."""
    if not hasattr(os, "fork"):
        pytest.skip("needs os.fork, which Windows has not: the runner forks a process for each mutant")
    (tmp_path / "tests" / "approved" / "docs").mkdir(parents=True)
    (tmp_path / "docs").mkdir()
    for name in ("book.py", "figures.py", "mutants.py"):
        text = (book.ROOT / "tests" / name).read_text(encoding="utf-8")
        (tmp_path / "tests" / name).write_text(text.replace("LEAST = 10", "LEAST = 1"), encoding="utf-8")
    (tmp_path / "README.md").write_text("# A small book\n", encoding="utf-8")
    (tmp_path / "docs" / "x.md").write_text(CHAPTER, encoding="utf-8")
    (tmp_path / "tests" / "approved" / "docs" / "x.txt").write_text("[block 3]\n1.5\n", encoding="utf-8")
    survivors = tmp_path / "tests" / "mutants.txt"
    survivors.write_text("docs/x.md\n  nothing asks for it\n    spare = 5: 5 → (6)\n", encoding="utf-8")

    def run(*options: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [sys.executable, "tests/mutants.py", *options], cwd=tmp_path, capture_output=True, text=True, timeout=300
        )
        return done.returncode, done.stdout + done.stderr, survivors.read_text(encoding="utf-8")

    return run


def test_the_evident_dies_and_the_equal_lives(small):
    status, said, list_ = small("--record")
    alive = re.findall(r"^    (.*)", said, re.M)
    wrong = {place: fate for place, fate in EXPECTED.items() if (place in alive) != fate.startswith("alive")}
    assert wrong == {"spare = 5: 5 → (6)": EXPECTED["spare = 5: 5 → (6)"]}, said  # it has its reason in the list
    assert status == 1  # others have none
    mutants_, dead = map(int, re.search(r"^(\d+) mutants, (\d+) dead", said, re.M).groups())
    assert mutants_ - dead == len(alive) + 1
    assert re.search(rf"^docs/x.md: {mutants_} mutants, {dead} dead, \d{{4}}-\d\d-\d\d$", list_, re.M)


def test_a_sample_is_always_the_same(small):
    first, second = small("--sample", "5", "x"), small("--sample", "5", "x")
    assert first == second and "5 mutants" in first[1]


def test_a_chapter_that_is_wrong_without_any_change_is_no_triumph(small, tmp_path):
    (tmp_path / "tests" / "approved" / "docs" / "x.txt").write_text("[block 3]\n2.5\n", encoding="utf-8")
    status, said, _ = small()
    assert status != 0 and "docs/x.md itself fails its tests" in said


MODULE = """\
SCALE = 2


def scaled(a, by=SCALE):
    return a * by


def spare(a):
    return a + 5
"""

TESTS = """\
from backprop_from_scratch.x import scaled


def test_scaled():
    assert scaled(3) == 6
"""


def test_a_module_is_mutated_where_it_is_imported(small, tmp_path):
    for name, text in (("src", MODULE), ("tests", TESTS)):
        folder = tmp_path / name / "backprop_from_scratch"
        folder.mkdir(parents=True)
        (folder / ("x.py" if name == "src" else "test_x.py")).write_text(text, encoding="utf-8")
    (tmp_path / "src" / "backprop_from_scratch" / "__init__.py").touch()
    status, said, _ = small("x.py")
    alive = re.findall(r"^    (.*)", said, re.M)
    assert status == 1 and alive == ["return a + 5: a + 5 → (a - 5)", "return a + 5: 5 → (6)"], said
    assert "4 mutants, 2 dead" in said  # the scale, which is a default, and the product

    (tmp_path / "tests" / "backprop_from_scratch" / "test_x.py").write_text(TESTS.replace("6", "7"), encoding="utf-8")
    status, said, _ = small("x.py")
    assert status != 0 and "x.py itself fails its tests" in said


@pytest.mark.parametrize(
    ("source", "never"),
    [
        ("e = np.abs(a - b)\n", "(b - a)"),
        ("e = (a - b) ** 2\n", "(b - a)"),
        ("e = max(a, b)\n", "(max(b, a))"),
        ("e = f(a, a)\n", "(f(a, a))"),
        ("assert a == b\n", "(a != b)"),
    ],
)
def test_what_is_equal_by_construction_is_not_made(source, never):
    assert never not in [became for _, _, _, became, _ in mutants.mutate(source)]


def test_what_is_not_equal_is_made():
    became = {
        became
        for source in ("e = a - b\n", "e = (a - b) ** 3\n", "e = f(a, b)\n")
        for _, _, _, became, _ in mutants.mutate(source)
    }
    assert {"(b - a)", "(f(b, a))"} <= became


def test_every_excuse_names_a_mutant_that_there_is():
    there = {mutant.name for mutant in mutants.mutants()}
    assert not [name for name in mutants.known()[1] if name not in there]


def test_every_file_that_has_mutants_has_been_counted_whole():
    assert set(mutants.known()[0]) == {mutant.file for mutant in mutants.mutants()}
    assert all(0 < score.dead <= score.mutants for score in mutants.known()[0].values())


@pytest.mark.parametrize("below", ["docs/", "src/"])
def test_most_mutants_die(below):
    assert mutants.total(below).share >= 0.95
