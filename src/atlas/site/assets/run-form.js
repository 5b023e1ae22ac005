// Atlas: the run panel's markup: controls, results, tables. Text is always text, never markup.
const edition = new URL(import.meta.url).search;
const [{ LOADS, flowsOf }, say] = await Promise.all(["run-settings.js", "run-words.js"].map((name) => import(new URL(`${name}${edition}`, import.meta.url))));

const FEW = 10000;                         // a share seen in fewer requests is told with its doubt

/** An element with attributes and children. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined && value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
  element.append(...children.filter((child) => child !== undefined && child !== null));
  return element;
}

/** The panel and its parts by name. */
export function panel(data, settings) {
  const parts = { ...controls(data), ...shown() };
  const root = make("div", { class: "run" },
    make("div", { class: "controls", role: "group", "aria-label": "Settings of the run" },
      make("div", {}, make("label", { for: "run-load" }, "Load ", parts.loadOut), parts.load),
      parts.runs, parts.mitigation,
      make("div", { class: "pair" }, make("div", {}, make("label", { for: "run-seed" }, "Seed"), parts.seed), parts.another),
      make("div", {}, make("label", { for: "run-flow" }, "Requests shown"), parts.flow),
      make("div", { class: "acts" }, parts.go)),
    make("div", { class: "results" }, parts.verdict, parts.status, parts.charts,
      make("div", { class: "time" }, make("label", { for: "run-time" }, "Moment"), parts.time, parts.timeOut), parts.answers),
    make("div", { class: "map-part" }, make("div", { class: "scale" }, parts.hottest, ramp()),
      make("div", { class: "map is-run", tabindex: 0, role: "group", "aria-label": "Global flow, coloured by utilisation" }, parts.map)),
    make("div", { class: "fidelity" }, parts.fidelity), parts.summary);
  refresh(parts, data, settings);
  return [root, parts];
}

function controls(data) {
  const choices = data.runs.map((run) => make("label", { class: "choice" },
    make("input", { type: "radio", name: "run-run", value: run.id }),
    make("span", {}, run.name, make("small", {}, run.id ? run.faults.join("; ") : "the system at its peak"))));
  return {
    load: make("input", { type: "range", id: "run-load", min: LOADS.least, max: LOADS.most, step: LOADS.step }), loadOut: make("output", { for: "run-load" }),
    runs: make("fieldset", { class: "choices" }, make("legend", {}, "Fault"), ...choices),
    mitigation: make("fieldset", {}, make("legend", {}, "Mitigation"),
      make("label", { class: "switch" }, make("input", { type: "checkbox", role: "switch", id: "run-mitigation" }), make("span", { class: "what" }))),
    seed: make("input", { class: "field", type: "number", id: "run-seed", min: 0, step: 1, inputmode: "numeric" }), another: make("button", { class: "btn", type: "button" }, "Run another seed"),
    flow: make("select", { class: "field", id: "run-flow" }), go: make("button", { class: "btn main", type: "button" }),
  };
}

function shown() {
  const figure = (title, unit, host) => make("figure", { class: "chart" }, make("figcaption", {}, title, " ", make("span", {}, unit)), host);
  const goodput = make("div"), latency = make("div");
  return {
    goodput, latency, charts: make("div", { class: "charts" }, figure("Answers", "requests per second", goodput), figure("Latency", "p50 and p99, logarithmic", latency)),
    verdict: make("p", { class: "verdict" }), status: make("div", { class: "progress" }), answers: make("div", { class: "answers" }),
    time: make("input", { type: "range", id: "run-time", min: 0, step: 1 }), timeOut: make("output", { for: "run-time" }),
    hottest: make("span"), map: make("div", { class: "sheet" }), fidelity: make("dl"), summary: make("p", { class: "sr", role: "status" }),
  };
}

function ramp() {
  const steps = [0, 1, 2, 3, 4, 5].map((step) => make("i", { class: `u${step}` }));
  return make("span", { class: "ramp" }, "utilisation 0 %", make("span", { class: "steps", "aria-hidden": "true" }, ...steps), "full; from 85 % on a thicker line");
}

/** The flow to show after another fault was chosen. */
export function fitting(run, flow) {
  const flows = flowsOf(run);
  return run.expect.length || !flows.includes(flow) ? flows[0] : flow;
}

