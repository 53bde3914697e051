"""What runs again, and what does not; and whose configuration counts."""

from __future__ import annotations

import json
import os
import re

import pytest

from mkdocs_weave import run
from mkdocs_weave.chapter import Fault


def ran(output: str) -> set[str]:
    """The chapters that a build ran."""
    return set(re.findall(r"Running (docs/\S+)", output))


def samples(book, page: str) -> list[str]:
    return re.findall(r"<samp>(.*?)</samp>", book.page(page), re.S)


def test_an_unchanged_chapter_is_not_run_again(book):
    assert ran(book.built()) == set()
    assert samples(book, "good.html") == ["42"]


def test_changed_code_runs_and_nothing_else_does(book):
    book.chapter("other.md", "# Other\n\n```python\nprint('other')\n```\n")
    assert ran(book.built()) == {"docs/other.md"}
    book.chapter("other.md", "# Other\n\n```python\nprint('changed')\n```\n")
    assert ran(book.built()) == {"docs/other.md"}
    assert samples(book, "other.html") == ["changed"]


def test_changed_prose_is_shown_without_a_run(book):
    book.chapter("good.md", "# Better\n\n```python\nprint(6 * 7)\n```\n")
    assert ran(book.built()) == set()
    assert "Better" in book.article("good.html") and samples(book, "good.html") == ["42"]


def test_a_module_of_the_project_that_changes(book):
    module = book.root / "src" / "ours.py"
    module.parent.mkdir()
    module.write_text("value = 1\n", encoding="utf-8")
    book.chapter(
        "uses.md",
        "# Uses\n\n```python\nimport importlib, sys\nsys.path.insert(0, 'src')\n"
        "sys.dont_write_bytecode = True\nprint(importlib.import_module('ours').value)\n```\n",
    )
    old = os.getcwd()
    os.chdir(book.root)
    try:
        assert ran(book.built()) == {"docs/uses.md"}
        assert ran(book.built()) == set()
        module.write_text("value = 22\n", encoding="utf-8")
        assert ran(book.built()) == {"docs/uses.md"}
        assert samples(book, "uses.html") == ["22"]
        module.unlink()
        status, output = book.build()
        assert status == 1 and "ModuleNotFoundError" in output
    finally:
        os.chdir(old)


def test_a_file_that_a_chapter_reads_changes(book):
    data = book.root / "docs" / "data.csv"
    data.write_text("1\n", encoding="utf-8")
    book.chapter("reads.md", f"# Reads\n\n```python\nprint(open({str(data)!r}).read().strip())\n```\n")
    assert ran(book.built()) == {"docs/reads.md"}
    assert ran(book.built()) == set()
    data.write_text("2\n", encoding="utf-8")
    assert ran(book.built()) == {"docs/reads.md"}
    assert samples(book, "reads.html") == ["2"]


def test_a_file_that_changes_while_the_chapter_runs(book):
    data = book.root / "docs" / "data.csv"
    data.write_text("1", encoding="utf-8")
    body = (
        f"from pathlib import Path\ndata = Path({str(data)!r})\nprint(data.read_text())\n"
        "if data.read_text() == '1':\n    data.write_text('2')\n"
    )
    book.chapter("races.md", f"# Races\n\n```python\n{body}```\n")
    assert ran(book.built()) == {"docs/races.md"}
    assert ran(book.built()) == {"docs/races.md"}
    assert samples(book, "races.html") == ["2"]


def test_an_installed_version_that_changes(book, monkeypatch):
    class Numpy:
        name, version = "numpy", "0.0.1"

    real = list(run.distributions())
    monkeypatch.setattr(run, "distributions", lambda: [*real, Numpy])
    assert ran(book.built()) == {"docs/good.md"}


def test_the_weave_itself_changes(book, monkeypatch):
    monkeypatch.setattr(run, "_OWN", "another")
    assert ran(book.built()) == {"docs/good.md"}


def test_a_failure_is_not_kept(book):
    flag = book.root / "flag"
    body = f"```python\nfrom pathlib import Path\nassert Path({str(flag)!r}).exists()\nprint('now')\n```\n"
    book.chapter("flaky.md", f"# Flaky\n\n{body}")
    assert book.build()[0] == 1
    flag.touch()
    assert ran(book.built()) == {"docs/flaky.md"}
    assert samples(book, "flaky.html") == ["now"]


def test_what_ran_well_beside_a_failure_is_kept(book):
    book.chapter("bad.md", "# Bad\n\n```python\n1 / 0\n```\n")
    book.chapter("new.md", "# New\n\n```python\nprint(1)\n```\n")
    assert ran(book.build()[1]) == {"docs/bad.md", "docs/new.md"}
    assert ran(book.build()[1]) == {"docs/bad.md"}


def test_a_cache_that_was_cut_short_is_not_believed(book):
    (kept,) = (book.root / ".cache" / "weave").glob("*.json")
    kept.write_text(kept.read_text(encoding="utf-8")[:30], encoding="utf-8")
    assert ran(book.built()) == {"docs/good.md"}
    assert samples(book, "good.html") == ["42"]


