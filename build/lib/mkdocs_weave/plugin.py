"""The plugin: what happens at which of MkDocs' events."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import traceback
from pathlib import Path, PurePosixPath

from mkdocs.config import base
from mkdocs.config import config_options as c
from mkdocs.exceptions import Abort, PluginError
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File
from mkdocs.utils import CountHandler, DuplicateFilter, get_relative_url

from . import maths, pyodide, take
from .chapter import Chapter, Fault, read
from .colours import painter
from .run import Cache, Faults, run
from .weave import Woven, lay

log = logging.getLogger("mkdocs.plugins.weave")
_pages_log = logging.getLogger("mkdocs.structure.pages")
_build_log = logging.getLogger("mkdocs.commands.build")
STYLE, SCRIPT, WORKER = "assets/weave.css", "assets/weave.js", "assets/live-worker.mjs"
LIVE = ("__init__.py", "live.py", "figures.py", "figures.mplstyle")
"""Files of this package that run in the reader's browser."""


class WeaveConfig(base.Config):
    """The plugin's options in mkdocs.yml."""

    timeout = c.Type(int, default=60)
    """Seconds that a block may take."""
    cache_dir = c.Type(str, default=".cache/weave")
    """Where outputs are kept between builds, relative to mkdocs.yml."""
    abbreviations = c.Optional(c.File(exists=True))
    """A file of `*[term]: meaning` lines, which every chapter that runs gets at its end (Python-Markdown's `abbr`)."""
    quantities = c.Type(dict, default={})
    """Colour → name in code → LaTeX: what has the same colour in formulas, code and figures."""
    pyodide = c.Optional(c.Type(str))
    """Where readers' browsers get Python: an address, or a folder to copy into the site; if nothing, the public CDN."""
    packages = c.Type(list, default=[])
    """Folders of Python packages, relative to mkdocs.yml, that the site serves to the blocks that readers run."""
    needs = c.Type(dict, default={})
    """Package → how a reader gets it, in a sentence: said at the top of the notebooks that import it."""


