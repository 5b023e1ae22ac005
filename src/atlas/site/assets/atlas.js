// Atlas: everything on a page that moves. Without this file every page still reads: evidence opens (popovers are
// native), tables stand in place, all diagrams are one link away. The file loads before the first paint, so that the
// reader's theme is there at once; the rest waits for the document.
"use strict";
const root = document.documentElement;
const $ = (selector, from = document) => from.querySelector(selector);
const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const base = new URL("../", document.currentScript.src);        // the site's root, whatever path it is served under

/** An element with attributes and children; text is always text, never markup. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(key, value);
  element.append(...children.filter((child) => child !== undefined && child !== null));
  return element;
}

// ---------- theme: follows the system until the reader chooses ----------
const THEMES = ["auto", "light", "dark"];
let theme = "auto";
try { theme = localStorage.getItem("atlas-theme") || "auto"; } catch { /* storage may be refused */ }
function showTheme() {
  if (theme === "auto") delete root.dataset.theme; else root.dataset.theme = theme;
}
root.classList.add("js");
showTheme();

function themeSwitch() {
  const button = $("#theme");
  if (!button) return;
  const say = () => { button.replaceChildren(make("span", { class: "word" }, "Theme: "), theme); };
  say();
  button.addEventListener("click", () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    try { localStorage.setItem("atlas-theme", theme); } catch { /* the choice then lasts for the page */ }
    showTheme(); say();
  });
}

