// Runs the WebAssembly kernel in Node on what atlas.sim.browser wrote, and writes back what it recorded.
import fs from "node:fs";
import { runKernel } from "../../bench/wasm_kernel.mjs";

const [modulePath, runPath, outPath, frames] = process.argv.slice(2);
const run = JSON.parse(fs.readFileSync(runPath, "utf8"));
const { status, seconds, recorded } = await runKernel(fs.readFileSync(modulePath), run, frames, () => performance.now());
const told = Object.entries(recorded).map(([name, bytes]) => [name, Buffer.from(bytes).toString("base64")]);
fs.writeFileSync(outPath, JSON.stringify(Object.fromEntries(told)));
console.log(JSON.stringify({ status, seconds }));
