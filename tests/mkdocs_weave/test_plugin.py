"""The weave on a small book: what a page gets, and what a fault leaves behind."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys

import pytest

PLOT = "```python\nimport matplotlib.pyplot as plt\nplt.plot([0, 1], [0, 1])\nplt.show()\n```\n"
CAPTIONED = PLOT + "\nFigure: A line.\n<!-- alt: A straight line. -->\n"


# ---- MkDocs renders an executed page as it renders any other -----------------------------------------------


def test_everything_that_markdown_has(book):
    book.chapter(
        "all.md",
        "# All\n\n!!! note\n\n    Noted.\n\nA foot.[^1]\n\n[^1]: The note.\n\n"
        '=== "One"\n\n    Tab one.\n\n=== "Two"\n\n    Tab two.\n\n'
        "## A heading\n\n[good](good.md), [here](#a-heading)\n\n```python\nprint('out')\n```\n",
    )
    book.built()
    html = book.article("all.html")
    assert '<div class="admonition note">' in html and "Noted." in html
    assert 'class="footnote"' in html
    assert 'class="tabbed-set' in html
    assert 'href="good.html"' in html and 'id="a-heading"' in html
    assert '<a href="#a-heading" class="md-nav__link">' in book.page("all.html")
    index = json.loads((book.site / "search" / "search_index.json").read_text(encoding="utf-8"))
    assert any(entry["location"] == "all.html#a-heading" for entry in index["docs"])


def test_output_is_apart_from_the_code_and_labelled(book):
    book.chapter(
        "out.md", "# Out\n\n```python\nprint('<b> & `x` $y$ **z**')\nprint()\nprint('    [end](nowhere.md)')\n```\n"
    )
    book.built()
    html = book.article("out.html")
    (output,) = re.findall(r'<div class="weave-output" role="group" aria-label="Output">.*?</div>', html, re.S)
    assert "&lt;b&gt; &amp; `x` $y$ **z**\n\n    [end](nowhere.md)" in output
    assert '<pre data-weave-scroll tabindex="0">' in output
    # the copy button is attached to `pre > code`, which the output is not
    assert "<code" not in output and html.count("<pre><span></span><code>") == 1
    assert ">>>" not in html and "In [" not in html


def test_blocks_in_details_share_the_namespace(book):
    book.chapter(
        "fold.md",
        "# Fold\n\n```python\na = 20\n```\n\n"
        '<details markdown="1">\n<summary>Solution</summary>\n\nSome *words*.\n\n```python\nprint(a + 1)\n```\n\n'
        f"{CAPTIONED}\n</details>\n\nThe end.\n",
    )
    book.built()
    html = book.article("fold.html")
    inside = re.search(r"<details>.*</details>", html, re.S)[0]
    assert "<em>words</em>" in inside and "<samp>21</samp>" in inside and "<svg" in inside and "<figcaption>" in inside
    assert "The end." not in inside


def test_what_plain_python_does_not_show_the_page_does_not_show(book):
    book.chapter("bare.md", "# Bare\n\n```python\nx = 5\nx\n```\n\n```python\nprint(x)\n```\n")
    book.built()
    assert re.findall(r"<samp>(.*?)</samp>", book.article("bare.html"), re.S) == ["5"]


def test_comments_for_the_test_are_not_published(book):
    book.chapter("prose.md", "# Prose\n\n```python\nx = 5\n```\n\nIt is 5<!--= x --> here.\n")
    book.built()
    assert "It is 5 here." in book.article("prose.html")


# ---- figures -----------------------------------------------------------------------------------------------


def test_a_figure_has_caption_name_and_theme(book):
    book.chapter("fig.md", f"# Fig\n\n{CAPTIONED}".replace("straight line", "straight line{= f'{1:d}' =}"))
    book.built()
    html = book.article("fig.html")
    assert re.search(r"<figure.*<figcaption>\s*<p>A line\.</p>\s*</figcaption>\s*</figure>", html, re.S)
    svg = re.search(r"<svg.*</svg>", html, re.S)[0]
    assert 'role="img" aria-label="A straight line."' in svg
    assert "var(--figure-c0)" in svg and "<style" not in svg
    assert not re.search(r"#(?:000000|ffffff|2066a8)", svg)
    assert "alt:" not in html


def test_two_figures_share_no_id(book):
    book.chapter("two.md", f"# Two\n\n{CAPTIONED}\n{CAPTIONED}")
    book.built()
    ids = re.findall(r'\bid="([^"]+)"', book.page("two.html"))
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("below", "says"),
    [
        ("", "no caption"),
        ("\nSome prose.\n", "no caption"),
        ("\nFigure: A line.\n", "no accessible name"),
        ("\nFigure: A line.\n<!-- alt:   -->\n", "no accessible name"),
        ("\nFigure: <!-- alt: A line. -->\n", "empty caption"),
    ],
)
def test_a_figure_without_words_is_a_fault(book, below, says):
    book.chapter("fig.md", f"# Fig\n\n{PLOT}{below}")
    fails(book, r"docs/fig\.md:14: .*" + says)


def test_a_caption_without_a_figure_is_a_fault(book):
    book.chapter("fig.md", "# Fig\n\n```python\nx = 1\n```\n\nFigure: Nothing.\n<!-- alt: Nothing. -->\n")
    fails(book, r"docs/fig\.md:14: a caption, but the block above it draws no figure")


def test_two_figures_in_a_block_are_a_fault(book):
    body = "import matplotlib.pyplot as plt\nplt.plot([1])\nplt.figure()\nplt.plot([2])\nplt.show()"
    book.chapter("fig.md", f"# Fig\n\n```python\n{body}\n```\n\nFigure: Two.\n<!-- alt: Two. -->\n")
    fails(book, r"docs/fig\.md:11: this block draws 2 figures")


# ---- formulas ----------------------------------------------------------------------------------------------


def test_formulas_are_mathml_and_their_numbers_link(book):
    book.chapter(
        "eq.md",
        "# Eq\n\nInline $a < b$.\n\n$$\n\\begin{equation}\nx = \\left(\\frac{1}{2}\\right) \\tag{7}\n\\end{equation}\n$$\n\n"
        "See [(7)](#eq-7).\n\n```python\nx = 1 / 2   # (7)   ()\n```\n",
    )
    book.write("index.md", "# Home\n\n[there](eq.md#eq-7)\n")
    book.chapter("other.md", "# Other\n\n```python\ny = 1   # (7)\n```\n")
    book.built()
    html = book.article("eq.html")
    inline = "<math><mi>a</mi><mo>&lt;</mo><mi>b</mi></math>"
    assert f'Inline <span class="weave-together">{inline}.</span>' in html  # no line begins with the full stop
    assert re.search(r'<div class="weave-equation" id="eq-7">.*</math></div><a href="#eq-7">\(7\)</a></div>', html)
    assert '# <a href="#eq-7">(7)</a>' in html
    assert '# <a href="eq.html#eq-7">(7)</a>' in book.article("other.html")
    assert "\\" not in re.sub(r"<pre>.*?</pre>", "", html, flags=re.S)
    assert "mathjax" not in book.page("eq.html").lower()


def test_a_formula_that_is_not_latex_is_a_fault(book):
    book.write("m.md", "# M\n\nFine $x$.\n\n$$\nx = 1\n+ \\frac{1}{\n$$\n")
    fails(book, r"docs/m\.md:7: this formula is not LaTeX: .*\S")


@pytest.mark.parametrize(("above", "pad"), [("Two.", ""), ("!!! note", "    ")])
def test_the_bad_one_of_two_formulas_is_named(book, above, pad):
    lines = ["$$", r"\begin{equation}", "x", r"\end{equation}", "$$", ""]
    both = [*lines, *(line.replace("x", r"\nonsense") for line in lines)]
    book.write("m.md", "\n".join([above, "", *(f"{pad}{line}".rstrip() for line in both)]))
    fails(book, r"docs/m\.md:11: this formula is not LaTeX")


def test_the_broken_link_of_two_that_begin_alike_is_named(book):
    book.write("m.md", "# M {#gone-too}\n\n[fine](#gone-too)\n\n[broken](#gone)\n")
    book.configure(markdown_extensions=["attr_list"])
    fails(book, r"docs/m\.md:5: the link '#gone', but")


def test_an_unknown_command_is_a_fault(book):
    book.write("m.md", "# M\n\nInline $\\nonsense x$.\n")
    fails(book, r'docs/m\.md:3: this formula is not LaTeX: Unknown command "\\nonsense"')


@pytest.mark.parametrize(
    ("formula", "line"),
    [
        ("An open $\\alpha + 1 formula.\n", 3),
        ("Prose.\n\n$$\nx = \\frac12\n", 5),
        ("$$\n\\begin{equation}\nx\n$$\n", 5),
    ],
)
def test_a_formula_that_is_not_closed_is_a_fault(book, formula, line):
    book.write("m.md", f"# M\n\n{formula}")
    fails(book, rf"docs/m\.md:{line}: ")


def test_prices_and_paths_are_not_formulas(book):
    book.write("m.md", "# M\n\nIt costs $5, or `C:\\new`; not \\$6.\n")
    book.built()


def test_a_number_used_twice_is_a_fault(book):
    equation = "$$\n\\begin{equation}\nx \\tag{7}\n\\end{equation}\n$$\n"
    book.write("a.md", f"# A\n\n{equation}")
    book.write("b.md", f"# B\n\n{equation}")
    fails(book, r"docs/b\.md:5: another equation has the number \(7\)")


def test_a_comment_that_names_no_equation_is_a_fault(book):
    book.chapter("c.md", "# C\n\n```python\nx = (3)   # (99)\n```\n")
    fails(book, r"docs/c\.md:11: no page has an equation \(99\)")


# ---- what goes wrong: one message, exit status 1, the last good site as it was -----------------------------


def fails(book, message: str) -> str:
    """Build, and expect one message, status 1, and the last good site untouched."""
    before = book.digest()
    status, output = book.build()
    assert status == 1, output
    assert len(re.findall(message, output)) == 1, output
    assert "Traceback (most recent call last)" not in output
    assert book.digest() == before
    assert {p.name for p in book.root.iterdir()} <= {"docs", "site", "mkdocs.yml", ".cache", "README.md", "src"}
    return output


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("```python\nx = 1\nprint(y)\n```\n", r"docs/bad\.md:12: NameError: name 'y' is not defined"),
        ("```python\ndef f():\n    return 1 / 0\n```\n\n```python\nx = 1\nf()\n```\n", r"docs/bad\.md:12: ZeroDivisionError"),
        ("```python\nimport json\n\njson.loads('{')\n```\n", r"docs/bad\.md:13: JSONDecodeError"),
        ("```python\nx = 1\nprint(x\n```\n", r"docs/bad\.md:12: SyntaxError"),
        ("```python\nimport numpy as np\nnp.log(np.zeros(1))\n```\n", r"docs/bad\.md:12: this block writes to stderr: RuntimeWarning"),
        ("```python\nimport sys\nprint('x', file=sys.stderr)\n```\n", r"docs/bad\.md:11: this block writes to stderr: x"),
        ("```python\nprint(1)\n```\n\n```python\nimport os\nos._exit(1)\n```\n", r"docs/bad\.md:15: the Python that runs this block died"),
        ("```python\nimport sys\nsys.exit(3)\n```\n", r"docs/bad\.md:11: SystemExit: 3"),
        ("```python\ninput('?')\n```\n", r"docs/bad\.md:11: StdinNotImplementedError"),
        ("```py\nprint(1)\n```\n", r"docs/bad\.md:10: '```py' is not a fence"),
        ("```python\nprint(1)\n", r"docs/bad\.md:10: the fence that opens here is never closed"),
        ("[gone](gone.md)\n\n```python\nprint(1)\n```\n", r"docs/bad\.md:10: the link 'gone\.md', but the target"),
        ("[gone](good.md#gone)\n\n```python\nprint(1)\n```\n", r"docs/bad\.md:10: the link 'good\.md#gone', but the doc"),
        ("[gone](#gone)\n\n```python\nprint(1)\n```\n", r"docs/bad\.md:10: the link '#gone', but there is no such anchor"),
        ("```python\nfrom IPython.display import HTML, display\ndisplay(HTML('<b>'))\n```\n", r"docs/bad\.md:12: this block displays text/"),
    ],
    ids=lambda value: re.sub(r"\W+", " ", value)[-40:] if value.startswith("docs") else "",
)  # fmt: skip
def test_faults(book, body, message):
    book.chapter("bad.md", f"# Bad\n\n{body}")
    fails(book, message)


def test_an_endless_loop_ends_at_the_time_limit(book):
    book.configure(weave={"timeout": 2})
    book.chapter("bad.md", "# Bad\n\n```python\nprint(1)\n```\n\n```python\nwhile True:\n    pass\n```\n")
    fails(book, r"docs/bad\.md:15: this block takes longer than 2 s")


def test_a_missing_kernel(book):
    book.chapter("bad.md", "# Bad\n\n```python\nprint(1)\n```\n")
    text = (book.root / "docs" / "bad.md").read_text(encoding="utf-8")
    book.write("bad.md", text.replace("name: python3", "name: nope"))
    fails(book, r"docs/bad\.md:5: there is no Jupyter kernel called 'nope'")


def test_no_header(book):
    book.write("bad.md", "# Bad\n\n```python\nprint(1)\n```\n")
    fails(book, r"docs/bad\.md:4: this page has a block that runs, but no notebook header")


def test_header_at_the_wrong_level(book):
    book.write("bad.md", "---\nkernelspec: {name: python3, language: python}\n---\n\n```python\nprint(1)\n```\n")
    fails(book, r"docs/bad\.md:2: `kernelspec:` stands at the top level")


def test_not_utf8(book):
    book.write("bad.md", "# Bad\n\ncafé\n".encode("latin-1"))
    fails(book, r"docs/bad\.md:3: byte 0xe9 is not UTF-8")


def test_every_fault_is_told_at_once(book):
    book.chapter("a.md", "# A\n\n```python\n1 / 0\n```\n")
    book.chapter("b.md", "# B\n\n```python\n1 / 0\n```\n")
    output = fails(book, r"docs/a\.md:11: ZeroDivisionError")
    assert "docs/b.md:11: ZeroDivisionError" in output


def test_a_first_build_that_fails_leaves_no_site(book):
    shutil.rmtree(book.site)
    book.chapter("bad.md", "# Bad\n\n```python\n1 / 0\n```\n")
    status, _ = book.build()
    assert status == 1 and not book.site.exists()


def test_a_dirty_build_is_refused(book):
    before = book.digest()
    status, output = book.build("--dirty")
    assert status == 1 and "leave out --dirty" in output and book.digest() == before


def test_hidden_files_in_the_site_folder_stay(book):
    (book.site / ".git").write_text("x", encoding="utf-8")
    book.built()
    assert (book.site / ".git").read_text(encoding="utf-8") == "x"


def test_the_command_line_gives_status_1_and_no_traceback(book):
    book.chapter("bad.md", "# Bad\n\n```python\n1 / 0\n```\n")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet"]
    done = subprocess.run(command, cwd=book.root, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 1
    assert "docs/bad.md:11: ZeroDivisionError" in done.stderr and "Traceback" not in done.stderr


# ---- the same book, the same bytes -------------------------------------------------------------------------


def test_two_clean_builds_are_the_same_to_the_byte(book):
    book.chapter("fig.md", f"# Fig\n\n$\\frac12$\n\n{CAPTIONED}")
    digests = []
    for _ in range(2):
        shutil.rmtree(book.root / ".cache")
        shutil.rmtree(book.site)
        book.built()
        digests.append(book.digest())
    assert digests[0] == digests[1]
    assert "assets/math.woff2" in digests[0]


def test_the_site_names_no_time(book):
    book.configure(site_url="https://example.org/")
    book.built()
    assert "lastmod" not in (book.site / "sitemap.xml").read_text(encoding="utf-8")
