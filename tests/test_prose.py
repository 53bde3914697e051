"""No decimal number stands in a sentence, a table or a caption unless the run, the code or a source vouches for it."""

from __future__ import annotations

import io
import re
import tokenize

import pytest

import book
from mkdocs_weave.chapter import HEADER, Chapter, parse

# What a source printed, wherever it is quoted.
PUBLISHED = {
    **dict.fromkeys(["0.2641", "0.1823", "0.0312", "0.0089", "0.0041", "0.0024"], "the article's losses"),
    **dict.fromkeys(["0.045", "0.961", "0.962", "0.048"], "the article's predictions"),
    **dict.fromkeys(["0.26", "0.002"], "the article's reduction"),
    "0.2": "the 1986 letter's margin for an output that should be off",
    "0.8": "the 1986 letter's margin for an output that should be on",
    "0.005": "the 1986 letter's rate for the first 20 sweeps of the family trees",
}

# What a page derives or defines without a run, by page.
STATED: dict[str, dict[str, str]] = {
    "docs/checks/break-it.md": {"0.1": "the rate that stands in the text of the ReLU program"},
    "docs/checks/gradient-check.md": {"0.05": "a size to think of"},
    "docs/reference/ledger.md": {"0.9": "a target that paper/what-1986-did-not-say.md tries"},
    "docs/xor/hidden.md": {"0.01": "a prediction that is asked for"},
    "docs/xor/perceptron.md": {"0.81": "a root in the proof of exercise 3, (2 + √20) / 8"},
}

_NUMBER = re.compile(r"(?<![\w.])\d+\.\d+(?!\d|\.\d)")


def prose(chapter: Chapter) -> str:
    """The chapter's text with header, blocks and the checks' expressions blanked, so that offsets stay the same."""

    def blank(match: re.Match) -> str:
        return re.sub(r"[^\n]", " ", match[0])

    lines = chapter.text.split("\n")
    for n in range(chapter.body_line - 1):
        lines[n] = " " * len(lines[n])
    text = re.sub(r"^```(?:python|text)\n.*?^```$", blank, "\n".join(lines), flags=re.M | re.S)
    return re.sub(r"<!--=.*?-->|\{= [^\n]*? =\}|\]\([^)]*\)", blank, text, flags=re.S)


def settings(chapter: Chapter) -> set[float]:
    """The numbers that the chapter's code says itself: a rate, a margin, a size."""
    tokens = (t for block in chapter.blocks for t in tokenize.generate_tokens(io.StringIO(block.source).readline))
    return {
        float(t.string) for t in tokens if t.type == tokenize.NUMBER and re.fullmatch(r"[\d_.]+(e-?\d+)?", t.string)
    }


def unvouched(ran: book.Ran) -> list[str]:
    """The decimals of the chapter's prose that nothing stands for, with their lines."""
    chapter, found = ran.chapter, []
    known = settings(chapter)
    stated = PUBLISHED | STATED.get(chapter.path, {})
    for match in _NUMBER.finditer(prose(chapter)):
        held = any(start <= match.start() and match.end() <= end for start, end in ran.checked)
        if not held and match[0] not in stated and float(match[0]) not in known:
            line = chapter.text.count("\n", 0, match.start()) + 1
            found.append(
                f"{chapter.path}:{line}: {match[0]} is typed. Put its expression behind it: {match[0]}<!--= … -->"
            )
    return found


@pytest.mark.parametrize("file", book.MARKDOWN, ids=book.name)
def test_every_decimal_is_vouched_for(file):
    if book.chapter(file).blocks:
        assert not unvouched(book.ran(file)), "\n" + "\n".join(unvouched(book.ran(file)))


def lint(sentence: str) -> list[str]:
    return unvouched(
        book.run_chapter(parse(f"{HEADER}\n\n```python\nrate, x = 0.5, 1 / 3\n```\n\n{sentence}\n", "docs/x.md"))
    )


@pytest.mark.parametrize(
    "sentence",
    [
        'It is 0.33<!--= f"{x:.2f}" -->.',
        "The rate is 0.5.",
        "The article prints 0.2641.",
        "See [chapter](1.5.md).",
        'About 0.33: and 0.50<!--= f"{x:.2f}: and 0.50" -->.',
        "Version 1.2.3 is not a number.",
    ],
)
def test_a_number_that_something_stands_for(sentence):
    assert lint(sentence) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "It is 0.33.",
        "| 0.33 | 1 |",
        "Figure: It ends at 0.33.",
        "<!-- alt: It ends at 0.33. -->",
        "It is $0.33$.",
        'It is 0.33<!--= f"{x:.2f}" --> or 0.34.',
        "It is 0.34<!--= x -->.",
    ],
)
def test_a_number_that_nothing_stands_for_is_named_with_its_line(sentence):
    (found,) = lint(sentence)
    assert found.startswith("docs/x.md:12: 0.3")


@pytest.mark.parametrize("file", book.MARKDOWN, ids=book.name)
def test_every_exercise_has_a_solution_that_checks_itself(file):
    text = book.chapter(file).text
    exercises = text.partition("\n## Exercises\n")[2]
    asked = re.findall(r"^\*\*\d+\. ", exercises, re.M)
    solutions = re.findall(r"<summary>Solution</summary>(.*?)</details>", exercises, re.S)
    assert len(asked) == len(solutions)
    assert all("assert " in solution for solution in solutions)
