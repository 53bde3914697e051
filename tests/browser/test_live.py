"""Blocks that a reader runs, changes, stops and puts back, in Chromium, with Pyodide from a folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from book import differences
from mkdocs_weave.chapter import read

ROOT = Path(__file__).resolve().parents[2]
DIR = os.environ.get("PYODIDE_DIR")
SOON = 120_000  # milliseconds: Python starts in a few seconds, on a machine that has nothing else to do
WHEEL = re.compile(r"/pyodide/(\w+)-[\d.]+-.*\.whl$")
needs_python = pytest.mark.skipif(
    not DIR, reason="PYODIDE_DIR names no Pyodide distribution (a folder): nothing to run"
)
pytestmark = pytest.mark.timeout(900)

ONE = """# One

```python
x = 6  # (1)
print(x * 7)
```

$$
\\begin{equation}
a \\tag{1}
\\end{equation}
$$

```python
def half(n):
    return n / x

print(half(3))
```
<!-- takes: 20 s -->

```python
print("below")
```
"""

FIGURE = """# Figure

```python
from matplotlib import pyplot as plt

plt.plot([1, 2])
plt.show()
```

Figure: It rises.
<!-- alt: A line that rises. -->
"""

SHARED = """# Shared

```python
from backprop_from_scratch import xor

print(xor()[1].sum())
```

[Two](two.md)
"""


@pytest.fixture(scope="session")
def small(new_book, serve):
    """A small book's site and its address, with instant navigation; Python from the folder where there is one."""
    book = new_book("live")
    theme = {"name": "material", "font": False, "features": ["content.code.copy", "navigation.instant"]}
    options = {"packages": [str(ROOT / "src" / "backprop_from_scratch")], "pyodide": DIR}
    with serve(book.site) as url:  # before it is built: instant navigation works where the site says that it is
        book.configure(theme=theme, site_url=url, weave=options)
        book.write("index.md", "# Home\n\nNo code, but [one](one.md).\n\n```text\nnever runs\n```\n")
        book.chapter("one.md", ONE)
        book.chapter("two.md", "# Two\n\n```python\nprint('x' in globals())\n```\n")
        book.chapter("figure.md", FIGURE)
        book.chapter("shared.md", SHARED)
        book.built()
        yield book.site, url


class Page:
    """A page of the small book, and how a reader's hands and eyes use it."""

    def __init__(self, page) -> None:
        self.page = page

    def bar(self, n: int):
        return self.page.locator(f'.weave-run[data-block="{n}"]')

    def press(self, n: int, name: str) -> None:
        self.bar(n).get_by_role("button", name=re.compile(f"^{name} block {n}$")).click()

    def says(self, n: int, text: str) -> str:
        """Wait until the block's bar says something that matches `text`; all that it says then."""
        said = self.bar(n).locator(".weave-says", has_text=re.compile(text))
        said.wait_for(timeout=SOON, state="attached")
        return said.inner_text()

    def run(self, n: int, end: str = "^Done") -> str:
        """Run the block to its end, and give what it printed."""
        self.press(n, "Run")
        self.says(n, end)
        return self.printed(n)

    def printed(self, n: int) -> str:
        return self.bar(n).locator("+ .weave-live samp").text_content()

    def edit(self, n: int, code: str) -> None:
        self.press(n, "Edit")
        self.field(n).fill(code)

    def field(self, n: int):
        return self.page.get_by_label(f"Code of block {n}", exact=True)


@pytest.fixture(scope="session")
def address(small):
    return small[1]


@pytest.fixture
def open_page(chromium, address):
    """A function that opens a page of the small book in a fresh browser context."""
    contexts = []

    def opened(path: str, **options) -> Page:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, "base_url": address, **options})
        contexts.append(context)
        page = context.new_page()
        page.goto(path)
        return Page(page)

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def _running(chromium, address):
    context = chromium.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = Page(context.new_page())
    page.page.goto("one.html")
    page.run(1)
    yield page
    context.close()


@pytest.fixture
def one(_running):
    """The first page, with Python that is there already; every block as the book has it, the first one run."""
    for n in (1, 2, 3):
        reset = _running.bar(n).get_by_role("button", name=f"Reset block {n}")
        if reset.is_visible():
            reset.click()
    assert _running.run(1) == "42\n"
    return _running


# ---- before anything runs ---------------------------------------------------------------------------------


