"""The playground's arithmetic is NumPy's, its runs are the programs that it writes, and it can be used without a mouse."""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import re

import numpy as np
import pytest

from backprop_from_scratch import forward, train

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
y = np.array([[0], [1], [1], [0]])
ARTICLE = {"hidden": 4, "bias": False, "rate": 0.5, "momentum": 0, "scale": 0.5, "seed": 42}

RUN = """([settings, sweeps]) => {
  const run = backprop.run(settings), first = structuredClone(run.weights), losses = [];
  for (let n = 0; n < sweeps; n++) losses.push(run.sweep());
  return {first, last: run.weights, losses, yhat: run.look().cases.map((c) => c.yhat)};
}"""


def settings(seed: int) -> dict:
    """Random settings, all over the playground's range; a large rate goes with little momentum, or the run is chaotic."""
    rng = np.random.default_rng(seed)
    momentum = float(rng.choice([0, 0.5, 0.9]))
    return {
        "hidden": int(rng.integers(0, 9)),
        "bias": bool(rng.integers(2)),
        "rate": float(rng.choice([0.05, 0.25, 0.5, 1.0])) if momentum == 0.9 else float(rng.choice([0.1, 0.5, 2.0])),
        "momentum": momentum,
        "scale": float(rng.uniform(0.1, 2)),
        "seed": int(rng.integers(2**32)),
    }


