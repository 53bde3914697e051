"""The configuration with which mkdocs-jupyter executes a chapter."""

from mkdocs_weave import run

c = get_config()  # noqa: F821  (Jupyter puts it there)
c.NotebookClient.timeout_func = run.time_limit
c.NotebookClient.on_cell_start = run.note_start
c.NotebookClient.shutdown_kernel = "immediate"  # nothing to wait for: the output is here
