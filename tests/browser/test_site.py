"""The book as a reader meets it: every page, both themes, narrow and wide, with and without a mouse."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from mkdocs_weave.chapter import read

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = sorted(p.relative_to(DOCS).with_suffix(".html").as_posix() for p in DOCS.rglob("*.md"))
pages = pytest.mark.parametrize("path", PAGES)
themes = pytest.mark.parametrize("theme", ["light", "dark"])

FIRST_VISIT = 400_000  # bytes
PAGE = 30_000  # bytes of compressed HTML, figures aside


@pages
def test_nothing_comes_from_elsewhere_and_nothing_complains(tab, site, path):
    page = tab("404.html")
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("response", lambda response: said.append(response.url) if response.status >= 400 else None)
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert asked and all(url.startswith((site, "data:", "blob:")) for url in asked), asked
    assert not said


@pages
@themes
def test_accessibility(tab, path, theme):
    from axe_playwright_python.sync_playwright import Axe

    # So high that the sidebars show whole: a link that their edge cuts is not too small, it scrolls.
    page = tab(path, theme=theme, height=2400)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    results = Axe().run(page, options={"resultTypes": ["violations"], "runOnly": rules})
    found = [
        f"{v['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for v in results.response["violations"]
        for node in v["nodes"][:3]
    ]
    assert not found, "\n".join(found)


@pages
def test_no_sideways_scroll_on_a_phone(tab, path):
    page = tab(path, width=390)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    wide = page.evaluate(
        "[...document.querySelectorAll('article p, article li, article svg, article h2')]"
        ".filter(e => e.getBoundingClientRect().right > 391).map(e => e.outerHTML.slice(0, 120))"
    )
    assert not wide


def test_long_output_scrolls_and_does_not_wrap(tab):
    page = tab("xor/backward.html", width=390)
    heights = page.evaluate(
        """[...document.querySelectorAll('article > .weave-output pre')].map(pre => [
        pre.scrollWidth > pre.clientWidth, getComputedStyle(pre).overflowX,
        Math.round(pre.querySelector('samp').getBoundingClientRect().height
            / parseFloat(getComputedStyle(pre).lineHeight)) <= pre.textContent.split('\\n').length])"""
    )
    assert any(wide for wide, _, _ in heights)
    assert all(overflow == "auto" and unwrapped for _, overflow, unwrapped in heights)


def luminance(colour: str) -> float:
    parts = [float(part) for part in re.findall(r"[\d.]+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (p / 255 for p in parts)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pages
@themes
def test_figures_are_legible(tab, path, theme):
    page = tab(path, theme=theme)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    inks = page.evaluate(
        """[...document.querySelectorAll('.weave-figure svg')].flatMap(svg => [...svg.querySelectorAll('text')].map(
        text => [getComputedStyle(text).fill, parseFloat(getComputedStyle(text).fontSize)
                 * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width, text.textContent]))"""
    )
    faint = [(ink, text) for ink, _, text in inks if contrast(ink, paper) < 4.5]
    small = [(size, text) for _, size, text in inks if size < 11]
    assert not faint and not small


def test_text_in_figures_can_be_read_on_a_phone(tab):
    page = tab("xor/backward.html", width=390)
    sizes = page.evaluate(
        """[...document.querySelectorAll('.weave-figure svg')].map(svg => svg.getBoundingClientRect().width
        / svg.viewBox.baseVal.width * parseFloat(getComputedStyle(svg.querySelector('text')).fontSize))"""
    )
    assert sizes and min(sizes) > 9


def test_the_theme_can_be_switched(tab):
    page = tab("xor/forward.html")
    colours = set()
    for _ in range(3):
        page.locator("label[for^=__palette]:visible").click()
        page.wait_for_timeout(100)
        colours.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        ink = page.evaluate("getComputedStyle(document.querySelector('.weave-figure text')).fill")
        assert contrast(ink, page.evaluate("getComputedStyle(document.body).backgroundColor")) > 4.5
    assert len(colours) == 2


def test_a_fraction_has_height(tab):
    page = tab("xor/forward.html")
    heights = page.evaluate(
        "[...document.querySelectorAll('math[display=block] mfrac')].map(f => [f.getBoundingClientRect().height,"
        " f.querySelector('mn, mi').getBoundingClientRect().height])"
    )
    assert heights and all(fraction > 1.5 * part for fraction, part in heights)


def test_brackets_stretch_with_the_font_of_the_site(book, small_site, chromium):
    tall = r"\frac{\frac{1}{2}}{\frac{3}{4}}"
    book.write("m.md", f"# M\n\n$$\n\\left({tall}\\right) + \\left\\{{{tall}\\right\\}} + \\sqrt{{{tall}}}\n$$\n")
    book.built()
    measure = """() => document.fonts.ready.then(() => [...document.querySelectorAll('math mo')]
        .filter(mo => '(){}'.includes(mo.textContent)).map(mo => mo.getBoundingClientRect().height
        / mo.parentElement.querySelector('mfrac').getBoundingClientRect().height))"""
    page = chromium.new_page(base_url=small_site)
    page.goto("m.html")
    ratios = page.evaluate(measure)
    assert page.evaluate("document.fonts.check('16px \"STIX Two Math\"')")
    assert len(ratios) == 4 and all(ratio > 0.9 for ratio in ratios), ratios
    page.close()


def test_roots_have_their_sign(book):
    book.write("m.md", "# M\n\nA root: $\\sqrt2$.\n")
    book.built()
    assert "\u221a" in _characters(book.site / "assets" / "math.woff2")


def _characters(font: Path) -> set[str]:
    from fontTools.ttLib import TTFont

    return {chr(code) for code in TTFont(font).getBestCmap()}


def test_equation_numbers_lead_to_their_equations(tab):
    page = tab("index.html")
    page.locator("article code a", has_text="(7)").first.click()
    page.wait_for_url("**/xor/backward.html#eq-7")
    box = page.locator("#eq-7").bounding_box()
    assert 0 <= box["y"] < 900


def test_the_copied_program_runs(tab, capsys):
    page = tab("index.html", permissions=["clipboard-read", "clipboard-write"])
    page.locator("article .highlight").first.hover()
    page.locator("article .highlight button[data-md-type=copy], article .highlight .md-clipboard").first.click()
    page.wait_for_timeout(200)
    copied = page.evaluate("navigator.clipboard.readText()")
    source = read(DOCS / "index.md", "docs/index.md").blocks[0].source
    assert copied.strip() == source.strip()
    exec(compile(copied, "copied", "exec"), {})
    assert capsys.readouterr().out.startswith("Step     0 | Loss: 0.2557")


def test_the_copy_button_of_every_block_gives_its_code(tab):
    page = tab("xor/forward.html", permissions=["clipboard-read", "clipboard-write"])
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    buttons = page.locator("article .highlight button[data-md-type=copy], article .highlight .md-clipboard")
    blocks = read(DOCS / "xor" / "forward.md", "docs/xor/forward.md").blocks
    assert buttons.count() == len(blocks)
    for n, block in enumerate(blocks):
        buttons.nth(n).click()
        page.wait_for_timeout(100)
        assert page.evaluate("navigator.clipboard.readText()").strip() == block.source.strip()


def test_search_finds_delta(tab):
    page = tab("index.html")
    page.keyboard.press("/")
    page.keyboard.type("delta", delay=30)
    results = page.locator(".md-search-result__item a[href*='backward']")
    results.first.wait_for(timeout=10_000)
    page.keyboard.press("Enter")
    page.wait_for_url("**/xor/*")


@pytest.mark.parametrize("path", ["index.html", "xor/backward.html"])
def test_the_keyboard_reaches_everything(tab, path):
    page = tab(path)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.wait_for_timeout(500)  # weave.js passes over what does not scroll, once it has its size
    wanted = page.evaluate(
        """() => {
        const all = [...document.querySelectorAll('a[href], button, summary, input, [tabindex="0"]')].filter(e =>
            e.checkVisibility({visibilityProperty: true}) && !e.disabled && e.tabIndex >= 0
            && e.getClientRects().length && !e.matches('.md-top')  // is there only while one scrolls up
            && !(e.type === 'radio' && !e.checked));               // the arrow keys go from one to the next
        all.forEach((e, n) => e.dataset.reach = n);
        const overflowing = [...document.querySelectorAll('article *')].filter(e =>
            e.scrollWidth > e.clientWidth + 1 && ['auto', 'scroll'].includes(getComputedStyle(e).overflowX));
        overflowing.filter(e => !e.dataset.reach && !e.querySelector('[data-reach]')
            && !e.closest('[data-reach]')).forEach(e => e.dataset.lost = 1);
        return all.length;
    }"""
    )
    assert page.locator("article [data-lost]").count() == 0
    reached = set()
    for _ in range(wanted + 60):
        page.keyboard.press("Tab")
        at = page.evaluate("document.activeElement.dataset.reach")
        if at is not None:
            reached.add(int(at))
    missed = [page.locator(f'[data-reach="{n}"]').evaluate("e => e.outerHTML.slice(0, 140)")
              for n in sorted(set(range(wanted)) - reached)]  # fmt: skip
    assert not missed, missed


def test_a_solution_opens_with_the_keyboard(tab):
    page = tab("xor/forward.html")
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.querySelector('details').open")


@pages
def test_the_weight_of_a_page(folder, path):
    html = (folder / path).read_text(encoding="utf-8")
    bare = re.sub(r'<figure class="weave-figure".*?</figure>', "", html, flags=re.S)
    assert len(gzip.compress(bare.encode())) < PAGE


@pages
def test_the_weight_of_a_first_visit(chromium, folder, site, path):
    asked: set[str] = set()
    fresh = chromium.new_context(base_url=site)
    visit = fresh.new_page()
    visit.on("request", lambda request: asked.add(request.url.removeprefix(site).partition("?")[0]))
    visit.goto(path)
    visit.wait_for_load_state("networkidle")
    fresh.close()
    files = [folder / name for name in asked if (folder / name).is_file()]
    packed = [f.stat().st_size if f.suffix in (".woff2", ".png") else len(gzip.compress(f.read_bytes())) for f in files]
    assert len(files) > 5 and sum(packed) < FIRST_VISIT


@pages
def test_without_javascript_the_page_is_complete(tab, path):
    page = tab(path, java_script_enabled=False)
    assert page.locator("article h1").is_visible()
