// Atlas: what a run's record says: rates and outcomes second by second, percentiles, utilisation, verdicts.
// The twin of atlas.sim.outcome, atlas.compile.trace and atlas.compile.verdict.

export const LEVELS = [0.5, 0.95, 0.99, 0.999];
const UNLIMITED = 2 ** 30, BEFORE_S = 20, ENOUGH = 200, CERTAIN = 4, BACK = 0.01;

/** Edges of a histogram's cells in seconds: their bits are equally spaced. */
export function cellEdges({ cells, bits, offset }) {
  const edges = new Float64Array(cells + 1), view = new DataView(edges.buffer);
  for (let i = 0; i <= cells; i++) view.setUint32(i * 8 + 4, (i + offset) << (20 - bits), true);
  return edges;
}

/** The time below which a share of a histogram lies, interpolated in its cell; NaN for an empty one. */
export function percentile(histogram, edges, share) {
  let total = 0;
  for (const count of histogram) total += count;
  if (!total) return NaN;
  const wanted = share * total;
  let running = 0, cell = 0;
  for (; cell < histogram.length; cell++) {
    running += histogram[cell];
    if (running >= wanted) break;
  }
  cell = Math.min(cell, histogram.length - 1);
  const inside = histogram[cell], part = inside ? (wanted - (running - inside)) / inside : 0.5;
  return edges[cell] + (edges[cell + 1] - edges[cell]) * Math.min(1, Math.max(0, part));
}

/** Lengths of the bins; the last may be shorter. */
export const binWidths = (run) => Array.from({ length: run.bins }, (_, bin) =>
  Math.min((bin + 1) * run.given.binS, run.given.forS) - Math.min(bin * run.given.binS, run.given.forS));

/** Indices of the plan's flows by the document's flow, as the plan tells them; handed-over ones are left out. */
export function rootsOf(plan) {
  const roots = new Map();
  plan.flow_of.forEach((flow, index) => { if (flow !== null) roots.set(flow, [...(roots.get(flow) ?? []), index]); });
  return roots;
}

/** Requests of a flow per second in one bin: arrived, good, degraded, failed. */
export function ratesAt(run, roots, bin, width) {
  const series = run.low("flow_series"), flows = run.words.flows, sums = [0, 0, 0, 0];
  for (const root of roots) for (let part = 0; part < 4; part++) sums[part] += series[((bin * flows + root) * 4 + part) * 2] / width;
  return sums;
}

/** The latencies of a flow so far, all its roots together. */
export function latencies(run, roots, cells) {
  const all = run.low("flow_latency"), sum = new Int32Array(cells);
  for (const root of roots) for (let cell = 0; cell < cells; cell++) sum[cell] += all[(root * cells + cell) * 2];
  return sum;
}

/** Busy share of each station in one bin, background load included. */
export function utilisationAt(run, bin, width) {
  const area = run.reals("station_area"), series = run.low("station_series"), { words } = run, count = words.stations;
  return words.slots.map((slots, n) => {
    if (slots >= UNLIMITED) return 0;
    const busy = (area[(bin * count + n) * 2] - (bin ? area[((bin - 1) * count + n) * 2] : 0)) / width;
    const queues = words.routing[n] === 0 || words.instances[n] === 1 ? 1 : words.instances[n];
    const total = slots * words.instances[n], background = words.background[n];
    const left = Math.max(1, total / queues - Math.floor(background / queues)) * queues;
    const rest = Math.max(0, background - (total - left));
    const there = series[((bin * count + n) * 4 + 3) * 2] / left;
    const used = busy * (left - rest) / left + background * Math.min(1, there);
    return there > 0 ? used / (total * there) : 0;
  });
}

// ---------- verdicts ----------
const sum = (values, first, last) => { let total = 0; for (let i = first; i < last; i++) total += values[i]; return total; };

/** Share of one part of a flow's requests in some bins, of those that ended (or arrived, where few ended). */
export function shareOf(flow, part, first, last) {
  const ended = sum(flow.good, first, last) + sum(flow.degraded, first, last) + sum(flow.failed, first, last);
  const arrived = sum(flow.arrived, first, last), whole = ended > 0.5 * arrived ? ended : arrived;
  return whole > 0 ? sum(flow[part], first, last) / whole : NaN;
}

/** Requests of a flow that arrived in some bins, as they were run. */
export const requestsIn = (flow, trace, first, last) => sum(flow.arrived, first, last) * trace.binS;

/** The bins that lie in a stretch of time. */
export function binsOf(trace, start, end) {
  const first = Math.min(trace.bins, Math.floor(start / trace.binS + 1e-9));
  return [first, Math.max(first, Math.min(trace.bins, Math.ceil(end / trace.binS - 1e-9)))];
}

export function recovery(flow, trace, window) {
  const [first, last] = binsOf(trace, Math.max(0, window.start - BEFORE_S), window.start);
  const before = shareOf(flow, "good", first, last), since = window.stays ? window.start : window.end;
  const [begin, end] = binsOf(trace, since, trace.forS);
  if (Number.isNaN(before) || end <= begin) return NaN;
  const ended = [], good = [], asked = [];
  for (let bin = begin; bin < end; bin++) {
    ended.push((flow.good[bin] + flow.degraded[bin] + flow.failed[bin]) * trace.binS);
    asked.push(flow.arrived[bin] * trace.binS);
    good.push(flow.good[bin] * trace.binS);
  }
  const mean = sum(asked, 0, asked.length) / asked.length;
  const length = mean > 0 ? Math.min(Math.max(1, Math.floor(asked.length / 4)), Math.ceil(ENOUGH / mean)) : 1;
  let missing = -1;
  const stretches = asked.length - length + 1;
  for (let at = 0; at < stretches; at++) {
    const done = sum(ended, at, at + length), came = sum(asked, at, at + length);   // single seconds of thin slices often end less than arrives
    const all = done > 0.5 * came ? done : came, share = all > 0 ? sum(good, at, at + length) / all : before;
    const spread = Math.sqrt(Math.max(before * (1 - before), 0.0025) / Math.max(all, 1));
    if (share < before - Math.max(BACK, CERTAIN * spread)) missing = at;
  }
  if (missing < 0) return 0;
  return missing + 1 >= stretches ? Infinity : (begin + missing + 1) * trace.binS - since;
}

const MEASURES = {
  goodput: (flow, trace, window) => shareOf(flow, "good", ...binsOf(trace, window.start, window.end)),
  degraded: (flow, trace, window) => shareOf(flow, "degraded", ...binsOf(trace, window.start, window.end)),
  recover: recovery,
  p99: (flow) => flow.latency[2],
};
const HOLDS = { ">=": (a, b) => a >= b, "<=": (a, b) => a <= b, ">": (a, b) => a > b, "<": (a, b) => a < b };

/** Each expectation of a drill against a run; what could not be measured does not hold. */
export function judge(expected, trace, window) {
  return expected.map((one) => {
    const flow = trace.flows[one.flow], value = flow ? MEASURES[one.measure](flow, trace, window) : NaN;
    return { ...one, value, holds: !Number.isNaN(value) && HOLDS[one.operator](value, one.bound) };
  });
}
