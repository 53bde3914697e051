"""The Python that a reader's browser runs: which Pyodide, from where, how much; and what the site itself serves."""

from __future__ import annotations

import ast
import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

VERSION = "0.27.7"
CDN = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"
LOCK = "pyodide-lock.json"
CORE = ("pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip", LOCK)
# Of VERSION, as it was released. The lock file holds the digests of the packages, so these hold everything.
INTEGRITY = {
    "pyodide.mjs": "sha256-BMBSyBWrsL8pgfo4wt+ljjEg7lKIyVbfKyoV4wF4LF8=",
    "pyodide.asm.js": "sha256-a0yQ3ltxcoc/BPIYhNDp0idOMF/jIRZVj+Pk++NhjVE=",
    "pyodide.asm.wasm": "sha256-pQ3RhD+AWgt8RbYQN+4Neybf6F7+DhjvlaNK0k5AH18=",
    "python_stdlib.zip": "sha256-FmEVNHJuXYrCvY+SZBCy3LjW9JqiSRNGNTO0V6IRXBY=",
    LOCK: "sha256-nEW5FgAadQ9BAvwodJTz6rIVkJx1NcYmog24D9YzPiw=",
}
# Millions of bytes, compressed as a CDN sends them; a package with all that it depends on, NumPy aside.
CDN_SIZES = {"": 5.8, "numpy": 3.1, "matplotlib": 9.9}

FOLDER = "assets/pyodide"
"""Where in the site a distribution goes that is a folder."""


class Unusable(Exception):
    """The folder is no Pyodide distribution that the site could serve: the text says what to do."""


@dataclass(frozen=True)
class Source:
    """Where Pyodide comes from: `index`, as the page's worker sees it; the files to copy into the site; sizes."""

    index: str
    host: str
    files: tuple[Path, ...]
    integrity: dict[str, str]
    sizes: dict[str, float]

    def fetches(self, names: set[str], own: dict[str, list[str]]) -> str:
        """What is fetched for a page that imports `names`, and about how much; `own`: package of the site → imports."""
        names = names | {name for package in names & own.keys() for name in own[package]}
        fetched = sorted(name for name in names if name in self.sizes)
        counted = {"", *fetched, *(["numpy"] if "matplotlib" in fetched else [])}
        size = round(sum(self.sizes[name] for name in counted))
        return f"{_listed(['Python', *fetched])}, about {size} MB{self.host}"


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def source(setting: str | None, root: Path) -> Source:
    """What the setting names: nothing (the public CDN), an address, or a folder relative to `root`. Raises Unusable."""
    if not setting or urlsplit(setting).scheme in ("http", "https"):
        index = f"{(setting or CDN).rstrip('/')}/"
        return Source(index, f" from {urlsplit(index).hostname}", (), INTEGRITY, CDN_SIZES)
    folder = root / setting
    what_to_do = f"Name the folder of a Pyodide {VERSION} distribution, or leave the setting out to use {CDN}"
    lock = folder / LOCK
    if not lock.is_file():
        raise Unusable(f"{folder} holds no {LOCK}, so it is no Pyodide distribution. {what_to_do}")
    try:
        entries = json.loads(lock.read_text(encoding="utf-8"))
        version = entries["info"]["version"]
        packages = entries["packages"]
    except (ValueError, KeyError, TypeError):
        raise Unusable(f"{lock} is no lock file of Pyodide. {what_to_do}") from None
    if version != VERSION:
        raise Unusable(f"{folder} is Pyodide {version}; this book runs on {VERSION}. {what_to_do}")
    if missing := [name for name in CORE if not (folder / name).is_file()]:
        raise Unusable(f"{folder} lacks {', '.join(missing)}. {what_to_do}")
    names = [*CORE, *sorted(entry["file_name"] for entry in packages.values())]
    files = tuple(folder / name for name in names if (folder / name).is_file())
    sizes = {file.name: file.stat().st_size / 1e6 for file in files}
    alone = {"": sum(sizes[name] for name in CORE)}
    for name in packages:
        needed = _closure(packages, name) - (_closure(packages, "numpy") if name != "numpy" else set())
        alone[name] = sum(sizes.get(packages[each]["file_name"], 0) for each in needed)
    integrity = {name: _integrity((folder / name).read_bytes()) for name in CORE}
    return Source("pyodide/", "", files, integrity, alone)


def _closure(packages: dict, name: str) -> set[str]:
    found: set[str] = set()
    todo = [name] if name in packages else []
    while todo:
        if (each := todo.pop()) not in found and each in packages:
            found.add(each)
            todo += packages[each]["depends"]
    return found


def _integrity(data: bytes) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(data).digest()).decode()}"


def imports(source: str) -> set[str]:
    """The packages and modules at the top level of what `source` imports."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def package_imports(folder: Path) -> set[str]:
    """What the files of a package import."""
    files = sorted(folder.rglob("*.py"))
    return {name for file in files for name in imports(file.read_text(encoding="utf-8"))} - {folder.name}


def zipped(files: Iterable[tuple[str, Path]]) -> bytes:
    """A zip of (name in it, file); the same bytes for the same contents, whenever it is made."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), file.read_bytes(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def package_files(folder: Path) -> list[tuple[str, Path]]:
    """The files of a package and their names in a zip of it."""
    files = [f for f in folder.rglob("*") if f.is_file() and "__pycache__" not in f.parts]
    return [(f"{folder.name}/{f.relative_to(folder).as_posix()}", f) for f in files]
