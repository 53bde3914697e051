// Runs blocks in Pyodide, away from the page. Made on the first Run. It is told {run: {source, name, label}} or
// {reset: true}, and tells {phase}, {bytes}, {stream, text}, {svg}, {done, raised}, {failed, why}.
const beside = (name) => new URL(name, import.meta.url).href;
const plain = self.fetch.bind(self);
let settings, pins = {}, fetched = 0, told = 0, drawing = false, starting;
let broken = () => {};

// Pyodide's own requests pass through here: what is pinned is held to its digest by the browser, and bytes are counted.
self.fetch = async (address, options) => {
  const url = String(address.url ?? address);
  try {
    const response = await plain(address, pins[url] ? { ...options, integrity: pins[url], credentials: "omit" } : options);
    if (!response.ok) throw new Unreachable(`${url}: ${response.status}`);
    const count = new TransformStream({
      transform(chunk, controller) {
        fetched += chunk.byteLength;
        if (performance.now() - told > 150) {
          told = performance.now();
          postMessage({ bytes: fetched });
        }
        controller.enqueue(chunk);
      },
    });
    response.body.pipeTo(count.writable).catch(broken);
    // Not every server knows what .wasm is, and browsers insist on it.
    const headers = url.endsWith(".wasm") ? { "Content-Type": "application/wasm" } : response.headers;
    return new Response(count.readable, { status: response.status, headers });
  } catch (error) {
    broken(error);
    throw error;
  }
};

// While it starts, Pyodide waits for ever for what could not be fetched or does not fit into memory: `broken` ends that.
const streaming = WebAssembly.instantiateStreaming;
WebAssembly.instantiateStreaming = (...given) =>
  streaming(...given).catch((error) => {
    broken(error);
    throw error;
  });

class Unreachable extends Error {}

async function script(name) {
  // import() knows no digest, so the script is fetched like the rest and imported from memory
  const text = await (await self.fetch(new URL(name, settings.index).href)).text();
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  try {
    return await import(address);
  } finally {
    URL.revokeObjectURL(address);
  }
}

async function unpack(python, name) {
  const archive = await (await self.fetch(beside(name))).arrayBuffer();
  python.unpackArchive(archive, "zip", { extractDir: "/home/pyodide" });
}

async function start() {
  postMessage({ phase: "Fetching Python" });
  settings = await (await self.fetch(beside("live.json"))).json();
  settings.index = beside(settings.index);
  pins = Object.fromEntries(Object.entries(settings.integrity).map(([name, pin]) => [settings.index + name, pin]));
  const fails = new Promise((_, reject) => (broken = reject));
  const [{ loadPyodide }] = await Promise.all([script("pyodide.mjs"), script("pyodide.asm.js")]);
  const loading = loadPyodide({ indexURL: settings.index, env: { MPLBACKEND: "agg", HOME: "/home/pyodide" } });
  const python = await Promise.race([loading, fails]);
  postMessage({ phase: "Starting Python" });
  await unpack(python, "live.zip");
  return { python, live: python.pyimport("mkdocs_weave.live"), unpacked: new Set() };
}

function fetching(names) {
  const main = names.filter((name) => ["numpy", "matplotlib"].includes(name));
  const said = main.length ? main : names.slice(0, 2);
  const rest = names.length - said.length;
  return `Fetching ${said.join(" and ")}${rest ? `, and ${rest} that ${said.length > 1 ? "they need" : "it needs"}` : ""}`;
}

async function load({ python, live, unpacked }, source) {
  const find = python.pyimport("pyodide.code").find_imports;
  const own = find(source).toJs().filter((name) => name in settings.packages);
  for (const name of own.filter((name) => !unpacked.has(name))) {
    postMessage({ phase: `Fetching ${name}` });
    await unpack(python, `${name}.zip`);
    unpacked.add(name);
  }
  const wanted = own.flatMap((name) => settings.packages[name]).map((name) => `import ${name}\n`).join("");
  const errors = [];
  const options = {
    checkIntegrity: true,
    messageCallback: (text) => text.startsWith("Loading ") && postMessage({ phase: fetching(text.slice(8).split(", ")) }),
    errorCallback: (text) => errors.push(text),
  };
  await python.loadPackagesFromImports(source, options);
  await python.loadPackagesFromImports(wanted, options);
  if (errors.length) throw new Unreachable(errors.join("\n"));
  if (python.loadedPackages.matplotlib && !drawing) {
    postMessage({ phase: "Starting Matplotlib" });
    live.prepare();
    drawing = true;
  }
}

async function run({ source, name, label }) {
  let ready;
  try {
    ready = await (starting ??= start());
    await load(ready, source);
  } catch (error) {
    if (!ready) starting = undefined;
    const memory = error instanceof RangeError || /memory/i.test(error.message);
    postMessage({ failed: memory ? "memory" : "fetch", why: String(error), index: settings?.index });
    return;
  }
  postMessage({ phase: "Running" });
  try {
    const send = (stream, text) => postMessage({ stream, text });
    const raised = ready.live.run(source, name, send, (svg) => postMessage({ svg }), label);
    postMessage({ done: true, raised: raised ?? null });
  } catch (error) {
    // Python itself is gone: this worker is of no more use
    postMessage({ failed: /memory/i.test(String(error)) ? "memory" : "crash", why: String(error) });
  }
}

onmessage = async ({ data }) => {
  if (data.reset) (await starting)?.live.reset();
  else await run(data.run);
};
