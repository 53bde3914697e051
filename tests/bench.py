"""How fast is it? The library and five others, side by side on this machine. `make bench` runs it.

    python tests/bench.py            every contender, each in a process of its own, taking turns; writes the record
    python tests/bench.py NAME       one contender, once: seconds and final errors as JSON

All train the article's network (2-4-1, XOR, no biases, rate 0.5) for 10,000 steps in float64, unless they say otherwise, and
must end with the errors that the plain sweep ends with, or nothing is recorded. The record is src/backprop_from_scratch/speed.json,
which docs/reference/speed.md shows.
"""

from __future__ import annotations

import contextlib
import datetime
import functools
import io
import json
import math
import os
import platform
import re
import statistics
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

import numpy as np

from backprop_from_scratch import error, forward, spread, starts, sweep, train, xor

ROOT = Path(__file__).resolve().parents[1]
RECORD = ROOT / "src" / "backprop_from_scratch" / "speed.json"
SHOWN = ROOT / "docs" / "reference" / "speed.md"
PAGE = ROOT / "docs" / "index.md"
ROUNDS, STEPS, RUNS, FEW = 3, 10_000, 1000, 1000  # FEW steps where all would take too long
RATE = 0.5
X, y = xor()
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def article() -> list[np.ndarray]:
    """The weights that the article starts from."""
    np.random.seed(42)
    return [np.random.randn(2, 4) * 0.5, np.random.randn(4, 1) * 0.5]


def thousand() -> list[np.ndarray]:
    """Those of a thousand seeds."""
    return starts([2, 4, 1], range(RUNS))


def plain(weights: list[np.ndarray], steps: int) -> list[np.ndarray]:
    """The plain sweep, again and again."""
    velocity = [np.zeros_like(W) for W in weights]
    for _ in range(steps):
        weights, velocity = sweep(X, y, weights, velocity, RATE)
    return weights


# ---- one run -------------------------------------------------------------------------------------------------
# A contender is a function that prepares and gives another, which trains and gives the final weights. That one is called
# twice: the second call is warm.


def one_article() -> Callable:
    program = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)[1]
    program = compile(program.replace("10001", str(STEPS)), "docs/index.md", "exec")

    def run() -> list:
        variables: dict = {}
        with contextlib.redirect_stdout(io.StringIO()):
            exec(program, variables)
        return [variables["W1"], variables["W2"]]

    return run


def one_sweep() -> Callable:
    return lambda: plain(article(), STEPS)


def one_train() -> Callable:
    return lambda: train(X, y, article(), STEPS, RATE)[0]


def one_torch(threads: int | None = None) -> Callable:
    import torch

    if threads:
        torch.set_num_threads(threads)
    inputs, targets = torch.tensor(X), torch.tensor(y)

    def run() -> list:
        W1, W2 = (torch.tensor(W, requires_grad=True) for W in article())
        for _ in range(STEPS):
            yhat = torch.sigmoid(torch.sigmoid(inputs @ W1) @ W2)
            E = 0.5 * ((yhat - targets) ** 2).sum()
            dW1, dW2 = torch.autograd.grad(E, (W1, W2))
            with torch.no_grad():
                W1.sub_(dW1, alpha=RATE)
                W2.sub_(dW2, alpha=RATE)
        return [W1.detach().numpy(), W2.detach().numpy()]

    return run


def one_torch_optim() -> Callable:
    import torch

    torch.set_num_threads(1)
    inputs, targets = torch.tensor(X), torch.tensor(y)

    def run() -> list:
        weights = [torch.tensor(W, requires_grad=True) for W in article()]
        optimizer = torch.optim.SGD(weights, lr=RATE)
        for _ in range(STEPS):
            optimizer.zero_grad()
            yhat = torch.sigmoid(torch.sigmoid(inputs @ weights[0]) @ weights[1])
            E = 0.5 * ((yhat - targets) ** 2).sum()
            E.backward()
            optimizer.step()
        return [W.detach().numpy() for W in weights]

    return run


def one_autograd() -> Callable:
    import autograd
    import autograd.numpy as anp

    def E(W1, W2):
        yhat = 1 / (1 + anp.exp(-(1 / (1 + anp.exp(-(X @ W1))) @ W2)))
        return 0.5 * anp.sum((yhat - y) ** 2)

    slopes = autograd.grad(E, (0, 1))

    def run() -> list:
        W1, W2 = article()
        for _ in range(STEPS):
            dW1, dW2 = slopes(W1, W2)
            W1, W2 = W1 - RATE * dW1, W2 - RATE * dW2
        return [W1, W2]

    return run


