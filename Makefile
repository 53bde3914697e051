# serve · site · test · lint — each sets up .venv by itself. The README says how to do without make.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
export NO_MKDOCS_2_WARNING := 1
export PYODIDE

.PHONY: help serve site test test-all approve mutants bench lint format lock clean

help:
	@echo "make serve [PORT=8000]  run the chapters and serve the book, reloading what changes"
	@echo "make site               build the book into site/ (PYODIDE=DIR: with the Python of that folder, to run blocks offline)"
	@echo "make test               run every test"
	@echo "make test-all           run every test, and what takes long"
	@echo "make approve            accept what the chapters print now, as tests/approved/"
	@echo "make mutants            see which changes of the code no test notices"
	@echo "make bench              time the library and five others, and record it for reference/speed.md"
	@echo "make lint               ruff and codespell;  make format  mends what they can"
	@echo "make lock               choose the newest versions of the dependencies"

serve: .venv/site.done
	@echo "Serving the book on http://127.0.0.1:$(PORT) (Ctrl-C stops)"
	@$(BIN)/mkdocs serve --dev-addr 127.0.0.1:$(PORT)

site: .venv/site.done
	@echo "Building the book into site/"
	@$(BIN)/mkdocs build

test: .venv/dev.done
	@echo "Running the tests"
	@$(BIN)/pytest

test-all: test
	@echo "Running every chapter in the browser, and its notebook and its program in a fresh environment"
	@$(BIN)/pytest -m long

approve: .venv/dev.done
	@$(BIN)/pytest --approve tests/test_chapters.py

mutants: .venv/dev.done
	@echo "Changing the code one place at a time (all of it takes hours: MUTANTS='--sample 60' or the name of a file for less)"
	@$(BIN)/python tests/mutants.py $(MUTANTS)

bench: .venv-bench/bench.done
	@echo "Timing the library and what else trains the network (a few minutes; leave the machine alone)"
	@PYTHONPATH=src .venv-bench/bin/python tests/bench.py

lint: .venv/dev.done
	@echo "Checking code and spelling"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/codespell

format: .venv/dev.done
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: .venv/dev.done
	@$(INSTALL) uv
	@for extras in "requirements.lock --extra site" "requirements-dev.lock --extra site --extra dev -c requirements.lock"; do \
	  $(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-annotate --python-version 3.11 \
	    --upgrade --custom-compile-command "make lock" --quiet --output-file $$extras; done

clean:
	rm -rf .venv .venv-bench .cache site

# ---- the environment: exact versions, each with its hash ---------------------------------------------------

.venv/python.done:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "This needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12"; exit 1; }
	@echo "Making .venv"
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/site.done: requirements.lock pyproject.toml | .venv/python.done
	@echo "Installing what the book needs (requirements.lock)"
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.done: requirements-dev.lock .venv/site.done
	@echo "Installing what the tests need (requirements-dev.lock)"
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

.venv-bench/bench.done: requirements-bench.lock
	@echo "Making .venv-bench and installing what the library is compared with (requirements-bench.lock)"
	@$(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.lock
	@touch $@
