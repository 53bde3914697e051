"""Every block of every Markdown file runs, prints what was approved, and the sentences say what it printed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

import book

files = pytest.mark.parametrize("file", book.MARKDOWN, ids=book.name)


@cache
def ran(file: Path) -> book.Ran:
    return book.run(file)


@files
def test_every_block_runs(file):
    fences = [t for t in MarkdownIt("commonmark").parse(ran(file).chapter.text) if t.type == "fence"]
    runnable = [fence for fence in fences if fence.info.strip().lower().startswith("py")]
    assert len(ran(file).printed) == len(runnable)


@files
def test_the_sentences_say_what_the_run_says(file):
    assert not ran(file).wrong, "\n" + "\n".join(map(str, ran(file).wrong))


@files
def test_prints_what_was_approved(file, request):
    approved = book.APPROVED / file.relative_to(book.ROOT).with_suffix(".txt")
    if request.config.getoption("--approve"):
        approved.parent.mkdir(parents=True, exist_ok=True)
        if ran(file).text:
            approved.write_text(ran(file).text, encoding="utf-8", newline="\n")
        else:
            approved.unlink(missing_ok=True)
    text = approved.read_text(encoding="utf-8") if approved.exists() else ""
    different = book.differences(text, ran(file).text)
    assert not different, f"{book.name(file)}: if this is right, `make approve`:\n" + "\n".join(different)
