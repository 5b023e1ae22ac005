// Judges runs with the page's own module. node judge_in_node.mjs READ.js CASES.json OUT.json
import fs from "node:fs";
import { pathToFileURL } from "node:url";

const [readPath, casesPath, outPath] = process.argv.slice(2);
const { judge } = await import(pathToFileURL(readPath));
const told = (value) => (Number.isNaN(value) ? "nan" : value === Infinity ? "inf" : value);
const answers = JSON.parse(fs.readFileSync(casesPath, "utf8")).map(({ expect, trace, window }) => {
  for (const flow of Object.values(trace.flows)) flow.latency = flow.latency.map((value) => value ?? NaN);
  return judge(expect, trace, window).map(({ value, holds }) => [told(value), holds]);
});
fs.writeFileSync(outPath, JSON.stringify(answers));