/** Brings the controls in step with the settings. */
export function refresh(parts, data, settings) {
  const run = data.runs.find((one) => one.id === settings.run), { without } = run;
  parts.load.value = settings.load;
  parts.loadOut.textContent = `${settings.load.toFixed(1)} × the peak`;
  for (const input of parts.runs.querySelectorAll("input")) input.checked = input.value === settings.run;
  const toggle = parts.mitigation.querySelector("input"), what = parts.mitigation.querySelector(".what");
  parts.mitigation.hidden = !run.id;
  toggle.disabled = without?.plan === undefined;
  if (toggle.disabled) settings.isWithout = false;
  toggle.checked = !settings.isWithout;
  const changes = without ? Object.entries(without.changes).map(([path, value]) => `${path} = ${value}`).join("; ") : "";
  what.replaceChildren(run.mitigation || "as the document has it", make("small", {}, without?.plan !== undefined ? `Off: ${changes}` : `There is no run without it${without?.reason ? `: ${without.reason}` : "."}`));
  parts.seed.value = settings.seed;
  parts.flow.replaceChildren(...flowsOf(run).map((flow) => make("option", { value: flow, selected: flow === settings.flow }, data.flows[flow] ?? flow)));
  parts.time.max = Math.max(1, run.window.for - 1);
}

/** Takes over what a control says. */
export function read(parts, settings, target) {
  if (target === parts.load) { settings.load = Number(target.value); parts.loadOut.textContent = `${settings.load.toFixed(1)} × the peak`; }
  else if (target.name === "run-run") settings.run = target.value;
  else if (target.id === "run-mitigation") settings.isWithout = !target.checked;
  else if (target === parts.seed) settings.seed = Math.min(2 ** 53 - 1, Math.max(0, Math.floor(Number(target.value) || 0)));
  else if (target === parts.flow) settings.flow = target.value;
  else if (target === parts.time) settings.at = Number(target.value);
}

/** The line that says how far it is, and the button that starts or stops. */
export function status(parts, { state, run, text, reached, length }) {
  parts.go.textContent = state === "running" ? "Stop" : state === "new" ? "Run" : "Run again";
  parts.go.disabled = run.plan === undefined;
  const lines = { new: "Nothing has been run yet.", stopped: `Stopped at ${Math.floor(reached)} s of ${length} s.`, failed: text, done: "" };
  const words = run.plan === undefined ? `This drill cannot be run in a page: ${run.reason}.` : lines[state];
  if (state === "running") {
    const bar = parts.status.querySelector("progress") ?? make("progress", { "aria-label": "Simulated time" });
    bar.max = length;
    bar.value = reached;
    if (!bar.isConnected) parts.status.replaceChildren(bar, make("span"));
    bar.nextSibling.textContent = `${Math.floor(reached)} s of ${length} s simulated`;
  } else if (parts.status.textContent !== words) parts.status.replaceChildren(...(words ? [make("span", { role: state === "failed" ? "alert" : null }, words)] : []));
}

export function clear(parts) {
  if (parts.answers.firstChild) parts.answers.replaceChildren();
  if (parts.verdict.firstChild) parts.verdict.replaceChildren();
  if (parts.fidelity.firstChild) parts.fidelity.replaceChildren();
}

/** Verdict, expectations, numbers and fidelity of a finished run. */
export function results(parts, { data, run, settings, judged, lanes, sentence, command, rows }) {
  const [own, other] = sentence, mode = settings.isWithout ? "with the mitigation" : "without the mitigation";
  parts.verdict.replaceChildren(make("b", { class: own.isWell ? "good" : "bad" }, own.text), ...(other ? [`; ${mode}: ${other.text}`] : []));
  const held = judged[0].every((one) => one.holds), fails = judged[1]?.some((one) => !one.holds);
  const verdict = run.id ? `The drill ${held ? "holds" : "does not hold"}${judged[1] ? `; without the mitigation it ${fails ? "fails" : "holds too"}` : ""}.` : "";
  parts.answers.replaceChildren(...(run.id ? [expectations(data, run, judged, verdict)] : []), latencies(data, lanes, settings), numbers(rows, lanes.length > 1, data.flows[settings.flow], settings));
  const plan = lanes[settings.isWithout ? 1 : 0].plan;
  parts.fidelity.replaceChildren(...fidelity(plan, settings, command));
  parts.summary.textContent = `Done. ${own.text}${other ? `; ${mode}: ${other.text}` : ""}. ${verdict} ${parts.hottest.textContent}`;
}

