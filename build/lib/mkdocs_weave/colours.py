"""One quantity, one colour: its symbol in formulas and its name in code take the colour that figures give it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from math_core import LatexToMathML

_NAME = re.compile(r'<span class="n">(\w+)</span>')


def painter(quantities: Mapping[str, Mapping[str, str | None]]) -> Callable[[str], str]:
    """A function that paints a rendered page.

    `quantities` maps a colour (`c0` … `c7`, as in figures.mplstyle) to the names in code that have it, and each name
    to its symbol in LaTeX, or to None where it has no symbol of its own.
    """
    converter = LatexToMathML()
    code: dict[str, str] = {}
    symbols: dict[str, str] = {}
    for colour, names in quantities.items():
        for name, latex in names.items():
            code[name] = colour
            if latex:
                mathml = converter.convert_with_local_state(latex, displaystyle=False)
                symbols[mathml.removeprefix("<math>").removesuffix("</math>")] = colour
    if not code:
        return lambda page: page
    longest_first = sorted(symbols, key=len, reverse=True)
    symbol = re.compile("|".join(map(re.escape, longest_first)) or "(?!)")

    def paint_name(match: re.Match) -> str:
        colour = code.get(match[1])
        # Any other name looks as plain text does, so its span would be weight and nothing else.
        return f'<span class="n weave-{colour}">{match[1]}</span>' if colour else match[1]

    def paint_formula(match: re.Match) -> str:
        return symbol.sub(lambda m: f'<mrow class="weave-{symbols[m[0]]}">{m[0]}</mrow>', match[0])

    def paint(page: str) -> str:
        return _NAME.sub(paint_name, re.sub(r"<math.*?</math>", paint_formula, page, flags=re.S))

    return paint
