// Runs plans of a system's run data with the page's own modules; writes what each recorded.
// node run_in_node.mjs MODULE.wasm KERNEL.js SHARED.json DATA.json JOBS.json OUT.json
import fs from "node:fs";
import { pathToFileURL } from "node:url";

const [wasmPath, kernelPath, sharedPath, dataPath, jobsPath, outPath] = process.argv.slice(2);
const read = (path) => JSON.parse(fs.readFileSync(path, "utf8"));
const { Run, readShared, wholePlan, atLoad, seedsOf } = await import(pathToFileURL(kernelPath));
const module = new WebAssembly.Module(fs.readFileSync(wasmPath));
const shared = readShared(read(sharedPath)), data = read(dataPath);
const results = read(jobsPath).map((job) => {
  const plan = wholePlan(data.plans, job.plan);
  if (job.words) return { words: atLoad(plan, job.load), seeds: seedsOf(job.seed).map(String) };
  const run = new Run(module, shared, plan, job);
  while (run.step(50000));
  const record = Object.entries(run.record()).map(([name, buffer]) => [name, Buffer.from(buffer).toString("base64")]);
  return { record: Object.fromEntries(record), status: run.status };
});
fs.writeFileSync(outPath, JSON.stringify(results));