@pytest.fixture(scope="module")
def page(chromium, site):
    context = chromium.new_context(base_url=site, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto("playground.html")
    yield page
    context.close()


def numpy_start(s: dict) -> list[np.ndarray]:
    np.random.seed(s["seed"])
    sizes = [2, s["hidden"], 1] if s["hidden"] else [2, 1]
    weights = [np.random.randn(i, o) * s["scale"] for i, o in itertools.pairwise(sizes)]
    return [np.vstack([W, np.zeros((1, W.shape[1]))]) for W in weights] if s["bias"] else weights


def test_the_articles_run(page):
    ran = page.evaluate(RUN, [ARTICLE, 10001])
    assert [f"{loss:.4f}" for loss in ran["losses"][::2000]] == [
        "0.2557",
        "0.0128",
        "0.0027",
        "0.0013",
        "0.0009",
        "0.0006",
    ]
    assert [f"{p:.3f}" for p in ran["yhat"]] == ["0.026", "0.975", "0.975", "0.023"]


def test_a_hundred_random_settings_are_numpys(page):
    worst = 0.0
    for seed in range(100):
        s = settings(seed)
        ran = page.evaluate(RUN, [s, 1000])
        weights = [np.array(W) for W in ran["first"]]
        for ours, theirs in zip(numpy_start(s), weights, strict=True):
            assert np.allclose(ours, theirs, rtol=1e-13, atol=1e-15), s
        weights, E = train(X, y, weights, 1000, s["rate"], s["momentum"])
        differences = [
            np.abs(np.array(ran["losses"]) - E / 2).max(),
            np.abs(np.array(ran["yhat"]) - forward(X, weights)[-1][:, 0]).max(),
        ]
        differences += [np.abs(np.array(a) - b).max() for a, b in zip(ran["last"], weights, strict=True)]
        worst = max(worst, *map(float, differences))
        assert worst < 1e-9, s
    assert worst > 0  # two implementations, not one compared with itself


@pytest.mark.parametrize(("seed", "sweeps"), [(0, 500), (1, 7), (2, 0), (3, 1000), (4, 250), (5, 1234)])
def test_the_program_prints_the_playgrounds_numbers(page, seed, sweeps):
    s = settings(seed) if seed else ARTICLE
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(page.evaluate("([s, n]) => backprop.python(s, n)", [s, sweeps]), {})
    every = max(1, sweeps // 5)
    ran = page.evaluate(RUN, [s, sweeps + 1])
    losses = [f"Step {n:5d} | Loss: {ran['losses'][n]:.4f}" for n in range(0, sweeps + 1, every)]
    answers = page.evaluate(RUN, [s, sweeps])["yhat"]
    assert printed.getvalue().split("\n")[: len(losses)] == losses
    assert re.findall(r"\] (\S+)", printed.getvalue()) == [f"{p:.3f}" for p in answers]


def test_the_address_is_the_run(tab):
    page = tab("playground.html#hidden=3&bias=1&rate=1.5&momentum=0.5&scale=1&seed=7&sweeps=123")
    assert "After 123 sweeps" in page.get_by_role("status").inner_text()
    assert page.get_by_label("Hidden units").input_value() == "3" and page.get_by_label("Biases").is_checked()
    page.get_by_role("button", name="One sweep").click()
    there = page.get_by_role("link", name="Address of this run").get_attribute("href")
    assert "sweeps=124" in there and "seed=7" in there
    said = page.get_by_role("status").inner_text()
    assert tab("playground.html" + there).get_by_role("status").inner_text() == said


@pytest.mark.parametrize(
    "bad", ["hidden=99", "hidden=x", "rate=-3", "seed=1e99", "sweeps=-5", "momentum=NaN", "bias=maybe", "%%%"]
)
def test_an_address_that_makes_no_sense_still_runs(tab, bad):
    page = tab(f"playground.html#{bad}")
    page.get_by_role("button", name="One sweep").click()
    assert re.match(r"After 1 sweep the loss is 0\.\d{4}", page.get_by_role("status").inner_text())


def test_presets_do_what_their_names_say(tab):
    page = tab("playground.html")

    def answers(preset: str) -> list[float]:
        page.get_by_role("button", name=preset).click()
        for _ in range(10):
            page.get_by_role("button", name="1000 sweeps").click()
        return [float(p) for p in re.findall(r"\d\.\d{3}(?=[,:])", page.get_by_role("status").inner_text())]

    assert np.allclose(answers("The article"), [0.026, 0.975, 0.975, 0.023], atol=0.0011)
    assert np.allclose(answers("A single layer"), 0.5, atol=0.01)
    assert sorted(np.abs(np.array(answers("The stuck run of 1986")) - 0.5).round(1)) == [0, 0, 0.5, 0.5]
    assert (np.round(answers("The lucky two")) == [0, 1, 1, 0]).all()


def test_a_setting_begins_a_new_run(tab):
    page = tab("playground.html")
    page.get_by_role("button", name="1000 sweeps").click()
    page.get_by_label("Seed").fill("43")
    page.get_by_label("Seed").press("Enter")
    page.get_by_label("Seed").blur()
    assert "After 0 sweeps" in page.get_by_role("status").inner_text() and "seed=43" in page.url


def test_a_weight_tells_its_gradient_by_keyboard(tab):
    page = tab("playground.html#sweeps=50")
    page.locator(".playground-weight[tabindex='0']").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    told = page.locator(".playground-told").inner_text().replace("−", "-")
    assert "W₁[1, 1]" in told
    terms = [float(a) * float(b) for a, b in re.findall(r"[=+] (-?[\d.]+) · (-?[\d.]+(?:e[-+]\d+)?)", told)]
    gradient = page.evaluate(
        "() => { const r = backprop.run("
        + json.dumps(ARTICLE)
        + "); for (let n = 0; n < 50; n++) r.sweep(); return r.look().gradients[0][1][1]; }"
    )
    assert len(terms) == 4 and abs(sum(terms) - gradient) < 2e-4
    assert np.isclose(float(told.rsplit("= ")[-1]), gradient, rtol=0.02)


def test_it_runs_and_pauses(tab):
    page = tab("playground.html")
    button = page.get_by_role("button", name="Run", exact=True)
    button.click()
    page.wait_for_function("() => /Sweep \\d{2,}/.test(document.querySelector('.playground-status').textContent)")
    page.get_by_role("button", name="Pause").click()
    assert page.get_by_role("status").inner_text().startswith("After ")
    assert button.is_visible()


def test_no_animation_for_those_who_want_none(tab):
    page = tab("playground.html", reduced_motion="reduce")
    page.get_by_role("button", name="Run", exact=True).click()
    assert "After 1000 sweeps" in page.get_by_role("status").inner_text()


def test_a_heading_in_the_address_is_no_run(tab):
    page = tab("playground.html#hidden=3&sweeps=50")
    page.get_by_role("link", name="What to try", exact=True).click()
    page.wait_for_timeout(200)
    assert page.url.endswith("#what-to-try")
    assert page.get_by_role("status").inner_text().startswith("After 50 sweeps")
    page.go_back()
    page.wait_for_timeout(200)
    assert "sweeps=50" in page.url and page.get_by_label("Hidden units").input_value() == "3"
    page = tab("playground.html#what-to-try")
    assert page.url.endswith("#what-to-try")
    page.wait_for_function("() => document.getElementById('what-to-try').getBoundingClientRect().top < innerHeight")


def test_what_is_no_number_begins_no_new_run(tab):
    page = tab("playground.html#sweeps=50")
    for name, before in [("Seed", "42"), ("Learning rate", "0.5"), ("Hidden units", "4")]:
        page.get_by_label(name).fill("")
        page.get_by_label(name).blur()
        assert page.get_by_label(name).input_value() == before
    assert page.get_by_role("status").inner_text().startswith("After 50 sweeps")
    page.get_by_label("Learning rate").fill("0")
    page.get_by_label("Learning rate").blur()
    assert page.get_by_label("Learning rate").input_value() == "0.01"


@pytest.mark.parametrize(("name", "after"), [("Learning rate", "0.51"), ("Momentum", "0.01"), ("Size of the", "0.6")])
def test_an_arrow_key_is_a_small_step(tab, name, after):
    page = tab("playground.html")
    page.get_by_label(name).press("ArrowUp")
    assert page.get_by_label(name).input_value() == after


def test_a_run_ends_where_an_address_can_still_lead(tab):
    page = tab("playground.html#hidden=0&sweeps=199990")
    page.get_by_role("button", name="1000 sweeps").click()
    said = page.get_by_role("status").inner_text()
    assert said.startswith("After 200000 sweeps") and said.endswith("A run ends here.")
    assert "sweeps=200000" in page.url
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_timeout(200)
    assert page.get_by_role("button", name="Run", exact=True).is_visible()


def test_a_frame_makes_no_elements_and_is_not_read_out(tab):
    page = tab("playground.html#hidden=8&bias=1")
    page.locator(".playground-weight[tabindex='0']").focus()
    page.evaluate(
        "() => { globalThis.made = 0; new MutationObserver((all) => all.forEach((m) => made += m.addedNodes[0] instanceof "
        "Element)).observe(document.querySelector('.playground-views'), {childList: true, subtree: true}); }"
    )
    page.evaluate("[...document.querySelectorAll('#playground button')].find((b) => b.textContent === 'Run').click()")
    page.wait_for_function("() => /Sweep \\d{3,}/.test(document.querySelector('.playground-status').textContent)")
    live = "['.playground-status', '.playground-told'].map((one) => document.querySelector(one).ariaLive)"
    assert page.evaluate("made") == 0
    assert page.evaluate("document.activeElement.dataset.at") == "0,0,0"
    assert page.evaluate(live) == ["off", "off"]
    page.get_by_role("button", name="Pause").click()
    assert page.evaluate(live) == ["polite", "polite"]


def test_names_in_the_drawings_have_their_quantitys_colour(tab):
    page = tab("playground.html")
    fill = "e => getComputedStyle(e).fill"
    weights = page.locator(".playground-drawing text", has_text="W₁").first.evaluate(fill)
    assert weights == page.locator(".playground-weight rect").last.evaluate("e => getComputedStyle(e).stroke")
    assert weights != page.locator(".playground-drawing text", has_text="x₁").first.evaluate(fill)


def test_the_themes_button_copies_the_program(tab):
    page = tab("playground.html#sweeps=7", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_text("This run as Python", exact=True).click()
    page.locator("#playground details").get_by_role("button").click()
    page.wait_for_timeout(200)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.evaluate("([s, n]) => backprop.python(s, n)", [ARTICLE, 7]).rstrip()


def test_it_says_so_where_scripts_are_off(tab):
    page = tab("playground.html", java_script_enabled=False)
    assert "needs JavaScript" in page.locator("#playground").inner_text()
