"""The map: every line of the home page's program computes the equation that its comment names.

Both sides are evaluated on random networks: the line as it stands on the page, and the equation as loops over
its indices, written here letter by letter.
"""

from __future__ import annotations

import ast
import re
from math import exp

import numpy as np
import pytest

import book

PROGRAM = book.chapter(book.ROOT / "docs" / "index.md").blocks[0].source
NUMBERED = [
    (line.strip(), re.findall(r"\((\d+)\)", line.partition("#")[2])) for line in PROGRAM.split("\n") if "#" in line
]


def array(shape, entry):
    """An array of the shape whose entries are entry(i, j)."""
    return np.array([entry(*index) for index in np.ndindex(*shape)]).reshape(shape)


def sigma(z):
    return 1 / (1 + exp(-z))


def slope(z):
    return sigma(z) * (1 - sigma(z))


def by_loops(v: dict) -> dict[str, tuple[list[str], np.ndarray | float]]:
    """What a line computes → the equations that it names, and their value by index loops at the values `v`."""
    X, y, W1, W2, z, lr, n = (v[name] for name in ("X", "y", "W1", "W2", "z", "lr", "i"))
    z1, a1, z2, yhat, d_out, d_hid, dW1, dW2 = (
        v[name] for name in ("z1", "a1", "z2", "yhat", "d_out", "d_hid", "dW1", "dW2")
    )
    N, P = range(X.shape[0]), range(X.shape[1])  # cases, inputs
    H, J = range(W1.shape[1]), range(W2.shape[1])  # hidden units, outputs

    def hidden(c, j):
        return sigma(sum(X[c, i] * W1[i, j] for i in P))

    return {
        "return 1": (["2"], array(z.shape, lambda c, j: sigma(z[c, j]))),
        "s": (["2"], array(z.shape, lambda c, j: sigma(z[c, j]))),
        "return s": (["13"], array(z.shape, lambda c, j: slope(z[c, j]))),
        "z1": (["1"], array(z1.shape, lambda c, j: sum(X[c, i] * W1[i, j] for i in P))),
        "a1": (["2"], array(a1.shape, lambda c, j: sigma(z1[c, j]))),
        "z2": (["1"], array(z2.shape, lambda c, j: sum(a1[c, i] * W2[i, j] for i in H))),
        "yhat": (["2"], array(yhat.shape, lambda c, j: sigma(z2[c, j]))),
        "loss": (["15"], sum((yhat[c, j] - y[c, j]) ** 2 for c in N for j in J) / (len(N) * len(J))),
        "d_out": (["4", "5"], array(d_out.shape, lambda c, j: (yhat[c, j] - y[c, j]) * slope(z2[c, j]))),
        "dW2": (["6"], array(dW2.shape, lambda i, j: sum(a1[c, i] * d_out[c, j] for c in N))),
        "d_hid": (
            ["7", "5"],
            array(d_hid.shape, lambda c, i: sum(d_out[c, j] * W2[i, j] for j in J) * slope(z1[c, i])),
        ),
        "dW1": (["6"], array(dW1.shape, lambda i, j: sum(X[c, i] * d_hid[c, j] for c in N))),
        "W2": (["8"], array(W2.shape, lambda i, j: W2[i, j] - lr * dW2[i, j])),
        "W1": (["8"], array(W1.shape, lambda i, j: W1[i, j] - lr * dW1[i, j])),
        "pred": (["14"], sigma(sum(hidden(n, j) * W2[j, 0] for j in H))),
    }


def key(line: str) -> str | None:
    """What a line of the program computes: its left side, or the return and its first word."""
    match = re.match(r"(return \w+|\w+)(?= -?= | )", line)
    return match[1] if match else None


def values(seed: int) -> dict:
    """A random network of sizes that are all different, with a random value for every name of the program."""
    rng = np.random.default_rng(seed)
    N, P, H, J = rng.permutation([3, 4, 5, 6, 7])[:4]
    shapes = {
        **{"X": (N, P), "y": (N, J), "W1": (P, H), "W2": (H, J), "dW1": (P, H), "dW2": (H, J), "z": (N, H)},
        **{"z1": (N, H), "a1": (N, H), "d_hid": (N, H), "z2": (N, J), "yhat": (N, J), "d_out": (N, J)},
    }
    v = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    v |= {"s": array(v["z"].shape, lambda c, j: sigma(v["z"][c, j])), "lr": 0.3, "i": int(rng.integers(N)), "np": np}
    functions = [node for node in ast.parse(PROGRAM).body if isinstance(node, ast.FunctionDef)]
    exec("\n".join(map(ast.unparse, functions)), v)
    return v


COMPUTING = [(line, numbers) for line, numbers in NUMBERED if key(line) in by_loops(values(0)) and "random" not in line]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("line", "numbers"), COMPUTING, ids=[line.split("#")[0].strip() for line, _ in COMPUTING])
def test_the_line_is_the_equation(line, numbers, seed):
    scope = values(seed)
    named, expected = by_loops(scope)[key(line)]
    assert numbers == named
    if line.startswith("return "):
        found = eval(line.split("#")[0].removeprefix("return ").strip(), scope)
    else:
        exec(line, scope)
        found = scope[key(line)]
    assert np.shape(found) == np.shape(expected)
    assert np.allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_every_line_that_computes_is_on_the_map():
    statements = ast.Assign | ast.AugAssign | ast.Return
    blocks = [node.body for node in ast.parse(PROGRAM).body if isinstance(node, ast.For | ast.FunctionDef)]
    computing = [node for body in blocks for node in body if isinstance(node, statements)]
    assert len(computing) == len(COMPUTING) == len(by_loops(values(0)))


def test_every_array_has_its_shape_in_a_comment():
    space: dict = {}
    exec(PROGRAM.replace("range(10001)", "range(1)"), space)
    for line, _ in NUMBERED:
        name, shape = key(line), re.search(r"\((?:\d+, *\d+)?\)", line.partition("#")[2])
        if shape and name in space:
            assert np.shape(space[name]) == ast.literal_eval(shape[0]), line
