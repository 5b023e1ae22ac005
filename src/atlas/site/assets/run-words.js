// Atlas: numbers and outcomes of a run in words, as the rest of the page writes them.
const trim = (value) => Number(value.toPrecision(3)).toLocaleString("en", { maximumSignificantDigits: 3 });

/** ``1,390/s``, ``3.2 M/s``: without the unit, which the chart's title has. */
export function rate(value) {
  for (const [size, word] of [[1e12, " T"], [1e9, " B"], [1e6, " M"], [1e4, " k"]]) if (value >= size) return `${trim(value / (word === " k" ? 1e3 : size))}${word}`;
  return trim(value);
}

export function seconds(value) {
  if (value === undefined || value === null || Number.isNaN(value)) return "–";
  if (value === Infinity) return "never";
  if (value === 0) return "0 s";
  if (value >= 120) {
    const [larger, smaller, size] = value >= 7200 ? ["h", "min", 3600] : ["min", "s", 60], all = Math.round(value / size * 60);
    return `${Math.floor(all / 60)} ${larger}${all % 60 ? ` ${all % 60} ${smaller}` : ""}`;
  }
  for (const [size, word] of [[1, "s"], [1e-3, "ms"], [1e-6, "µs"]]) if (value >= size * 0.9995) return `${trim(value / size)} ${word}`;
  return `${trim(value * 1e9)} ns`;
}

export function percent(share) {
  if (share === undefined || Number.isNaN(share)) return "–";
  if (share >= 0.999995 && share < 1 + 1e-9) return share > 1 - 1e-9 ? "100 %" : "> 99.999 %";
  const digits = share > 0.999 && share < 1 ? 3 : share > 0.99 && share < 1 ? 2 : 1;
  return `${(share * 100).toFixed(digits)} %`;
}

/** What was measured of an expectation, in its own form. */
export const measured = ({ measure, value }) => (measure === "recover" || measure === "p99" ? seconds(value) : percent(value));
export const MEASURES = { goodput: "good answers during the fault", degraded: "degraded answers during the fault", recover: "goodput back after the fault", p99: "p99 from the fault on" };

/** Grammar of the verdict line: what became of goodput. */
export function outcome(lane, flow, run, { recovery, shareOf, binsOf }) {
  const trace = lane.result, own = trace.flows[flow], { window } = run;
  const during = shareOf(own, "good", ...binsOf(trace, window.start, window.end));
  if (!run.id) return { text: `goodput is ${percent(during)}`, isWell: during >= 0.99 };
  const back = recovery(own, trace, window), least = Math.min(...fallen(own, trace, window, { shareOf, binsOf }));
  if (Number.isNaN(back)) return { text: "nothing to see of this flow", isWell: false };
  if (back === Infinity) return { text: "goodput does not come back", isWell: false };
  if (least >= 0.99 && back === 0) return { text: "goodput never fell", isWell: true };
  const fell = `goodput ${percent(during)} while the fault lasts, `;
  return { text: `${window.stays ? "goodput " : fell}back ${back > 0 ? `after ${seconds(back)}` : "at once"}`, isWell: during >= 0.9 };
}

/** Share of good answers in each five seconds of the fault. */
function fallen(flow, trace, window, { shareOf, binsOf }) {
  const [first, last] = binsOf(trace, window.start, window.end), shares = [];
  for (let bin = first; bin < last; bin += 5) { const share = shareOf(flow, "good", bin, Math.min(bin + 5, last)); if (!Number.isNaN(share)) shares.push(share); }
  return shares.length ? shares : [0];
}

/** The numbers of a flow over so many seconds each: mean rates, and the newest percentiles told. */
export function table(lane, other, flow, every, { means, newest }) {
  const read = (one, part) => (part.startsWith("p") ? newest : means)(one.flows[flow][part], every).map(part.startsWith("p") ? seconds : rate);
  const columns = ["arrived", "good", "degraded", "failed", "p50", "p99"].map((part) => read(lane, part));
  if (other?.flows[flow]) columns.push(read(other, "good"), read(other, "p99"));
  return columns[0].map((_, index) => [index * every, ...columns.map((column) => column[index])]);
}
