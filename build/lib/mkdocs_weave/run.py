"""Executes chapters through mkdocs-jupyter, side by side, and keeps what each block printed and drew.

What is kept depends on the code of the blocks, on the files of the project that they read, on the Python and
on every installed version: when one of these changes, the chapter runs again. A failure is not kept.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import platform
import re
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import distributions
from multiprocessing.pool import ThreadPool
from pathlib import Path

from .chapter import Block, Chapter, Fault
from .kernel import READS, ROOT

log = logging.getLogger("mkdocs.plugins.weave")

JUPYTER = Path(__file__).with_name("jupyter")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_now = threading.local()  # which block this thread is at, and its time limit


@dataclass(frozen=True)
class Output:
    """What one block left: the text it printed, the SVG that it drew (None: no figure)."""

    text: str
    svg: str | None


class Faults(Exception):
    """Several things are wrong: its text is theirs, one after the other."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n\n".join(map(str, faults)))


# ---- the cache --------------------------------------------------------------------------------------------


def _digest(*parts: bytes | str) -> str:
    sha = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        sha.update(len(data).to_bytes(8, "big") + data)
    return sha.hexdigest()


def _own_digest() -> str:
    folder = Path(__file__).parent
    browser = {".js", ".mjs", ".css"}  # what a page looks like does not change what its code prints
    files = sorted(
        p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts and p.suffix not in browser
    )
    return _digest(*(part for p in files for part in (p.relative_to(folder).as_posix(), p.read_bytes())))


# Taken when this code is loaded: under `mkdocs serve` the files may change while the old code still runs.
_OWN = _own_digest()


def environment() -> str:
    """A digest of all that a block's output depends on besides the chapter and the project's files."""
    installed = sorted({f"{dist.name}=={dist.version}" for dist in distributions()})
    return _digest(_OWN, sys.version, platform.platform(), *installed)


class Cache:
    """Outputs of chapters that ran to their end, a file each, in `folder`; files read are below `root`."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder, self.root = folder, root
        self.used: set[Path] = set()
        self._environment = environment()

    def _file(self, chapter: Chapter) -> Path:
        key = _digest(self._environment, chapter.path, chapter.kernel, *(block.source for block in chapter.blocks))
        file = self.folder / f"{key[:40]}.json"
        self.used.add(file)
        return file

    def _reads(self, names) -> dict[str, str | None]:
        files = {name: self.root / name for name in names}
        return {name: _digest(file.read_bytes()) if file.is_file() else None for name, file in files.items()}

    def load(self, chapter: Chapter) -> list[Output] | None:
        """The outputs of the chapter's blocks, or None where they are not known or no longer true."""
        try:
            kept = json.loads(self._file(chapter).read_text(encoding="utf-8"))
            fresh = kept["reads"] == self._reads(kept["reads"])
            return [Output(**output) for output in kept["outputs"]] if fresh else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def store(self, chapter: Chapter, outputs: Sequence[Output], reads: Sequence[str], started: int) -> None:
        """Keep the outputs, in one step: an interrupted build leaves no half of them.

        Not if a file that was read has changed since the run started (nanoseconds): which of the two was it?
        """
        files = [self.root / name for name in reads]
        if any(not file.is_file() or file.stat().st_mtime_ns >= started for file in files):
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self._file(chapter)
        scratch = file.with_suffix(f".{os.getpid()}.part")
        outputs = [asdict(output) for output in outputs]
        kept = {"chapter": chapter.path, "reads": self._reads(reads), "outputs": outputs}
        scratch.write_text(json.dumps(kept), encoding="utf-8")
        scratch.replace(file)

    def evict(self) -> None:
        """Delete what the last build had no use for."""
        for file in self.folder.glob("*.json"):
            if file not in self.used:
                file.unlink(missing_ok=True)


# ---- the run ----------------------------------------------------------------------------------------------


