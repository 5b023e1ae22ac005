// Atlas: one run of a system in a worker, so that the page stays at hand. What each second brought is told as it comes,
// in small messages; the page stops a run by ending its worker.
const edition = new URL(self.location.href).search;
const { Run, readShared } = await import(`./run-kernel.js${edition}`);
const { LEVELS, binWidths, cellEdges, latencies, percentile, ratesAt, rootsOf, utilisationAt } = await import(`./run-read.js${edition}`);
const { isEnough } = await import(`./run-series.js${edition}`);

const EVENTS = 20000, TELL_MS = 40;
const PARTS = ["arrived", "good", "degraded", "failed"];

// One run and what has been read from it so far. Before the warm-up is over no latency counts; until then a second
// run of the same requests, which counts them from the start, gives the latencies that are shown.
class Lane {
  constructor(module, shared, job) {
    const options = { load: job.load, seed: job.seed, forS: job.forS };
    this.run = new Run(module, shared, job.plan, { ...options, warmupS: job.warmupS });
    this.early = job.warmupS > 0 ? new Run(module, shared, job.plan, { ...options, forS: job.warmupS, warmupS: 0 }) : null;
    this.shared = shared;
    this.roots = rootsOf(job.plan);
    this.widths = binWidths(this.run);
    this.edges = cellEdges(shared.histogram);
    this.seen = new Map();
    this.bin = 0;
    this.rows = [];
    this.isDone = false;
  }

  /** Go on a little, and read the seconds that are over. */
  step() {
    if (this.early && !this.earlyIsOver && this.early.now <= this.run.now) this.earlyIsOver = !this.early.step(EVENTS);
    this.isDone = !this.run.step(EVENTS);
    const over = this.isDone ? this.run.bins : Math.min(this.run.bins - 1, Math.floor(this.run.now / this.run.given.binS));
    if (over < this.bin) { this.bin = 0; this.rows = [{ again: true }]; this.seen.clear(); }   // it began again
    for (; this.bin < over; this.bin++) this.rows.push(this.read(this.bin));
  }

  read(bin) {
    const width = this.widths[bin], flows = {};
    const isEarly = bin * this.run.given.binS < this.run.given.warmupS, from = isEarly && this.early ? this.early : this.run;
    for (const [flow, roots] of this.roots) {
      const now = latencies(from, roots, this.shared.histogram.cells), before = this.seen.get(flow);
      const fresh = before && before.from === from ? now.map((count, cell) => count - before.now[cell]) : now;
      const isTold = isEnough(fresh);                // too few have no percentiles: the next second's join them
      if (isTold || before?.from !== from) this.seen.set(flow, { from, now: isTold ? now : now.map(() => 0) });
      flows[flow] = [...ratesAt(this.run, roots, bin, width), ...[0.5, 0.99].map((level) => (isTold ? percentile(fresh, this.edges, level) : NaN))];
    }
    return { bin, flows, used: utilisationAt(this.run, bin, width) };
  }

  take() {
    const rows = this.rows;
    this.rows = [];
    return rows;
  }

  /** The whole run: every flow's series and latencies, and the record itself. */
  result() {
    const { run } = this, flows = {};
    for (const [flow, roots] of this.roots) {
      const all = latencies(run, roots, this.shared.histogram.cells), told = { latency: LEVELS.map((level) => percentile(all, this.edges, level)) };
      const rates = this.widths.map((width, bin) => ratesAt(run, roots, bin, width));
      PARTS.forEach((part, index) => { told[part] = rates.map((row) => row[index]); });
      flows[flow] = told;
    }
    const counts = Object.fromEntries(this.shared.counts.map((name, index) => [name, run.low("counts")[index * 2]]));
    const used = this.widths.map((width, bin) => utilisationAt(run, bin, width));
    return { bins: run.bins, binS: run.given.binS, forS: run.given.forS, flows, used, counts, record: run.record() };
  }
}

const turn = new MessageChannel();          // gives way to messages without the delay of a timer
const nextTurn = () => new Promise((resolve) => { turn.port1.onmessage = resolve; turn.port2.postMessage(0); });

async function compiled(address, hash) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`The engine could not be fetched (${answer.status}).`);
  const module = await WebAssembly.compile(await answer.arrayBuffer());
  const { atlas_source_hash } = new WebAssembly.Instance(module, {}).exports;
  if (atlas_source_hash() !== BigInt(`0x${hash}`)) throw new Error("The engine is of another edition than this page: load the page again.");
  return module;
}

async function go({ engine, shared: told, job }) {
  const shared = readShared(told), lane = new Lane(await compiled(engine, told.kernel), shared, job);
  let last = performance.now();
  while (!lane.isDone) {
    lane.step();
    if (performance.now() - last < TELL_MS) continue;
    self.postMessage({ kind: "progress", now: lane.run.now, rows: lane.take() });
    await nextTurn();
    last = performance.now();
  }
  const result = lane.result();
  self.postMessage({ kind: "done", now: lane.run.now, rows: lane.take(), result }, Object.values(result.record));
}

self.addEventListener("message", async ({ data }) => {
  try {
    await go(data);
  } catch (error) {
    self.postMessage({ kind: "error", text: error.message });
  }
});
self.postMessage({ kind: "ready" });
