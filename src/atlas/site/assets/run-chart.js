// Atlas: the two small charts of a run, drawn anew for every frame at the width they have, so that text keeps its size.
const HEIGHT = 216, TOP = 18, BOTTOM = 22, LEFT = 52, GAP = 13;
const SPACE = "http://www.w3.org/2000/svg";

function svg(name, attributes, ...children) {
  const element = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** Round steps from 0 to at least the largest value, five at most. */
function linear(most) {
  if (!most) return { ticks: [0], place: () => 0 };
  const rough = Math.max(most, 1e-9) / 4, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= rough);
  const top = Math.ceil(most / step - 1e-9) * step || step;
  const ticks = [];
  for (let value = 0; value <= top * 1.0001; value += step) ticks.push(value);
  return { ticks, place: (value) => value / top };
}

/** Powers of ten around what is shown. */
function logarithmic(least, most) {
  const low = Math.floor(Math.log10(least)), high = Math.max(low + 1, Math.ceil(Math.log10(most)));
  const every = high - low > 5 ? 2 : 1, ticks = [];
  for (let power = low; power <= high; power += every) ticks.push(10 ** power);
  return { ticks, place: (value) => (Math.log10(Math.max(value, 10 ** low)) - low) / (high - low) };
}

/** Line through what is there; gaps where nothing is for longer than ``reach`` values. */
function lineOf(values, x, y, reach = 1) {
  let path = "", before = -Infinity;
  values.forEach((value, i) => {
    if (value === undefined || Number.isNaN(value)) return;
    path += `${i - before <= reach ? "L" : "M"}${x(i + 0.5).toFixed(1)} ${y(value).toFixed(1)}`;
    before = i;
  });
  return path;
}

function bandOf(lower, upper, x, y) {
  const top = lineOf(upper, x, y), count = Math.min(lower.length, upper.length);
  if (!top || !count) return "";
  let back = "";
  for (let i = count - 1; i >= 0; i--) back += `L${x(i + 0.5).toFixed(1)} ${y(lower[i]).toFixed(1)}`;
  return `${top}${back}Z`;
}

/** Labels at the end of their lines, moved apart where they would touch. */
function apart(labels, low, high) {
  labels.sort((a, b) => a.y - b.y);
  labels.forEach((label, i) => { label.y = Math.max(label.y, i ? labels[i - 1].y + GAP : low); });
  for (let i = labels.length - 1; i >= 0; i--) labels[i].y = Math.min(labels[i].y, i + 1 < labels.length ? labels[i + 1].y - GAP : high);
  return labels;
}

// Draw a chart into its host. ``lines``: {name, values, kind}; ``bands``: {name, lower, upper, kind}; ``limits``:
// {name, value}; ``window``: start and end of the fault; ``at``: the moment shown in the diagram. A value stands for
// ``every`` seconds, and a line goes on over ``reach`` values that are not there.
export function draw(host, { length, lines, bands = [], limits = [], window, at, scale, format, label, every = 1, reach = 1 }) {
  const width = Math.max(240, host.clientWidth), right = 96;
  const x = (second) => LEFT + (width - LEFT - right) * second / length;
  const place = (index) => x(Math.min(index * every, length));
  const shown = [...lines.flatMap((line) => line.values), ...bands.flatMap((band) => band.upper), ...limits.map((one) => one.value)].filter((value) => value > 0);
  const most = Math.max(...shown, 0), least = Math.min(...shown, Infinity);
  const axis = scale === "log" && most ? logarithmic(least, most) : linear(most);
  const y = (value) => HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * Math.min(1, Math.max(0, axis.place(value)));
  const parts = [];
  if (window) {
    const [from, to] = [x(window.start), x(Math.min(window.end, length))];
    parts.push(svg("rect", { class: "fault", x: from, y: TOP, width: Math.max(1, to - from), height: HEIGHT - TOP - BOTTOM }));
    parts.push(svg("text", { x: (from + to) / 2, y: TOP - 5, "text-anchor": "middle" }, "fault"));
  }
  for (const tick of axis.ticks) {
    parts.push(svg("line", { class: "rule", x1: LEFT, x2: width - right, y1: y(tick), y2: y(tick) }));
    if (most) parts.push(svg("text", { x: LEFT - 6, y: y(tick) + 4, "text-anchor": "end" }, format(tick)));
  }
  const seconds = linear(length).ticks.filter((tick) => tick <= length);
  for (const tick of seconds) parts.push(svg("text", { x: x(tick), y: HEIGHT - 6, "text-anchor": "middle" }, tick === seconds.at(-1) ? `${tick} s` : tick));
  for (const band of bands) {
    const fill = band.kind === "failed" ? { fill: "url(#run-hatch)" } : {};
    parts.push(svg("path", { class: `band ${band.kind}`, d: bandOf(band.lower, band.upper, place, y), ...fill }));
  }
  for (const limit of limits) parts.push(svg("line", { class: "limit", x1: LEFT, x2: width - right, y1: y(limit.value), y2: y(limit.value) }));
  for (const line of lines) parts.push(svg("path", { class: `line ${line.kind}`, d: lineOf(line.values, place, y, reach) }));
  if (at !== undefined) parts.push(svg("line", { class: "moment", x1: x(at), x2: x(at), y1: TOP, y2: HEIGHT - BOTTOM }));
  const last = Math.max(0, ...lines.map((line) => line.values.length)), end = place(last ? last - 0.5 : 0) + 5;
  const labels = [...lines.map((line) => ({ ...line, value: line.values.findLast((value) => value >= 0) })),
    ...bands.filter((band) => band.upper.some((value, i) => value - band.lower[i] > most * 0.01)).map((band) => ({ ...band, value: (band.upper.at(-1) + band.lower.at(-1)) / 2 }))]
    .filter((one) => one.value !== undefined && one.name);
  for (const one of apart(labels.map((line) => ({ ...line, y: y(line.value) + 4 })), TOP + 4, HEIGHT - BOTTOM)) {
    parts.push(svg("text", { class: `name ${one.kind}`, x: Math.min(end, width - right + 5), y: one.y }, one.name));
  }
  for (const limit of limits) parts.push(svg("text", { class: "limit", x: LEFT + 4, y: y(limit.value) - 4 }, limit.name));
  host.replaceChildren(svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, role: "img", "aria-label": label }, ...(bands.length ? [hatch()] : []), ...parts));
}

/** The failed part is hatched, so that it is told from the degraded one without its colour. */
function hatch() {
  const pattern = svg("pattern", { id: "run-hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    svg("rect", { width: 6, height: 6, class: "failed-ground" }), svg("rect", { width: 2, height: 6, class: "failed-line" }));
  return svg("defs", {}, pattern);
}