def one_micrograd() -> Callable:
    from micrograd.engine import Value

    def sigmoid(z: Value) -> Value:
        """One node; micrograd has no exponential, and would need more of them."""
        a = Value(1 / (1 + math.exp(-z.data)), (z,), "sigmoid")

        def back() -> None:
            z.grad += a.data * (1 - a.data) * a.grad

        a._backward = back
        return a

    def run() -> list:
        W1, W2 = ([[Value(float(w)) for w in row] for row in W] for W in article())
        weights = [w for W in (W1, W2) for row in W for w in row]
        for _ in range(FEW):
            E = Value(0.0)
            for x, target in zip(X.tolist(), y[:, 0].tolist(), strict=True):
                hidden = [sigmoid(W1[0][j] * x[0] + W1[1][j] * x[1]) for j in range(4)]
                off = sigmoid(sum((a * w[0] for a, w in zip(hidden, W2, strict=True)), Value(0.0))) + (-target)
                E = E + off * off * 0.5
            for w in weights:
                w.grad = 0.0
            E.backward()
            for w in weights:
                w.data -= RATE * w.grad
        return [np.array([[w.data for w in row] for row in W]) for W in (W1, W2)]

    return run


def jax_step(dtype: type = np.float64) -> Callable:
    import jax

    jax.config.update("jax_enable_x64", True)
    inputs, targets = jax.numpy.array(X, dtype), jax.numpy.array(y, dtype)

    def E(weights):
        a = inputs
        for W in weights:
            a = jax.nn.sigmoid(a @ W)
        return 0.5 * ((a - targets) ** 2).sum()

    def step(weights):
        slopes = jax.grad(E)(weights)
        return [W - RATE * dW for W, dW in zip(weights, slopes, strict=True)]

    return step


def one_jax_loop() -> Callable:
    import jax

    step = jax.jit(jax_step())

    def run() -> list:
        weights = [jax.numpy.array(W) for W in article()]
        for _ in range(STEPS):
            weights = step(weights)
        return jax.block_until_ready(weights)

    return run


def one_jax_whole() -> Callable:
    import jax

    step = jax_step()
    whole = jax.jit(lambda weights: jax.lax.fori_loop(0, STEPS, lambda n, weights: step(weights), weights))
    return lambda: jax.block_until_ready(whole([jax.numpy.array(W) for W in article()]))


# ---- a thousand runs -----------------------------------------------------------------------------------------


def many_sweep() -> Callable:
    return lambda: plain(thousand(), FEW)


def many_train() -> Callable:
    return lambda: train(X, y, thousand(), STEPS, RATE)[0]


def part(weights: list[np.ndarray]) -> tuple:
    """The work of one core: a function that processes can find."""
    weights, errors = train(X, y, weights, STEPS, RATE)
    return weights, errors[-1]


