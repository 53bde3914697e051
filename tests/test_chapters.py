"""Every block of every Markdown file runs, prints what was approved, and the sentences say what it printed."""

from __future__ import annotations

import ast
import re

import numpy as np
import pytest
from markdown_it import MarkdownIt

import book

files = pytest.mark.parametrize("file", book.MARKDOWN, ids=book.name)


@files
def test_every_block_runs(file):
    fences = [t for t in MarkdownIt("commonmark").parse(book.ran(file).chapter.text) if t.type == "fence"]
    runnable = [fence for fence in fences if fence.info.strip().lower().startswith("py")]
    assert len(book.ran(file).printed) == len(runnable)


@files
def test_the_sentences_say_what_the_run_says(file):
    assert not book.ran(file).wrong, "\n" + "\n".join(map(str, book.ran(file).wrong))


@files
def test_prints_what_was_approved(file, request):
    approved = book.APPROVED / file.relative_to(book.ROOT).with_suffix(".txt")
    if request.config.getoption("--approve"):
        approved.parent.mkdir(parents=True, exist_ok=True)
        if book.ran(file).text:
            approved.write_text(book.ran(file).text, encoding="utf-8", newline="\n")
        else:
            approved.unlink(missing_ok=True)
    text = approved.read_text(encoding="utf-8") if approved.exists() else ""
    different = book.differences(text, book.ran(file).text)
    assert not different, f"{book.name(file)}: if this is right, `make approve`:\n" + "\n".join(different)


# Where each page that trains the article's network keeps its weights.
TRAINED = {
    "docs/index.md": "W1, W2",
    "docs/xor/loss.md": "article[:2]",
    "docs/xor/training.md": "W1, W2",
    "docs/xor/hidden.md": "W1, W2",
    "docs/xor/width.md": "single[4]",
    "docs/checks/break-it.md": "right['W1'], right['W2']",
    "docs/reference/library.md": "article",
    "docs/reference/ledger.md": "own['W1'], own['W2']",
}


@pytest.mark.parametrize("page", TRAINED)
def test_the_trained_network_computes_xor(page):
    W1, W2 = eval(TRAINED[page], book.ran(book.ROOT / page).namespace)
    assert W1.shape == (2, 4) and W2.shape == (4, 1)
    for inputs, xor in [((0, 0), 0), ((0, 1), 1), ((1, 0), 1), ((1, 1), 0)]:
        hidden = 1 / (1 + np.exp(-(np.array(inputs) @ W1)))
        assert (1 / (1 + np.exp(-(hidden @ W2))))[0].round() == xor


def test_no_page_trains_it_unseen():
    steps = {book.name(file) for file in book.MARKDOWN if "10001" in file.read_text(encoding="utf-8")}
    assert steps - {"docs/xor/perceptron.md"} == set(TRAINED)  # that one trains a single unit, and fails


@files
def test_what_is_printed_as_a_prediction_is_right(file):
    for predicted, correct in re.findall(r"Predicted: ([\d.]+) \| Correct: (\d)", book.ran(file).text):
        assert round(float(predicted)) == int(correct)


PART_I = [file for file in book.MARKDOWN if book.name(file).startswith(("docs/index", "docs/xor/"))]


@pytest.mark.parametrize("file", PART_I, ids=book.name)
def test_a_chapter_of_part_one_needs_numpy_and_matplotlib_only(file):
    tree = ast.parse("".join(block.source for block in book.chapter(file).blocks))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert imported <= {"numpy", "matplotlib.pyplot"}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]


@files
def test_a_block_holds_one_idea(file):
    if book.name(file) in {"docs/reference/library.md", "docs/reference/speed.md"}:
        return  # a function a block, whole
    whole_program = {"docs/index.md": 1}  # in one block, so that it can be copied
    for n, block in enumerate(book.chapter(file).blocks, 1):
        lines = [line for line in block.source.split("\n") if line.strip()]
        assert len(lines) <= 15 or whole_program.get(book.name(file)) == n, f"{book.name(file)}:{block.line}"
