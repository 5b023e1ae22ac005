// Atlas: the run panel of a system's page. Loaded when the panel is opened; all of its markup is made here. The run
// itself goes on in a worker (run-worker.js); this file asks for it and shows what it tells.
const edition = new URL(import.meta.url).search;
const beside = (name) => new URL(`${name}${edition}`, import.meta.url);
const load = (name) => import(beside(name));
const [{ readSettings, writeSettings, commandOf }, { wholePlan }, { judge, recovery, requestsIn, shareOf, binsOf }, { draw }, { makeMap, words: shareWords }, form, say, series] = await Promise.all(
  ["run-settings.js", "run-kernel.js", "run-read.js", "run-chart.js", "run-map.js", "run-form.js", "run-words.js", "run-series.js"].map(load));
const { make } = form;
const isNarrow = matchMedia("(max-width: 40rem)");
const LONGEST = 60;                       // seconds for which the percentiles of a thin slice's requests are joined by a line
const PARTS = ["arrived", "good", "degraded", "failed", "p50", "p99"];

async function fetchJson(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`What the panel needs could not be fetched (${answer.status}).`);
  return answer.json();
}

/** Opens the panel in its section; ``isWanted`` moves the focus there. */
export async function open(section, { isWanted }) {
  const button = section.querySelector("button");
  button.disabled = true;
  button.textContent = "Loading…";
  try {
    const style = make("link", { rel: "stylesheet", href: beside("run-panel.css") });
    const styled = new Promise((resolve, reject) => { style.onload = resolve; style.onerror = () => reject(new Error("The panel's style could not be fetched.")); });
    document.head.append(style);
    const [data, shared] = await Promise.all([fetchJson(new URL("run.json", location.href)), fetchJson(beside("run.json")), styled]);
    const panel = new Panel(section, data, shared);
    button.closest(".ask").replaceWith(panel.root);
    panel.show();
    if (isWanted) panel.parts.runs.querySelector("input:checked").focus();
  } catch (error) {
    button.disabled = false;
    button.textContent = "Try again";
    section.querySelector(".ask").append(make("p", { class: "note", role: "alert" }, error.message));
  }
}

class Panel {
  constructor(section, data, shared) {
    Object.assign(this, { section, data, shared });
    this.settings = readSettings(data);
    this.number = 0;
    this.at = null;
    this.lanes = [];
    this.workers = [];
    this.state = "new";
    [this.root, this.parts] = form.panel(data, this.settings);
    this.listen();
    makeMap(this.parts.map, new URL(isNarrow.matches ? "diagrams/l0-tall.svg" : "diagrams/l0.svg", location.href))
      .catch(() => makeMap(this.parts.map, new URL("diagrams/l0.svg", location.href)))
      .then((paint) => { this.paint = paint; this.show(); })
      .catch((error) => { this.parts.map.textContent = error.message; });
    new ResizeObserver(() => this.show()).observe(this.parts.charts);
  }

  get run() { return this.data.runs.find((run) => run.id === this.settings.run); }
  /** The lane whose line matters, and the one it is compared with. */
  get lane() { return this.lanes[this.settings.isWithout ? 1 : 0] ?? this.lanes[0]; }
  get other() { return this.lanes.length > 1 ? this.lanes[this.settings.isWithout ? 0 : 1] : null; }

  listen() {
    const { parts } = this;
    this.root.addEventListener("input", (event) => {
      const before = JSON.stringify([this.settings.run, this.settings.load, this.settings.seed]);
      form.read(parts, this.settings, event.target);
      writeSettings(this.settings);
      if (JSON.stringify([this.settings.run, this.settings.load, this.settings.seed]) !== before) this.reset();
      this.show();
    });
    parts.go.addEventListener("click", () => (this.state === "running" ? this.stop() : this.begin()));
    parts.another.addEventListener("click", () => { parts.seed.value = this.settings.seed + 1; parts.seed.dispatchEvent(new Event("input", { bubbles: true })); this.begin(); });
    document.addEventListener("visibilitychange", () => this.show());
  }

