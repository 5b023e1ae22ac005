// Atlas: search and comparison, loaded only by the pages that have them.
const $ = (selector, from = document) => from.querySelector(selector);
const base = new URL("../", import.meta.url);                    // the site's root

/** An element with attributes and children; text is always text, never markup. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(key, value);
  element.append(...children.filter((child) => child !== undefined && child !== null));
  return element;
}

async function fetchText(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${answer.status} for ${address}`);
  return answer.text();
}

// ---------- search: the index is made when the site is built and read here, from the same host ----------
export function search() {
  const field = $("#search"), list = $("#hits"), count = $("#hit-count");
  if (!field) return;
  let engine = null, turn = 0;
  const load = async () => {
    engine ??= import(new URL("pagefind/pagefind.js", base)).then(async (found) => { await found.options({ excerptLength: 24 }); return found; });
    return engine;
  };
  const excerpt = (html) => {                         // the index marks words with <mark>; anything else stays text
    const parts = html.split(/<\/?mark>/), line = make("p");
    parts.forEach((part, at) => line.append(at % 2 ? make("mark", {}, decode(part)) : decode(part)));
    return line;
  };
  const decode = (text) => new DOMParser().parseFromString(text, "text/html").documentElement.textContent;
  const run = async () => {
    const words = field.value.trim(), mine = ++turn;
    history.replaceState(null, "", words ? `?q=${encodeURIComponent(words)}` : location.pathname);
    if (!words) { list.replaceChildren(); count.textContent = ""; return; }
    try {
      const found = await (await load()).search(words);
      const pages = await Promise.all(found.results.slice(0, 20).map((hit) => hit.data()));
      if (mine !== turn) return;
      count.textContent = found.results.length === 1 ? "1 page" : `${found.results.length} pages`;
      list.replaceChildren(...pages.map((page) => make("li", {}, make("h2", { class: "small" }, make("a", { href: new URL(page.url.replace(/^\//, ""), base) }, page.meta.title || page.url)), excerpt(page.excerpt))));
    } catch {
      count.textContent = "The search index is not here. It is made when the site is built, and read over http.";
    }
  };
  let timer = 0;
  field.addEventListener("focus", () => load().catch(() => {}), { once: true });
  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(run, 120); });
  field.form.addEventListener("submit", (event) => { event.preventDefault(); run(); });
  field.value = new URLSearchParams(location.search).get("q") || "";
  if (field.value) run();
}

// ---------- compare: any two systems, joined by what a figure measures ----------
function joined(left, right) {
  const keys = [...new Set([...left, ...right].map((claim) => claim.compare_key))];
  const pick = (claims, key) => claims.find((claim) => claim.compare_key === key);
  return keys.map((key) => [key, pick(left, key), pick(right, key)]).sort((a, b) => Boolean(b[1] && b[2]) - Boolean(a[1] && a[2]) || (a[0] < b[0] ? -1 : 1));
}
function verdictOf(a, b) {
  if (!a || !b) return ["one side only", ""];
  if (a.year && b.year && Math.abs(a.year - b.year) > 2) return ["other years", "old"];
  return ["comparable", "good"];
}
export function compare() {
  const form = $("#compare");
  if (!form) return;
  const left = $("#left"), right = $("#right"), out = $("#compared"), status = $("#compare-status");
  const cell = (claim, system) => claim
    ? make("td", {}, make("a", { class: "num", href: new URL(`systems/${system.slug}/evidence/#claim-${claim.id}`, base) }, claim.text), make("small", {}, claim.scope ? `${claim.scope}, ` : "", claim.held || ""))
    : make("td", {}, make("span", { class: "nil" }, "not public"));
  const table = (caption, head, rows) => make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": caption },
    make("table", {}, make("caption", {}, caption), make("thead", {}, make("tr", {}, ...head.map((text) => make("th", { scope: "col" }, text)))), make("tbody", {}, ...rows)));
  const list = (items) => make("td", {}, items.length ? items.join(", ") : make("span", { class: "nil" }, "not stated"));
  const show = async () => {
    history.replaceState(null, "", `?a=${left.value}&b=${right.value}`);
    status.textContent = "";
    if (left.value === right.value) { out.replaceChildren(); status.textContent = "Choose two different systems."; return; }
    try {
      const [a, b] = await Promise.all([left.value, right.value].map(async (slug) => JSON.parse(await fetchText(new URL(`api/v1/systems/${slug}.json`, base)))));
      const figures = joined(a.comparable, b.comparable), both = figures.filter(([, x, y]) => x && y && verdictOf(x, y)[0] === "comparable").length;
      const rows = figures.map(([, x, y]) => make("tr", {}, make("th", { scope: "row" }, (x || y).label), cell(x, a), cell(y, b), make("td", {}, make("span", { class: `tag ${verdictOf(x, y)[1]}` }, verdictOf(x, y)[0]))));
      const traits = Object.keys(a.traits).map((name) => make("tr", {}, make("th", { scope: "row" }, name), list(a.traits[name]), list(b.traits[name])));
      out.replaceChildren(
        make("p", { class: "note calm" }, make("b", {}, `${both} of ${figures.length} figures can be compared. `), "The others are public on one side only, or held in other years."),
        table("Figures side by side", ["Figure", a.name, b.name, "Comparable?"], rows),
        table("Architecture side by side", ["Question", a.name, b.name], traits));
      status.textContent = `${a.name} and ${b.name}, from the data of both systems.`;
    } catch { status.textContent = "The data of these systems could not be fetched."; }
  };
  const given = new URLSearchParams(location.search);
  for (const [name, select] of [["a", left], ["b", right]]) if ([...select.options].some((option) => option.value === given.get(name))) select.value = given.get(name);
  form.addEventListener("change", show);
  form.addEventListener("submit", (event) => { event.preventDefault(); show(); });
  if (given.has("a")) show();
}