def test_nothing_is_fetched_before_the_first_run(open_page, address):
    one = open_page("index.html")
    asked = []
    one.page.on("request", lambda request: asked.append(request.url.removeprefix(address)))
    one.page.goto("one.html")
    one.page.wait_for_load_state("networkidle")
    one.page.wait_for_timeout(500)
    assert asked and not [url for url in asked if re.search(r"live|pyodide|\.zip", url)]


def test_the_page_says_what_it_would_fetch_and_what_takes_long(open_page):
    one = open_page("one.html")
    where = "" if DIR else " from cdn.jsdelivr.net"
    hint = one.bar(1).locator(".weave-hint").inner_text()
    assert re.fullmatch(rf"first fetches Python, about \d+ MB{where}", hint)
    assert one.bar(2).locator(".weave-hint").inner_text().startswith("takes about 20 s or more; first fetches Python")
    assert "matplotlib" in open_page("figure.html").bar(1).inner_text()
    assert "numpy" in open_page("shared.html").bar(1).inner_text()


def test_buttons_are_where_blocks_run_and_nowhere_else(open_page):
    assert open_page("index.html").page.locator(".weave-run, .weave-run button").count() == 0
    one = open_page("one.html")
    names = one.bar(1).get_by_role("button").evaluate_all("all => all.map(e => e.getAttribute('aria-label'))")
    assert names == ["Run block 1", "Edit block 1"]
    assert one.bar(3).get_by_role("button", name="Run all above block 3").is_visible()


def test_without_javascript_there_is_nothing_to_press(open_page):
    page = open_page("one.html", java_script_enabled=False).page
    assert page.locator("button:visible", has_text="Run").count() == 0
    assert page.locator(".weave-output").first.inner_text().strip() == "42"


def test_paper_has_no_buttons(open_page):
    one = open_page("one.html")
    one.page.emulate_media(media="print")
    assert not one.bar(1).is_visible()


def test_a_page_from_disk_says_what_to_do(chromium, small):
    page = chromium.new_page()
    page.goto((small[0] / "one.html").as_uri())
    one = Page(page)
    one.press(1, "Run")
    assert "http.server" in one.says(1, "from disk")
    assert page.locator(".weave-output").first.inner_text().strip() == "42"
    page.close()


# ---- running ----------------------------------------------------------------------------------------------


@needs_python
def test_only_what_is_imported_is_fetched_and_from_the_site_alone(open_page, address):
    page = open_page("one.html")
    asked = []
    page.page.context.on("request", lambda request: asked.append(request.url))
    assert page.run(1) == "42\n"
    assert not [url for url in asked if WHEEL.search(url)]
    assert not page.bar(1).locator(".weave-hint").inner_text()
    page.page.goto("shared.html")
    assert page.run(1) == "2.0\n"
    assert [WHEEL.search(url)[1] for url in asked if WHEEL.search(url)] == ["numpy"]
    assert all(url.startswith((address, f"blob:{address}")) for url in asked), asked


@needs_python
def test_blocks_share_their_variables(one):
    assert one.run(2) == "0.5\n"
    one.edit(1, "x = 3")
    one.run(1)
    assert one.run(2) == "1.0\n"


@needs_python
def test_the_run_takes_the_place_of_the_builds_output_and_reset_brings_it_back(one):
    one.edit(1, "print('mine')")
    assert one.run(1) == "mine\n"
    live = one.bar(1).locator("+ .weave-live")
    assert live.get_attribute("aria-label") == "Output of your run of block 1"
    assert "Your run, of your code" in live.inner_text()
    assert one.page.locator(".weave-output:visible", has_text="42").count() == 0
    one.press(1, "Reset")
    assert one.page.locator(".weave-output:visible").first.inner_text().strip() == "42"
    assert one.page.locator(".weave-live").count() == 0
    assert one.field(1).count() == 0
    one.page.locator("article .highlight a", has_text="(1)").first.click()
    assert one.page.url.endswith("#eq-1")


@needs_python
def test_text_appears_as_it_is_printed(one):
    one.edit(1, "import time\nprint('first')\ntime.sleep(4)\nprint('second')")
    one.press(1, "Run")
    one.bar(1).locator("+ .weave-live samp", has_text="first").wait_for(timeout=SOON)
    assert "second" not in one.printed(1)
    one.bar(1).locator(".weave-clock", has_text=re.compile(r"^[1-4] s$")).wait_for(timeout=SOON)
    one.says(1, "^Done")
    assert one.printed(1) == "first\nsecond\n"


