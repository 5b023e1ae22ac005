// Atlas: the global flow coloured by utilisation. The fill repeats what the second line of a node says in words.
const STEPS = [0.25, 0.5, 0.7, 0.85, 0.995];

/** The step of the scale for a share of the slots: 0 to 5. */
export const stepOf = (used) => STEPS.filter((limit) => used >= limit).length;

/** Own ids, so that a second copy of a drawing on a page does not answer for the first. */
function withOwnIds(svg) {
  const ids = [...svg.querySelectorAll("[id]"), ...(svg.id ? [svg] : [])];
  for (const element of ids) element.id = `run-${element.id}`;
  for (const element of [svg, ...svg.querySelectorAll("*")]) for (const { name, value } of [...element.attributes]) {
    if (name === "aria-labelledby" || name === "aria-describedby") element.setAttribute(name, value.split(" ").map((id) => `run-${id}`).join(" "));
    else if (value.includes("url(#")) element.setAttribute(name, value.replaceAll("url(#", "url(#run-"));
    else if (/(^|:)href$/.test(name) && value.startsWith("#")) element.setAttribute(name, `#run-${value.slice(1)}`);
  }
}

/** Fetches the drawing; gives a function that shows the utilisation of each component in it. */
export async function makeMap(host, address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error("The drawing could not be fetched.");
  const svg = document.importNode(new DOMParser().parseFromString(await answer.text(), "image/svg+xml").documentElement, true);
  withOwnIds(svg);
  svg.querySelector("title").textContent += ", coloured by utilisation";
  host.replaceChildren(svg);
  leaveOutNotes(svg);
  const nodes = new Map();
  for (const node of svg.querySelectorAll("[class*='cmp-']")) {
    const name = [...node.classList].find((one) => one.startsWith("cmp-")).slice(4), label = node.querySelector("text.pele-label");
    if (!label) continue;
    const fact = label.querySelector("tspan.fact") ?? addFact(label);
    nodes.set(name, { node, fact, said: fact.textContent });
  }
  return (used) => {
    for (const [name, { node, fact, said }] of nodes) {
      const share = used?.get(name);
      for (let step = 0; step < 6; step++) node.classList.toggle(`u${step}`, share !== undefined && stepOf(share) === step);
      fact.textContent = share === undefined ? said : words(share);
    }
  };
}

/** The lines of words under the drawing stand with the drawing's own copy on the page. */
function leaveOutNotes(svg) {
  const notes = svg.querySelector("g.notes"), box = svg.viewBox.baseVal;
  if (!notes) return;
  const top = notes.getBBox().y;
  notes.remove();
  const parts = [...svg.children].filter((part) => part.localName === "g").map((part) => part.getBBox());
  if (parts.some((part) => part.y + part.height > top + 8)) return;      // they are not below all the rest
  svg.setAttribute("viewBox", `${box.x} ${box.y} ${box.width} ${top - box.y}`);
  svg.setAttribute("height", top - box.y);
}

function addFact(label) {
  const first = label.querySelector("tspan") ?? label, fact = document.createElementNS("http://www.w3.org/2000/svg", "tspan");
  for (const [key, value] of Object.entries({ x: first.getAttribute("x") ?? 0, dy: 19, "font-size": 14, class: "fact" })) fact.setAttribute(key, value);
  label.append(fact);
  return fact;
}

/** ``84 %``; what is full says so. */
export const words = (share) => (stepOf(share) === 5 ? "100 %, full" : `${(share * 100).toFixed(share < 0.1 && share > 0 ? 1 : 0)} %`);