// ---------- evidence: a native popover, put beside the figure that opened it ----------
// The figures of the opening carry their evidence in the page. Every other figure is a link to the system's page of
// evidence; the script fetches that page once and shows the same words here.
async function fetchText(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${answer.status} for ${address}`);
  return answer.text();
}

const evidencePages = new Map();
function evidencePage(link) {
  const page = link.href.split("#")[0];
  if (!evidencePages.has(page)) evidencePages.set(page, fetchText(page).then((text) => new DOMParser().parseFromString(text, "text/html")));
  return evidencePages.get(page);
}

async function showEvidence(link) {
  const found = (await evidencePage(link)).getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!found) throw new Error("no such evidence");
  $("#evidence")?.remove();
  const content = document.importNode(found, true), id = "evidence-h";
  for (const inner of $$("a[href]", content)) inner.href = new URL(inner.getAttribute("href"), link.href);
  const popover = make("div", { class: "evidence", id: "evidence", popover: "auto", role: "dialog", "aria-labelledby": id, tabindex: "-1", autofocus: "" },
    make("button", { class: "btn plain close", type: "button", popovertarget: "evidence", popovertargetaction: "hide", "aria-label": "Close" }, "×"), ...content.childNodes);
  $("h3", popover).id = id;
  document.body.append(popover);
  popover.showPopover();
}

function evidence() {
  let opener = null, open = null;
  const place = () => {
    if (!open || !opener) return;
    const at = opener.getBoundingClientRect(), box = open.getBoundingClientRect(), gap = 8;
    const left = clamp(at.left, gap, Math.max(gap, root.clientWidth - box.width - gap));
    const below = at.bottom + gap + box.height <= innerHeight;
    Object.assign(open.style, { left: `${left}px`, top: `${below ? at.bottom + gap : Math.max(gap, at.top - gap - box.height)}px` });
  };
  const outside = (link) => link && link.pathname !== location.pathname;
  document.addEventListener("click", (event) => {
    const figure = event.target.closest(".figure[popovertarget], a.num");
    if (!figure) return;
    opener = figure;
    if (figure.localName !== "a" || !outside(figure) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    showEvidence(figure).catch(() => { location.href = figure.href; });
  }, true);
  for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, (event) => {
    const link = event.target.closest?.("a.num");
    if (outside(link)) evidencePage(link).catch(() => {});
  });
  document.addEventListener("beforetoggle", (event) => {
    if (event.target.matches?.(".evidence") && event.newState === "open") event.target.dataset.at = "figure";
  }, true);
  document.addEventListener("toggle", (event) => {
    if (!event.target.matches?.(".evidence")) return;
    open = event.newState === "open" ? event.target : null;
    for (const button of $$(".figure[aria-expanded]")) button.setAttribute("aria-expanded", open !== null && button === opener);
    opener?.classList.toggle("is-open", open !== null);
    place();
  }, true);
  addEventListener("scroll", place, { passive: true });
  addEventListener("resize", place, { passive: true });
}

// ---------- section bar: the section being read is marked ----------
function sectionBar() {
  const links = $$(".sub a[href^='#']").filter((link) => $(link.hash));
  if (!links.length) return;
  const mark = () => {
    const line = innerHeight * 0.3;
    const current = links.filter((link) => $(link.hash).getBoundingClientRect().top <= line).pop() || links[0];
    for (const link of links) link === current ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
  };
  addEventListener("scroll", mark, { passive: true });
  mark();
}

// ---------- diagram stage: zoom with buttons, + - 0 and ctrl-wheel; pan with drag and arrows ----------
function zoomable(panel) {
  const stage = $(".stage", panel), sheet = $(".sheet", panel), shown = $("output", panel);
  let scale = 1, x = 0, y = 0, from = null;
  const draw = () => {
    const width = stage.clientWidth, height = stage.clientHeight;
    x = clamp(x, Math.min(0, width - width * scale), 0);
    y = clamp(y, Math.min(0, height - sheet.offsetHeight * scale), 0);
    sheet.style.transform = scale === 1 && !x && !y ? "" : `translate(${x}px, ${y}px) scale(${scale})`;
    shown.textContent = `${Math.round(scale * 100)} %`;
  };
  const zoom = (factor, px = stage.clientWidth / 2, py = stage.clientHeight / 2) => {
    const next = clamp(scale * factor, 1, 6);
    x = px - (px - x) * next / scale; y = py - (py - y) * next / scale; scale = next; draw();
  };
  const act = {
    in: () => zoom(1.4), out: () => zoom(1 / 1.4), fit: () => { scale = 1; x = y = 0; draw(); },
    full: () => document.fullscreenElement ? document.exitFullscreen() : panel.closest(".diagram").requestFullscreen(),
  };
  panel.addEventListener("click", (event) => act[event.target.closest("[data-do]")?.dataset.do]?.());
  stage.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: [48, 0], ArrowRight: [-48, 0], ArrowUp: [0, 48], ArrowDown: [0, -48] }[event.key];
    const name = { "+": "in", "=": "in", "-": "out", 0: "fit", f: "full" }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (name) act[name]();
    else if (move && scale > 1) { x += move[0]; y += move[1]; draw(); }
    else return;
    event.preventDefault();
  });
  stage.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;                       // a plain wheel belongs to the page
    event.preventDefault();
    const box = stage.getBoundingClientRect();
    zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15, event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });
  stage.addEventListener("pointerdown", (event) => { if (scale > 1) { from = [event.clientX - x, event.clientY - y]; stage.setPointerCapture(event.pointerId); } });
  stage.addEventListener("pointermove", (event) => { if (from) { x = event.clientX - from[0]; y = event.clientY - from[1]; draw(); } });
  for (const end of ["pointerup", "pointercancel"]) stage.addEventListener(end, () => { from = null; });
  return act.fit;
}

// ---------- diagram tabs: links that become tabs; the first drawing is in the page, the others are fetched ----------
/** On a phone a drawing is as small as its text allows, and is moved sideways. */
function legible(stage) {
  for (const svg of $$("svg", stage)) {
    const natural = svg.viewBox.baseVal.width;
    svg.style.width = matchMedia("(max-width: 40rem)").matches ? `${Math.max(stage.clientWidth - 32, natural * 0.8)}px` : "";
  }
}

async function drawing(link) {
  const address = link.dataset.tall && matchMedia("(max-width: 40rem)").matches ? link.dataset.tall : link.dataset.svg;
  const svg = document.importNode(new DOMParser().parseFromString(await fetchText(address), "image/svg+xml").documentElement, true);
  if (svg.nodeName !== "svg") throw new Error(`${address} is no drawing`);
  if (address === link.dataset.tall) svg.classList.add("is-tall");
  return [svg];
}

function diagramTabs(diagram) {
  const list = $(".tabs", diagram), panel = $(".panel", diagram), sheet = $(".sheet", panel), tabs = $$("a", list);
  const words = $("[data-words]", panel), source = $("[data-source]", panel), stage = $(".stage", panel);
  const fit = zoomable(panel), kept = new Map();
  const isNarrow = matchMedia("(max-width: 40rem)");
  if (!isNarrow.matches || !tabs[0].dataset.tall) kept.set(tabs[0], [...sheet.children]);
  isNarrow.addEventListener("change", () => { kept.clear(); choose(tabs.find((tab) => tab.tabIndex === 0), false); });
  list.setAttribute("role", "tablist");
  panel.setAttribute("role", "tabpanel");
  const showSource = async () => {
    const details = source.closest("details"), tab = tabs.find((other) => other.tabIndex === 0);
    if (!details.open || source.dataset.of === tab.dataset.code) return;
    try { source.textContent = await fetchText(tab.dataset.mermaid); source.dataset.of = tab.dataset.code; } catch (error) { source.textContent = error.message; }
  };
  source.closest("details").addEventListener("toggle", showSource);
  const show = async (tab) => {
    try {
      if (!kept.has(tab)) {
        sheet.replaceChildren(make("p", { class: "loading" }, "Drawing…"));
        kept.set(tab, await drawing(tab));
      }
      if (tab.tabIndex === 0) sheet.replaceChildren(...kept.get(tab));
    } catch {
      sheet.replaceChildren(make("p", { class: "loading" }, "This drawing could not be fetched. ", make("a", { href: tab.href }, "It is on the page of all diagrams.")));
    }
    if (tab.tabIndex !== 0) return;
    legible(stage);
    words.textContent = $("desc", sheet)?.textContent || "";
    panel.dataset.shown = tab.dataset.code;
    fit(); showSource();
  };
  const choose = (tab, focus = true) => {
    for (const other of tabs) { other.setAttribute("aria-selected", other === tab); other.tabIndex = other === tab ? 0 : -1; }
    panel.setAttribute("aria-labelledby", tab.id);
    stage.setAttribute("aria-label", `${tab.dataset.name} diagram. Plus and minus zoom, arrows pan, 0 fits, F is full screen.`);
    for (const kind of ["mermaid", "svg"]) $(`[data-get=${kind}]`, panel).href = tab.dataset[kind];
    for (const key of $$(".foot [data-for]", panel)) key.hidden = key.dataset.for !== tab.dataset.type;
    if (focus) tab.focus();
    return show(tab);
  };
  for (const tab of tabs) { tab.setAttribute("role", "tab"); tab.setAttribute("aria-controls", panel.id); }
  choose(tabs[0], false);
  list.addEventListener("click", (event) => {
    const tab = event.target.closest("a");
    if (!tab || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault(); choose(tab);
  });
  list.addEventListener("keydown", (event) => {
    const at = tabs.indexOf(document.activeElement), step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) choose(tabs[(at + step + tabs.length) % tabs.length]);
    else if (event.key === "Home") choose(tabs[0]);
    else if (event.key === "End") choose(tabs.at(-1));
    else if (event.key === " ") choose(tabs[at]);
    else return;
    event.preventDefault();
  });
}

// ---------- tables that stack on a phone keep their meaning: a changed display takes a table's own roles away ----------
function tableRoles() {
  const roles = { table: "table", thead: "rowgroup", tbody: "rowgroup", tr: "row", td: "cell", th: "columnheader" };
  for (const table of $$("table.stack")) for (const part of [table, ...$$("*", table)]) {
    const role = part.scope === "row" ? "rowheader" : roles[part.localName];
    if (role) part.setAttribute("role", role);
  }
}

// ---------- a list that narrows while you type ----------
function filters() {
  for (const input of $$("[data-filter]")) {
    const rows = $$("tbody tr", $(input.dataset.filter)), count = $(`output[for="${input.id}"]`), noun = input.dataset.noun;
    const narrow = () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const row of rows) row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
      count.textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length} ${noun}`;
    };
    input.addEventListener("input", narrow);
    if (input.value) narrow();
  }
  addEventListener("keydown", (event) => {
    const field = $("[data-filter], input#search");
    if (event.key !== "/" || !field || /INPUT|SELECT|TEXTAREA/.test(document.activeElement.tagName)) return;
    event.preventDefault(); field.focus();
  });
}

document.addEventListener("DOMContentLoaded", () => {
  themeSwitch(); evidence(); sectionBar(); tableRoles();
  for (const diagram of $$(".diagram")) $(".tabs", diagram) ? diagramTabs(diagram) : $$(".panel", diagram).forEach((panel) => { zoomable(panel); legible($(".stage", panel)); });
  filters();
  if ($("input#search, form#compare")) import(new URL("assets/finding.js", base)).then((more) => { more.search(); more.compare(); });
});