def many_threads() -> Callable:
    pool = ThreadPoolExecutor(CORES)
    return lambda: spread(part, thousand(), size=-(-RUNS // CORES), map=pool.map)[0]


def many_processes() -> Callable:
    pool = ProcessPoolExecutor(CORES, mp_context=get_context("spawn"))
    return lambda: spread(part, thousand(), size=-(-RUNS // CORES), map=pool.map)[0]


def many_jax(dtype: type = np.float64) -> Callable:
    import jax

    step = jax.vmap(jax_step(dtype))
    whole = jax.jit(lambda weights: jax.lax.fori_loop(0, STEPS, lambda n, weights: step(weights), weights))
    return lambda: jax.block_until_ready(whole([jax.numpy.array(W, dtype) for W in thousand()]))


def many_exp(exp: Callable = np.exp) -> Callable:
    rng = np.random.default_rng(0)
    z, e = ([rng.standard_normal((units, 4, RUNS)) for units in (4, 1)] for _ in range(2))

    def run() -> None:
        for _ in range(STEPS):
            exp(z[0], e[0])
            exp(z[1], e[1])

    return run


CONTENDERS: dict[str, Callable[[], Callable]] = {
    "one: article": one_article,
    "one: sweep": one_sweep,
    "one: train": one_train,
    "one: torch": functools.partial(one_torch, 1),
    "one: torch, its threads": one_torch,
    "one: torch, its optimizer": one_torch_optim,
    "one: autograd": one_autograd,
    "one: micrograd": one_micrograd,
    "one: jax, a step": one_jax_loop,
    "one: jax, the loop": one_jax_whole,
    "many: sweep": many_sweep,
    "many: train": many_train,
    "many: train, threads": many_threads,
    "many: train, processes": many_processes,
    "many: jax": many_jax,
    "many: jax, float32": functools.partial(many_jax, np.float32),
    "many: exp": many_exp,
    "many: exp2": functools.partial(many_exp, np.exp2),
}
SCALED = {"one: micrograd": STEPS // FEW, "many: sweep": STEPS // FEW}  # times that are of FEW steps


def measure(name: str) -> dict:
    """One contender: seconds of the first call and of the second, and the errors at the end."""
    run = CONTENDERS[name]()
    seconds = []
    for _ in range(2):
        began = perf_counter()
        weights = run()
        seconds.append((perf_counter() - began) * SCALED.get(name, 1))
    if weights is None:
        return {"cold": seconds[0], "warm": seconds[1]}
    weights = [np.asarray(W, float) for W in weights]
    return {"cold": seconds[0], "warm": seconds[1], "E": error(forward(X, weights)[-1], y).reshape(-1).tolist()}


def check(name: str, result: dict) -> None:
    """Exit unless the contender has computed what the plain sweep computes."""
    start = "article" if name.startswith("one") else "thousand"
    far = 1e-3 if "float32" in name else 1e-6
    if "E" in result and not np.allclose(result["E"], wanted(start, FEW if name in SCALED else STEPS), rtol=far):
        raise SystemExit(f"{name} ends with other errors than the plain sweep: nothing is recorded")


@functools.cache
def wanted(start: str, steps: int) -> np.ndarray:
    weights = {"article": article, "thousand": thousand}[start]()
    return error(forward(X, plain(weights, steps))[-1], y).reshape(-1)


def machine() -> dict:
    """What the numbers depend on."""
    info = Path("/proc/cpuinfo")
    names = re.findall(r"model name\s*: (.*)", info.read_text()) if info.exists() else []
    features = np._core._multiarray_umath.__cpu_features__
    return {
        "processor": names[0] if names else platform.processor() or platform.machine(),
        "cores": CORES,
        "vectors": "AVX-512" if features.get("AVX512_SKX") else "AVX2" if features.get("AVX2") else "other",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def table(record: dict) -> str:
    """Warm seconds, and how many times those of `train`."""
    lines = []
    for name, seconds in record["warm"].items():
        own = record["warm"][name.split(":")[0] + ": train"]
        cold = f"  cold {record['cold'][name]:8.3f}" if "jax" in name else ""
        lines.append(f"{name:28} {seconds:9.3f} s {seconds / own:8.2f} × train{cold}")
    return "\n".join(lines)


def refresh() -> None:
    """Put the record's numbers into the page that shows them: what stands before each `<!--= took(…) -->` and the like."""
    text = SHOWN.read_text(encoding="utf-8")
    variables: dict = {}
    with contextlib.redirect_stdout(io.StringIO()):
        for block in re.findall(r"```python\n(.*?)```", text, re.S)[:2]:
            exec(block, variables)

    def fresh(match: re.Match) -> str:
        return str(eval(match[2], variables)) + match[1]

    text = re.sub(r"[\w.,]+(<!--= ((?:took|ratio|aim)\(.*?\)|record\[.*?) -->)", fresh, text)
    SHOWN.write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    times: dict[str, list[dict]] = {name: [] for name in CONTENDERS}
    for n in range(ROUNDS):
        for name in CONTENDERS:
            print(f"\r\033[Kround {n + 1} of {ROUNDS}: {name}", end="", file=sys.stderr, flush=True)
            done = subprocess.run([sys.executable, __file__, name], stdout=subprocess.PIPE, text=True, check=True)
            result = json.loads(done.stdout)
            check(name, result)
            times[name].append(result)
    print("\r\033[K", end="", file=sys.stderr)
    record = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": machine(),
        "versions": {name: version(name) for name in ("numpy", "torch", "autograd", "micrograd", "jax")},
        "steps": STEPS,
        "runs": RUNS,
        "rounds": ROUNDS,
    }
    for which in ("cold", "warm"):
        record[which] = {n: round(statistics.median(r[which] for r in results), 4) for n, results in times.items()}
    RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    refresh()
    print(table(record))
    print("Recorded. `make approve`, and read the difference, before you commit it.")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(sys.argv[1])))
    else:
        main()
