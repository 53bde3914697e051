"""Where a reader's Python comes from, what the site says about it, and what it serves itself."""

from __future__ import annotations

import json
import re
import zipfile

import pytest

from mkdocs_weave import live, pyodide

LOCK = {
    "info": {"version": pyodide.VERSION},
    "packages": {
        "numpy": {"file_name": "numpy.whl", "depends": []},
        "matplotlib": {"file_name": "matplotlib.whl", "depends": ["numpy", "six"]},
        "six": {"file_name": "six.whl", "depends": []},
    },
}


@pytest.fixture
def distribution(tmp_path):
    """A folder that looks like a distribution: a million bytes of core, two of numpy, three and one of matplotlib."""
    folder = tmp_path / "pyodide"
    folder.mkdir()
    for name in pyodide.CORE:
        (folder / name).write_bytes(b"")
    (folder / "pyodide.asm.wasm").write_bytes(bytes(1_000_000))
    (folder / "extra.txt").write_text("not named by the lock file")
    for name, size in (("numpy", 2), ("matplotlib", 3), ("six", 1)):
        (folder / f"{name}.whl").write_bytes(bytes(size * 1_000_000))
    (folder / pyodide.LOCK).write_text(json.dumps(LOCK))
    return folder


def test_the_public_cdn_is_the_default_and_is_pinned(tmp_path):
    for setting in (None, ""):
        source = pyodide.source(setting, tmp_path)
        assert source.index == "https://cdn.jsdelivr.net/pyodide/v0.27.7/full/" and not source.files
        assert source.integrity.keys() == set(pyodide.CORE)
        assert source.fetches({"re"}, {}) == "Python, about 6 MB from cdn.jsdelivr.net"
        assert source.fetches({"numpy"}, {}) == "Python and numpy, about 9 MB from cdn.jsdelivr.net"
        assert source.fetches({"matplotlib"}, {}) == "Python and matplotlib, about 19 MB from cdn.jsdelivr.net"
    assert pyodide.source("https://mirror.example/p", tmp_path).index == "https://mirror.example/p/"


def test_a_folder_is_measured_and_relative_to_the_book(distribution):
    source = pyodide.source("pyodide", distribution.parent)
    assert source.fetches({"os"}, {}) == "Python, about 1 MB"
    assert source.fetches({"numpy", "matplotlib"}, {}) == "Python, matplotlib and numpy, about 7 MB"
    assert source.fetches({"ours"}, {"ours": ["numpy"]}) == "Python and numpy, about 3 MB"
    assert {file.name for file in source.files} == {*pyodide.CORE, "numpy.whl", "matplotlib.whl", "six.whl"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda folder: (folder / pyodide.LOCK).unlink(), "holds no pyodide-lock.json"),
        (lambda folder: (folder / pyodide.LOCK).write_text("[]"), "is no lock file of Pyodide"),
        (lambda folder: (folder / pyodide.LOCK).write_text("{"), "is no lock file of Pyodide"),
        (
            lambda folder: (folder / pyodide.LOCK).write_text(json.dumps({**LOCK, "info": {"version": "0.26.0"}})),
            "is Pyodide 0.26.0; this book runs on 0.27.7",
        ),
        (lambda folder: (folder / "pyodide.mjs").unlink(), "lacks pyodide.mjs"),
    ],
)
def test_a_folder_that_will_not_do_is_an_error_that_says_what_to_do(book, distribution, change, said):
    change(distribution)
    book.configure(weave={"pyodide": str(distribution)})
    status, output = book.build()
    assert status == 1 and said in output and "Name the folder of a Pyodide 0.27.7 distribution" in output
    assert "The last good page" in book.page("index.html")


def test_the_site_carries_the_folder_and_the_books_packages(book, distribution):
    package = book.root / "src" / "ours"
    (package / "__pycache__").mkdir(parents=True)
    (package / "__pycache__" / "x.pyc").write_bytes(b"")
    (package / "__init__.py").write_text("import numpy\nfrom .part import a\n")
    (package / "part.py").write_text("import json as j\na = 1\n")
    book.configure(weave={"pyodide": str(distribution), "packages": ["src/ours"]})
    book.built()
    assets = book.site / "assets"
    settings = json.loads((assets / "live.json").read_text())
    assert settings["index"] == "pyodide/" and settings["packages"] == {"ours": ["json", "numpy"]}
    assert (assets / "pyodide" / "six.whl").stat().st_size == 1_000_000
    assert not (assets / "pyodide" / "extra.txt").exists()
    assert sorted(zipfile.ZipFile(assets / "ours.zip").namelist()) == ["ours/__init__.py", "ours/part.py"]
    first = book.digest()
    for file in package.glob("*.py"):
        file.touch()
    book.built()
    assert book.digest() == first


