// The arithmetic of the playground: the article's network with 0 to 8 hidden units, with or without biases and momentum.
// Names are the book's. A matrix is a list of rows. tests/browser/test_playground.py holds it to NumPy.
globalThis.backprop = (() => {
  const X = [[0, 0], [0, 1], [1, 0], [1, 1]];
  const y = [0, 1, 1, 0];

  // What NumPy's np.random.seed(seed) followed by np.random.randn draws: the Mersenne Twister, and normal numbers in
  // pairs by Marsaglia's polar method, the second of a pair first.
  function randn(seed) {
    const key = new Uint32Array(624);
    for (let n = 0, s = seed >>> 0; n < 624; n++) {
      key[n] = s;
      s = (Math.imul(1812433253, s ^ (s >>> 30)) + n + 1) >>> 0;
    }
    let at = 624, kept = null;
    function word() {
      if (at === 624) {
        for (let n = 0; n < 624; n++) {
          const both = (key[n] & 0x80000000) | (key[(n + 1) % 624] & 0x7fffffff);
          key[n] = key[(n + 397) % 624] ^ (both >>> 1) ^ (both & 1 ? 0x9908b0df : 0);
        }
        at = 0;
      }
      let w = key[at++];
      w ^= w >>> 11;
      w ^= (w << 7) & 0x9d2c5680;
      w ^= (w << 15) & 0xefc60000;
      return (w ^ (w >>> 18)) >>> 0;
    }
    const uniform = () => ((word() >>> 5) * 67108864 + (word() >>> 6)) / 9007199254740992;
    return () => {
      if (kept !== null) {
        const second = kept;
        kept = null;
        return second;
      }
      for (;;) {
        const u = 2 * uniform() - 1, v = 2 * uniform() - 1, r = u * u + v * v;
        if (r > 0 && r < 1) {
          const f = Math.sqrt((-2 * Math.log(r)) / r);
          kept = f * u;
          return f * v;
        }
      }
    };
  }

  // The weights of every layer, (units in, units out); with biases one row more, of zeros. No hidden units: one layer.
  function start({ hidden, bias, scale, seed }) {
    const draw = randn(seed), sizes = hidden ? [2, hidden, 1] : [2, 1];
    return sizes.slice(1).map((out, n) => {
      const W = Array.from({ length: sizes[n] }, () => Array.from({ length: out }, () => draw() * scale));
      return bias ? [...W, Array(out).fill(0)] : W;
    });
  }

  const sigmoid = (z) => 1 / (1 + Math.exp(-z)); // (2)

  // The activations of every layer for one case, the inputs first.
  function forward(x, weights) {
    const a = [x];
    for (const W of weights) {
      const before = a[a.length - 1];
      a.push(W[0].map((_, j) => {
        let z = W.length > before.length ? W[before.length][j] : 0;
        for (let i = 0; i < before.length; i++) z += before[i] * W[i][j]; // (1)
        return sigmoid(z);
      }));
    }
    return a;
  }

  // For every case the activations `a` and the deltas of every layer; over all cases the gradient of E and the loss.
  function backward(weights) {
    const gradients = weights.map((W) => W.map((row) => row.map(() => 0)));
    let loss = 0;
    const cases = X.map((x, c) => {
      const a = forward(x, weights), deltas = [];
      const yhat = a[a.length - 1][0];
      let blame = [yhat - y[c]]; // (4)
      loss += blame[0] ** 2 / X.length; // (15)
      for (let n = weights.length - 1; n >= 0; n--) {
        const delta = blame.map((b, j) => b * a[n + 1][j] * (1 - a[n + 1][j])); // (5)
        gradients[n].forEach((row, i) => delta.forEach((d, j) => { row[j] += (i < a[n].length ? a[n][i] : 1) * d; })); // (6)
        blame = a[n].map((_, i) => weights[n][i].reduce((sum, w, j) => sum + w * delta[j], 0)); // (7)
        deltas[n] = delta;
      }
      return { a, deltas, yhat };
    });
    return { cases, gradients, loss };
  }

  // A run: its settings, its weights, how many sweeps it has made; look() before a sweep, sweep() to make one.
  function run(settings) {
    const weights = start(settings);
    const velocity = weights.map((W) => W.map((row) => row.map(() => 0)));
    return {
      settings, weights, sweeps: 0,
      look: () => backward(weights),
      sweep() {
        const { gradients, loss } = backward(weights);
        weights.forEach((W, n) => W.forEach((row, i) => row.forEach((_, j) => {
          velocity[n][i][j] = settings.momentum * velocity[n][i][j] - settings.rate * gradients[n][i][j]; // (9)
          row[j] += velocity[n][i][j]; // (8)
        })));
        this.sweeps += 1;
        return loss;
      },
    };
  }

  // The same run as a program in Python.
  function python({ hidden, bias, rate, momentum, scale, seed }, sweeps) {
    const names = hidden ? [["W1", "b1", 2, hidden], ["W2", "b2", hidden, 1]] : [["W1", "b1", 2, 1]];
    const last = hidden ? "W2" : "W1", every = Math.max(1, Math.floor(sweeps / 5));
    const plus = (b) => (bias ? ` + ${b}` : "");
    const all = names.flatMap(([W, b]) => (bias ? [W, b] : [W]));
    const lines = [
      "import numpy as np", "",
      "X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])", "y = np.array([[0], [1], [1], [0]])",
      `np.random.seed(${seed})`,
      ...names.map(([W, , i, o]) => `${W} = np.random.randn(${i}, ${o}) * ${scale}`),
      ...(bias ? names.map(([, b, , o]) => `${b} = np.zeros((1, ${o}))`) : []),
      ...(momentum ? all.map((w) => `v${w} = np.zeros(${w}.shape)`) : []),
      `lr = ${rate}`, ...(momentum ? [`momentum = ${momentum}`] : []), "",
      "def sigmoid(z):", "    return 1 / (1 + np.exp(-z))", "",
      `for step in range(${sweeps} + 1):`,
      ...(hidden
        ? [`    a1 = sigmoid(X @ W1${plus("b1")})`, `    yhat = sigmoid(a1 @ W2${plus("b2")})`]
        : [`    yhat = sigmoid(X @ W1${plus("b1")})`]),
      "    loss = np.mean((y - yhat) ** 2)",
      `    if step % ${every} == 0:`, '        print(f"Step {step:5d} | Loss: {loss:.4f}")',
      `    if step == ${sweeps}:`, "        break",
      "    d_out = (yhat - y) * yhat * (1 - yhat)",
      ...(hidden ? ["    d_hid = (d_out @ W2.T) * a1 * (1 - a1)", "    dW2 = a1.T @ d_out"] : []),
      `    dW1 = X.T @ ${hidden ? "d_hid" : "d_out"}`,
      ...(bias ? [`    db1 = ${hidden ? "d_hid" : "d_out"}.sum(axis=0, keepdims=True)`] : []),
      ...(bias && hidden ? ["    db2 = d_out.sum(axis=0, keepdims=True)"] : []),
      ...(momentum
        ? all.flatMap((w) => [`    v${w} = momentum * v${w} - lr * d${w}`, `    ${w} += v${w}`])
        : all.map((w) => `    ${w} -= lr * d${w}`)),
      "", "for x, p in zip(X, yhat):", '    print(x, f"{p[0]:.3f}")',
    ];
    return lines.join("\n") + "\n";
  }

  return { X, y, randn, start, forward, backward, run, python };
})();