def run(chapters: Sequence[Chapter], root: Path, folder: Path, seconds: int) -> tuple[dict[str, list[Output]], Cache]:
    """The outputs of each chapter's blocks, by the chapter's path; what is cached in `folder` is not run again.

    Chapters run side by side, one for each core; a block may take `seconds`. Raises Faults with a line for
    every chapter that failed.
    """
    kept = Cache(folder, root)
    outputs = {chapter.path: kept.load(chapter) for chapter in chapters}
    todo = [chapter for chapter in chapters if outputs[chapter.path] is None]
    faults = []
    if todo:
        with _isolation(root, folder), ThreadPool(min(len(todo), os.cpu_count() or 1)) as pool:
            for chapter, done in zip(todo, pool.imap(lambda chapter: _attempt(chapter, seconds), todo), strict=True):
                if isinstance(done, Fault):
                    faults.append(done)
                else:
                    outputs[chapter.path], reads, started = done
                    kept.store(chapter, outputs[chapter.path], reads, started)
    if faults:
        raise Faults(faults)
    return outputs, kept


@contextmanager
def _isolation(root: Path, folder: Path) -> Iterator[None]:
    """An environment in which no Jupyter, IPython or Matplotlib configuration but ours is found."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="mkdocs_weave_", ignore_cleanup_errors=True) as scratch:
        for name in before:
            if re.match(r"JUPYTER|JPY_|IPYTHON|MPL|MATPLOTLIB|PYTHON(STARTUP|WARNINGS|HASHSEED|BREAKPOINT)", name):
                del os.environ[name]
        os.environ.update(
            {
                ROOT: str(root),
                "IPYTHONDIR": scratch,
                "JUPYTER_CONFIG_DIR": scratch,
                "JUPYTER_DATA_DIR": scratch,
                "JUPYTER_PATH": str(JUPYTER),
                "JUPYTER_RUNTIME_DIR": scratch,
                "MPLCONFIGDIR": str(folder / "matplotlib"),  # kept: its list of fonts takes seconds to make
                "OPENBLAS_NUM_THREADS": "1",  # one kernel, one core; and the same sums everywhere
                "OMP_NUM_THREADS": "1",
                "PYTHONHASHSEED": "0",
            }
        )
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def _attempt(chapter: Chapter, seconds: int) -> tuple[list[Output], list[str], int] | Fault:
    """Run the chapter: its outputs, the files that it read, and when it started; or what went wrong."""
    log.info(f"Running {chapter.path}")
    started = time.time_ns()
    try:
        outputs, reads = _execute(chapter, seconds)
    except Fault as fault:
        return fault
    log.info(f"Ran {chapter.path} in {(time.time_ns() - started) / 1e9:.1f} s")
    return outputs, reads, started


@cache
def _converter():
    """mkdocs-jupyter's converter, with our template and our configuration and nobody else's."""
    from mkdocs_jupyter import convert, nbconvert2
    from mkdocs_jupyter.config import settings
    from nbconvert.nbconvertapp import NbConvertApp
    from traitlets.config import Config

    def note_start(cell, cell_index: int) -> None:
        _now.block += cell.cell_type == "code"

    class OurApp(NbConvertApp):
        def load_config_file(self, *args, **kwargs) -> None:
            """Where the reader's configuration would be read."""
            client = {
                "on_cell_start": note_start,  # a dead kernel cannot say which block it died in
                "timeout_func": lambda cell: _now.seconds,
                "shutdown_kernel": "immediate",  # nothing to wait for: the output is here
            }
            self.update_config(Config({"NotebookClient": client}))

    nbconvert2.NbConvertApp = OurApp
    settings.templates_dir = str(JUPYTER)
    for noisy in ("traitlets", "mkdocs.mkdocs-jupyter"):  # we report; once is enough
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    return convert


