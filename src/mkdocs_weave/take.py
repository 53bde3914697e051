"""A chapter to take away: its notebook, and its program.

Markdown that only MkDocs knows is put into the form that Jupyter shows: checks and accessible names go, admonitions
become quotations, folded solutions unfold, links lead to the published site where its address is known.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import PurePosixPath
from urllib.parse import urljoin, urlsplit

import jupytext
import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from .chapter import Chapter
from .weave import CAPTION, CHECK

_COMMENT = re.compile(r"<!--.*?-->", re.S)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_ADMONITION = re.compile(r'^(?:!!!|\?\?\?\+?) +(\w+)(?: +"([^"]*)")?[ \t]*\n((?:(?:    .*|[ \t]*)(?:\n|\Z))+)', re.M)
_ATTRIBUTES = re.compile(r" *\{:[^}\n]*\}")
_EQUATION = re.compile(r"\\(?:begin|end)\{equation\}\n?")


def notebook(chapter: Chapter, uri: str, site: str | None, needs: dict[str, str]) -> str:
    """The chapter, which stands at `uri` in the book, as the text of an .ipynb file; the same for every build.

    `site` is the address at which the book is published, if any. `needs`: package → what to say about getting it, for
    packages that a reader will not have; said in a cell at the top where the chapter imports one.
    """
    lines = chapter.text.split("\n")
    cells, above = [], chapter.body_line
    for block in chapter.blocks:
        cells += [_prose("\n".join(lines[above - 1 : block.line - 2]), uri, site), block.source.rstrip("\n")]
        above = block.end + 1
    cells.append(_prose("\n".join(lines[above - 1 :]), uri, site))
    code = "\n".join(block.source for block in chapter.blocks)
    said = [text for package, text in needs.items() if re.search(rf"^\s*(?:from|import) {package}\b", code, re.M)]
    made = [(new_markdown_cell, text) for text in said]
    made += [(new_code_cell if n % 2 else new_markdown_cell, text) for n, text in enumerate(cells) if text]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    book = new_notebook(metadata={"kernelspec": kernel, "language_info": {"name": "python"}})
    book.cells = [make(text, id=f"cell-{n}") for n, (make, text) in enumerate(made)]
    return nbformat.writes(book) + "\n"


def program(notebook: str) -> str:
    """The notebook as a Python program: its code, in order, with the prose as comments."""
    text = jupytext.writes(nbformat.reads(notebook, as_version=4), fmt="py:percent")
    return re.sub(r"\A# ---\n.*?# ---\n\n?", "", text, flags=re.S)


def offered(markdown: str, uri: str, repo: str | None) -> str:
    """The page's Markdown with a line below its title that offers what can be taken away.

    Colab opens notebooks from GitHub: from the branch `notebooks`, to which the book's workflow publishes them.
    """
    name = PurePosixPath(uri).stem
    links = [f'<a href="{name}.ipynb" download>notebook</a>', f'<a href="{name}.py" download>program</a>']
    if match := re.match(r"https://github\.com/([^/]+/[^/]+?)(?:\.git)?/?$", repo or ""):
        where = f"https://colab.research.google.com/github/{match[1]}/blob/notebooks/{uri.removesuffix('.md')}.ipynb"
        links.append(f'<a href="{where}">open in Colab</a>')
    line = f'<p class="weave-take">Take it with you: {" · ".join(links)}</p>'
    return re.sub(r"^# .*\n", lambda m: f"{m[0]}\n{line}\n", markdown, count=1, flags=re.M)


def _prose(text: str, uri: str, site: str | None) -> str:
    """Markdown as Jupyter shows it."""
    text = _COMMENT.sub("", CHECK.sub("", text))
    text = _ADMONITION.sub(_quotation, text)
    text = re.sub(r"</?details[^>]*>", "", text)
    text = re.sub(r"<summary>(.*?)</summary>", r"**\1**", text)
    text = _EQUATION.sub("", _ATTRIBUTES.sub("", text))
    text = re.sub(rf"^{CAPTION}((?:.+\n?)+)", lambda m: f"*{CAPTION.strip()}* {m[1]}", text, flags=re.M)
    text = _LINK.sub(lambda m: f"]({_address(m[1], uri, site)})", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _quotation(match: re.Match) -> str:
    kind, title, body = match.groups()
    heading = [f"**{title}**", ""] if title else [f"**{kind.capitalize()}**", ""] if title is None else []
    inside = [line.removeprefix("    ") for line in body.rstrip().split("\n")]
    return "\n".join(f"> {line}".rstrip() for line in [*heading, *inside]) + "\n\n"


def _address(target: str, uri: str, site: str | None) -> str:
    """Where a link of the chapter leads: on the published site, or, unpublished, from the folder that it is in."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return target
    path = re.sub(r"\.md$", ".html", parts.path) or posixpath.basename(re.sub(r"\.md$", ".html", uri))
    path += f"#{parts.fragment}" if parts.fragment else ""
    return urljoin(urljoin(site, uri), path) if site else path
