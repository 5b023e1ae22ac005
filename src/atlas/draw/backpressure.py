"""BP, the backpressure ladder: what each step of the hot path does when it is full; for phones as a flowchart."""

from __future__ import annotations

from atlas.draw import figure
from atlas.draw.architecture import CLIENTS, Architecture, Step
from atlas.draw.call_settings import breaker, breakers, waiting
from atlas.draw.content import Content
from atlas.draw.diagram import NOT_PUBLIC, Diagram
from atlas.draw.draft import finish, life_lines, title
from atlas.draw.hot_path import hot_path
from atlas.draw.layout import ROOMS, Room, fit, spacing
from atlas.draw.mermaid import Arrow, Flowchart, Line, Sequence, identifier
from atlas.draw.plane_notes import limit, overflow, texts
from atlas.draw.text import stacked, two_lines, wrap


def backpressure(architecture: Architecture) -> Diagram:
    """The ladder as a sequence, and top-down as a flowchart."""
    hops = hot_path(architecture)
    wide = fit(lambda room: _sequence(architecture, hops, room), start=0)
    content = _content(architecture, hops)
    tall = (_ladder(architecture, hops), content)
    lives = [h.call.target for h in hops]
    nodes = {identifier(ident): ident for ident in lives}
    classes = life_lines(architecture, lives)
    return finish(architecture, "BP", wide, content, _description(architecture, hops), tall, nodes, classes)


def rungs(architecture: Architecture, ident: str) -> list[str]:
    """What bounds a component, in the order in which a request meets it: limit, shedding, slots, queue."""
    component = architecture.components[ident]
    said = []
    if admitted := limit(architecture, ident):
        said.append("limit " + admitted.removeprefix(component.name).strip())
    said += [f"from {figure.brief(s.over)} use refuses priority ≥ {s.priority}" for s in component.shed]
    slots = slots_of(architecture, ident)
    said += [f"slots {slots}"] if slots else []
    if component.queue:
        most = figure.at(architecture.system, f"components.{ident}.queue.max", word=False)
        said.append(f"queue {most or 'bounded'}, then {overflow(architecture, component)}")
    return said


def slots_of(architecture: Architecture, ident: str) -> str | None:
    """``72 × ~ 64``: instances times slots, each with its mark of origin; ``None`` where slots are unlimited."""
    if architecture.components[ident].owner in ("third_party", "customer"):
        return None
    instances = figure.at(architecture.system, f"components.{ident}.instances", word=False)
    slots = figure.at(architecture.system, f"components.{ident}.concurrency", word=False)
    return figure.listed([instances, slots], " × ")


def _sequence(architecture: Architecture, hops: list[Step], room: Room) -> Sequence:
    chart = Sequence(title(architecture, "BP"))
    client = chart.participant(CLIENTS, "Clients")
    seen: dict[str, str] = {"": client}
    for hop in hops:
        ident = hop.call.target
        seen.setdefault(ident, chart.participant(ident, two_lines(architecture.components[ident].name, 16)))
    if not hops:
        chart.note((client,), "The hot path", NOT_PUBLIC)
    for hop in hops:
        caller, callee = seen[hop.caller], seen[hop.call.target]
        chart.message(caller, callee, above(_asks(architecture, hop), room))
        bounds = rungs(architecture, hop.call.target)
        lines = [row for bound in bounds for row in wrap(bound, room.prose * 1.5, 14, 2)]
        chart.note((callee,), *(lines or [f"limits {NOT_PUBLIC}"]))
        if bounds:
            chart.message(callee, caller, above(_answer_when_full(architecture, hop), room), Arrow.LOST)
    for hop in reversed(hops):
        chart.message(seen[hop.call.target], seen[hop.caller], "answer", Arrow.ANSWER)
    return chart


def above(words: str, room: Room) -> str:
    """Words above an arrow, on up to three lines, so that life lines stay close."""
    return "\n".join(wrap(words, room.prose * 0.8, 14, 3))


def _asks(architecture: Architecture, hop: Step) -> str:
    settings = waiting(hop.call)
    if not hop.caller and architecture.main and architecture.main[1].client:
        settings = waiting(architecture.main[1].client) or settings
    return figure.listed([hop.call.operation or "request", settings], ", ") or "request"


def _answer_when_full(architecture: Architecture, hop: Step) -> str:
    """What the caller hears when the step is full: its fallback, an open breaker, or a refusal."""
    if hop.call.fallback:
        return "full: " + (hop.call.fallback.answer or f"{architecture.name(hop.call.fallback.call or '')} instead")
    if hop.call.breaker:
        return f"full: {breaker(hop.call)}"
    component = architecture.components[hop.call.target]
    return f"full: {overflow(architecture, component)}" if component.queue else "full: refused at once"


def _ladder(architecture: Architecture, hops: list[Step]) -> Flowchart:
    chart = Flowchart(title(architecture, "BP"), direction="TB", settings=spacing(ROOMS[0]))
    before = chart.node(CLIENTS, "Clients")
    for hop in hops:
        ident = hop.call.target
        bounds = rungs(architecture, ident) or [f"limits {NOT_PUBLIC}"]
        facts = [row for bound in bounds for row in wrap(bound, 300, 14, 2)]
        classes = (f"plane-{architecture.components[ident].plane}", f"cmp-{ident}")
        node = chart.node(ident, architecture.heading(ident, 26), *facts, classes=classes)
        chart.edge(before, node, Line.THICK, stacked(_asks(architecture, hop), 220))
        before = node
    if not hops:
        chart.edge(before, chart.node("none", "The hot path", NOT_PUBLIC, classes=("gap",)), Line.DASHED)
    return chart


def _content(architecture: Architecture, hops: list[Step]) -> Content:
    content, written = Content(), architecture.document.backpressure
    content.drawn_gap("ladder", any(rungs(architecture, h.call.target) for h in hops))
    content.add("Admission", figure.several(texts(written.admission) if written else (), 4))
    brownouts = [
        f"{b.when}: drops {b.drops}{f', keeps {b.keeps}' if b.keeps else ''}"
        for b in (written.brownouts if written else ())
    ]
    content.add("Brown-outs", figure.several(brownouts, 4))
    content.add("Breakers", figure.several(breakers(architecture), 4))
    return content


def _description(architecture: Architecture, hops: list[Step]) -> list[str]:
    if not hops or architecture.main is None:
        return [f"The hot path of {architecture.document.name} is {NOT_PUBLIC}"]
    rows = [
        f"{architecture.name(ident)}: {figure.listed(rungs(architecture, ident), '; ') or f'limits {NOT_PUBLIC}'}"
        for ident in (hop.call.target for hop in hops)
    ]
    return [f"The hot path of {architecture.main[1].name}, step by step, and what each does when it is full", *rows]
