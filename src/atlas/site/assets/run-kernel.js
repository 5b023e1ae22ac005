// Atlas: the discrete engine in a page. Lays a packed plan (atlas.sim.packed) into the memory of the WebAssembly
// kernel and lets it run some events at a time. The same plan, load and seed leave the same record as in Python, to
// the bit: every calculation here repeats one that is made there, in the same order.

const NONE = -1;
const [ARENA, ARENA_BYTES, ARENA_NEEDED, FRAMES] = [0, 1, 2, 3];
export const DONE = 0, MORE = 1, OUT_OF_FRAMES = -2;
const FIRST_FRAMES = 2 ** 17, MOST_FRAMES = 2 ** 23;

const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

// ---------- seeds: numpy's SeedSequence for [seed, replication 0], so that a seed means the same everywhere ----------
const word32 = (value) => value >>> 0;
const times = (a, b) => Math.imul(a, b) >>> 0;

function hashing(start, factor) {
  let constant = start;
  return (value) => {
    value = word32(value ^ constant);
    constant = times(constant, factor);
    value = times(value, constant);
    return word32(value ^ (value >>> 16));
  };
}

/** The generator's two words (BigInt) for the first replication of a seed below 2^53. */
export function seedsOf(seed) {
  const entropy = [word32(seed % 2 ** 32)];
  if (seed >= 2 ** 32) entropy.push(Math.floor(seed / 2 ** 32));
  entropy.push(0);
  const absorb = hashing(0x43b0d7e5, 0x931e8875);
  const pool = [0, 1, 2, 3].map((i) => absorb(entropy[i] ?? 0));
  const mix = (x, y) => { const z = word32(times(0xca01f9dd, x) - times(0x4973f715, y)); return word32(z ^ (z >>> 16)); };
  for (let from = 0; from < 4; from++) for (let to = 0; to < 4; to++) if (from !== to) pool[to] = mix(pool[to], absorb(pool[from]));
  const give = hashing(0x8b51f9dd, 0x58f38ded);
  const state = [0, 1, 2, 3].map((i) => BigInt(give(pool[i])));
  return [state[0] | (state[1] << 32n), state[2] | (state[3] << 32n) | 1n];
}

// ---------- tables of service times ----------
const SERIES = [1.66666666666666019037e-01, -2.77777777770155933842e-03, 6.61375632143793436117e-05, -1.65339022054652515390e-06, 4.13813679705723846039e-08];
const scratch = new DataView(new ArrayBuffer(8));

/** atlas.sim.portable.exp, for one number. */
export function exp(x) {
  const k = Math.floor(x * 1.4426950408889634 + 0.5);
  const high = x - k * 6.93147180369123816490e-01, low = k * 1.90821492927058770002e-10;
  const r = high - low, square = r * r;
  let sum = SERIES[4];
  for (let i = 3; i >= 0; i--) sum = SERIES[i] + square * sum;
  const c = r - square * sum;
  const y = 1 - ((low - (r * c) / (2 - c)) - high);
  scratch.setBigInt64(0, BigInt(k + 1023) << 52n);        // 2 to the power k, exactly
  return y * scratch.getFloat64(0);
}

/** The table of mean 1 that a packed plan tells by a few numbers. */
function unitTable(unit, shared) {
  if (unit.exponential) return shared.exponential;
  if (unit.constant) return new Float64Array(shared.cells).fill(1);
  if (unit.table) return new Float64Array(bytesOf(unit.table).buffer);
  const table = shared.scores.map((score) => exp(unit.sigma * score - unit.shift));
  table[0] = Math.max(0, 2 * table[0] - table[1]);
  for (let i = 0; i < table.length; i++) table[i] /= unit.mean;
  if (unit.bits) {
    const whole = new BigInt64Array(table.buffer), bits = new Int8Array(bytesOf(unit.bits).buffer);
    for (let i = 0; i < bits.length; i++) if (bits[i]) whole[i] += BigInt(bits[i]);
  }
  return table;
}

