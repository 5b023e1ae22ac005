// Runs the WebAssembly kernel on words and arrays prepared by Python, and writes back what it recorded.
// Input: a folder with kernel.wasm, words.json ([{value} | {bits} | {file, out}]) and the arrays as raw files.
import fs from "node:fs";
import path from "node:path";

const folder = process.argv[2];
const frames = Number(process.argv[3]);
const { instance } = await WebAssembly.instantiate(fs.readFileSync(path.join(folder, "kernel.wasm")), {});
const { memory, atlas_start, atlas_run, __heap_base } = instance.exports;
const words = JSON.parse(fs.readFileSync(path.join(folder, "words.json"), "utf8"));

let next = (Number(__heap_base.value) + 63) & ~63;
function place(bytes) {
  const at = next;
  next = (next + bytes + 63) & ~63;
  const missing = next - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65536));
  return at;
}

const table = place(words.length * 8);
const outs = [];
words.forEach((word, index) => {
  let value = BigInt(word.bits ?? 0);
  if (word.file) {
    const data = fs.readFileSync(path.join(folder, word.file));
    const at = place(data.length);
    new Uint8Array(memory.buffer).set(data, at);
    if (word.out) outs.push([word.file, at, data.length]);
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
const seconds = (used.user + used.system) / 1e6;
for (const [file, at, length] of outs) {
  fs.writeFileSync(path.join(folder, file), new Uint8Array(memory.buffer, at, length));
}
console.log(JSON.stringify({ status: Number(status), seconds }));
