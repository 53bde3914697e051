"""LaTeX to MathML when the site is built; equation numbers that link; and the font that brackets need to grow.

`pymdownx.arithmatex` in its generic mode finds the formulas. math-core converts them. The font is STIX Two Math
(SIL Open Font License), which the package ziamath carries, cut down to the signs that the site uses.
"""

from __future__ import annotations

import html
import io
import re
import tokenize
import unicodedata
from collections.abc import Iterable, Iterator
from importlib.metadata import distribution

from math_core import LatexError, LatexToMathML

from .chapter import Block

FONT = "assets/math.woff2"
_FORMULA = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.S)
_AND_SIGNS = re.compile(r"(<math>(?:(?!</math>).)*</math>)([.,;:!?)”’]+)", re.S)
_TAG = re.compile(r"\\tag\{([^}]*)\}")
_EQUATION = re.compile(r"(\\begin\{equation\})(.*)(\\end\{equation\})", re.S)
_LATEX = re.compile(r"\$\$|\\[a-zA-Z]+|\\[()\[\]]")
_NOT_PROSE = re.compile(r"<(code|pre|script|style|svg|math)\b.*?</\1>|<[^>]+>", re.S)
_PRIME = re.compile(r"<msup>(<mi>[^<]*</mi>)<mo>([′″‴])</mo></msup>")
_COMMENT = re.compile(r'<span class="c1">.*?</span>')
_NUMBER = re.compile(r"\((\d+)\)")


class BadFormula(Exception):
    """A formula that is not LaTeX: its source, the offset of the mistake in it, and what is wrong there."""

    def __init__(self, latex: str, offset: int, text: str) -> None:
        super().__init__(text)
        self.latex, self.offset, self.text = latex, offset, text


def anchor(number: str) -> str:
    """The id of equation `number`, for `#…` links."""
    return f"eq-{number}"


def numbers(content: str) -> list[str]:
    """The numbers (`\\tag`) of the equations in a rendered page."""
    return [tag for formula in _FORMULA.finditer(content) for tag in _TAG.findall(formula[3])]


def to_mathml(content: str) -> str:
    """A rendered page with its formulas as MathML. Raises BadFormula."""
    converter = LatexToMathML(fancy_error=False)

    def convert(match: re.Match) -> str:
        latex, block = html.unescape(match[3]).strip(), match[2] == "["
        tags = _TAG.findall(latex)
        # The number stands beside the formula, not in it: a link inside <math> is lost to screen readers.
        bare = _TAG.sub(lambda m: " " * len(m[0]), latex)
        bare = _EQUATION.sub(lambda m: " " * len(m[1]) + m[2] + " " * len(m[3]), bare)
        try:
            mathml = converter.convert_with_local_state(bare, displaystyle=block)
        except LatexError as error:
            offset, _, text = str(error).partition(": ")
            raise BadFormula(latex, int(offset) if offset.isdigit() else 0, text or str(error)) from None
        # As a superscript the font's prime, which is high and small already, would be tiny.
        mathml = _PRIME.sub(r'<mrow>\1<mo lspace="0" rspace="0">\2</mo></mrow>', mathml)
        return _displayed(mathml, tags) if block else mathml

    # Browsers would begin a line with the comma that follows a formula.
    return _AND_SIGNS.sub(r'<span class="weave-together">\1\2</span>', _FORMULA.sub(convert, content))


def stray(content: str) -> str | None:
    """What looks like LaTeX in the prose of a rendered page (a formula that is not closed, say), or None."""
    found = _LATEX.search(_NOT_PROSE.sub(" ", content))
    return found[0] if found else None


def _displayed(mathml: str, tags: list[str]) -> str:
    name = f"Equation {tags[0]}" if tags else "Formula"
    formula = f'<div data-weave-scroll tabindex="0" role="group" aria-label="{name}">{mathml}</div>'
    if not tags:
        return f'<div class="weave-equation">{formula}</div>'
    number = f'<a href="#{anchor(tags[0])}">({tags[0]})</a>'
    return f'<div class="weave-equation" id="{anchor(tags[0])}">{formula}{number}</div>'


def link_comments(content: str, where: dict[str, str]) -> str:
    """The page with each `(5)` in a code comment linked to equation 5; `where` has the equations' addresses."""

    def link(number: re.Match) -> str:
        return f'<a href="{where[number[1]]}">{number[0]}</a>' if number[1] in where else number[0]

    return _COMMENT.sub(lambda comment: _NUMBER.sub(link, comment[0]), content)


def named_in_comments(block: Block) -> Iterator[tuple[int, str]]:
    """The line and the number of each equation that a comment of the block names."""
    for token in tokenize.generate_tokens(io.StringIO(block.source).readline):
        if token.type == tokenize.COMMENT:
            yield from ((block.line + token.start[0] - 1, number) for number in _NUMBER.findall(token.string))


def _signs(mathml: str) -> set[str]:
    """The characters that the formulas show: browsers set a single letter in italics, which are signs of their own."""
    text = html.unescape(re.sub(r"<[^>]+>", " ", mathml))
    signs = set(text)
    if "<msqrt" in mathml or "<mroot" in mathml:
        signs.add("√")  # the browser draws it; no character of the formula is one
    for letter in signs.copy():
        name = unicodedata.name(letter, "")
        for case in ("SMALL", "CAPITAL"):
            base = re.fullmatch(rf"(?:LATIN|GREEK) {case} LETTER (\w+)", name)
            if base:
                try:
                    signs.add(unicodedata.lookup(f"MATHEMATICAL ITALIC {case} {base[1]}"))
                except KeyError:
                    signs.add("\u210e")  # italic h is the Planck constant
        if letter == "∂":
            signs.add(unicodedata.lookup("MATHEMATICAL ITALIC PARTIAL DIFFERENTIAL"))
    return signs


def font(pages: Iterable[str]) -> bytes:
    """STIX Two Math as WOFF2, with the signs of the formulas in `pages` and nothing else; the same bytes every time."""
    from fontTools import subset

    formulas = "".join(match for page in pages for match in re.findall(r"<math.*?</math>", page, re.S))
    options = subset.Options(flavor="woff2", layout_features=["*"], hinting=False, notdef_outline=True)
    # found without importing ziamath, which does more than carry the font
    stix = subset.load_font(str(distribution("ziamath").locate_file("ziamath/fonts/STIXTwoMath-Regular.ttf")), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=sorted(map(ord, _signs(formulas))))
    subsetter.subset(stix)
    out = io.BytesIO()
    subset.save_font(stix, out, options)
    return out.getvalue()