@needs_python
def test_a_traceback_names_the_line_and_shows_it(one):
    one.edit(2, "def half(n):\n    return n / 0\n\nhalf(3)\n")
    text = one.run(2, "ZeroDivisionError")
    assert 'File "block 2", line 4, in <module>\n    half(3)\n' in text
    assert 'File "block 2", line 2, in half\n    return n / 0\n' in text
    assert text.count("File ") == 2 and text.endswith("ZeroDivisionError: division by zero\n")
    one.edit(2, "x = (1,\ny = 2\n")
    assert 'File "block 2", line 1' in one.run(2, "SyntaxError")


@needs_python
def test_a_missing_name_leads_to_run_all_above(open_page):
    page = open_page("one.html")
    page.run(2, "Run all above first")
    assert "NameError" in page.printed(2)
    page.bar(2).get_by_role("button", name="Run all above block 2").click()
    page.says(1, "^Done")
    assert page.run(2) == "0.5\n"


@needs_python
def test_an_error_ends_run_all_above(one):
    one.edit(1, "raise ValueError('no')")
    one.bar(3).get_by_role("button", name="Run all above block 3").click()
    one.says(1, "a ValueError")
    assert one.bar(2).locator(".weave-live").count() == 0
    assert one.bar(2).get_by_role("button", name="Run block 2").is_visible()


@needs_python
def test_stop_ends_an_endless_loop_and_run_all_above_starts_again(one):
    one.edit(2, "print('loop')\nwhile True: pass")
    one.press(2, "Run")
    one.bar(2).locator("+ .weave-live samp", has_text="loop").wait_for(timeout=SOON)
    one.press(3, "Run")
    assert one.says(3, "^Waiting")
    one.press(2, "Stop")
    assert "variables are gone: Run all above" in one.says(2, "^Stopped")
    assert one.printed(2) == "loop\n"
    assert one.bar(3).get_by_role("button", name="Run block 3").is_visible()
    one.press(2, "Reset")
    one.run(2, "Run all above first")
    one.bar(3).get_by_role("button", name="Run all above block 3").click()
    one.says(2, "^Done")
    assert one.printed(2) == "0.5\n"


@needs_python
def test_too_much_output_is_cut(one):
    one.edit(1, "for n in range(100_000):\n    print(n)")
    text = one.run(1)
    assert 200_000 <= len(text) < 200_100 and text.endswith("which is not shown.\n")


@needs_python
def test_much_output_scrolls_in_its_place_and_ends_where_the_error_is(one):
    one.edit(1, "for n in range(5000):\n    print(n)\n1 / 0")
    one.run(1, "ZeroDivisionError")
    pre = one.bar(1).locator("+ .weave-live pre")
    assert pre.evaluate("e => e.clientHeight") < 900 < pre.evaluate("e => e.scrollHeight")
    assert pre.evaluate("e => e.scrollTop + e.clientHeight >= e.scrollHeight - 2")
    assert pre.get_attribute("tabindex") == "0"


@needs_python
def test_input_says_that_it_cannot_ask(one):
    one.edit(1, "input('name? ')")
    assert "line 1" in (text := one.run(1, "EOFError")) and "Write the answer into the code" in text


@needs_python
def test_a_double_click_is_for_the_button_that_it_began_on(one):
    one.edit(1, "import time\ntime.sleep(3)")
    one.bar(1).get_by_role("button", name="Run block 1").dblclick()
    assert "Done" in one.says(1, "^(Done|Stopped)")
    one.edit(1, "while True: pass")
    one.press(1, "Run")
    one.bar(1).locator("+ .weave-live").wait_for(timeout=SOON)
    one.page.wait_for_timeout(600)
    one.bar(1).get_by_role("button", name="Stop block 1").dblclick()
    one.says(1, "^Stopped")
    assert one.bar(1).get_by_role("button", name="Run block 1").is_visible()


@needs_python
def test_enter_held_down_on_run_does_not_stop_it(one):
    one.edit(1, "import time\ntime.sleep(2)")
    one.bar(1).get_by_role("button", name="Run block 1").focus()
    for _ in range(4):
        one.page.keyboard.down("Enter")
    one.page.keyboard.up("Enter")
    assert "Done" in one.says(1, "^(Done|Stopped)")


@needs_python
def test_stop_while_python_is_fetched(open_page):
    page = open_page("one.html")
    page.press(1, "Run")
    page.says(1, "^Fetching")
    page.press(1, "Stop")
    assert page.says(1, "^Stopped") == "Stopped."
    assert page.run(1) == "42\n"


