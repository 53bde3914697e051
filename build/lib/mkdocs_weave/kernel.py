"""An IPython extension: what happens in a chapter's kernel besides its blocks.

The figures' style is set, whatever the reader's own Matplotlib says, and after each block the kernel tells
which of the project's files it has read, so that the cache knows what the chapter depends on.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from . import figures

READS = "application/vnd.mkdocs-weave.reads+json"
ROOT = "MKDOCS_WEAVE_ROOT"


def load_ipython_extension(shell) -> None:
    """IPython calls this when the kernel starts, before the first block."""
    _style()
    reads = _watch_reads(Path(os.environ[ROOT]))

    def tell(_result) -> None:
        from IPython.display import publish_display_data

        publish_display_data({READS: sorted(reads())})

    shell.events.register("post_run_cell", tell)


def _style() -> None:
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    figures.style()
    # No date, so that the same figure has the same bytes; the canvas as it was asked for, not cropped.
    set_matplotlib_formats("svg", metadata={"Date": None, "Creator": None}, bbox_inches=None)


def _watch_reads(root: Path):
    """A function that gives the files under `root` that the process has opened to read or imported."""
    caches = Path(os.environ["MPLCONFIGDIR"]).parent
    own = [Path(sys.prefix).resolve(), Path(__file__).parent.resolve(), caches.resolve()]
    opened: set[str] = set()

    def note(event: str, args: tuple) -> None:
        if event == "open" and isinstance(args[0], str) and not (args[2] or 0) & (os.O_WRONLY | os.O_RDWR):
            opened.add(args[0])

    sys.addaudithook(note)

    def reads() -> set[str]:
        modules = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
        paths = {Path(name).resolve() for name in (*opened, *filter(None, modules)) if isinstance(name, str)}
        return {
            path.relative_to(root).as_posix()
            for path in paths
            if path.is_relative_to(root)
            and "__pycache__" not in path.parts
            and not any(path.is_relative_to(folder) for folder in own)
            and path.is_file()
        }

    return reads
