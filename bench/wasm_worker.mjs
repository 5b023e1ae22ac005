// A browser's worker that makes one run on the kernel and says how long it took and what it recorded, as digests.
import { runKernel } from "./wasm_kernel.mjs";

const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

self.onmessage = async ({ data: { run, frames } }) => {
  const [module, told] = await Promise.all([
    fetch("/kernel.wasm").then((answer) => answer.arrayBuffer()),
    fetch(run).then((answer) => answer.json()),
  ]);
  const { status, seconds, recorded } = await runKernel(module, told, frames, () => performance.now());
  const digests = {};
  for (const [name, bytes] of Object.entries(recorded)) digests[name] = hex(await crypto.subtle.digest("SHA-256", bytes));
  self.postMessage({ status, seconds, digests });
};
