"""A MkDocs plugin that runs the chapters of a book and lays their output into the page.

A chapter is Markdown with jupytext's notebook header. mkdocs-jupyter executes it; MkDocs renders it.

    chapter.py   the grammar of a chapter, for the builder and for the tests
    run.py       executes chapters, in parallel, and keeps what they printed and drew
    kernel.py    what happens inside the process that runs a chapter
    weave.py     lays what the blocks printed and drew into the Markdown
    figures.py   Matplotlib's SVG, made fit for the page
    maths.py     LaTeX to MathML, equation numbers, and the font that they need
    colours.py   one colour for a quantity, in formulas as in code and figures
    take.py      a chapter to take away: its notebook, its program
    pyodide.py   which Python a reader's browser runs a block in, and from where
    live.py      runs a block there; live-worker.mjs starts it, weave.js has the buttons
    plugin.py    the order in which MkDocs calls these
    jupyter/     the only Jupyter configuration that a chapter sees
"""
