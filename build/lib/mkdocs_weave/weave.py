"""Lays what the blocks printed and drew into the chapter's Markdown.

The Markdown gets an empty element at each place; what belongs there goes in after MkDocs has rendered the
page, so that nothing a program prints is ever read as Markdown.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from . import figures
from .chapter import Block, Chapter
from .run import Output

CAPTION = "Figure: "
_ALT = re.compile(r"<!--\s*alt:\s*(.*?)\s*-->", re.S)
CHECK = re.compile(r"<!--=.*?-->|\{= [^\n]*? =\}", re.S)  # the second form inside an alt, which is a comment already
_TAKES = re.compile(r"<!-- takes: (\d+ (?:s|min)) -->\s*")
_PLACE = re.compile(r'<div data-weave="([\w-]+)"></div>')
HOW = (
    "Below the block, write a paragraph that begins with `Figure: ` and says what to see, and in it"
    " `<!-- alt: … -->`, which says what the figure shows to someone who cannot see it."
)


@dataclass(frozen=True)
class Woven:
    """A page on its way: Markdown with empty places, and the HTML that belongs in each."""

    markdown: str
    places: dict[str, str]

    def fill(self, page: str) -> str:
        """The rendered page with every place filled."""
        return _PLACE.sub(lambda m: self.places[m[1]], page)


def lay(chapter: Chapter, outputs: Sequence[Output], fetches: str = "") -> Woven:
    """The chapter with its blocks' outputs in place. Raises Fault for a figure without caption or name.

    `fetches` says what a reader's browser fetches to run its blocks.
    """
    lines = chapter.text.split("\n")
    places: dict[str, str] = {}
    for n, (block, output) in reversed(list(enumerate(zip(chapter.blocks, outputs, strict=True), 1))):
        start, end, paragraph = _caption(lines, block)
        takes = _TAKES.fullmatch(lines[block.end]) if block.end < len(lines) else None
        if takes:
            lines[block.end] = ""
            start, end, paragraph = _caption(lines, block)
        places[f"run-{n}"] = _run(n, takes[1] if takes else "", fetches)
        laid = ["", f'<div data-weave="run-{n}"></div>', ""]
        if output.text:
            places[f"output-{n}"] = _printed(output.text)
            laid += ["", f'<div data-weave="output-{n}"></div>', ""]
        if output.svg is not None:
            laid += ["", *_figure(chapter, block, n, paragraph, output.svg, places), ""]
        elif paragraph:
            raise chapter.fault(start + 1, "a caption, but the block above it draws no figure. Take one of them out.")
        lines[block.end : end] = laid
    if stray := next((line for line in lines if line.lstrip().startswith("<!-- takes:")), None):
        raise chapter.fault(
            chapter.line_of(stray),
            "how long a block takes stands on the line below its closing fence, like this: <!-- takes: 20 s -->",
            show=True,
        )
    markdown = "\n".join(lines[chapter.body_line - 1 :])
    return Woven(CHECK.sub("", markdown), places)


def _caption(lines: list[str], block: Block) -> tuple[int, int, str]:
    """The caption paragraph below the block: from line, to line (0-based, half open), text ("" if there is none)."""
    start = block.end
    while start < len(lines) and not lines[start].strip():
        start += 1
    end = start
    while end < len(lines) and lines[end].strip():
        end += 1
    text = "\n".join(lines[start:end])
    return (start, end, text) if text.startswith(CAPTION) else (block.end, block.end, "")


def _figure(chapter: Chapter, block: Block, n: int, paragraph: str, svg: str, places: dict[str, str]) -> list[str]:
    if not paragraph:
        raise chapter.fault(block.end, f"the figure that this block draws has no caption. {HOW}")
    alt = _ALT.search(paragraph)
    caption = _ALT.sub("", paragraph.removeprefix(CAPTION)).strip()
    if not alt or not alt[1].strip():
        raise chapter.fault(block.end, f"the figure that this block draws has no accessible name. {HOW}")
    if not CHECK.sub("", caption).strip():
        raise chapter.fault(block.end, f"the figure that this block draws has an empty caption. {HOW}")
    places[f"figure-{n}"] = figures.fit(svg, f"figure-{n}", " ".join(CHECK.sub("", alt[1]).split()))
    return [
        '<figure class="weave-figure" markdown="1">',
        f'<div data-weave="figure-{n}"></div>',
        '<figcaption markdown="1">',
        "",
        caption,
        "",
        "</figcaption>",
        "</figure>",
    ]


def _run(n: int, takes: str, fetches: str) -> str:
    # Empty: weave.js puts buttons into it, and without it there is nothing to see.
    said = {"takes": takes, "fetches": fetches}
    data = "".join(f' data-{name}="{html.escape(text)}"' for name, text in said.items() if text)
    return f'<div class="weave-run" data-block="{n}"{data} hidden></div>'


def _printed(text: str) -> str:
    # tabindex: what scrolls must be reachable without a mouse
    return (
        '<div class="weave-output" role="group" aria-label="Output">'
        f'<pre data-weave-scroll tabindex="0"><samp>{html.escape(text.rstrip())}</samp></pre></div>'
    )
