"""The instruments themselves: a wrong number, a wrong word and a wrong block are noticed."""

from __future__ import annotations

import pytest

import book
from mkdocs_weave.chapter import HEADER, Fault, parse


def run(body: str) -> book.Ran:
    return book.run_chapter(parse(f"{HEADER}\n\n{body}", "docs/x.md"))


BLOCK = "```python\nx = 0.25\nn = 10001\n```\n\n"


@pytest.mark.parametrize(
    "sentence",
    [
        'It is 0.2500<!--= f"{x:.4f}" --> now.',
        'Some 26%<!--= f"{x:.0%}" --> of them, from 24% to 31%<!--= f"{x:.0%} to {x + 0.05:.0%}" -->.',
        'It is −0.25<!--= f"{-x:.2f}" --> now.',
        'From 10,001<!--= f"{n:,}" --> steps.',
        '| 0.25<!--= x --> | 10,001<!--= f"{n:,}" --> |',
        "A quarter–0.25<!--= x -->.",
        'It is 0.25<!--=\nf"{x}"\n-->.',
        "<!-- alt: A line at 0.25{= x =} -->",
    ],
)
def test_a_right_number_passes(sentence):
    assert run(BLOCK + sentence).wrong == []


@pytest.mark.parametrize(
    "sentence",
    [
        'It is 0.2600<!--= f"{x:.4f}" --> now.',
        'Some 27%<!--= f"{x:.0%}" --> of them.',
        'It is 0.25<!--= f"{-x:.2f}" --> now.',
        'It is −0.25<!--= f"{x:.2f}" --> now.',
        'It is 10.25<!--= f"{x}"[1:] --> now.',
        "It is 10.25<!--= x --> now.",
        "<!-- alt: A line at 0.26{= x =} -->",
        "It is 0.25<!--= y --> now.",
        "It is 0.25 <!--= x --> now.",
        "It is 0.25<!--= x / 0 --> now.",
    ],
)
def test_a_wrong_number_is_named_with_its_line(sentence):
    (wrong,) = run(f"{BLOCK}One.\nTwo.\n{sentence}").wrong
    assert wrong.path == "docs/x.md" and wrong.line == 15


def test_a_number_is_held_to_the_variables_at_its_place():
    body = "```python\nx = 1\n```\n\nFirst 1<!--= x -->.\n\n```python\nx = 2\n```\n\nThen 1<!--= x -->.\n"
    (wrong,) = run(body).wrong
    assert wrong.line == 18


def test_a_number_can_be_held_to_another_page(tmp_path, monkeypatch):
    monkeypatch.setattr(book, "ROOT", tmp_path)
    (tmp_path / "docs").mkdir()
    for page, body in [
        ("a", BLOCK),
        ("b", "It is 0.25<!--= a.md: x -->, not 0.26<!--= a.md: x -->, nor 1<!--= a.md: y -->."),
    ]:
        (tmp_path / "docs" / f"{page}.md").write_text(f"{HEADER}\n\n{body}\n", encoding="utf-8")
    ran = book.ran(tmp_path / "docs" / "b.md")
    assert [fault.text for fault in ran.wrong] == [
        "the page says '0.26'; the run says '0.25'",
        "`y` raises NameError: name 'y' is not defined",
    ]
    assert len(ran.checked) == 1


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a = 1\nprint(b)\n", "docs/x.md:10: NameError"),
        ("import warnings\nwarnings.warn('no')\n", "docs/x.md:10: UserWarning: no"),
        ("import sys\nsys.exit(1)\n", "docs/x.md:10: SystemExit"),
        ("def f():\n    return 1 / 0\n\nf()\n", "docs/x.md:10: ZeroDivisionError"),
    ],
)
def test_a_block_that_fails_is_named_with_its_line(source, text):
    with pytest.raises(Fault) as raised:
        run(f"```python\n{source}```\n")
    assert str(raised.value).startswith(text)


def test_blocks_share_a_namespace_and_print_apart():
    ran = run("```python\nx = 1\nprint(x)\n```\n\n```python\nprint(x + 1)\n```\n")
    assert ran.printed == ["1\n", "2\n"] and ran.text == "[block 1]\n1\n[block 2]\n2\n"


@pytest.mark.parametrize(
    ("approved", "printed"),
    [
        ("loss 0.2557", "loss 0.2557"),
        ("loss 0.2557", "loss 0.2558"),
        ("[ 0.1   -0.25]", "[ 0.1   -0.25]"),
        ("worst 3e-11", "worst 5e-11"),
        ("20% to 37%", "21% to 36%"),
        ("24.1% to 32.9%", "24.2% to 32.9%"),
    ],
)
def test_what_another_cpu_prints_is_the_same(approved, printed):
    assert not book.differences(approved, printed)


@pytest.mark.parametrize(
    ("approved", "printed"),
    [
        ("loss 0.2557", "loss 0.2559"),
        ("loss 0.2557", "loss -0.2557"),
        ("loss 0.2557", "Loss 0.2557"),
        ("loss 0.2557", "loss 0.256"),
        ("200 seeds", "199 seeds"),
        ("Step 0", "Step 0\nStep 1"),
        ("worst 3e-11", "worst 3e-09"),
        ("True", "False"),
        ("20% to 37%", "22% to 37%"),
        ("24.1%", "24.3%"),
        ("20%", "20"),
        ("12 of 20%", "13 of 20%"),
    ],
)
def test_what_is_different_is_different(approved, printed):
    assert book.differences(approved, printed)
