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
  const field = $("input#search"), list = $("#hits"), count = $("#hit-count");
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
  const decode = (text) => new DOMParser().parseFromString(`<p>|${text}`, "text/html").body.textContent.slice(1);
  // For a word it does not know, the index answers with words that only begin alike: those hits are no answer.
  const isNear = (page, words) => (page.excerpt.match(/<mark>[^<]*/g) || []).map((mark) => mark.slice(6).toLowerCase().replace(/^[^\p{L}\p{N}]+/u, ""))
    .some((mark) => words.some((word) => mark.startsWith(word.slice(0, Math.max(2, word.length - 3)))));
  const run = async () => {
    const words = field.value.trim(), mine = ++turn;
    history.replaceState(null, "", words ? `?q=${encodeURIComponent(words)}` : location.pathname);
    if (!words) { list.replaceChildren(); count.textContent = ""; return; }
    try {
      const found = await (await load()).search(words);
      const first = await Promise.all(found.results.slice(0, 20).map((hit) => hit.data()));
      if (mine !== turn) return;
      const pages = first.filter((page) => isNear(page, words.toLowerCase().split(/\s+/))), all = found.results.length - first.length + pages.length;
      count.textContent = pages.length ? (all === 1 ? "1 page" : `${all} pages`) : "No page has these words.";
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
const YEARS_APART = 2;
function unlike(a, b) {
  const years = [a.year || 0, b.year || 0], oldest = Math.min(...years);
  return [2 * (a.stat !== b.stat) + (a.scope !== b.scope), Math.max(0, Math.max(...years) - oldest - YEARS_APART), -oldest, a.id + b.id];
}
const before = (one, other) => { for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return one[i] < other[i] ? -1 : 1; return 0; };
function grouped(claims) {
  const groups = new Map();
  for (const claim of claims) groups.set(claim.compare_key, [...(groups.get(claim.compare_key) || []), claim]);
  return groups;
}
function joined(left, right) {
  const ours = grouped(left.comparable), theirs = grouped(right.comparable);
  const rows = [...ours.keys()].filter((key) => theirs.has(key)).map((key) =>
    ours.get(key).flatMap((a) => theirs.get(key).map((b) => [a, b])).reduce((best, pair) => before(unlike(...pair), unlike(...best)) < 0 ? pair : best));
  rows.sort((one, other) => before(unlike(...one), unlike(...other)));
  const alone = (system, others) => system.leading.map((id) => system.comparable.find((claim) => claim.id === id)).filter((claim) => !others.has(claim.compare_key));
  return [...rows, ...alone(left, theirs).map((claim) => [claim, null]), ...alone(right, ours).map((claim) => [null, claim])];
}
function verdictOf(a, b) {
  if (!a || !b) return ["one side only", "", ""];
  if (a.stat !== b.stat) return ["not the same thing", "old", `${a.stat} against ${b.stat}`];
  if (a.scope !== b.scope) return ["not the same thing", "old", "different scopes"];
  const apart = a.year && b.year ? Math.abs(a.year - b.year) : 0;
  return apart > YEARS_APART ? ["other years", "old", `${apart} years apart`] : ["comparable", "good", ""];
}
export function compare() {
  const form = $("form#compare");
  if (!form) return;
  const left = $("#left"), right = $("#right"), out = $("#compared"), status = $("#compare-status");
  const cell = (claim, system) => claim
    ? make("td", {}, make("a", { class: "num", href: new URL(`systems/${system.slug}/evidence/#claim-${claim.id}`, base) }, claim.text), ` ${claim.what}`, make("small", {}, claim.scope && !claim.what.includes(claim.scope) ? `${claim.scope}; ` : "", claim.held || ""))
    : make("td", {}, make("span", { class: "nil" }, "not public"));
  const table = (caption, head, rows) => make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": caption },
    make("table", {}, make("caption", {}, caption), make("thead", {}, make("tr", {}, ...head.map((text) => make("th", { scope: "col" }, text)))), make("tbody", {}, ...rows)));
  const list = (items) => make("td", {}, items.length ? items.join(", ") : make("span", { class: "nil" }, "not stated"));
  let turn = 0;
  const show = async () => {
    const mine = ++turn;
    history.replaceState(null, "", `?a=${left.value}&b=${right.value}`);
    status.textContent = "";
    if (left.value === right.value) { out.replaceChildren(); status.textContent = "Choose two different systems."; return; }
    try {
      const [a, b] = await Promise.all([left.value, right.value].map(async (slug) => JSON.parse(await fetchText(new URL(`api/v1/systems/${slug}.json`, base)))));
      if (mine !== turn) return;
      const figures = joined(a, b), both = figures.filter(([x, y]) => verdictOf(x, y)[0] === "comparable").length;
      const rows = figures.map(([x, y]) => {
        const [word, look, reason] = verdictOf(x, y);
        return make("tr", {}, make("th", { scope: "row" }, (x || y).label), cell(x, a), cell(y, b), make("td", {}, make("span", { class: `tag ${look}` }, word), make("small", {}, reason)));
      });
      const traits = Object.keys(a.traits).map((name) => make("tr", {}, make("th", { scope: "row" }, name), list(a.traits[name]), list(b.traits[name])));
      out.replaceChildren(
        make("p", { class: "note calm" }, make("b", {}, `${both} of ${figures.length} figures can be compared. `), "The others are public on one side only, or measure different things."),
        table("Figures side by side", ["Figure", a.name, b.name, "Comparable?"], rows),
        table("Architecture side by side", ["Question", a.name, b.name], traits));
      status.textContent = `${a.name} and ${b.name}, from the data of both systems.`;
    } catch { if (mine === turn) status.textContent = "The data of these systems could not be fetched."; }
  };
  const given = new URLSearchParams(location.search);
  for (const [name, select] of [["a", left], ["b", right]]) if ([...select.options].some((option) => option.value === given.get(name))) select.value = given.get(name);
  form.addEventListener("change", show);
  form.addEventListener("submit", (event) => { event.preventDefault(); show(); });
  if (given.has("a")) show();
}