class WeavePlugin(BasePlugin[WeaveConfig]):
    """Runs the chapters, lays their output into the pages, and publishes a site that is whole or not at all."""

    def __init__(self) -> None:
        self.chapters: dict[str, Chapter] = {}
        self.woven: dict[str, Woven] = {}
        self.cache: Cache | None = None
        self.site: Path | None = None
        self.stage: Path | None = None

    def on_startup(self, *, command, dirty) -> None:
        """Present so that MkDocs keeps this object while it serves. Raises Abort for --dirty."""
        if dirty:
            raise Abort("The weave builds whole sites: leave out --dirty. Chapters that have not changed do not run.")

    # ---- a site is built beside the last good one, and takes its place when it is whole --------------------

    def on_config(self, config):
        self.root = Path(config.config_file_path or "mkdocs.yml").resolve().parent
        self.site = Path(config.site_dir)
        self.stage = self.site.with_name(f".{self.site.name}.partial")
        config.site_dir = str(self.stage)
        config.validation.links.anchors = logging.WARNING  # a broken anchor counts, as a broken link does
        config.extra_css.append(STYLE)
        config.extra_javascript.append(SCRIPT)
        os.environ.setdefault("SOURCE_DATE_EPOCH", "0")  # no page tells the time, so builds can be compared
        for old in [f for f in _pages_log.filters if isinstance(f, _LinkMessages)]:
            _pages_log.removeFilter(old)
        _pages_log.addFilter(_LinkMessages(self.chapters))
        for old in [f for f in _build_log.filters if isinstance(f, DuplicateFilter)]:
            old.msgs.clear()  # under `mkdocs serve` a fault that is still there must be told again
        return config

    def on_post_template(self, output, *, template_name, config):
        if template_name == "sitemap.xml":
            return re.sub(r"\s*<lastmod>.*?</lastmod>", "", output)
        return output

    @event_priority(-200)
    def on_post_build(self, *, config) -> None:
        handlers = logging.getLogger("mkdocs").handlers
        if config.strict and any(h.get_counts() for h in handlers if isinstance(h, CountHandler)):
            self._discard(config)  # MkDocs is about to abort
            return
        before = self.site.with_name(f".{self.site.name}.before")
        shutil.rmtree(before, ignore_errors=True)
        if self.site.exists():
            for hidden in self.site.glob(".*"):  # not ours: MkDocs leaves them alone, too
                hidden.rename(self.stage / hidden.name)
            self.site.rename(before)
        try:
            self.stage.rename(self.site)
        except OSError:
            if before.exists():
                before.rename(self.site)
            raise
        shutil.rmtree(before, ignore_errors=True)
        config.site_dir = str(self.site)
        self.cache.evict()

    def on_build_error(self, *, error, **kwargs) -> None:
        self._discard(None)

    def on_shutdown(self) -> None:
        self._discard(None)

    def _discard(self, config) -> None:
        if self.stage:
            shutil.rmtree(self.stage, ignore_errors=True)
        if config:
            config.site_dir = str(self.site)

    def on_serve(self, server, *, config, builder):
        """A rebuild that fails says so in the terminal, and the browser keeps the last good page."""

        def rebuild() -> None:
            try:
                builder()
            except Exception as error:
                if not isinstance(error, (Abort, PluginError)):
                    traceback.print_exc()
                log.error("Not rebuilt: the last good page is still served. Mend the file and save it.")

        server.builder = rebuild
        return server

    # ---- the chapters --------------------------------------------------------------------------------------

    @event_priority(-50)
    def on_files(self, files, *, config):
        for asset in (STYLE, SCRIPT, WORKER):
            files.append(File.generated(config, asset, abs_src_path=str(Path(__file__).with_name(Path(asset).name))))
        self.chapters.clear()
        self.woven.clear()
        faults = []
        pages = [file for file in files.documentation_pages() if file.abs_src_path]
        for file in pages:
            source = Path(file.abs_src_path)
            try:
                self.chapters[file.src_uri] = read(source, self._name(source))
            except Fault as fault:
                faults.append(fault)
        self._stop(faults)
        try:
            runnable = [chapter for chapter in self.chapters.values() if chapter.blocks]
            folder = self.root / self.config.cache_dir
            outputs, self.cache = run(runnable, self.root, folder, self.config.timeout)
        except Faults as error:
            raise PluginError(str(error)) from None
        fetches = self._serve_python(files, config) if runnable else {}
        for uri, chapter in self.chapters.items():
            try:
                self.woven[uri] = lay(chapter, outputs.get(chapter.path, []), fetches.get(chapter.path, ""))
            except Fault as fault:
                faults.append(fault)
            if chapter.blocks:
                notebook = take.notebook(chapter, uri, config.site_url, self.config.needs)
                files.append(File.generated(config, _beside(uri, ".ipynb"), content=notebook))
                files.append(File.generated(config, _beside(uri, ".py"), content=take.program(notebook)))
        self._stop(faults)
        return files

    def on_page_markdown(self, markdown, *, page, config, files):
        woven = self.woven.get(page.file.src_uri)
        if not woven:
            return markdown
        if not self.chapters[page.file.src_uri].blocks:
            return woven.markdown
        markdown = take.offered(woven.markdown, page.file.src_uri, config.repo_url)
        terms = self.config.abbreviations
        return f"{markdown}\n\n{Path(terms).read_text(encoding='utf-8')}" if terms else markdown

    def on_env(self, env, *, config, files):
        env.trim_blocks = env.lstrip_blocks = True  # Material's templates leave a kilobyte of blanks in a page
        pages = [file.page for file in files.documentation_pages() if file.page and file.page.content]
        where = self._equations(pages)
        paint = painter(self.config.quantities)
        faults = []
        for page in pages:
            chapter = self.chapters[page.file.src_uri]
            here = {
                number: f"{'' if url == page.url else get_relative_url(url, page.url)}#{maths.anchor(number)}"
                for number, url in where.items()
            }
            for line, number in (named for block in chapter.blocks for named in maths.named_in_comments(block)):
                if number not in where:
                    log.warning(chapter.fault(line, f"no page has an equation ({number}), which this comment names."))
            try:
                page.content = maths.to_mathml(page.content)
                if latex := maths.stray(page.content):
                    line = chapter.line_of(latex, chapter.body_line)
                    text = f"{latex!r} stands in the prose: a formula that is not closed, or has no $ around it?"
                    faults.append(chapter.fault(line, text, show=True))
                page.content = paint(maths.link_comments(page.content, here))
            except maths.BadFormula as bad:
                # the whole of it, because many formulas begin alike; a list or a note may have indented it
                whole = r"\n[ \t>]*".join(map(re.escape, bad.latex.split("\n")))
                found = re.search(whole, chapter.text)
                start = chapter.text.count("\n", 0, found.start()) + 1 if found else chapter.body_line
                line = start + bad.latex[: bad.offset].count("\n")
                faults.append(chapter.fault(line, f"this formula is not LaTeX: {bad.text}", show=True))
        self._stop(faults)
        files.append(File.generated(config, maths.FONT, content=maths.font(page.content for page in pages)))
        return env

    def on_post_page(self, output, *, page, config):
        woven = self.woven.get(page.file.src_uri)
        return woven.fill(output) if woven else output

    # ---- Python in the reader's browser --------------------------------------------------------------------

    def _serve_python(self, files, config) -> dict[str, str]:
        """Add to the site what its worker needs. What a page fetches on the first run, in words, by chapter's path."""
        try:
            source = pyodide.source(self.config.pyodide, self.root)
        except pyodide.Unusable as error:
            raise PluginError(f"pyodide: {error}") from None
        packages = {}
        for name in self.config.packages:
            folder = self.root / name
            if not folder.is_dir():
                raise PluginError(f"packages: {folder} is no folder. Name a package's folder, relative to mkdocs.yml.")
            packages[folder.name] = sorted(pyodide.package_imports(folder))
            archive = pyodide.zipped(pyodide.package_files(folder))
            files.append(File.generated(config, f"assets/{folder.name}.zip", content=archive))
        here = Path(__file__).parent
        live = pyodide.zipped((f"{here.name}/{name}", here / name) for name in LIVE)
        files.append(File.generated(config, "assets/live.zip", content=live))
        settings = {"index": source.index, "integrity": source.integrity, "packages": packages}
        files.append(File.generated(config, "assets/live.json", content=json.dumps(settings)))
        for file in source.files:
            files.append(File.generated(config, f"{pyodide.FOLDER}/{file.name}", abs_src_path=str(file)))
        return {
            chapter.path: source.fetches(
                {name for block in chapter.blocks for name in pyodide.imports(block.source)}, packages
            )
            for chapter in self.chapters.values()
            if chapter.blocks
        }

    # ---- helpers -------------------------------------------------------------------------------------------

    def _equations(self, pages) -> dict[str, str]:
        """The address of the page that has each numbered equation; links to the equations become valid."""
        where: dict[str, str] = {}
        faults = []
        for page in pages:
            chapter = self.chapters[page.file.src_uri]
            for number in maths.numbers(page.content):
                if number in where:
                    line = chapter.line_of(f"\\tag{{{number}}}")
                    faults.append(chapter.fault(line, f"another equation has the number ({number}). Take a free one."))
                where[number] = page.url
                page.present_anchor_ids.add(maths.anchor(number))
        self._stop(faults)
        return where

    def _name(self, source: Path) -> str:
        source = source.resolve()
        return source.relative_to(self.root).as_posix() if source.is_relative_to(self.root) else source.as_posix()

    @staticmethod
    def _stop(faults: list[Fault]) -> None:
        if faults:
            raise PluginError(str(Faults(faults)))


def _beside(uri: str, ending: str) -> str:
    return str(PurePosixPath(uri).with_suffix(ending))


class _LinkMessages(logging.Filter):
    """Gives MkDocs' messages about links the form of all the others: file, line, what is wrong."""

    def __init__(self, chapters: dict[str, Chapter]) -> None:
        super().__init__()
        self.chapters = chapters

    def filter(self, record: logging.LogRecord) -> bool:
        match = re.fullmatch(r"Doc file '(.+?)' contains an? (.*?link) '(.*?)'(.*)", record.getMessage(), re.S)
        if match and match[1] in self.chapters:
            uri, what, url, rest = match.groups()
            chapter = self.chapters[uri]
            needle = next((n for n in (f"({url})", f"({url} ") if n in chapter.text), url)
            line = chapter.line_of(needle, chapter.body_line)
            record.msg, record.args = f"{chapter.path}:{line}: the {what} '{url}'{rest}", ()
        return True
