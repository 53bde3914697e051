"""A figure in words: what is drawn, where it reaches, in which colour. So that a reviewer can approve it as text."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure


def in_words(figure: Figure) -> str:
    """A line for the figure, for each of its axes, and for each thing that is drawn in them."""
    width, height = figure.get_size_inches()
    lines = [f"figure {width:.1f} × {height:.1f}"]
    for axes in figure.axes:
        lines += [f"  axes {_axes(axes)}", *(f"    {thing}" for thing in _things(axes))]
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
    return ", ".join([limits, *said, *scales, *ticks, *(["off"] if not axes.axison else [])])


def _labels(axes: Axes) -> dict[str, str]:
    return {"title": axes.get_title(), "x": axes.get_xlabel(), "y": axes.get_ylabel()}


def _named(axis) -> bool:
    return type(axis.get_major_formatter()).__name__ == "FixedFormatter"


def _things(axes: Axes):
    for line in axes.lines:
        x, y = (np.asarray(data, dtype=float) for data in line.get_data())
        marks = f"{line.get_marker()} filled {_colour(line.get_markerfacecolor())}"
        marks = marks if line.get_marker() not in ("None", "") else ""
        style = f"{_colour(line.get_color())} {line.get_linestyle()} {_number(line.get_linewidth())} {marks}"
        yield f"line {style} of {len(x)}: {_data(x, axes.get_xscale())}; {_data(y, axes.get_yscale())}; {line.get_label() if line.get_label()[:1] != '_' else ''}"
    for image in axes.images:
        colours = f"{image.get_cmap().name} {_point(*image.get_clim())}"
        yield f"image {image.get_array().shape} {colours}: {_data(np.asarray(image.get_array()))}"
    for collection in axes.collections:
        array = collection.get_array()
        data = _data(np.asarray(array)) if array is not None else ""
        offsets = np.asarray(collection.get_offsets(), dtype=float)
        paths = np.concatenate([p.vertices for p in collection.get_paths() if len(p.vertices)] or [np.zeros((1, 2))])
        faces = sorted({_colour(colour) for colour in collection.get_facecolors()})[:3]
        yield f"{type(collection).__name__} {faces} {data} at {_data(offsets)}; paths {_data(paths[:, 0])}; {_data(paths[:, 1])}"
    for patch in axes.patches:
        box = patch.get_path().get_extents(patch.get_patch_transform())
        yield f"patch {_colour(patch.get_facecolor())} {_point(box.x0, box.y0)} {_point(box.x1, box.y1)}"
    for text in axes.texts:
        yield f"text {text.get_text()!r} at {_point(*text.get_position())}"
    if legend := axes.get_legend():
        yield f"legend {[text.get_text() for text in legend.get_texts()]}"


def _colour(colour) -> str:
    return to_hex(colour)


def _data(values: np.ndarray, scale: str = "linear") -> str:
    """From where to where, and the mean; on a logarithmic scale of the powers of ten, to one decimal."""
    values = np.ravel(values)
    values = values[np.isfinite(values)]
    if scale == "log":
        powers = np.log10(values[values > 0])
        return f"10^ {powers.min():.1f}…{powers.max():.1f} mean {powers.mean():.1f}" if len(powers) else "none"
    return f"{_number(values.min())}…{_number(values.max())} mean {_number(values.mean())}" if len(values) else "none"


def _point(x, y) -> str:
    return f"({_number(x)}, {_number(y)})"


def _number(value: float) -> str:
    """Three decimals, or a power of ten for what is smaller: rounding does not show."""
    value += 0.0  # no −0
    return f"{value:.3f}" if abs(value) >= 0.0005 or value == 0 else f"{value:.0e}" if abs(value) > 1e-9 else "0.000"