const cell = (text, isNumber) => make("td", isNumber ? { class: "n" } : {}, text);
/** On a phone each row is a block in which a cell names its column; a changed display takes a table's own roles away. */
const labelled = (label, ...content) => make("td", { role: "cell", "data-label": label }, ...content);
const signs = (text) => text.replace(">=", "≥").replace("<=", "≤");
const head = (...names) => make("thead", {}, make("tr", {}, ...names.map(([name, isNumber]) => make("th", { scope: "col", class: isNumber ? "n" : null }, name))));
const scroller = (label, table) => make("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": label }, table);
const mark = (one) => make("span", { class: `tag ${one.holds ? "good" : "bad"}` }, one.holds ? "holds" : "missed");

function expectations(data, run, judged, verdict) {
  const outcome = (label, one) => labelled(label, make("span", {}, say.measured(one), " ", mark(one), ...doubt(one)));
  const rows = judged[0].map((one, index) => make("tr", { role: "row" },
    make("th", { scope: "row", role: "rowheader" }, data.flows[one.flow] ?? one.flow, make("small", {}, say.MEASURES[one.measure])),
    labelled("Bound", signs(one.text)), outcome("With it", one), ...(judged[1] ? [outcome("Without it", judged[1][index])] : [])));
  const names = ["Must hold", "Bound", "With the mitigation", ...(judged[1] ? ["Without it"] : [])];
  const heads = make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, ...names.map((name) => make("th", { scope: "col", role: "columnheader" }, name))));
  const table = make("table", { class: "stack", role: "table" }, heads, make("tbody", { role: "rowgroup" }, ...rows));
  return make("div", {}, make("p", { class: "small" }, verdict), scroller("Expectations of the drill", table));
}

/** How many requests a share was seen in, and two of its standard errors, where that is much. */
function doubt({ requests, value }) {
  if (!(requests < FEW)) return [];
  const points = 200 * Math.sqrt(Math.max(value * (1 - value), 1 / requests) / requests);
  return [make("small", {}, `of ${Math.round(requests).toLocaleString("en")} requests, ± ${points.toPrecision(2)} points`)];
}

function latencies(data, lanes, settings) {
  const lane = lanes[settings.isWithout ? 1 : 0], rows = Object.entries(lane.result.flows).map(([flow, told]) => make("tr", {}, make("th", { scope: "row" }, data.flows[flow] ?? flow), ...told.latency.map((value) => cell(say.seconds(value), true))));
  const table = make("table", {}, head(["Requests"], ["p50", true], ["p95", true], ["p99", true], ["p99.9", true]), make("tbody", {}, ...rows));
  return make("details", { class: "small" }, make("summary", {}, "Latencies of all requests"), scroller("Latencies of all requests", table));
}

function numbers(rows, isCompared, flow, settings) {
  const with_ = settings.isWithout ? "with it" : "without it";
  const names = [["Second", true], ["Offered/s", true], ["Good/s", true], ["Degraded/s", true], ["Failed/s", true], ["p50", true], ["p99", true], ...(isCompared ? [[`Good/s ${with_}`, true], [`p99 ${with_}`, true]] : [])];
  const body = rows.map(([second, ...others]) => make("tr", {}, make("th", { scope: "row", class: "n" }, String(second)), ...others.map((text) => cell(text, true))));
  return make("details", { class: "small" }, make("summary", {}, `The numbers, every 10 s: ${flow}`), scroller("Numbers of the run", make("table", {}, head(...names), make("tbody", {}, ...body))));
}

function fidelity(plan, settings, command) {
  const { origins } = plan, count = (...names) => names.reduce((total, name) => total + (origins[name] ?? 0), 0);
  const inputs = `${count("claim", "derived")} published or derived, ${count("sized")} sized, ${count("default")} default${count("default") === 1 ? "" : "s"}, ${count("assumed")} assumed; besides ${count("design")} settings of the design`;
  const lines = [["Engine", `discrete, every request, seed ${settings.seed}${plan.share < 1 ? `; a slice of ${plan.share} of the system, rates scaled back` : ""}`],
    ["Agreement", `stratum ${plan.stratum[0]}: ${plan.stratum[1]}`], ["Inputs", inputs], ["Not modelled", plan.left_out.join("; ") || "nothing that is known of"]];
  return [...lines.map(([name, text]) => make("div", {}, make("dt", {}, name), " ", make("dd", {}, text))), make("div", {}, make("dt", {}, "The same numbers by"), " ", make("dd", {}, make("code", {}, command)))];
}
