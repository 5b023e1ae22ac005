// Reads [{name, text}] from standard input and prints [{name, error}] for what Mermaid's own parser refuses.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import path from "node:path";

const modules = path.resolve(process.argv[2]);
const require = createRequire(path.join(modules, "index.js"));
const { JSDOM } = require("jsdom");
const { window } = new JSDOM("<body></body>");
globalThis.window = window;
globalThis.document = window.document;
globalThis.Element = window.Element;
const file = path.join(modules, "mermaid", "dist", "mermaid.core.mjs");
const mermaid = (await import(pathToFileURL(file))).default;
mermaid.initialize({ startOnLoad: false, securityLevel: "strict", maxTextSize: 500000 });

let input = "";
for await (const chunk of process.stdin) input += chunk;
const refused = [];
for (const { name, text } of JSON.parse(input)) {
  try {
    await mermaid.parse(text);
  } catch (error) {
    refused.push({ name, error: String(error.message ?? error) });
  }
}
process.stdout.write(JSON.stringify(refused));
