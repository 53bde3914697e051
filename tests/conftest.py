"""Options of the test run, and a small book to try the weave on."""

from __future__ import annotations

import hashlib
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from mkdocs.__main__ import cli

from mkdocs_weave.chapter import HEADER


def pytest_collection_modifyitems(items) -> None:
    """Keep together what shares work: a chapter is run once for all its tests, the site is built once for all of its."""
    chapters = {"test_chapters.py", "test_prose.py", "test_notation.py"}
    for item in items:
        if item.path.name in chapters:
            item.add_marker(pytest.mark.xdist_group("chapters"))
        elif item.path.name == "test_take_away.py":
            item.add_marker(pytest.mark.xdist_group("take-away"))
        elif item.path.parent.name == "browser":
            item.add_marker(pytest.mark.xdist_group("browser"))


def pytest_addoption(parser) -> None:
    parser.addoption(
        "--approve", action="store_true", help="write what the chapters print to tests/approved/ (make approve)"
    )


CONFIG = {
    "site_name": "A small book",
    "strict": True,
    "use_directory_urls": False,
    "theme": {"name": "material", "font": False, "features": ["content.code.copy"]},
    "plugins": ["search", {"weave": {"timeout": 20}}],
    "markdown_extensions": [
        "admonition",
        "footnotes",
        "md_in_html",
        "tables",
        {"toc": {"permalink": True}},
        {"pymdownx.arithmatex": {"generic": True}},
        "pymdownx.superfences",
        {"pymdownx.tabbed": {"alternate_style": True}},
    ],
}


@dataclass
class Book:
    """A book in a folder of its own."""

    root: Path

    @property
    def site(self) -> Path:
        return self.root / "site"

    def write(self, name: str, text: str | bytes) -> Path:
        """Write a file below docs/."""
        file = self.root / "docs" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    def chapter(self, name: str, body: str) -> Path:
        """Write a chapter: the notebook header and `body`, which begins on line 8."""
        return self.write(name, f"{HEADER}\n\n{body}")

    def configure(self, **changes) -> None:
        """Write mkdocs.yml, with `changes` to CONFIG; `weave` holds options of the plugin."""
        config = {**CONFIG, **changes}
        if options := config.pop("weave", None):
            config["plugins"] = ["search", {"weave": options}]
        (self.root / "mkdocs.yml").write_text(yaml.safe_dump(config), encoding="utf-8")

    def build(self, *options: str) -> tuple[int, str]:
        """The exit status of `mkdocs build`, and what it wrote to the terminal."""
        result = CliRunner().invoke(cli, ["build", "--config-file", str(self.root / "mkdocs.yml"), *options])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output

    def built(self) -> str:
        """Build, expect success, and give what was written to the terminal."""
        status, output = self.build()
        assert status == 0, output
        return output

    def page(self, name: str) -> str:
        """The HTML of a built page."""
        return (self.site / name).read_text(encoding="utf-8")

    def article(self, name: str) -> str:
        """The part of a built page that the author wrote."""
        return re.search(r"<article.*?</article>", self.page(name), re.S)[0]

    def digest(self) -> dict[str, str]:
        """Every file of the site, and a digest of its bytes."""
        files = sorted(p for p in self.site.rglob("*") if p.is_file())
        return {p.relative_to(self.site).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture(scope="session")
def new_book(tmp_path_factory):
    """A function that makes an empty book; its name is the folder's."""
    return lambda name: Book(tmp_path_factory.mktemp(name))


@pytest.fixture(scope="session")
def built_book(tmp_path_factory) -> Path:
    """A good book that has been built once: do not change it."""
    book = Book(tmp_path_factory.mktemp("built"))
    book.configure()
    book.write("index.md", "# Home\n\nThe last good page.\n")
    book.chapter("good.md", "# Good\n\n```python\nprint(6 * 7)\n```\n")
    book.built()
    return book.root


@pytest.fixture
def book(built_book, tmp_path) -> Book:
    """A copy of the good book, as it was left by its last good build."""
    shutil.copytree(built_book, tmp_path / "book")
    return Book(tmp_path / "book")