def test_a_package_that_is_not_there_is_an_error(book):
    book.configure(weave={"packages": ["src/ours"]})
    status, output = book.build()
    assert status == 1 and "Name a package's folder" in output


def test_a_block_says_how_long_it_takes(book):
    book.chapter("t.md", "# T\n\n```python\nprint(1)\n```\n<!-- takes: 20 s -->\n\n```python\nprint(2)\n```\n\nText.\n")
    book.built()
    bars = re.findall(r'<div class="weave-run"[^>]*>', book.article("t.html"))
    assert [re.search(r'data-takes="(.*?)"', bar) and re.search(r'data-takes="(.*?)"', bar)[1] for bar in bars] == [
        "20 s",
        None,
    ]
    assert "takes:" not in book.article("t.html") and all("hidden" in bar for bar in bars)


@pytest.mark.parametrize("comment", ["\n<!-- takes: 20 s -->", "<!-- takes: long -->", "<!-- takes: 20 s --> and more"])
def test_how_long_a_block_takes_stands_below_it_or_is_an_error(book, comment):
    book.chapter("t.md", f"# T\n\n```python\nprint(1)\n```\n{comment}\n\nText.\n")
    status, output = book.build()
    assert status == 1 and re.search(r"docs/t\.md:1[34]: how long a block takes", output)


# ---- live.py, in this Python --------------------------------------------------------------------------------


@pytest.fixture
def page():
    """A function that runs a block: what it printed and drew, the exception that ended it."""
    live.reset()

    def run(source: str, name: str = "block 1"):
        printed, drawn = [], []
        raised = live.run(source, name, lambda stream, text: printed.append((stream, text)), drawn.append, "A name")
        return printed, drawn, raised

    yield run
    live.reset()


def test_live_blocks_share_variables_until_the_page_changes(page):
    assert page("a = 1") == ([], [], None)
    assert page("print(a, __name__)", "block 2") == ([("out", "1 __main__\n")], [], None)
    live.reset()
    assert page("a")[2] == "NameError"


def test_live_calls_take_their_turn_where_no_thread_can_start():
    with live.InTurn(2) as pool:
        assert list(pool.map(pow, [2, 3], [5, 2])) == [32, 9]
        with pytest.raises(ZeroDivisionError):
            pool.submit(divmod, 1, 0).result()


def test_live_lines_are_sent_when_they_are_printed_and_flush_sends_less(page):
    assert page("print(1, 2)\nprint(3, end='', flush=True)\nprint(4)")[0] == [
        ("out", "1 2\n"),
        ("out", "3"),
        ("out", "4\n"),
    ]


def test_live_tracebacks_show_the_readers_lines_of_every_block_and_cause(page):
    page("import json\ndef parse(text):\n    return json.loads(text)\n")
    printed, _, raised = page(
        "try:\n    parse('{')\nexcept ValueError as e:\n    raise KeyError('k') from e\n", "block 2"
    )
    text = "".join(text for _, text in printed)
    assert raised == "KeyError" and all(stream == "err" for stream, _ in printed)
    files = re.findall(r'File "(.*?)", line (\d+)', text)
    assert files == [("block 2", "2"), ("block 1", "3"), ("block 2", "4")]
    assert "    return json.loads(text)\n" in text and text.endswith("KeyError: 'k'\n")


def test_live_input_says_what_to_do_instead(page):
    printed, _, raised = page("input('name? ')")
    assert raised == "EOFError" and "Write the answer into the code" in printed[-1][1]


def test_live_exit_is_an_end_and_no_error(page):
    assert page("raise SystemExit")[2] is None
    assert page("raise SystemExit('why')") == ([("err", "SystemExit: why\n")], [], None)