@needs_python
def test_reset_is_there_when_there_is_something_to_put_back(one):
    reset = one.bar(2).get_by_role("button", name="Reset block 2")
    one.edit(2, "while True: pass")
    assert reset.is_visible()
    one.press(2, "Run")
    one.bar(2).locator("+ .weave-live").wait_for(timeout=SOON)
    assert not reset.is_visible()
    one.press(2, "Stop")
    one.says(2, "^Stopped")
    one.field(2).fill("def half(n):\n    return n / x\n\nprint(half(3))")
    assert reset.is_visible()
    reset.click()
    assert not reset.is_visible() and one.bar(2).locator("+ .weave-live").count() == 0


@needs_python
def test_run_all_above_says_so_where_it_is_pressed(one):
    above = one.bar(3).get_by_role("button", name="Run all above block 3")
    one.edit(1, "import time\nx = 6\ntime.sleep(2)")
    above.click()
    one.says(3, "^Running what is above")
    one.says(3, "^What is above has run")
    assert one.printed(2) == "0.5\n"
    one.edit(1, "1 / 0")
    above.click()
    one.says(3, "^It ended at block 1")


# ---- editing ----------------------------------------------------------------------------------------------


def test_enter_keeps_the_indent_tab_indents_and_escape_then_tab_leaves(open_page):
    page = open_page("one.html")
    page.press(2, "Edit")
    keys = page.page.keyboard
    page.field(2).fill("")
    keys.type("if 1:\n")
    keys.type("a = 1\n")
    keys.type("b = 2")
    assert page.field(2).input_value() == "if 1:\n    a = 1\n    b = 2"
    keys.press("Enter")
    keys.press("Tab")
    keys.type("c")
    assert page.field(2).input_value().endswith("    b = 2\n        c")
    assert "Escape, then Tab" in page.page.locator(f"#{page.field(2).get_attribute('aria-describedby')}").inner_text()
    keys.press("Control+z")
    assert not page.field(2).input_value().endswith("c")
    keys.press("Control+Shift+z")
    assert page.field(2).input_value().endswith("c")
    keys.press("Escape")
    keys.press("Tab")
    assert page.page.evaluate("document.activeElement.tagName") != "TEXTAREA"
    page.field(2).focus()
    keys.press("Escape")
    keys.press("Shift+Tab")
    assert page.page.evaluate("document.activeElement.tagName") != "TEXTAREA"
    assert page.field(2).input_value().startswith("if 1:")


def test_code_that_is_not_changed_keeps_its_links(open_page):
    page = open_page("one.html")
    page.press(1, "Edit")
    assert page.field(1).input_value() == "x = 6  # (1)\nprint(x * 7)"
    page.page.keyboard.press("Escape")
    page.page.keyboard.press("Tab")
    assert page.field(1).count() == 0
    assert page.page.locator("article .highlight a", has_text="(1)").first.is_visible()
    assert not page.bar(1).get_by_role("button", name="Reset").is_visible()


def test_the_copy_button_takes_what_the_field_holds(open_page):
    page = open_page("one.html", permissions=["clipboard-read", "clipboard-write"])
    copy = page.page.locator("article .highlight button[data-md-type=copy], article .highlight .md-clipboard").first
    page.edit(1, "mine = 1")
    copy.click()
    page.page.wait_for_timeout(200)
    assert page.page.evaluate("navigator.clipboard.readText()") == "mine = 1"
    page.press(1, "Reset")
    copy.click()
    page.page.wait_for_timeout(200)
    assert page.page.evaluate("navigator.clipboard.readText()") == "x = 6  # (1)\nprint(x * 7)"


@needs_python
def test_with_the_keyboard_alone(open_page):
    page = open_page("one.html")
    keys = page.page.keyboard
    for _ in range(60):
        keys.press("Tab")
        if page.page.evaluate("document.activeElement.getAttribute('aria-label')") == "Edit block 1":
            break
    keys.press("Enter")
    keys.press("Control+a")
    keys.type("while True:\npass")
    keys.press("Control+Enter")
    page.bar(1).locator("+ .weave-live").wait_for(timeout=SOON)
    keys.press("Escape")
    for _ in range(4):
        keys.press("Tab")
        if page.page.evaluate("document.activeElement.textContent") == "Stop":
            break
    keys.press("Enter")
    page.says(1, "^Stopped")
    assert page.page.evaluate("document.activeElement.textContent") == "Run"
    for _ in range(2):
        keys.press("Tab")
    assert page.page.evaluate("document.activeElement.textContent") == "Reset"
    keys.press("Enter")
    assert page.page.evaluate("document.activeElement.textContent") == "Run"
    keys.press("Enter")
    page.says(1, "^Done")
    assert page.printed(1) == "42\n"


