// The playground's page: settings, five linked views of one run, and the run in the address. The arithmetic is network.js.
(() => {
  const root = document.getElementById("playground");
  if (!root) return;
  const { X, y, run, forward, python } = globalThis.backprop;

  // ---- settings: what a run is, and nothing else -------------------------------------------------------------

  const SETTINGS = {
    hidden: { label: "Hidden units", low: 0, high: 8, step: 1, value: 4, whole: true },
    bias: { label: "Biases", value: false },
    rate: { label: "Learning rate ε", low: 0.01, high: 20, step: 0.01, value: 0.5 },
    momentum: { label: "Momentum α", low: 0, high: 0.99, step: 0.01, value: 0 },
    scale: { label: "Size of the first weights", low: 0, high: 5, step: 0.1, value: 0.5 },
    seed: { label: "Seed", low: 0, high: 4294967295, step: 1, value: 42, whole: true },
  };
  const MOST = 200000; // sweeps of a run: an address may ask for as many, so that every run has one
  const PRESETS = {
    "The article": { hidden: 4, bias: false, rate: 0.5, momentum: 0, scale: 0.5, seed: 42 },
    "A single layer": { hidden: 0, bias: false, rate: 0.5, momentum: 0, scale: 0.5, seed: 42 },
    "The stuck run of 1986": { hidden: 2, bias: true, rate: 0.25, momentum: 0.9, scale: 0.5, seed: 42 },
    "The lucky two": { hidden: 2, bias: false, rate: 0.5, momentum: 0, scale: 0.5, seed: 42 },
  };

  // The nearest value that the setting allows, or null for what is no number.
  function allowed(name, text) {
    const s = SETTINGS[name];
    if (typeof s.value === "boolean") return text === true || text === "true" || text === "1";
    const value = Number(text);
    if (String(text).trim() === "" || !Number.isFinite(value)) return null;
    const inside = Math.min(s.high, Math.max(s.low, value));
    return s.whole ? Math.round(inside) : inside;
  }

  // A fragment that names a heading is no run.
  const isRun = () => [...new URLSearchParams(location.hash.slice(1)).keys()].some((name) => name in SETTINGS || name === "sweeps");

  function fromAddress() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const settings = {};
    for (const [name, s] of Object.entries(SETTINGS)) settings[name] = allowed(name, asked.get(name) ?? "") ?? s.value;
    if (!asked.has("bias")) settings.bias = SETTINGS.bias.value;
    const sweeps = Math.min(MOST, Math.max(0, Math.round(Number(asked.get("sweeps")) || 0)));
    return { settings, sweeps };
  }

  function address() {
    const { bias, ...rest } = now.settings;
    return "#" + new URLSearchParams({ ...rest, bias: bias ? 1 : 0, sweeps: now.sweeps });
  }

  // ---- elements ------------------------------------------------------------------------------------------------

  function html(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value !== false) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children);
    return element;
  }

  // A shape is a piece of SVG that is wanted. patch() makes what is there equal to what is wanted, and touches nothing
  // else: a frame costs little, and a weight that is pointed at or has the focus stays the same element.
  const shape = (tag, attributes, inside = []) => ({ tag, attributes, inside });

  function patch(parent, shapes) {
    shapes.forEach(({ tag, attributes, inside }, k) => {
      let element = parent.children[k];
      if (element?.nodeName !== tag) {
        const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
        made.was = {};
        if (element) element.replaceWith(made);
        else parent.append(made);
        element = made;
      }
      for (const name of Object.keys(element.was)) if (!(name in attributes)) element.removeAttribute(name);
      for (const [name, value] of Object.entries(attributes)) if (element.was[name] !== value) element.setAttribute(name, value);
      element.was = attributes;
      if (Array.isArray(inside)) patch(element, inside);
      else if (element.textContent !== inside) element.textContent = inside;
    });
    while (parent.children.length > shapes.length) parent.lastElementChild.remove();
  }

  const small = (value) => (value === 0 || Math.abs(value) >= 0.001 ? value.toFixed(4) : value.toExponential(1)).replace(/-/g, "−");
  const signed = (value, places = 2) => value.toFixed(places).replace(/^-(?=.*[1-9])/, "−").replace("-", "");
  const colour = (name) => `var(--figure-${name})`;

  function view(title, note) {
    const box = html("div", { class: "playground-drawing" });
    const figure = html("figure", { class: "playground-view" }, html("h2", {}, title), box, html("figcaption", {}, note));
    views.append(figure);
    return box;
  }

  const inputs = {}, controls = html("form", { class: "playground-controls", novalidate: true, onsubmit: (event) => event.preventDefault() });
  for (const [name, s] of Object.entries(SETTINGS)) {
    const check = typeof s.value === "boolean";
    inputs[name] = html("input", check ? { type: "checkbox" } : { type: "number", min: s.low, max: s.high, step: s.step, inputmode: "decimal" });
    inputs[name].addEventListener("change", () => {
      const value = check ? inputs[name].checked : allowed(name, inputs[name].value) ?? now.settings[name];
      if (value !== now.settings[name]) begin({ ...now.settings, [name]: value });
      else if (!check) inputs[name].value = value; // no number, or the nearest that is allowed is what it was
    });
    controls.append(html("label", {}, html("span", {}, s.label), inputs[name]));
  }
  const pace = html("select", {}, ...[1, 5, 20, 100].map((n) => html("option", { value: n, ...(n === 20 ? { selected: true } : {}) }, String(n))));
  controls.append(html("label", {}, html("span", {}, "Sweeps a frame"), pace));

  const play = html("button", { type: "button", class: "md-button md-button--primary", onclick: () => (playing ? pause() : go()) }, "Run");
  const buttons = html("div", { class: "playground-buttons" }, play,
    html("button", { type: "button", class: "md-button", onclick: () => { pause(); sweeps(1); draw(); said(); } }, "One sweep"),
    html("button", { type: "button", class: "md-button", onclick: () => { pause(); sweeps(1000); draw(); said(); } }, "1000 sweeps"),
    html("button", { type: "button", class: "md-button", onclick: () => begin(now.settings) }, "Start again"));
  const presets = html("div", { class: "playground-buttons", role: "group", "aria-label": "Runs to begin with" },
    ...Object.entries(PRESETS).map(([name, settings]) => html("button", { type: "button", class: "md-button", onclick: () => begin(settings) }, name)));

  const status = html("p", { class: "playground-status", role: "status" });
  const views = html("div", { class: "playground-views" });
  const code = html("code"), link = html("a", { href: "#" }, "Address of this run");
  const asPython = html("details", { ontoggle: () => showPython() }, html("summary", {}, "This run as Python"), html("pre", { tabindex: 0 }, code)); // the theme adds its copy button
  root.replaceChildren(presets, controls, buttons, status, views, html("p", {}, link), asPython);

  const curve = view("Loss", "The mean squared error L of every sweep so far, on a scale of powers of ten.");
  const surface = view("Decision surface", "What the network answers for every input between −½ and 1½: paper is 0, green is 1. Filled points should be 1. The line is ½.");
  const space = view("Hidden space", "Where the four cases are in the activations of two hidden units.");
  const net = view("Network", "Activations of one case: the fuller a unit, the nearer to 1. A dashed line is a negative weight.");
  const hinton = view("Weights", "Area is size; a filled square is positive, a hollow one negative. Point at one, or go there with the arrow keys.");
  const told = view("Gradient of a weight", "How the gradient of the chosen weight comes about, over the four cases.");
  told.classList.add("playground-told");
  told.setAttribute("aria-live", "polite");

  const axisA = html("select", { "aria-label": "Horizontal hidden unit", onchange: () => draw() }), axisB = html("select", { "aria-label": "Vertical hidden unit", onchange: () => draw() });
  const axes = html("div", { class: "playground-choice" }, "units ", axisA, " and ", axisB);
  space.after(axes);
  const which = html("select", { "aria-label": "Case shown in the network", onchange: () => draw() }, ...X.map((x, c) => html("option", { value: c }, x.join(""))));
  which.value = "1";
  net.after(html("div", { class: "playground-choice" }, "case ", which));
  const canvas = html("canvas", { width: 61, height: 61 }), points = html("div", { class: "playground-points" });
  surface.append(canvas, points);

  // ---- the run ---------------------------------------------------------------------------------------------------

  let now, losses, stride, playing = false, frame = 0, chosen = null;

  function begin(settings, first = 0, write = true) {
    pause();
    now = run(settings);
    losses = [];
    stride = 1;
    for (const [name, input] of Object.entries(inputs)) {
      if (input.type === "checkbox") input.checked = settings[name];
      else input.value = settings[name];
    }
    for (const [select, unit] of [[axisA, 0], [axisB, 1]]) {
      select.replaceChildren(...Array.from({ length: settings.hidden }, (_, j) => html("option", { value: j }, String(j + 1))));
      select.value = String(Math.min(unit, settings.hidden - 1));
    }
    axes.hidden = settings.hidden < 2;
    chosen = null;
    told.textContent = "Choose a weight.";
    sweeps(first);
    draw();
    said(write);
  }

  // Every stride-th loss is kept; when they are many, every other one of them goes.
  function sweeps(count) {
    for (let n = 0; n < count && now.sweeps < MOST; n++) {
      const at = now.sweeps, loss = now.sweep();
      if (at % stride === 0) losses.push(loss);
      if (losses.length > 800) {
        losses = losses.filter((_, k) => k % 2 === 0);
        stride *= 2;
      }
    }
  }

  function go() {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) { // no animation: a large step instead
      sweeps(1000);
      draw();
      said();
      return;
    }
    playing = true;
    play.textContent = "Pause";
    for (const live of [status, told]) live.setAttribute("aria-live", "off"); // not sixty times a second
    const next = () => {
      if (!root.isConnected || now.sweeps >= MOST) return pause(); // another page is shown in this one's place, or it is done
      sweeps(Number(pace.value));
      draw();
      frame = requestAnimationFrame(next);
    };
    frame = requestAnimationFrame(next);
  }

  function pause() {
    if (!playing) return;
    playing = false;
    cancelAnimationFrame(frame);
    play.textContent = "Run";
    for (const live of [status, told]) live.setAttribute("aria-live", "polite");
    draw();
    said();
  }

  // What is said when the run rests: to everybody, and to a screen reader.
  function said(write = true) {
    if (!root.isConnected) return;
    const { cases, loss } = now.look();
    const right = cases.filter(({ yhat }, c) => (yhat > 0.5 ? 1 : 0) === y[c]).length;
    status.textContent = `After ${now.sweeps} ${now.sweeps === 1 ? "sweep" : "sweeps"} the loss is ${loss.toFixed(4)}; the answers for 00, 01, 10, 11 are ` +
      `${cases.map(({ yhat }) => yhat.toFixed(3)).join(", ")}: ${right} of 4 on the right side of ½.` + (now.sweeps < MOST ? "" : " A run ends here.");
    link.href = address();
    if (write) history.replaceState(null, "", address());
    if (asPython.open) showPython();
  }

  function showPython() {
    code.textContent = python(now.settings, now.sweeps);
  }

  // ---- drawing -----------------------------------------------------------------------------------------------------

  function picture(box, width, height, inside, name) {
    patch(box, [shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": name }, inside)]);
  }

  const mark = (x, y0, c, r = 6) =>
    shape("circle", { cx: x, cy: y0, r, fill: y[c] ? "currentColor" : "var(--figure-paper)", stroke: "currentColor", "stroke-width": 1.5 });
  const label = (x, y0, text, more = {}) => shape("text", { x, y: y0, ...more }, text);

  function draw() {
    const look = now.look();
    drawCurve(look);
    drawSurface();
    drawSpace(look);
    drawWeights(look);
    drawNetwork(look);
    if (chosen) tell(look);
    if (playing) status.textContent = `Sweep ${now.sweeps}, loss ${look.loss.toFixed(4)}`;
  }

  function drawCurve({ loss }) {
    const last = Math.max(1, now.sweeps), all = [...losses, loss], bottom = -5;
    const px = (n) => 34 + (252 * Math.min(n, last)) / last, py = (v) => 12 + (150 * Math.log10(Math.max(v, 10 ** bottom))) / bottom;
    const path = all.map((v, k) => `${px(k < losses.length ? k * stride : now.sweeps).toFixed(1)},${py(v).toFixed(1)}`).join(" ");
    const inside = [];
    for (let p = 0; p >= bottom; p--) {
      inside.push(shape("line", { x1: 34, x2: 286, y1: py(10 ** p), y2: py(10 ** p), stroke: colour("c7"), "stroke-width": 0.4 }));
      inside.push(label(30, py(10 ** p) + 4, p === 0 ? "1" : `10⁻${"⁰¹²³⁴⁵"[-p]}`, { "text-anchor": "end" }));
    }
    inside.push(shape("polyline", { points: path, fill: "none", stroke: colour("c3"), "stroke-width": 2 }));
    inside.push(label(34, 182, "0"), label(286, 182, String(now.sweeps), { "text-anchor": "end" }));
    picture(curve, 300, 190, inside, `Loss curve, at ${loss.toFixed(4)} after ${now.sweeps} sweeps`);
  }

  let ink, paper, green;
  function colours() {
    const probe = html("span", { style: "position:absolute;visibility:hidden" });
    root.append(probe);
    const read = (value) => {
      probe.style.color = value;
      return getComputedStyle(probe).color.match(/[\d.]+/g).slice(0, 3).map(Number);
    };
    [ink, paper, green] = [read("currentcolor"), read("var(--figure-paper)"), read("var(--figure-c2)")];
    probe.remove();
  }

  function drawSurface() {
    const size = canvas.width, context = canvas.getContext("2d"), image = context.createImageData(size, size);
    const at = (k) => -0.5 + (2 * k) / (size - 1);
    const answers = new Float64Array(size * size);
    for (let row = 0; row < size; row++) for (let column = 0; column < size; column++) {
      const a = forward([at(column), at(size - 1 - row)], now.weights);
      answers[row * size + column] = a[a.length - 1][0];
    }
    answers.forEach((p, k) => {
      const side = p > 0.5, edge = (k % size && answers[k - 1] > 0.5 !== side) || (k >= size && answers[k - size] > 0.5 !== side);
      for (let n = 0; n < 3; n++) image.data[4 * k + n] = edge ? ink[n] : paper[n] + (green[n] - paper[n]) * p;
      image.data[4 * k + 3] = 255;
    });
    context.putImageData(image, 0, 0);
    const inside = X.flatMap(([a, b], c) => [mark(50 + 100 * a, 150 - 100 * b, c, 5), label(60 + 100 * a, 146 - 100 * b, `${a}${b}`)]);
    const yes = Math.round((100 * answers.filter((p) => p > 0.5).length) / answers.length);
    picture(points, 200, 200, inside, `Decision surface: ${yes}% of it answers above one half`);
  }

  function drawSpace({ cases }) {
    const { hidden } = now.settings;
    if (!hidden) {
      picture(space, 200, 200, [label(100, 100, "no hidden units", { "text-anchor": "middle" })], "No hidden units");
      return;
    }
    const i = Number(axisA.value), j = Number(axisB.value), one = hidden === 1;
    const px = (v) => 20 + 160 * v, py = (v) => 180 - 160 * v;
    const inside = [shape("rect", { x: 20, y: 20, width: 160, height: 160, fill: "none", stroke: colour("c7"), "stroke-width": 0.6 })];
    const place = ({ a }) => [px(a[1][i]), one ? 100 : py(a[1][j])];
    cases.forEach((shown, c) => {
      const [x, at] = place(shown);
      inside.push(mark(x, at, c), label(x > 150 ? x - 9 : x + 9, at - 7, X[c].join(""), { "text-anchor": x > 150 ? "end" : "start" }));
    });
    if (!one) inside.push(label(8, 100, `unit ${j + 1}`, { transform: "rotate(-90 12 100)", "text-anchor": "middle", fill: colour("c1") }));
    inside.push(label(100, 196, `unit ${i + 1}`, { "text-anchor": "middle", fill: colour("c1") }));
    picture(space, 200, 200, inside, "Hidden activations: " + cases.map(({ a }, c) => `${X[c].join("")} at ${a[1].map((v) => v.toFixed(2)).join(", ")}`).join("; "));
  }

  const names = (n) => (now.weights.length === 1 ? "W₁" : `W${"₁₂"[n]}`);
  const unit = (n, i) => (i < (n === 0 ? 2 : now.settings.hidden) ? `${i + 1}` : "bias");

  function drawWeights() {
    const largest = Math.max(0.5, ...now.weights.flat(2).map(Math.abs)), cell = 30;
    const inside = [], width = Math.max(190, 76 + cell * Math.max(...now.weights.map((W) => W[0].length)));
    let top = 18, order = 0;
    now.weights.forEach((W, n) => {
      inside.push(label(0, top + (W.length * cell) / 2 + 4, names(n), { fill: colour("c5") }));
      W.forEach((row, i) => {
        inside.push(label(62, top + i * cell + 19, unit(n, i) === "bias" ? "bias" : n === 0 ? `x${"₁₂"[i]}` : `unit ${i + 1}`, { "text-anchor": "end" }));
        row.forEach((w, j) => {
          const side = 4 + (cell - 8) * Math.sqrt(Math.abs(w) / largest), x = 70 + j * cell, at = top + i * cell;
          const picked = chosen ? chosen.n === n && chosen.i === i && chosen.j === j : order === 0;
          inside.push(shape("g", { class: "playground-weight", role: "button", tabindex: picked ? 0 : -1, "data-at": `${n},${i},${j}`,
            "aria-label": `${names(n)}[${i}, ${j}] = ${signed(w)}` }, [
            shape("rect", { x, y: at, width: cell, height: cell, fill: "transparent", class: "cell" }),
            shape("rect", { x: x + (cell - side) / 2, y: at + (cell - side) / 2, width: side, height: side,
              fill: w > 0 ? colour("c5") : "var(--figure-paper)", stroke: colour("c5"), "stroke-width": 1.5 })]));
          order += 1;
        });
      });
      top += W.length * cell + 14;
    });
    patch(hinton, [shape("svg", { viewBox: `0 0 ${width} ${top}`, role: "group", "aria-label": "Weights" }, inside)]);
  }

  // The gradient of the chosen weight, (6), written out over the four cases.
  function tell({ cases, gradients }) {
    const { n, i, j } = chosen, W = now.weights[n], one = i >= (n === 0 ? 2 : now.settings.hidden);
    const input = one ? "1" : n === 0 ? `X[c, ${i}]` : `a₁[c, ${i}]`, delta = n === now.weights.length - 1 ? "δ_out[c]" : `δ_hid[c, ${j}]`;
    const terms = cases.map(({ a, deltas }) => `${signed(one ? 1 : a[n][i])} · ${small(deltas[n][j])}`);
    const lines = [
      `${names(n)}[${i}, ${j}] = ${small(W[i][j])}`,
      `∂E/∂${names(n)}[${i}, ${j}] = Σ over c of ${input} · ${delta}  (6)`,
      ...terms.map((term, c) => `${c ? "+" : "="} ${term}   case ${X[c].join("")}`),
      `= ${small(gradients[n][i][j])}`,
    ];
    if (told.children.length !== lines.length) told.replaceChildren(...lines.map(() => html("div")));
    lines.forEach((line, k) => { if (told.children[k].textContent !== line) told.children[k].textContent = line; });
  }

  function choose(target) {
    const at = target.closest?.(".playground-weight")?.dataset.at;
    if (!at) return;
    const [n, i, j] = at.split(",").map(Number);
    if (chosen && chosen.n === n && chosen.i === i && chosen.j === j) return;
    chosen = { n, i, j };
    hinton.querySelectorAll(".playground-weight").forEach((g) => g.setAttribute("tabindex", g.dataset.at === at ? 0 : -1));
    tell(now.look());
  }
  hinton.addEventListener("pointerover", (event) => choose(event.target));
  hinton.addEventListener("click", (event) => choose(event.target));
  hinton.addEventListener("focusin", (event) => choose(event.target));
  hinton.addEventListener("keydown", (event) => {
    const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
    if (!step || !chosen) return;
    event.preventDefault();
    let { n, i, j } = chosen;
    i += step[0];
    j += step[1];
    if (i < 0 && n > 0) i = now.weights[--n].length - 1;
    else if (i >= now.weights[n].length && n < now.weights.length - 1) [n, i] = [n + 1, 0];
    const W = now.weights[n];
    i = Math.min(Math.max(i, 0), W.length - 1);
    j = Math.min(Math.max(j, 0), W[0].length - 1);
    hinton.querySelector(`[data-at="${n},${i},${j}"]`).focus();
  });

  function drawNetwork({ cases }) {
    const c = Number(which.value), { a, yhat } = cases[c], sizes = a.map((layer) => layer.length);
    const px = (n) => 40 + (220 * n) / (sizes.length - 1), py = (n, k) => 115 + (k - (sizes[n] - 1) / 2) * Math.min(70, 200 / sizes[n]);
    const largest = Math.max(0.5, ...now.weights.flat(2).map(Math.abs)), radius = sizes[1] > 5 ? 9 : 13;
    const inside = [];
    now.weights.forEach((W, n) => W.slice(0, sizes[n]).forEach((row, i) => row.forEach((w, j) => {
      inside.push(shape("line", { x1: px(n), y1: py(n, i), x2: px(n + 1), y2: py(n + 1, j), stroke: colour("c5"),
        "stroke-width": (0.3 + (4 * Math.abs(w)) / largest).toFixed(2), ...(w < 0 ? { "stroke-dasharray": "5 3" } : {}) }));
    })));
    const colourOf = ["c0", ...Array(Math.max(0, sizes.length - 2)).fill("c1"), "c2"];
    a.forEach((layer, n) => layer.forEach((v, k) => {
      inside.push(shape("circle", { cx: px(n), cy: py(n, k), r: radius, fill: "var(--figure-paper)", stroke: colour(colourOf[n]), "stroke-width": 2 }));
      inside.push(shape("circle", { cx: px(n), cy: py(n, k), r: radius, fill: colour(colourOf[n]), "fill-opacity": v.toFixed(3) }));
    }));
    inside.push(label(px(sizes.length - 1), py(sizes.length - 1, 0) + radius + 16, yhat.toFixed(2), { "text-anchor": "middle" }));
    picture(net, 300, 230, inside, `Case ${X[c].join("")}: ` + (sizes.length > 2 ? `hidden activations ${a[1].map((v) => v.toFixed(2)).join(", ")}, ` : "") + `answer ${yhat.toFixed(2)}, should be ${y[c]}`);
  }

  // ---- begin -----------------------------------------------------------------------------------------------------------

  colours();
  new MutationObserver(() => { colours(); draw(); }).observe(document.body, { attributes: true, attributeFilter: ["data-md-color-scheme"] });
  addEventListener("hashchange", () => {
    if (!root.isConnected || !isRun()) return;
    const { settings, sweeps: first } = fromAddress();
    begin(settings, first);
  });
  const { settings, sweeps: first } = fromAddress();
  begin(settings, first, isRun() || !location.hash);
})();
