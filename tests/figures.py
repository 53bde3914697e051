"""A figure in words: what is drawn, where it reaches, in which colour. So that a reviewer can approve it as text."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator


def in_words(figure: Figure) -> str:
    """A line for the figure, for each of its axes, and for each thing that is drawn in them."""
    width, height = figure.get_size_inches()
    lines = [f"figure {width:.1f} × {height:.1f}"]
    for axes in figure.axes:
        lines += [f"  axes {_axes(axes)}", *(f"    {thing}" for thing in [*_things(axes), *_arrows(axes)])]
    return "\n".join(lines) + "\n"


def _axes(axes: Axes) -> str:
    said = [f"{name} {text!r}" for name, text in _labels(axes).items() if text]
    scales = [
        f"{name} {scale}" for name, scale in (("x", axes.get_xscale()), ("y", axes.get_yscale())) if scale != "linear"
    ]
    limits = (
        f"from {_point(axes.get_xlim()[0], axes.get_ylim()[0])} to {_point(axes.get_xlim()[1], axes.get_ylim()[1])}"
    )
    ticks = [f"ticks {[t.get_text() for t in a.get_ticklabels()]}" for a in (axes.xaxis, axes.yaxis) if _named(a)]
    box = axes.get_position()
    place = f"at {_point(box.x0, box.y0)} {_point(box.x1, box.y1)}"
    aspect = [f"aspect {axes.get_aspect()}"] if axes.get_aspect() != "auto" else []
    grid = ["grid"] if any(line.get_visible() for line in axes.get_xgridlines()) else []
    off = [] if axes.axison else ["off"]
    return ", ".join([place, limits, *said, *scales, *_places(axes), *ticks, *aspect, *grid, *off])


def _places(axes: Axes) -> list[str]:
    """Where the ticks are, if somebody has said where."""
    both = {"x": axes.xaxis, "y": axes.yaxis}
    return [
        f"{name} at {' '.join(_number(place) for place in axis.get_majorticklocs())}"
        for name, axis in both.items()
        if isinstance(axis.get_major_locator(), FixedLocator)
    ]


def _arrows(axes: Axes):
    """Annotations are texts; some have an arrow, which is the point of them."""
    for text in axes.texts:
        if (arrow := getattr(text, "arrow_patch", None)) is not None:
            yield f"arrow to {_point(*text.xy)}, {_number(arrow.get_linewidth())} {_colour(arrow.get_edgecolor())}"


def _other(name: str, value, usual) -> str:
    """A property, if it is not what it is when nobody says anything."""
    return "" if value == usual else f" {name} {_number(value) if isinstance(value, float) else value}"


def _labels(axes: Axes) -> dict[str, str]:
    return {"title": axes.get_title(), "x": axes.get_xlabel(), "y": axes.get_ylabel()}


def _named(axis) -> bool:
    return type(axis.get_major_formatter()).__name__ == "FixedFormatter"


def _things(axes: Axes):
    for line in axes.lines:
        x, y = (np.asarray(data, dtype=float) for data in line.get_data())
        marks = f"{line.get_marker()} filled {_colour(line.get_markerfacecolor())}"
        edge = f" size {_number(line.get_markersize())} edge {_number(line.get_markeredgewidth())} {_colour(line.get_markeredgecolor())}"
        marks = marks + edge if line.get_marker() not in ("None", "") else ""
        marks += _other("alpha", line.get_alpha(), None) + _other("layer", float(line.get_zorder()), 2.0)
        style = f"{_colour(line.get_color())} {line.get_linestyle()} {_number(line.get_linewidth())} {marks}"
        yield f"line {style} of {len(x)}: {_data(x, axes.get_xscale())}; {_data(y, axes.get_yscale())}; {line.get_label() if line.get_label()[:1] != '_' else ''}"
    for image in axes.images:
        colours = (
            f"{image.get_cmap().name} {_point(*image.get_clim())} on {' '.join(_number(x) for x in image.get_extent())}"
        )
        yield f"image {image.get_array().shape} {colours}: {_data(np.asarray(image.get_array()))}"
    for collection in axes.collections:
        array = collection.get_array()
        data = _data(np.asarray(array)) if array is not None else ""
        offsets = np.asarray(collection.get_offsets(), dtype=float)
        paths = np.concatenate([p.vertices for p in collection.get_paths() if len(p.vertices)] or [np.zeros((1, 2))])
        faces = sorted({_colour(colour) for colour in collection.get_facecolors()})[:3]
        widths, sizes = np.ravel(collection.get_linewidth()), getattr(collection, "get_sizes", list)()
        style = f"lines {_number(widths[0])}" if len(widths) else ""
        style += _other("sizes", _sizes(np.unique(sizes)), "")
        levels = getattr(collection, "levels", ())
        style += _other("levels", " ".join(_number(level) for level in levels), "")
        style += _other("alpha", collection.get_alpha(), None) + _other("layer", float(collection.get_zorder()), 1.0)
        yield f"{type(collection).__name__} {faces} {style} {data} at {_data(offsets)}; paths {_data(paths[:, 0])}; {_data(paths[:, 1])}"
    for patch in axes.patches:
        box = patch.get_path().get_extents(patch.get_patch_transform())
        style = _other("alpha", patch.get_alpha(), None) + _other("line", float(patch.get_linewidth()), 1.0)
        yield f"patch {_colour(patch.get_facecolor())} {_point(box.x0, box.y0)} {_point(box.x1, box.y1)}{style}"
    for text in axes.texts:
        style = _other("colour", _colour(text.get_color()), "#000000") + _other("turned", text.get_rotation(), 0.0)
        style += _other("align", f"{text.get_ha()} {text.get_va()}", "left baseline")
        style += _other("size", float(text.get_fontsize()), 10.0)
        style += _other("weight", text.get_weight(), "normal")
        x, y = text.get_position()
        yield f"text {text.get_text()!r} at ({_at(x, axes.get_xscale())}, {_at(y, axes.get_yscale())}){style}"
    if legend := axes.get_legend():
        yield f"legend {[text.get_text() for text in legend.get_texts()]} at {legend._get_loc()} in {legend._ncols}"


def _colour(colour) -> str:
    return to_hex(colour)


def _data(values: np.ndarray, scale: str = "linear") -> str:
    """From where to where, the mean, and the way it goes; on a logarithmic scale of the powers of ten, to one decimal."""
    values = np.ravel(values)
    values = values[np.isfinite(values)]
    if scale == "log":
        values = np.log10(values[values > 0])
    if not len(values):
        return "none"
    ends, mean, first_last = (
        [f"{x + 0.0:.1f}" if scale == "log" else _number(x) for x in some]
        for some in ([values.min(), values.max()], [values.mean()], [values[0], values[-1]])
    )
    way = "" if first_last == ends else f" from {first_last[0]} to {first_last[1]}"
    return f"{'10^ ' if scale == 'log' else ''}{ends[0]}…{ends[1]} mean {mean[0]}{way}"


def _at(value: float, scale: str) -> str:
    """A place along an axis."""
    return f"10^{np.log10(value):.2f}" if scale == "log" and value > 0 else _number(value)


def _point(x, y) -> str:
    return f"({_number(x)}, {_number(y)})"


def _sizes(sizes: np.ndarray) -> str:
    """A few sizes one by one; many, which are data, by how their mean compares with the largest."""
    if len(sizes) <= 3:
        return " ".join(_number(size) for size in sizes)
    return f"{len(sizes)}, mean {sizes.mean() / sizes.max():.2f} of the largest"


def _number(value: float) -> str:
    """Three decimals, or a power of ten for what is smaller: rounding does not show."""
    value += 0.0  # no −0
    return f"{value:.3f}" if abs(value) >= 0.0005 or value == 0 else f"{value:.0e}" if abs(value) > 1e-9 else "0.000"