def test_what_no_page_needs_is_evicted(book):
    book.chapter("good.md", "# Good\n\n```python\nprint(1)\n```\n")
    book.built()
    kept = list((book.root / ".cache" / "weave").glob("*.json"))
    assert [json.loads(file.read_text(encoding="utf-8"))["outputs"][0]["text"] for file in kept] == ["1\n"]


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="needs two cores")
def test_chapters_run_side_by_side(book):
    # each waits for the other: in turn, neither would end
    wait = (
        "from pathlib import Path\nimport time\nPath({mine!r}).touch()\n"
        "while not Path({other!r}).exists():\n    time.sleep(0.05)\nprint('met')\n"
    )
    a, b = str(book.root / "a"), str(book.root / "b")
    book.chapter("a.md", f"# A\n\n```python\n{wait.format(mine=a, other=b)}```\n")
    book.chapter("b.md", f"# B\n\n```python\n{wait.format(mine=b, other=a)}```\n")
    book.built()
    assert samples(book, "a.html") == samples(book, "b.html") == ["met"]


def test_a_readers_own_configuration_changes_nothing(book, tmp_path, monkeypatch):
    home = tmp_path / "home"
    files = {
        ".jupyter/jupyter_nbconvert_config.py": "raise SystemExit('their nbconvert configuration was read')",
        ".jupyter/jupyter_config.py": "raise SystemExit('their Jupyter configuration was read')",
        ".ipython/profile_default/startup/00.py": "print('their startup ran')",
        ".ipython/profile_default/ipython_kernel_config.py": "c.InteractiveShellApp.exec_lines = ['print(0)']",
        ".ipython/profile_default/ipython_config.py": "c.InteractiveShellApp.exec_lines = ['print(0)']",
        ".config/matplotlib/matplotlibrc": "lines.linewidth: 30\naxes.facecolor: red\n",
        ".matplotlib/matplotlibrc": "lines.linewidth: 30\n",
        ".local/share/jupyter/kernels/python3/kernel.json": '{"argv": ["false"], "language": "python", "display_name": "x"}',
        "startup.py": "print('their PYTHONSTARTUP ran')",
    }  # fmt: skip
    for name, text in files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text, encoding="utf-8")
    body = (
        "# Fig\n\n```python\nimport matplotlib.pyplot as plt\nplt.plot([0, 1])\nprint(plt.rcParams['lines.linewidth'])\n"
        "plt.show()\n```\n\nFigure: A line.\n<!-- alt: A line. -->\n"
    )
    book.chapter("fig.md", body)
    book.built()
    expected = book.page("fig.html")
    for name, value in {
        "HOME": home,
        "USERPROFILE": home,
        "XDG_CONFIG_HOME": home / ".config",
        "IPYTHONDIR": home / ".ipython",
        "JUPYTER_CONFIG_DIR": home / ".jupyter",
        "JUPYTER_PATH": home / ".local/share/jupyter",
        "MPLCONFIGDIR": home / ".config/matplotlib",
        "MATPLOTLIBRC": home / ".config/matplotlib/matplotlibrc",
        "MPLBACKEND": "pdf",
        "PYTHONSTARTUP": home / "startup.py",
        "PYTHONWARNINGS": "error",
    }.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.chdir(home / ".jupyter")  # Jupyter reads what lies in the working directory, too
    monkeypatch.chdir(home / ".jupyter")
    book.chapter("fig.md", body + "\n")
    for kept in (book.root / ".cache" / "weave").glob("*.json"):
        kept.unlink()
    assert ran(book.built()) == {"docs/fig.md", "docs/good.md"}
    assert book.page("fig.html") == expected
    assert os.environ["MPLBACKEND"] == "pdf"  # the environment is given back


def test_a_kernel_that_does_not_start(book, monkeypatch):
    class Converter:
        def nb2html(self, *args, **kwargs):
            raise RuntimeError("Kernel died before replying to kernel_info")

    monkeypatch.setattr(run, "_converter", Converter)
    book.chapter("new.md", "# New\n\n```python\nprint(1)\n```\n")
    status, output = book.build()
    assert status == 1 and "docs/new.md:1: the Python that runs this chapter did not start: Kernel died" in output


def test_a_kernel_whose_ports_were_taken_is_started_again(book, monkeypatch):
    real, calls = run._converter(), []

    class Converter:
        def nb2html(self, *args, **kwargs):
            calls.append(args)
            if len(calls) == 1:
                raise RuntimeError("Kernel died before replying to kernel_info")
            return real.nb2html(*args, **kwargs)

    monkeypatch.setattr(run, "_converter", Converter)
    book.chapter("new.md", "# New\n\n```python\nprint(7)\n```\n")
    book.built()
    assert samples(book, "new.html") == ["7"] and len(calls) == 2


def test_faults_reads_as_one_message():
    both = run.Faults([Fault("docs/a.md", 1, "one"), Fault("docs/b.md", 2, "two")])
    assert str(both) == "docs/a.md:1: one\n\ndocs/b.md:2: two"
