(() => {
  "use strict";
  const assets = new URL(".", document.currentScript.src);

  // Output and formulas can be reached with the keyboard, because they may scroll. Those that do not are passed over.
  const seen = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const tall = target.parentElement.matches(".weave-live") && target.scrollHeight > target.clientHeight;
      if (tall || target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });

  // ---- running blocks: the buttons are here, Python is in live-worker.mjs, made on the first Run ----------------

  const MESSAGES = {
    disk: () =>
      "A page opened from disk cannot run Python. Serve its folder (python -m http.server, say), and open it from there.",
    none: () => "This browser cannot run Python here. A newer one can; the page is complete without it.",
    fetch: (host) =>
      `Python could not be fetched from ${host}: you may be offline, or it is blocked. Press Run to try again.`,
    memory: () => "There is not enough memory for Python. Close other tabs, and press Run to try again.",
    crash: () => "Python has crashed, and this page’s variables are gone. Run all above brings them back.",
  };

  let blocks = []; // those of the page that is shown
  let waiting = []; // blocks still to run
  let asked = null; // the block whose Run all above was pressed, and which says so
  let now = null; // the block that runs
  let worker = null;
  let there = false; // Python has been fetched

  let pressed = false;
  for (const [event, value] of Object.entries({ pointerdown: true, pointerup: false, pointercancel: false }))
    addEventListener(event, () => (pressed = value), true);

  function element(name, properties = {}, ...children) {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  }

  class Block {
    constructor(bar, before) {
      this.bar = bar;
      this.before = before;
      this.number = Number(bar.dataset.block);
      this.box = bar.previousElementSibling;
      this.code = this.box.querySelector("pre code");
      this.original = this.code.textContent.replace(/\n$/, "");
      this.field = null;
      this.ran = false;
      this.built = [];
      for (let next = bar.nextElementSibling; next?.matches(".weave-output, .weave-figure"); next = next.nextElementSibling)
        this.built.push(next);
      this.figure = this.built.find((one) => one.matches(".weave-figure"));
      this.picture = this.figure?.querySelector("svg");
      this.draw();
    }

    get source() {
      return this.field ? this.field.value : this.original;
    }

    get edited() {
      return this.source !== this.original;
    }

    draw() {
      const button = (text, act, what) => {
        const made = element("button", { type: "button", textContent: text });
        made.addEventListener("click", (event) => {
          // Run and Stop change places under the pointer: a double click is for the one that it began on.
          if (event.detail < 2) this.first = made;
          if (event.detail < 2 || this.first === made) act();
        });
        made.setAttribute("aria-label", what ?? `${text} block ${this.number}`);
        return made;
      };
      this.run = button("Run", () => enqueue([this]));
      this.stop = button("Stop", stop);
      this.edit = button("Edit", () => this.open());
      this.reset = button("Reset", () => this.restore());
      this.above = button("Run all above", () => above(this), `Run all above block ${this.number}`);
      this.above.hidden = !this.before.length;
      this.stop.hidden = this.reset.hidden = true;
      this.hint = element("span", { className: "weave-hint", id: `weave-hint-${this.number}` });
      this.run.setAttribute("aria-describedby", this.hint.id);
      this.says = element("span", { className: "weave-says" });
      this.says.setAttribute("role", "status");
      this.clock = element("span", { className: "weave-clock" });
      this.clock.setAttribute("aria-hidden", "true"); // changes too often to be read out
      const buttons = [this.run, this.stop, this.edit, this.reset, this.above];
      this.bar.addEventListener("keydown", (event) => event.repeat && event.key === "Enter" && event.preventDefault());
      this.bar.append(...buttons, this.hint, this.says, this.clock);
      this.bar.setAttribute("role", "group");
      this.bar.setAttribute("aria-label", `Block ${this.number}`);
      this.bar.hidden = false;
      this.explain();
    }

    explain() {
      const { takes, fetches } = this.bar.dataset;
      const said = [takes && `takes about ${takes} or more`, !there && fetches && `first fetches ${fetches}`];
      this.hint.textContent = said.filter(Boolean).join("; ");
    }

    say(text, busy = false) {
      if (this.says.textContent !== text) this.says.textContent = text;
      this.bar.classList.toggle("weave-busy", busy);
      if (!busy) this.clock.textContent = "";
    }

    // ---- edit

    open() {
      if (!this.field) {
        this.field = element("textarea", { className: "weave-field", value: this.original, spellcheck: false, wrap: "off" });
        this.field.autocapitalize = "off";
        this.field.setAttribute("autocorrect", "off");
        this.field.setAttribute("aria-label", `Code of block ${this.number}`);
        const help = element("span", { className: "weave-help", id: `weave-help-${this.number}` });
        help.textContent = "Tab indents. Escape, then Tab leaves the code. Ctrl+Enter runs it.";
        this.field.setAttribute("aria-describedby", help.id);
        this.help = help;
        const pre = this.code.parentElement;
        const style = getComputedStyle(this.code);
        Object.assign(this.field.style, { font: style.font, lineHeight: style.lineHeight, padding: style.padding });
        this.code.before(this.field);
        pre.classList.add("weave-aside"); // in its place: it is kept, with its links and for the copy button
        this.bar.prepend(help);
        this.field.addEventListener("keydown", (event) => this.key(event));
        this.field.addEventListener("input", () => this.changed());
        this.field.addEventListener("blur", () => this.left());
        this.changed();
      }
      this.field.setSelectionRange(0, 0);
      this.field.focus();
      this.field.scrollLeft = 0;
    }

    changed() {
      this.field.rows = this.field.value.split("\n").length;
      this.offer();
      if (this.edited) this.box.dataset.copy = this.field.value; // what Material's copy button takes
      else delete this.box.dataset.copy;
    }

    // Reset is there when there is something to put back, and not while the block runs.
    offer() {
      this.reset.hidden = now === this || (!this.edited && !this.live);
    }

    key(event) {
      const { field } = this;
      const leaving = this.leaving;
      this.leaving = event.key === "Escape" || (leaving && event.key === "Shift");
      const type = (text) => {
        event.preventDefault();
        // insertText can be undone; Firefox has not always had it
        if (!document.execCommand("insertText", false, text)) {
          field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
          this.changed();
        }
      };
      if (event.isComposing) return;
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        enqueue([this]);
      } else if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
        const line = field.value.slice(0, field.selectionStart).split("\n").pop();
        const deeper = /:\s*(#.*)?$/.test(line) ? "    " : "";
        type(`\n${/^\s*/.exec(line)[0]}${deeper}`);
      } else if (event.key === "Tab" && !leaving && !event.shiftKey && !event.ctrlKey && !event.altKey) {
        type("    ");
      }
    }

    // Code that is as it was gets its links back. Not while a button is being pressed: it would move away from under it.
    left() {
      const close = () => this.field && !this.edited && document.activeElement !== this.field && this.close();
      if (pressed) addEventListener("pointerup", () => setTimeout(close), { once: true });
      else close();
    }

    close() {
      this.field?.remove();
      this.help?.remove();
      this.field = this.help = null;
      this.code.parentElement.classList.remove("weave-aside");
      delete this.box.dataset.copy;
    }

    restore() {
      if (now === this) return;
      this.close();
      this.clear();
      this.ran = false;
      this.offer();
      this.say("The book’s code and output are back.");
      this.run.focus();
    }

    // ---- output: the run's takes the place of the build's

    clear() {
      this.live?.remove();
      this.live = null;
      for (const one of this.built) one.hidden = false;
      this.figure?.querySelector("svg").replaceWith(this.picture);
      this.figure?.classList.remove("weave-live");
      this.figure?.querySelector(".weave-yours")?.remove();
    }

    begin() {
      this.clear();
      for (const one of this.built) one.hidden = true;
      this.samp = element("samp");
      const pre = element("pre", {}, this.samp);
      seen.observe(pre);
      this.pictures = this.bottom = 0;
      this.live = element("div", { className: "weave-output weave-live" });
      this.live.setAttribute("role", "group");
      this.live.setAttribute("aria-label", `Output of your run of block ${this.number}`);
      this.live.append(element("p", { className: "weave-yours", textContent: this.mark }), pre);
      this.bar.after(this.live);
      this.ran = true;
      this.started = performance.now();
    }

    get mark() {
      return this.edited ? "Your run, of your code" : "Your run";
    }

    get label() {
      const name = this.picture?.getAttribute("aria-label") ?? "";
      if (!this.edited) return name || `Figure drawn by your run of block ${this.number}`;
      return `Figure drawn by your code in block ${this.number}.${name && ` Before you changed it: ${name}`}`;
    }

    print(stream, text) {
      const last = this.samp.lastElementChild;
      if (last?.className === `weave-${stream}`) last.append(text);
      else this.samp.append(element("span", { className: `weave-${stream}` }, text));
    }

    // What has just been printed stays in view, unless the reader has scrolled to look at what came before.
    follow(always = false) {
      const pre = this.samp.parentElement;
      if (always || pre.scrollTop >= this.bottom - 2) pre.scrollTop = pre.scrollHeight;
      this.bottom = pre.scrollHeight - pre.clientHeight;
    }

    show(svg) {
      const picture = new DOMParser().parseFromString(svg, "text/html").querySelector("svg");
      this.pictures += 1;
      if (this.figure && this.pictures === 1) {
        this.figure.querySelector("svg").replaceWith(picture);
        this.figure.hidden = false;
        this.figure.classList.add("weave-live");
        if (this.edited) {
          const note = "The caption is the book’s, of its own figure. ";
          this.figure.querySelector("figcaption")?.prepend(element("p", { className: "weave-yours", textContent: note }));
        }
      } else {
        this.live.append(element("figure", { className: "weave-figure weave-live" }, picture));
      }
    }

    end(raised) {
      if (raised) this.follow(true);
      const shown = this.samp.textContent || this.pictures;
      this.live.querySelector("pre").hidden = !this.samp.textContent;
      if (!shown) this.live.querySelector("p").textContent = `${this.mark}: it printed nothing`;
      const above = this.before.some((block) => !block.ran);
      if (raised === "NameError" && above) this.say("It needs what is above: Run all above first.");
      else if (raised === "MemoryError") this.say("Python ran out of memory. Make something smaller, or press Run again.");
      else if (raised) this.say(`Stopped by ${/^[AEIO]/.test(raised) ? "an" : "a"} ${raised}.`);
      else this.say(`Done in ${((performance.now() - this.started) / 1000).toFixed(1)} s.`);
    }
  }

  // ---- one block at a time

  function enqueue(wanted) {
    for (const block of wanted) {
      if (block === now || waiting.includes(block)) continue;
      if (block === asked) asked = null;
      waiting.push(block);
      block.say(now ? "Waiting" : "", Boolean(now));
      swap(block, true);
    }
    if (!now) next();
  }

  function above(block) {
    if (block !== now && !waiting.includes(block)) {
      asked?.say("");
      asked = block;
      block.say("Running what is above", true);
    }
    enqueue(block.before);
  }

  function swap(block, busy) {
    const [from, to] = busy ? [block.run, block.stop] : [block.stop, block.run];
    const focused = document.activeElement === from;
    to.hidden = false;
    from.hidden = true;
    if (focused) to.focus();
  }

  function next() {
    now = waiting.shift() ?? null;
    if (!now) {
      asked?.say("What is above has run.");
      asked = null;
      return;
    }
    const block = now;
    block.offer();
    block.say("Starting Python", true);
    const failed = (kind, index) => {
      lose();
      settle(() => block.say(MESSAGES[kind](index ? new URL(index).host : location.host)));
    };
    if (location.protocol === "file:") return failed("disk");
    if (!window.Worker || !window.WebAssembly || !window.TransformStream) return failed("none");
    if (!worker) {
      try {
        worker = new Worker(new URL("live-worker.mjs", assets), { type: "module" });
      } catch {
        return failed("none");
      }
    }
    let begun = false;
    let phase = "";
    worker.onerror = () => failed("fetch");
    worker.onmessage = ({ data }) => {
      if (data.phase) {
        phase = data.phase;
        block.say(phase, true);
        block.clock.textContent = "";
        if (phase === "Running") {
          begun = true;
          there = true;
          blocks.forEach((one) => one.explain());
          block.begin();
        }
      } else if (data.bytes && !begun) block.clock.textContent = `${(data.bytes / 1e6).toFixed(1)} MB so far`;
      else if (data.stream) block.print(data.stream, data.text);
      else if (data.svg) block.show(data.svg);
      else if (data.failed) failed(data.failed, data.index);
      else if (data.done) {
        if (data.raised) give_up();
        settle(() => block.end(data.raised));
      }
    };
    worker.postMessage({ run: { source: block.source, name: `block ${block.number}`, label: block.label } });
  }

  setInterval(() => {
    if (now?.says.textContent === "Running") {
      const seconds = Math.floor((performance.now() - now.started) / 1000);
      if (seconds) now.clock.textContent = `${seconds} s`;
      now.follow();
    }
  }, 500);

  function settle(tell) {
    const block = now;
    now = null;
    swap(block, false);
    tell();
    block.offer();
    next();
  }

  function give_up() {
    asked?.say(`It ended at block ${now?.number}.`);
    asked = null;
    for (const block of waiting) {
      block.say("");
      swap(block, false);
    }
    waiting = [];
  }

  // The worker, and with it the page's variables.
  function lose() {
    worker?.terminate();
    worker = null;
    give_up();
    for (const block of blocks) block.ran = false;
  }

  function stop() {
    const had = blocks.some((block) => block.ran);
    lose();
    if (!now) return;
    settle.call(null, ((block) => () => {
      if (block.live) block.live.querySelector("pre").hidden = !block.samp.textContent;
      const gone = `This page’s variables are gone${block.before.length ? ": Run all above brings them back" : ""}.`;
      block.say(had ? `Stopped. ${gone}` : "Stopped.");
    })(now));
  }

  // ---- each page that is shown, also where Material replaces the content instead of loading a page

  function page() {
    for (const one of document.querySelectorAll("[data-weave-scroll]")) seen.observe(one);
    const bars = [...document.querySelectorAll(".weave-run[data-block]")];
    if (bars.length === blocks.length && bars.every((bar, n) => bar === blocks[n].bar)) return;
    if (now) {
      worker.terminate();
      worker = null;
    } else worker?.postMessage({ reset: true });
    now = asked = null;
    waiting = [];
    blocks = [];
    for (const bar of bars) blocks.push(new Block(bar, [...blocks]));
  }

  page();
  window.document$?.subscribe(page);
})();
