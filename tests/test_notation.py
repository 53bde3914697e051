"""The table of notation says what the running program says."""

from __future__ import annotations

import ast
import re

import numpy as np
import pytest

import book

TEXT = (book.ROOT / "docs" / "reference" / "notation.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?) \|", TEXT, re.M)
ELSEWHERE = {"b", "E", "momentum", "N", "J", "H"}  # not in the article's program; the page says so


@pytest.mark.parametrize(("name", "shape"), [(name, shape) for name, shape, _ in ROWS], ids=[row[0] for row in ROWS])
def test_names_and_shapes_are_the_programs(name, shape):
    program = book.ran(book.ROOT / "docs" / "index.md").namespace
    if name in ELSEWHERE:
        assert name not in program
    elif callable(program[name]):
        assert shape == "as its argument"
        assert program[name](np.zeros((3, 2))).shape == (3, 2)
    else:
        assert np.shape(program[name]) == ast.literal_eval(shape.strip("`"))


def test_every_array_of_the_program_has_a_row():
    program = book.ran(book.ROOT / "docs" / "index.md").namespace
    arrays = {name for name, value in program.items() if isinstance(value, np.ndarray)}
    assert arrays - {"pred"} <= {name for name, _, _ in ROWS}


def test_no_symbol_means_two_things():
    symbols = [symbol for _, _, symbol in ROWS]
    assert len(symbols) == len(set(symbols))