/** What all runs share, as it is fetched (assets/run.json), with its tables read. */
export function readShared(told) {
  const floats = (text) => new Float64Array(bytesOf(text).buffer);
  return { ...told, exponential: floats(told.exponential), scores: floats(told.scores) };
}

/** A plan in full: what it has of its own, and the rest from the first plan. */
export function wholePlan(plans, index) {
  const [base, own] = [plans[0], plans[index]];
  return { ...base, ...own, words: { ...base.words, ...own.words } };
}

// ---------- load ----------
function roundHalfEven(x) {
  const floor = Math.floor(x), rest = x - floor;
  if (rest !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** The words of a plan at so many times the load: as atlas.compile.flow and atlas.sim.rate work them out. */
export function atLoad(plan, load) {
  const { words, rows, share } = plan, { peaks, users, regions } = plan.load;
  const rate = peaks.map((peak) => (peak > 0 ? peak * (load * share / regions) : 0));
  const people = words.source_users.map((count, i) => (count ? roundHalfEven(users[i] * load * share / regions) : 0));
  const background = words.background.map((busy) => busy * load);
  const changed = { ...words, source_rate: rate, source_users: people, background };
  return { ...changed, cache_lookups: lookups(changed, rows) };
}

function lookups(words, rows) {
  const sites = words.station.length, rates = new Float64Array(sites), asked = new Float64Array(sites);
  words.source_flow.forEach((flow, source) => {
    const users = words.source_users[source];
    const rate = users ? users / rows[words.source_think[source]][1] : words.source_rate[source];
    rates[words.flow_root[flow]] += rate;
  });
  asked.set(rates);
  for (let site = sites - 1; site >= 0; site--) for (let stage = words.stage_start[site]; stage < words.stage_start[site + 1]; stage++) {
    for (let at = words.call_start[stage]; at < words.call_start[stage + 1]; at++) {
      const call = words.calls[at], cache = words.cache[call], found = rates[site] * words.chance[call];
      const miss = cache !== NONE && !words.cache_constant[cache] ? 1 - words.cache_hit[cache] : 1;
      asked[call] += found;
      rates[call] += found * miss;
    }
  }
  const total = new Array(words.cache_hit.length).fill(0);
  words.cache.forEach((cache, site) => { if (cache !== NONE) total[cache] += asked[site]; });
  return total;
}

/** The first station that a load keeps busy with work that is not in the plan alone; none: null. */
export function overloaded(plan, words) {
  const at = words.background.findIndex((busy, n) => busy > 0 && busy >= words.instances[n] * words.slots[n]);
  return at < 0 ? null : plan.stations[at];
}

// ---------- one run ----------
/** Bytes of each array that a run writes. */
function outSizes(words, bins, cells, counts) {
  const { flows, stations, caches } = words;
  return {
    flow_latency: flows * cells, station_latency: stations * cells, site_latency: 0, flow_series: bins * flows * 4,
    station_area: bins * stations * 2, station_series: bins * stations * 4, cache_series: bins * caches, counts,
  };
}

/** A run of a plan; ``step`` goes on with it, ``record`` gives what it has written so far. */
export class Run {
  constructor(module, shared, plan, { load, seed, forS, warmupS, binS = 1 }) {
    this.given = { module, shared, plan, load, seed, forS, warmupS, binS };
    this.words = atLoad(plan, load);
    const busy = overloaded(plan, this.words);
    if (busy) throw new Error(`At this load ${busy} is kept busy by other work alone.`);
    this.bins = Math.max(1, Math.ceil(forS / binS - 1e-9));
    this.begin(FIRST_FRAMES);
  }

  begin(frames) {
    const { module, shared, plan, seed, forS, warmupS, binS } = this.given;
    const { exports } = new WebAssembly.Instance(module, {});
    this.exports = exports;
    this.frames = frames;
    this.next = (Number(exports.__heap_base.value) + 63) & ~63;
    const [a, b] = seedsOf(seed), cells = shared.histogram.cells;
    const sizes = outSizes(this.words, this.bins, cells, shared.counts.length);
    const run = { seed_a: a, seed_b: b, for_s: forS, warmup_s: warmupS, bin_s: binS, bins: BigInt(this.bins), by_site: 0n };
    const tables = { exponential: () => shared.exponential, quantiles: () => quantiles(plan, shared) };
    this.outs = {};
    this.table = this.place(shared.words.length * 8);
    this.slot = {};
    shared.words.forEach(([name, kind], index) => {
      this.slot[name] = index;
      if (name in sizes) {
        this.outs[name] = [this.place(sizes[name] * 8), sizes[name]];
        this.set(index, BigInt(this.outs[name][0]));
      } else if (name in tables) this.set(index, this.put(tables[name]()));
      else if (name in run) this.set(index, run[name]);
      else if (kind === "F") this.set(index, this.put(Float64Array.from(this.words[name])));
      else if (kind === "I") this.set(index, this.put(BigInt64Array.from(this.words[name], BigInt)));
      else if (kind) this.set(index, kind === "f" ? this.words[name] : BigInt(this.words[name]));
    });
    this.set(FRAMES, BigInt(frames));
    exports.atlas_start(this.table);
    const needed = Number(this.view.getBigInt64(this.table + ARENA_NEEDED * 8, true));
    this.set(ARENA, BigInt(this.place(needed)));
    this.set(ARENA_BYTES, BigInt(needed));
    this.status = Number(exports.atlas_start(this.table));
  }

  get view() { return new DataView(this.exports.memory.buffer); }

  place(bytes) {
    const at = this.next;
    this.next = (at + bytes + 63) & ~63;
    const missing = this.next - this.exports.memory.buffer.byteLength;
    if (missing > 0) this.exports.memory.grow(Math.ceil(missing / 65536));
    return at;
  }

  put(array) {
    const at = this.place(array.byteLength);
    new Uint8Array(this.exports.memory.buffer).set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    return BigInt(at);
  }

  set(index, value) {
    if (typeof value === "number") this.view.setFloat64(this.table + index * 8, value, true);
    else this.view.setBigUint64(this.table + index * 8, BigInt.asUintN(64, value), true);
  }

  /** Simulated seconds reached. */
  get now() { return this.view.getFloat64(this.table + this.slot.now * 8, true); }

  /** Go on for at most so many events; whether there is more to do. Where calls pile up it begins again with more room. */
  step(events) {
    this.status = Number(this.exports.atlas_run(this.table, BigInt(events)));
    if (this.status === OUT_OF_FRAMES) {
      if (this.frames * 8 > MOST_FRAMES) throw new Error("More calls pile up at once than a page has room for: run it from the command line.");
      this.begin(this.frames * 8);
      return true;
    }
    if (this.status < 0) throw new Error("The run is too long for a page.");
    return this.status === MORE;
  }

  /** Whole numbers that the run has written, as the low halves of 64 bits: every second entry. */
  low(name) { return new Int32Array(this.exports.memory.buffer, this.outs[name][0], this.outs[name][1] * 2); }
  reals(name) { return new Float64Array(this.exports.memory.buffer, ...this.outs[name]); }

  /** A copy of all that it has written, by name. */
  record() {
    const { buffer } = this.exports.memory;
    return Object.fromEntries(Object.entries(this.outs).map(([name, [at, count]]) => [name, buffer.slice(at, at + count * 8)]));
  }
}

function quantiles(plan, shared) {
  const units = plan.units.map((unit) => unitTable(unit, shared)), { cells } = shared;
  const all = new Float64Array(plan.rows.length * cells);
  plan.rows.forEach(([unit, mean], row) => { for (let i = 0; i < cells; i++) all[row * cells + i] = units[unit][i] * mean; });
  return all;
}