  /** Other settings: what was run before no longer answers them. */
  reset() {
    this.stop();
    this.lanes = [];
    this.state = "new";
    this.settings.at = this.at = null;
    this.settings.flow = form.fitting(this.run, this.settings.flow);
    form.refresh(this.parts, this.data, this.settings);
    delete this.section.atlasRun;
  }

  // ---------- the worker ----------
  begin() {
    const { run, settings } = this;
    if (run.plan === undefined) return;
    this.stop();
    this.number += 1;
    const plans = [run.plan, ...(run.without?.plan !== undefined ? [run.without.plan] : [])].map((index) => wholePlan(this.data.plans, index));
    const { for: forS, start: warmupS } = run.window;
    const jobs = plans.map((plan) => ({ plan, load: settings.load, seed: settings.seed, forS, warmupS }));
    this.lanes = plans.map((plan) => ({ plan, scale: 1 / plan.share, flows: {}, used: [], now: 0, result: null }));
    this.state = "running";
    this.at = this.settings.at ?? this.at;            // shown again when the run is over; meanwhile what it has reached
    this.settings.at = null;
    const engine = new URL(`kernel.wasm?${this.shared.kernel}`, import.meta.url).href;
    this.workers = jobs.map((job, index) => {
      const worker = new Worker(beside("run-worker.js"), { type: "module" });
      worker.onmessage = ({ data }) => {
        if (data.kind === "ready") worker.postMessage({ engine, shared: this.shared, job });
        else this.told(this.lanes[index], data);
      };
      worker.onerror = () => this.failed("The engine could not be started in this browser.");
      return worker;
    });
    if (isNarrow.matches) this.parts.status.scrollIntoView({ block: "center" });      // what is asked for is below the controls
    this.show();
  }

  stop() {
    for (const worker of this.workers) { worker.onmessage = null; worker.terminate(); }
    this.workers = [];
    if (this.state === "running") this.state = "stopped";
    this.show();
  }

  failed(text) {
    this.stop();
    this.state = "failed";
    this.text = text;
    this.show();
  }

  told(lane, data) {
    if (data.kind === "error") { this.failed(data.text); return; }
    this.add(lane, data);
    if (data.kind === "done") Object.assign(lane, { result: data.result, now: this.run.window.for });
    if (this.lanes.every((one) => one.result)) {
      this.section.atlasRun = { settings: { ...this.settings }, results: this.lanes.map((one) => one.result) };   // for programs and tests
      this.stop();
      this.state = "done";
      this.settings.at ??= this.at ?? (this.run.id ? Math.floor((this.run.window.start + Math.min(this.run.window.end, this.run.window.for)) / 2) : null);
    }
    this.show();
  }

  add(lane, { rows, now }) {
    for (const row of rows) {
      if (row.again) { lane.flows = {}; lane.used = []; continue; }
      for (const [flow, values] of Object.entries(row.flows)) {
        const kept = (lane.flows[flow] ??= Object.fromEntries(PARTS.map((part) => [part, []])));
        PARTS.forEach((part, index) => kept[part].push(index < 4 ? values[index] * lane.scale : values[index]));
      }
      lane.used.push(row.used);
    }
    lane.now = now ?? lane.now;
  }

  // ---------- what is shown: once a frame at most ----------
  show() {
    if (this.frame || document.hidden) return;
    this.frame = requestAnimationFrame(() => { this.frame = 0; this.render(); });
  }

  render() {
    const { parts, run, settings, state, lane } = this, length = run.window.for;
    const reached = Math.min(...this.lanes.map((one) => one.now), length);
    form.status(parts, { state, run, text: this.text, reached: this.lanes.length ? reached : 0, length });
    this.charts();
    const last = Math.max(0, (lane?.used.length ?? 0) - 1), at = Math.min(settings.at ?? last, last);
    parts.time.disabled = !lane?.used.length;
    parts.time.value = at;
    parts.timeOut.textContent = `${at} s`;
    this.colours(lane, at);
    this.verdict();
  }