# ---- figures, themes, screens -----------------------------------------------------------------------------


@needs_python
def test_a_figure_has_the_builds_style_and_name_and_the_theme_in_use(open_page):
    page = open_page("figure.html", color_scheme="dark")
    picture = page.page.locator(".weave-figure svg")
    build = picture.evaluate("e => e.outerHTML")
    page.run(1)
    mine = picture.evaluate("e => e.outerHTML")
    plain = [re.sub(r"(figure|block)-1-(live-1-)?", "", html) for html in (build, mine)]
    assert "block-1-live" in mine and picture.count() == 1
    assert picture.get_attribute("aria-label") == "A line that rises."
    for what in ("stroke: ?var\\(--figure-c0\\)", "<text", "aspect-ratio: ?[\\d./]+"):
        assert re.findall(what, plain[0]) == re.findall(what, plain[1]) != []
    assert page.page.locator("figcaption").inner_text().strip() == "It rises."
    page.edit(1, "from matplotlib import pyplot as plt\nplt.plot([2, 1])\nplt.show()\nplt.figure()\nplt.plot([3])")
    page.run(1)
    assert picture.count() == 2
    name = picture.first.get_attribute("aria-label")
    assert "your code in block 1" in name and name.endswith("Before you changed it: A line that rises.")
    assert "The caption is the book’s" in page.page.locator("figcaption").inner_text()
    ids = page.page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    page.press(1, "Reset")
    assert picture.evaluate("e => e.outerHTML") == build
    assert page.page.locator("figcaption").inner_text().strip() == "It rises."


@needs_python
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_accessible_while_editing_and_after_a_run(one, theme):
    from axe_playwright_python.sync_playwright import Axe

    one.page.emulate_media(color_scheme=theme)
    one.edit(2, "1 / 0")
    one.run(2, "ZeroDivisionError")
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    ours = {"include": [[".weave-run"], [".weave-live"], [".weave-field"]]}
    options = {"resultTypes": ["violations"], "runOnly": rules}
    found = Axe().run(one.page, context=ours, options=options).response["violations"]
    assert not [(v["id"], node["html"][:160]) for v in found for node in v["nodes"]]


def test_narrow_screens_do_not_scroll_sideways(open_page):
    page = open_page("one.html", viewport={"width": 390, "height": 800})
    page.press(1, "Edit")
    assert page.field(1).evaluate("e => [e.scrollLeft, e.selectionStart]") == [0, 0]
    page.edit(2, "a = 1  # " + "long " * 40)
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 390
    heights = page.page.evaluate(
        "[...document.querySelectorAll('.weave-run button')].filter(b => b.checkVisibility())"
        ".map(b => b.getBoundingClientRect().height)"
    )
    assert min(heights) >= 24


# ---- what can go wrong ------------------------------------------------------------------------------------


@needs_python
@pytest.mark.parametrize("what", ["pyodide.mjs", "pyodide.asm.wasm", "pyodide-lock.json", "live.json"])
def test_a_blocked_network_is_said_and_the_page_goes_on(open_page, what):
    page = open_page("one.html")
    page.page.context.route(f"**/{what}*", lambda route: route.abort())
    page.press(1, "Run")
    assert "Press Run to try again" in page.says(1, "could not be fetched from 127.0.0.1")
    assert page.page.locator(".weave-output:visible").first.inner_text().strip() == "42"
    page.page.context.unroute(f"**/{what}*")
    assert page.run(1) == "42\n"


@needs_python
def test_a_package_that_cannot_be_fetched_is_said(open_page):
    page = open_page("shared.html")
    page.page.context.route("**/numpy*", lambda route: route.abort())
    page.press(1, "Run")
    page.says(1, "could not be fetched")
    page.page.context.unroute("**/numpy*")
    assert page.run(1) == "2.0\n"


@needs_python
@pytest.mark.parametrize("what", ["pyodide.asm.js", "python_stdlib.zip", "pyodide-lock.json"])
def test_what_is_not_the_pinned_pyodide_does_not_run(open_page, small, what):
    page = open_page("one.html")
    other = (small[0] / "assets" / "pyodide" / what).read_bytes() + b"\n"
    page.page.context.route(f"**/{what}", lambda route: route.fulfill(body=other))
    page.press(1, "Run")
    page.says(1, "could not be fetched")


