"""What a reader takes away: the notebook in Jupyter's Markdown, the program as Python, both offered below the title."""

from __future__ import annotations

import json
import re

import nbformat
import pytest

from mkdocs_weave.chapter import HEADER, parse
from mkdocs_weave.take import notebook, offered, program

BODY = """# A title

Text with $x$ and 0.25<!--= x --> checked. See [(5)](../xor/backward.md#eq-5) and [there](#here), [out](https://example.org/a.md).

```python
import numpy as np
x = 0.25
print(x)
```

Figure: What to see.
<!-- alt: Nothing, {= x =} of it. -->

$$
\\begin{equation}
a = b \\tag{13}
\\end{equation}
$$

!!! note "Mind"
    The gap.

    - and this

<details markdown="1">
<summary>Solution</summary>

```python
assert x == 0.25
```

</details>
"""


def cells(body: str = BODY, site: str | None = None, needs: dict | None = None) -> list:
    chapter = parse(f"{HEADER}\n\n{body}", "docs/part/one.md")
    book = nbformat.reads(notebook(chapter, "part/one.md", site, needs or {}), as_version=4)
    nbformat.validate(book)
    return book.cells


def prose(*args, **options) -> str:
    return "\n\n".join(cell.source for cell in cells(*args, **options) if cell.cell_type == "markdown")


def test_blocks_are_cells_in_order():
    code = [cell.source for cell in cells() if cell.cell_type == "code"]
    assert code == ["import numpy as np\nx = 0.25\nprint(x)", "assert x == 0.25"]
    assert [cell.cell_type for cell in cells()] == ["markdown", "code", "markdown", "code"]


def test_nothing_is_left_that_only_mkdocs_knows():
    text = prose()
    assert "0.25 checked" in text and "*Figure:* What to see." in text
    for mark in ("<!--", "{=", "!!!", "<details", "<summary", "</details", "\\begin{equation}", ".md", "weave"):
        assert mark not in text.replace("https://example.org/a.md", ""), mark
    assert "> **Mind**\n>\n> The gap.\n>\n> - and this" in text
    assert "**Solution**" in text and "$$\na = b \\tag{13}\n$$" in text


def test_links_lead_to_the_page_or_to_the_published_site():
    assert "[(5)](../xor/backward.html#eq-5)" in prose() and "[there](one.html#here)" in prose()
    published = prose(site="https://example.org/book/")
    assert "[(5)](https://example.org/book/xor/backward.html#eq-5)" in published
    assert "[there](https://example.org/book/part/one.html#here)" in published
    assert "[out](https://example.org/a.md)" in published


def test_it_says_what_it_needs_where_it_needs_it():
    needs = {"numpy": "Get NumPy.", "scipy": "Get SciPy."}
    assert cells(needs=needs)[0].source == "Get NumPy."
    assert "Get SciPy" not in prose(needs=needs)


def test_the_program_is_the_blocks_with_the_prose_as_comments():
    chapter = parse(f"{HEADER}\n\n{BODY}", "docs/part/one.md")
    text = program(notebook(chapter, "part/one.md", None, {}))
    compile(text, "one.py", "exec")
    assert text.startswith("# %% [markdown]\n# # A title\n")
    code = [line for line in text.split("\n") if line and not line.startswith("#")]
    assert code == ["import numpy as np", "x = 0.25", "print(x)", "assert x == 0.25"]


@pytest.mark.parametrize("repo", ["https://github.com/a/b", "https://github.com/a/b/", "https://github.com/a/b.git"])
def test_colab_is_offered_where_the_source_is_known(repo):
    line = offered("# T\n\ntext\n", "part/one.md", repo)
    assert line.startswith('# T\n\n<p class="weave-take">')
    assert 'href="https://colab.research.google.com/github/a/b/blob/notebooks/part/one.ipynb"' in line
    assert "Colab" not in offered("# T\n", "part/one.md", None) + offered(
        "# T\n", "part/one.md", "https://gitlab.com/a/b"
    )


def test_a_built_page_offers_files_that_are_there(book):
    book.built()
    page = book.article("good.html")
    found = re.findall(r'href="(good\.\w+)"', page)
    assert found == ["good.ipynb", "good.py"]
    assert "print(6 * 7)" in (book.site / "good.py").read_text(encoding="utf-8")
    taken = json.loads((book.site / "good.ipynb").read_text(encoding="utf-8"))
    assert taken["cells"][1]["source"] in ("print(6 * 7)", ["print(6 * 7)"])
    assert "weave-take" not in book.page("index.html") and not (book.site / "index.ipynb").exists()


def test_two_builds_give_the_same_files(book):
    book.built()
    before = book.digest()
    book.built()
    assert book.digest() == before
