// Runs the WebAssembly kernel on what atlas.sim.browser wrote, and writes back what it recorded, as a page would.
import fs from "node:fs";

const [modulePath, runPath, outPath, frames] = process.argv.slice(2);
const run = JSON.parse(fs.readFileSync(runPath, "utf8"));
const { instance } = await WebAssembly.instantiate(fs.readFileSync(modulePath), {});
const { memory, atlas_source_hash, atlas_start, atlas_run, __heap_base } = instance.exports;
if (atlas_source_hash() !== BigInt(`0x${run.source_hash}`)) throw new Error("the kernel is of another source");

let next = (Number(__heap_base.value) + 63) & ~63;
function place(bytes) {
  const at = next;
  next = (next + bytes + 63) & ~63;
  const missing = next - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65536));
  return at;
}

const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const units = run.units.map((text) => new Float64Array(bytesOf(text).buffer));
const tables = (rows) => new Uint8Array(Float64Array.from(rows.flatMap(([unit, mean]) => Array.from(units[unit], (x) => x * mean))).buffer);

const table = place(run.words.length * 8);
const outs = {};
run.words.forEach((word, index) => {
  let value = BigInt(word.bits ?? 0);
  if (word.bits === undefined) {
    const data = word.out ? new Uint8Array(word.bytes) : word.tables ? tables(word.tables) : bytesOf(word.data);
    const at = place(data.length);
    new Uint8Array(memory.buffer).set(data, at);
    if (word.out) outs[word.out] = [at, data.length];
    value = BigInt(at);
  }
  new DataView(memory.buffer).setBigUint64(table + index * 8, BigInt.asUintN(64, value), true);
});
const set = (index, value) => new DataView(memory.buffer).setBigInt64(table + index * 8, BigInt(value), true);
const get = (index) => Number(new DataView(memory.buffer).getBigInt64(table + index * 8, true));
const [ARENA, ARENA_BYTES, ARENA_NEEDED, FRAMES] = [0, 1, 2, 3];

set(FRAMES, frames);
atlas_start(table);
const needed = get(ARENA_NEEDED);
const arena = place(needed);
set(ARENA, arena);
set(ARENA_BYTES, needed);
let status = atlas_start(table);
const began = process.cpuUsage();
while (status === 1n) status = atlas_run(table, 1000000n);
const used = process.cpuUsage(began);
const recorded = {};
for (const [name, [at, length]] of Object.entries(outs)) {
  recorded[name] = Buffer.from(memory.buffer, at, length).toString("base64");
}
fs.writeFileSync(outPath, JSON.stringify(recorded));
console.log(JSON.stringify({ status: Number(status), seconds: (used.user + used.system) / 1e6 }));
