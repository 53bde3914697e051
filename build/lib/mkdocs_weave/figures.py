"""Matplotlib's SVG, made fit for the page: named, in the theme's colours, with no id that another figure has."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

STYLE = Path(__file__).with_name("figures.mplstyle")
SVG, XLINK = "http://www.w3.org/2000/svg", "{http://www.w3.org/1999/xlink}"  # a page needs no declaration of either
ElementTree.register_namespace("", SVG)

_REFERENCE = re.compile(r"(?<=url\(#)[^)]+|(?<=^#).+")
_LONG = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")


# Stock colour maps, from nothing to one colour of the style, so that a surface suits a dark page as well.
SEQUENTIAL = {"Blues": 0, "Oranges": 1, "Greens": 2, "Reds": 3, "Purples": 4, "Greys": 7}


def style() -> None:
    """Make Matplotlib draw as the book does, whatever the reader's own configuration says."""
    import matplotlib
    from matplotlib.colors import LinearSegmentedColormap, to_rgba

    matplotlib.rcdefaults()
    matplotlib.style.use(STYLE)
    for name, number in SEQUENTIAL.items():
        ends = [to_rgba(f"C{number}", 0), to_rgba(f"C{number}", 0.85)]
        # register() refuses the names of stock maps; a snippet should use no other, to work anywhere.
        matplotlib.colormaps._cmaps[name] = LinearSegmentedColormap.from_list(name, ends)


@cache
def _colours() -> dict[str, str]:
    """Each colour of figures.mplstyle and the CSS that stands for it; ink and paper follow the theme."""
    cycle = re.findall(r'"([0-9a-f]{6})"', STYLE.read_text(encoding="utf-8"))
    return {
        "#000000": "currentColor",
        "#ffffff": "var(--figure-paper)",
        **{f"#{colour}": f"var(--figure-c{n})" for n, colour in enumerate(cycle)},
    }


def fit(svg: str, prefix: str, name: str) -> str:
    """The figure as an inline `<svg>`: `name` is its accessible name, `prefix` makes its ids the page's only ones."""
    root = ElementTree.fromstring(svg)
    for parent in list(root.iter()):
        for child in list(parent):
            # A style element in an inline figure would style the whole page.
            if child.tag in (f"{{{SVG}}}metadata", f"{{{SVG}}}style") or child.tag.endswith("}RDF"):
                parent.remove(child)
    wanted = {m[0] for element in root.iter() for value in element.attrib.values() for m in _REFERENCE.finditer(value)}
    for element in root.iter():
        for key, value in list(element.attrib.items()):
            del element.attrib[key]
            if key == "id" and value not in wanted:
                continue
            element.attrib[key.replace(XLINK, "xlink:")] = (
                f"{prefix}-{value}" if key == "id" else _attribute(value, prefix)
            )
    width, height = root.get("viewBox", "0 0 0 0").split()[2:]
    root.attrib = {
        "role": "img",
        "aria-label": name,  # not a <title>, which would pop up under every mouse
        "data-search-exclude": "",
        "viewBox": root.get("viewBox", ""),
        "style": f"aspect-ratio:{width}/{height};max-width:{float(width) / 14:.1f}rem",
    }
    return re.sub(r">\s+<", "><", ElementTree.tostring(root, encoding="unicode"))


def _attribute(value: str, prefix: str) -> str:
    """A value with the theme's colours, prefixed references, the page's font, and coordinates of two decimals."""
    for colour, css in _colours().items():
        value = value.replace(colour, css)
    value = re.sub(r"font-family:[^;]*;?\s*", "", value)
    value = re.sub(r"font: ([\d.]+px) [^;]*", r"font-size: \1", value)
    value = _REFERENCE.sub(lambda m: f"{prefix}-{m[0]}", value)
    if value.startswith("data:"):
        return value
    return _LONG.sub(lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), value)
