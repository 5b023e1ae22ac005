// Atlas: drawings that zoom, move and change; loaded by the pages that have some.
// A tab is a link to the page of all diagrams; this file makes it a tab and fetches its drawing from beside that page.
const $ = (selector, from = document) => from.querySelector(selector);
const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const isNarrow = matchMedia("(max-width: 40rem)");

function say(text, link) {
  const line = document.createElement("p");
  line.className = "loading";
  line.append(text);
  if (link) line.append(Object.assign(document.createElement("a"), { href: link.href, textContent: "It is on the page of all diagrams." }));
  return line;
}

async function fetchText(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${answer.status} for ${address}`);
  return answer.text();
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
    svg.style.width = isNarrow.matches ? `${legibleWidth(stage, natural)}px` : "";
  }
}
const legibleWidth = (stage, natural) => Math.max(stage.clientWidth - 32, natural * 0.8);

/** Goes again where the address leads: the browser went before the drawing for phones took its place. */
function goOn() {
  const isBack = performance.getEntriesByType("navigation")[0]?.type !== "navigate";   // then the browser knows the place
  if (!isBack && location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView({ behavior: "instant" });
}

/** The height that a drawing still to be fetched will have: nothing below it moves when it comes. */
function heightToCome(stage, tab) {
  const [width, height] = (isNarrow.matches && tab.dataset.tall || "").split(" ").map(Number);
  return height ? `${legibleWidth(stage, width) * height / width + 32}px` : "";
}

/** The file of a tab's drawing: ``diagrams/#l1-edge`` -> ``diagrams/l1-edge.svg``. */
const fileOf = (tab, ending) => tab.href.replace("#", "") + ending;
const codeOf = (tab) => $(".id", tab).textContent;
const nameOf = (tab) => tab.lastChild.textContent;

async function drawing(link) {
  const isTall = "tall" in link.dataset && isNarrow.matches;
  const address = fileOf(link, isTall ? "-tall.svg" : ".svg");
  const svg = document.importNode(new DOMParser().parseFromString(await fetchText(address), "image/svg+xml").documentElement, true);
  if (svg.nodeName !== "svg") throw new Error(`${address} is no drawing`);
  if (isTall) svg.classList.add("is-tall");
  return [svg];
}

function diagramTabs(diagram) {
  const list = $(".tabs", diagram), panel = $(".panel", diagram), sheet = $(".sheet", panel), tabs = $$("a", list);
  const words = $("[data-words]", panel), source = $("[data-source]", panel), stage = $(".stage", panel);
  const fit = zoomable(panel), kept = new Map();
  if (!isNarrow.matches || !("tall" in tabs[0].dataset)) kept.set(tabs[0], [...sheet.children]);
  isNarrow.addEventListener("change", () => { kept.clear(); choose(tabs.find((tab) => tab.tabIndex === 0), false); });
  list.setAttribute("role", "tablist");
  panel.setAttribute("role", "tabpanel");
  const showSource = async () => {
    const details = source.closest("details"), tab = tabs.find((other) => other.tabIndex === 0);
    if (!details.open || source.dataset.of === codeOf(tab)) return;
    try { source.textContent = await fetchText(fileOf(tab, ".mmd")); source.dataset.of = codeOf(tab); } catch (error) { source.textContent = error.message; }
  };
  source.closest("details").addEventListener("toggle", showSource);
  const show = async (tab) => {
    try {
      if (!kept.has(tab)) {
        sheet.style.minHeight = heightToCome(stage, tab);
        sheet.replaceChildren(say("Drawing…"));
        kept.set(tab, await drawing(tab));
      }
      if (tab.tabIndex === 0) sheet.replaceChildren(...kept.get(tab));
    } catch {
      sheet.replaceChildren(say("This drawing could not be fetched. ", tab));
    }
    if (tab.tabIndex !== 0) return;
    legible(stage);
    sheet.style.minHeight = "";
    words.textContent = $("desc", sheet)?.textContent || "";
    panel.dataset.shown = codeOf(tab);
    fit(); showSource();
  };
  const choose = (tab, focus = true) => {
    for (const other of tabs) { other.setAttribute("aria-selected", other === tab); other.tabIndex = other === tab ? 0 : -1; }
    panel.setAttribute("aria-labelledby", tab.id);
    stage.setAttribute("aria-label", `${nameOf(tab)} diagram. Plus and minus zoom, arrows pan, 0 fits, F is full screen.`);
    $("[data-get=mermaid]", panel).href = fileOf(tab, ".mmd");
    $("[data-get=svg]", panel).href = fileOf(tab, ".svg");
    for (const key of $$(".foot [data-for]", panel)) key.hidden = (key.dataset.for === "flowchart") !== ("planes" in tab.dataset);
    if (focus) {
      tab.focus();
      history.replaceState(null, "", `${location.pathname}${location.search}#${tab.id}`);   // what is shown can be sent on
    }
    return show(tab);
  };
  for (const tab of tabs) {
    tab.id = `tab-${codeOf(tab).toLowerCase()}`;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
  }
  const named = tabs.find((tab) => `#${tab.id}` === location.hash);
  choose(named || tabs[0], false);
  if (named) diagram.scrollIntoView();
  else if (heightToCome(stage, tabs[0])) goOn();
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

export function diagrams() {
  for (const diagram of $$(".diagram")) {
    if ($(".tabs", diagram)) diagramTabs(diagram);
    else for (const panel of $$(".panel", diagram)) { zoomable(panel); legible($(".stage", panel)); }
  }
}
