// Atlas: everything on a page that moves. Without this file every page still reads: evidence opens (popovers are
// native), tables stand in place, all diagrams are one link away. The file loads before the first paint, so that the
// reader's theme is there at once; the rest waits for the document.
"use strict";
const root = document.documentElement;
const $ = (selector, from = document) => from.querySelector(selector);
const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const base = new URL("../", document.currentScript.src);        // the site's root, whatever path it is served under
const edition = new URL(document.currentScript.src).search;     // so that the other scripts are of the same build

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

// ---------- the run panel: fetched when it is asked for, by its button or by the address ----------
function runPanel() {
  const section = $("#run");
  if (!section) return;
  const open = (isWanted) => import(new URL(`assets/run-panel.js${edition}`, base)).then((more) => more.open(section, { isWanted }))
    .catch(() => $(".ask", section)?.append(" The panel could not be fetched."));
  $("button", section).addEventListener("click", () => open(true));
  if (new URLSearchParams(location.search).has("run")) open(false);
}

document.addEventListener("DOMContentLoaded", () => {
  themeSwitch(); evidence(); sectionBar(); tableRoles();
  filters();
  if ($(".diagram")) import(new URL(`assets/diagrams.js${edition}`, base)).then((more) => more.diagrams());
  runPanel();
  if ($("input#search, form#compare")) import(new URL(`assets/finding.js${edition}`, base)).then((more) => { more.search(); more.compare(); });
});