  charts() {
    const { parts, run, settings, lane, other } = this, flow = settings.flow, length = run.window.for;
    const own = lane?.flows[flow], compared = other?.flows[flow], name = this.data.flows[flow];
    const every = own?.good.length ? series.stretchOf(own, lane.scale) : 1, shown = (of, part) => series.means(of?.[part] ?? [], every);
    const sum = (...names) => names.map((part) => shown(own, part)).reduce((total, values) => total.map((value, i) => value + values[i]));
    const window = run.id ? run.window : null, [with_, without] = settings.isWithout ? ["without", "with it"] : ["good", "without it"];
    const at = own && this.state !== "running" ? (settings.at ?? undefined) : undefined;
    draw(parts.goodput, {
      length, window, at, every, format: say.rate, label: `${name}: requests per second offered, answered well, degraded and failed, over ${length} seconds${every > 1 ? `, means of ${every} seconds` : ""}`,
      lines: [
        { name: "offered", kind: "offered", values: shown(own, "arrived") }, { name: without, kind: "other", values: shown(compared, "good") },
        { name: settings.isWithout ? "good" : with_, kind: "main", values: shown(own, "good") },
      ],
      bands: own ? [
        { name: "degraded", kind: "degraded", lower: sum("good"), upper: sum("good", "degraded") },
        { name: "failed", kind: "failed", lower: sum("good", "degraded"), upper: sum("good", "degraded", "failed") },
      ] : [],
    });
    const limit = run.expect.find((one) => one.flow === flow && one.measure === "p99");
    draw(parts.latency, {
      length, window, at, scale: "log", reach: LONGEST, format: say.seconds, label: `${name}: median and 99th percentile of the latency, over ${length} seconds, logarithmic`,
      lines: [
        { name: "p50", kind: "thin", values: own?.p50 ?? [] }, { name: compared ? `p99 ${without}` : "", kind: "other", values: compared?.p99 ?? [] },
        { name: "p99", kind: "main", values: own?.p99 ?? [] },
      ],
      limits: limit ? [{ name: `p99 ${limit.text.replace("<=", "≤").replace(">=", "≥")}`, value: limit.bound }] : [],
    });
  }

  colours(lane, at) {
    const row = lane?.used[at], used = new Map();
    if (row) lane.plan.component.forEach((name, station) => {
      if (lane.plan.words.slots[station] < 2 ** 30) used.set(name, Math.max(used.get(name) ?? 0, row[station]));
    });
    this.paint?.(row ? used : null);
    const [name, share] = [...used].sort((a, b) => b[1] - a[1])[0] ?? [];
    this.parts.hottest.textContent = name ? `At ${at} s${this.other ? (this.settings.isWithout ? ", without the mitigation," : ", with the mitigation,") : ""} the busiest component is ${this.data.components[name] ?? name}: ${shareWords(share)}.` : "The diagram takes its colours from the run.";
  }

  verdict() {
    if (this.state !== "done") { this.shown = null; form.clear(this.parts); return; }
    const key = JSON.stringify([this.number, this.settings.isWithout, this.settings.flow]);
    if (this.shown === key) return;
    this.shown = key;
    const { run, lane, other, parts, settings } = this, { window } = run;
    const judged = this.lanes.map(({ result }) => judge(run.expect, result, window).map((one) => (one.measure === "goodput" || one.measure === "degraded") && result.flows[one.flow]
      ? { ...one, requests: requestsIn(result.flows[one.flow], result, ...binsOf(result, window.start, window.end)) } : one));
    const outcome = (one) => say.outcome(one, settings.flow, run, { recovery, shareOf, binsOf });
    form.results(parts, {
      data: this.data, run, settings, judged, lanes: this.lanes, sentence: [outcome(lane), other ? outcome(other) : ""],
      command: commandOf(this.data, settings, lane.plan, run), rows: say.table(lane, other, settings.flow, 10, series),
    });
  }
}
