// Only when served while the catalogue is edited: the page follows its files, and says what is wrong with a document.
"use strict";
(() => {
  const bar = document.createElement("div");
  bar.setAttribute("role", "status");
  bar.id = "atlas-live";
  Object.assign(bar.style, {
    position: "fixed", insetInline: "0", bottom: "0", zIndex: "1000", maxHeight: "40vh", overflow: "auto", padding: ".75rem 1rem",
    font: "13px/1.5 ui-monospace, monospace", whiteSpace: "pre-wrap", overflowWrap: "anywhere",
    background: "#3b0d0c", color: "#fff", borderTop: "3px solid #ff8a80",
  });
  bar.hidden = true;
  addEventListener("DOMContentLoaded", () => document.body.append(bar));

  const here = location.pathname.slice(1).replace(/(^|\/)$/, "$1index.html");
  let server = null, revision = 0;
  const show = (problems) => {
    bar.textContent = problems.map((p) => `${p.place}: ${p.code}: ${p.message}${p.tip ? `\n    mend: ${p.tip}` : ""}`).join("\n")
      + (problems.length ? "\nThe last good page is shown." : "");
    bar.hidden = !problems.length;
  };
  const events = new EventSource("/api/events");
  events.addEventListener("change", (event) => {
    const change = JSON.parse(event.data);
    revision = change.revision;
    if (change.files.includes(here)) location.reload();
  });
  events.addEventListener("state", (event) => {             // sent on every connection, so also after a lost one
    const state = JSON.parse(event.data);
    if (server !== null && (state.server !== server || state.revision !== revision)) location.reload();
    ({ server, revision } = state);
    show(state.problems);
  });
  addEventListener("pagehide", () => events.close());
})();