def _run_blocks(chapter: Chapter, seconds: int) -> str:
    """What mkdocs-jupyter makes of the executed chapter.

    A kernel that dies before the first block gets a second try: it was given free ports, and between the finding and
    the taking another program may have taken them.
    """
    for last in (False, True):
        _now.block, _now.seconds = -1, seconds
        try:
            return _converter().nb2html(str(chapter.file), execute=True, allow_errors=False)
        except RuntimeError:
            if last or _now.block >= 0:
                raise


def _execute(chapter: Chapter, seconds: int) -> tuple[list[Output], list[str]]:
    """Run the chapter's blocks in a kernel of its own; their outputs, and the files they read. Raises Fault."""
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    try:
        html = _run_blocks(chapter, seconds)
    except CellExecutionError as error:
        raise _error(chapter, error.ename, error.evalue, error.traceback) from None
    except CellTimeoutError:
        raise chapter.fault(
            chapter.blocks[_now.block].line,
            f"this block takes longer than {seconds} s. Make it quicker, or raise `timeout` of the plugin"
            " `weave` in mkdocs.yml.",
            show=True,
        ) from None
    except DeadKernelError:
        block = chapter.blocks[max(_now.block, 0)]
        raise chapter.fault(
            block.line, "the Python that runs this block died in it (a crash, os._exit, or out of memory).", show=True
        ) from None
    except NoSuchKernel:
        raise chapter.fault(
            chapter.line_of("kernelspec"),
            f"there is no Jupyter kernel called {chapter.kernel!r}. Use `name: python3`.",
            show=True,
        ) from None
    except RuntimeError as error:
        raise chapter.fault(1, f"the Python that runs this chapter did not start: {error}") from None
    cells = json.loads(html[html.index(">") + 1 : html.rindex("</script>")])
    if ["".join(cell["source"]).strip() for cell in cells] != [block.source.strip() for block in chapter.blocks]:
        raise chapter.fault(1, "what ran is not what the page shows: was the file changed meanwhile? Build again.")
    reads: list[str] = []
    outputs = []
    for block, cell in zip(chapter.blocks, cells, strict=True):
        outputs.append(_output(chapter, block, cell["outputs"]))
        reads = next((o["data"][READS] for o in cell["outputs"] if READS in o.get("data", ())), reads)
    return outputs, reads


def _output(chapter: Chapter, block: Block, outputs: list[dict]) -> Output:
    text, svgs = "", []
    for output in outputs:
        data = output.get("data", {})
        if output["output_type"] == "stream" and output["name"] == "stderr":
            raise _warning(chapter, block, output["text"])
        elif output["output_type"] == "stream":
            text += output["text"]
        elif "image/svg+xml" in data:
            svgs.append("".join(data["image/svg+xml"]))
        elif READS not in data:
            raise chapter.fault(block.end - 1, f"this block displays {', '.join(data)}. Print text instead.", show=True)
    if len(svgs) > 1:
        raise chapter.fault(block.line, f"this block draws {len(svgs)} figures. Draw one in a block.", show=True)
    return Output(text, svgs[0] if svgs else None)


def _error(chapter: Chapter, name: str, value: str, traceback: str) -> Fault:
    """The Fault for an exception: at the innermost line of the chapter that it passed through."""
    places = re.findall(r"Cell In\[(\d+)\], line (\d+)", _ANSI.sub("", traceback))
    block, line = (int(places[-1][0]) - 1, int(places[-1][1])) if places else (_now.block, 1)
    text = f"{name}: {value}" if value else name
    return chapter.fault(chapter.blocks[block].line + line - 1, text, show=True)


def _warning(chapter: Chapter, block: Block, text: str) -> Fault:
    """The Fault for what a block wrote to stderr: a page that warns is not published."""
    place = re.search(r"ipykernel_\d+[/\\]\d+\.py:(\d+): ", text)
    line = block.line + int(place[1]) - 1 if place else block.line
    said = (text[place.end() :] if place else text).strip().split("\n")[0]
    return chapter.fault(line, f"this block writes to stderr: {said}", show=True)
