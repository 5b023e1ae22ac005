// Runs the WebAssembly kernel on what atlas.sim.browser wrote: lays the arrays into its memory in the order of its
// words, gives it an arena, and lets it go on for some events at a time. For Node and for a browser's worker.

const [ARENA, ARENA_BYTES, ARENA_NEEDED, FRAMES] = [0, 1, 2, 3];
const MORE = 1n, EVENTS = 1000000n;

const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** The module's bytes and a run as parsed JSON; `now` tells milliseconds. Gives status, seconds taken by the run alone,
 * and the recorded arrays as bytes by name. */
export async function runKernel(module, run, frames, now) {
  const { instance } = await WebAssembly.instantiate(module, {});
  const { memory, atlas_source_hash, atlas_start, atlas_run, __heap_base } = instance.exports;
  if (atlas_source_hash() !== BigInt(`0x${run.source_hash}`)) throw new Error("the kernel is of another source");
  let next = (Number(__heap_base.value) + 63) & ~63;
  const place = (bytes) => {
    const at = next;
    next = (next + bytes + 63) & ~63;
    const missing = next - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
    return at;
  };
  const units = run.units.map((text) => new Float64Array(bytesOf(text).buffer));
  const scaled = ([unit, mean]) => Array.from(units[unit], (x) => x * mean);
  const bytes = (word) => {
    if (word.out) return new Uint8Array(word.bytes);
    return word.tables ? new Uint8Array(Float64Array.from(word.tables.flatMap(scaled)).buffer) : bytesOf(word.data);
  };

  const table = place(run.words.length * 8);
  const set = (index, value) => new DataView(memory.buffer).setBigUint64(table + index * 8, BigInt.asUintN(64, BigInt(value)), true);
  const get = (index) => Number(new DataView(memory.buffer).getBigInt64(table + index * 8, true));
  const outs = {};
  run.words.forEach((word, index) => {
    if (word.bits !== undefined) { set(index, word.bits); return; }
    const data = bytes(word), at = place(data.length);
    new Uint8Array(memory.buffer).set(data, at);
    if (word.out) outs[word.out] = [at, data.length];
    set(index, at);
  });

  set(FRAMES, frames);
  atlas_start(table);
  const needed = get(ARENA_NEEDED), arena = place(needed);
  set(ARENA, arena);
  set(ARENA_BYTES, needed);
  let status = atlas_start(table);
  const began = now();
  while (status === MORE) status = atlas_run(table, EVENTS);
  const seconds = (now() - began) / 1000;
  const recorded = Object.entries(outs).map(([name, [at, length]]) => [name, new Uint8Array(memory.buffer.slice(at, at + length))]);
  return { status: Number(status), seconds, recorded: Object.fromEntries(recorded) };
}