# ---- from page to page ------------------------------------------------------------------------------------


@needs_python
def test_after_instant_navigation_blocks_run_and_variables_are_the_pages_own(open_page):
    page = open_page("one.html")
    loads = []
    page.page.on("load", lambda _: loads.append(1))
    page.run(1)
    page.page.locator(".md-nav--primary a", has_text="Two").first.click()
    page.page.wait_for_url("**/two.html")
    assert page.run(1) == "False\n"
    page.page.locator(".md-nav--primary a", has_text="One").first.click()
    page.page.wait_for_url("**/one.html")
    page.edit(1, "while True: pass")
    page.press(1, "Run")
    page.bar(1).locator("+ .weave-live").wait_for(timeout=SOON)
    page.page.locator(".md-nav--primary a", has_text="Two").first.click()
    page.page.wait_for_url("**/two.html")
    assert page.run(1) == "False\n"
    assert not loads


# ---- the book ---------------------------------------------------------------------------------------------

CHAPTERS = [p.relative_to(ROOT / "docs").as_posix() for p in sorted((ROOT / "docs").rglob("*.md"))]
CHAPTERS = [name for name in CHAPTERS if read(ROOT / "docs" / name, name).blocks]
QUICK = ["index.md", "xor/forward.md"]


@pytest.fixture(scope="session")
def some_chapters(new_book, serve):
    """The address of the quick chapters, built as the book is, without the rest of it."""
    book = new_book("some")
    own = yaml.safe_load(re.sub(r"!ENV.*", "null", (ROOT / "mkdocs.yml").read_text(encoding="utf-8")))
    weave = next(entry["weave"] for entry in own["plugins"] if isinstance(entry, dict))
    weave["packages"] = [str(ROOT / name) for name in weave["packages"]]
    weave.pop("abbreviations")
    weave["pyodide"] = DIR
    book.configure(strict=False, weave=weave, markdown_extensions=own["markdown_extensions"])
    for name in QUICK:
        book.write(name, (ROOT / "docs" / name).read_bytes())
    book.built()
    with serve(book.site) as url:
        yield url


@pytest.fixture(scope="session")
def whole_book(tmp_path_factory, serve):
    """The address of the whole book, built with `PYODIDE=DIR`."""
    site = tmp_path_factory.mktemp("whole") / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(site)]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYODIDE": DIR}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    with serve(site) as url:
        yield url
    shutil.rmtree(site)


def run_unedited(chromium, url: str, name: str) -> None:
    """Run every block of a page, and hold what comes of it to what the build laid into the page."""
    context = chromium.new_context(base_url=url, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(SOON)
    tab = context.new_page()
    tab.goto(name.replace(".md", ".html"))
    tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page, count = Page(tab), tab.locator(".weave-run").count()
    wrong = []
    for n in range(1, count + 1):
        built = tab.evaluate(
            """bar => { const found = {text: '', figures: 0};
            for (let next = bar.nextElementSibling; next?.matches('.weave-output, .weave-figure');
                 next = next.nextElementSibling) {
                if (next.matches('.weave-figure')) found.figures += 1; else found.text += next.textContent; }
            return found; }""",
            page.bar(n).element_handle(),
        )
        page.press(n, "Run")
        ended = page.bar(n).locator(".weave-says", has_text=re.compile("^(Done|Stopped|It needs|Python)"))
        ended.wait_for(timeout=1_800_000)
        text = (page.printed(n) or "").rstrip()
        if not ended.inner_text().startswith("Done"):
            wrong.append(f"block {n}: {ended.inner_text()}\n{text[-600:]}")
            continue
        wrong += [f"block {n}: {line}" for line in differences(built["text"].strip("\n").rstrip(), text)]
        drawn = tab.locator(f'svg:has([id^="block-{n}-live-"])').count()
        if drawn != built["figures"]:
            wrong.append(f"block {n}: {drawn} figures, the build has {built['figures']}")
    context.close()
    assert count and not wrong, "\n".join(wrong)


@needs_python
@pytest.mark.parametrize("name", QUICK)
def test_a_page_that_is_not_edited_gives_what_the_build_gave(chromium, some_chapters, name):
    run_unedited(chromium, some_chapters, name)


@needs_python
@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("name", [name for name in CHAPTERS if name not in QUICK])
def test_every_page_that_is_not_edited_gives_what_the_build_gave(chromium, whole_book, name):
    run_unedited(chromium, whole_book, name)
