"""The built book, served on this machine, in headless Chromium."""

from __future__ import annotations

import contextlib
import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome", "chrome"])), None)
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


def pytest_collection_modifyitems(items) -> None:
    """Say what is missing where there is no browser; CI sets BROWSER_TESTS=required, and it is a failure there."""
    if CHROMIUM:
        return
    if os.environ.get("BROWSER_TESTS") == "required":
        raise pytest.UsageError("BROWSER_TESTS=required, but there is no Chromium on the PATH.")
    # Who has no browser can still run the rest; what these tests look at has no other way to be looked at.
    why = "no Chromium on the PATH: `apt-get install chromium`, or put Google Chrome there"
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=why))


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args) -> None: ...


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    """The book, built by the project's own configuration."""
    site = tmp_path_factory.mktemp("book") / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(site)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    return site


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address at which the folder is served."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="session")
def serve():
    """A function that serves a folder: a context, whose value is the address."""
    return served


@pytest.fixture(scope="session")
def site(folder) -> Iterator[str]:
    """The address of the built book."""
    with served(folder) as address:
        yield address


@pytest.fixture
def small_site(book) -> Iterator[str]:
    """The address of a small book, to be built by the test."""
    with served(book.site) as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium, site):
    """A function that opens a page of the book in a fresh browser context."""
    contexts = []

    def open_page(path: str = "index.html", *, theme: str = "light", width: int = 1280, height: int = 900, **options):
        context = chromium.new_context(
            color_scheme=theme, viewport={"width": width, "height": height}, base_url=site, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
