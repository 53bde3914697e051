"""The grammar of a chapter."""

import pytest

from mkdocs_weave.chapter import HEADER, Fault, decode, parse


def chapter(body: str):
    return parse(f"{HEADER}\n\n{body}", "docs/x.md")


def fault(text: str) -> Fault:
    with pytest.raises(Fault) as raised:
        parse(text, "docs/x.md")
    return raised.value


def test_a_block_knows_its_lines():
    found = chapter("# X\n\n```python\na = 1\nb = 2\n```\n\n```text\nnot run\n```\n")
    (block,) = found.blocks
    assert (block.line, block.end, block.source) == (11, 13, "a = 1\nb = 2\n")
    assert found.text.split("\n")[block.line - 1] == "a = 1"
    assert found.text.split("\n")[block.end - 1] == "```"


def test_a_page_without_blocks_needs_no_header():
    assert parse("# Only prose\n\n    an indented note\n", "docs/x.md").blocks == ()


@pytest.mark.parametrize(
    "opening",
    [
        "```py",
        "```Python",
        "```python ",
        "``` python",
        '```python title="x"',
        "```",
        "````python",
        "~~~python",
        "```bash",
    ],
)
def test_any_other_fence_is_an_error(opening):
    found = fault(f"{HEADER}\n\n# X\n\n{opening}\nprint(1)\n```\n")
    assert found.line == 10 and "is not a fence of this book" in found.text


@pytest.mark.parametrize("indent", ["  ", "    ", "\t", "> ", "- ", "1. "])
def test_an_indented_fence_is_an_error(indent):
    found = fault(f"{HEADER}\n\n!!! note\n\n{indent}```python\n{indent}print(1)\n{indent}```\n")
    assert found.line == 10 and "without indentation" in found.text


def test_tildes_in_a_list_or_quote_are_an_error():
    assert fault("# X\n\n> ~~~\n").line == 3


def test_three_backticks_in_prose_are_an_error():
    # mktestdocs takes every line that holds them for a fence
    assert fault("# X\n\nWrite ```` ```python ```` here.\n").line == 3


@pytest.mark.parametrize(
    "rest", ["", "\n```python\nprint(2)\n```\n", "\n```text\nx\n```\n", "\n  ```\n", "\n```\u00a0\n"]
)
def test_an_unclosed_fence_is_an_error_where_it_opens(rest):
    found = fault(f"{HEADER}\n\n# X\n\n```python\nprint(1)\n{rest}")
    assert found.line == 10 and "closed" in found.text


def test_an_empty_block_is_an_error():
    assert fault(f"{HEADER}\n\n```python\n\n```\n").line == 8


def test_a_block_right_below_prose_is_an_error():
    # CommonMark would read it, Markdown inside <details> would not
    assert fault(f"{HEADER}\n\n<details>\n```python\nprint(1)\n```\n").line == 9


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("x = (1,\n", 9),
        ("a = 1\nb = = 2\n", 10),
        ("if True:\npass\n", 10),
        ("a = 1\nreturn a\n", 10),
        ("a = 1\nb = '\\d'\n", 10),
    ],
)
def test_a_syntax_error_is_found_before_anything_runs(source, line):
    found = fault(f"{HEADER}\n\n```python\n{source}```\n")
    assert found.line == line and found.text.startswith("SyntaxError")


def test_magic_is_not_python():
    assert "plain Python" in fault(f"{HEADER}\n\n```python\n%matplotlib inline\n```\n").text


@pytest.mark.parametrize("formula", ["$b<c$", "$$\n\\sum_{b\n<c} g_b\n$$", "Let $a$ be\n$a</b$", "In `$` and $b<c$"])
def test_a_formula_opens_no_tag(formula):
    with pytest.raises(Fault, match=r"c\.md:\d+: '<[c/]' in a formula opens an HTML tag\. Write") as caught:
        parse(f"One.\n\n{formula} here.\n", "c.md")
    assert caught.value.line == 3 + formula[: formula.index("<")].count("\n")


@pytest.mark.parametrize(
    "text",
    [
        "$b < c$",
        "$b \\lt c$ and <br>",
        "`$b<c$`",
        "\\$5 <br> \\$6",
        "$a$ is 3<!--= n -->, $b$ is not",
        "5 $ or\n\n<br> 6 $",
    ],
)
def test_a_tag_outside_of_formulas_is_fine(text):
    assert parse(text, "c.md").text == text


def test_no_header():
    found = fault("# X\n\n```python\nprint(1)\n```\n")
    assert found.line == 4 and "no notebook header" in found.text and HEADER in found.text


def test_other_front_matter_is_not_a_header():
    assert "no notebook header" in fault("---\ntitle: X\n---\n\n```python\nprint(1)\n```\n").text


@pytest.mark.parametrize("name", ["jupytext", "kernelspec"])
def test_header_at_the_wrong_level(name):
    found = fault(f"---\ntitle: x\n{name}: {{name: python3, language: python}}\n---\n\n```python\nprint(1)\n```\n")
    assert found.line == 3 and "under `jupyter:`" in found.text


@pytest.mark.parametrize(
    "header", ["jupyter:\n  jupytext: {}", "jupyter:\n  kernelspec: {}", "jupyter:\n  jupytext: {}\n  kernelspec: {}"]
)
def test_half_a_header(header):
    assert fault(f"---\n{header}\n---\n\n```python\nprint(1)\n```\n").line == 2


def test_header_that_is_not_yaml():
    assert fault("---\ntitle: [\n---\n\n# X\n").path == "docs/x.md"


def test_header_that_is_never_closed():
    assert fault("---\ntitle: x\n\n# X\n").line == 1


def test_not_utf8():
    with pytest.raises(Fault, match=r"docs/x\.md:2: byte 0xe9 is not UTF-8"):
        decode("docs/x.md", "one\ncafé".encode("latin-1"))


def test_line_ends_of_windows():
    assert decode("x", b"\xef\xbb\xbfa\r\nb\r\n") == "a\nb\n"
