"""FM-{failure}: one failure step by step, from the fault to the recovery."""

from __future__ import annotations

from itertools import pairwise

from atlas.draw import figure
from atlas.draw.architecture import CLIENTS, Architecture
from atlas.draw.content import Content
from atlas.draw.diagram import NOT_PUBLIC, Diagram
from atlas.draw.draft import finish, life_lines, title
from atlas.draw.drills import cadence, counterfactual, expectations, fault
from atlas.draw.failure_map import blast, origins
from atlas.draw.hot_path import path_to
from atlas.draw.layout import Room, fit
from atlas.draw.mermaid import Arrow, Sequence, identifier
from atlas.draw.text import two_lines, wrap
from atlas.model.failure import Failure

_MOST_LIVES = 5
_WORDS = 420.0


def failure_sequence(architecture: Architecture, failure: Failure) -> Diagram:
    """The parts from the client down to the fault, and what happens between them in four phases."""
    code = f"FM-{failure.id}"
    chain = _chain(architecture, failure)[-_MOST_LIVES:]
    chart = fit(lambda room: _chart(architecture, failure, chain, room), start=0)
    content = Content()
    content.drawn_gap("sequence", bool(failure.detection or failure.mitigation or failure.recovery))
    content.add("Takes with it", ", ".join(blast(architecture, failure)))
    rto, rpo = (figure.at(architecture.system, f"{_path(architecture, failure)}.{key}") for key in ("rto", "rpo"))
    content.add("Restored, at risk", f"RTO {rto or NOT_PUBLIC}, RPO {rpo or NOT_PUBLIC}")
    if failure.drill:
        content.add("Must hold", figure.several(expectations(architecture, failure.drill)))
        content.add("Without", counterfactual(architecture, failure.drill))
        content.add("Practised", cadence(failure.drill))
    happened = [f"{i.date}: {i.impact}" for i in architecture.document.incidents if i.failure == failure.id]
    content.add("Happened", figure.several(happened, 3))
    nodes = {identifier(ident): ident for ident in chain}
    words = _description(architecture, failure)
    return finish(architecture, code, chart, content, words, nodes=nodes, classes=life_lines(architecture, chain))


def _chain(architecture: Architecture, failure: Failure) -> list[str]:
    """From the client's first call down to where the fault is injected; empty where the drill names no component."""
    origin = origins(architecture, failure)
    flows = tuple(expected.flow for expected in failure.drill.expect) if failure.drill else ()
    return path_to(architecture, origin[0], flows) if origin else []


def _path(architecture: Architecture, failure: Failure) -> str:
    return f"failures.{architecture.document.failures.index(failure)}"


def _chart(architecture: Architecture, failure: Failure, chain: list[str], room: Room) -> Sequence:
    chart = Sequence(title(architecture, "FM", failure.name))
    lives = [chart.participant(CLIENTS, "Clients")]
    lives += [chart.participant(i, two_lines(architecture.components[i].name, 16)) for i in chain]
    for before, after in pairwise(lives):
        chart.message(before, after, "call")
    if failure.drill:
        where = dict(zip(chain, lives[1:], strict=True))
        for what in failure.drill.fault:
            chart.note(
                (where.get(what.on, lives[-1]),), *wrap(f"fault: {fault(architecture, what)}", room.prose, 14, 4)
            )
    for before, after in pairwise(reversed(lives)):
        chart.message(before, after, "slow or failing", Arrow.LOST)
    for phase in ("detection", "mitigation", "recovery"):
        words = getattr(failure, phase) or NOT_PUBLIC
        chart.note((lives[0], lives[-1]), *wrap(f"{phase}: {words}", max(_WORDS, room.prose * len(lives)), 14, 4))
    for before, after in pairwise(reversed(lives)):
        chart.message(before, after, "answer", Arrow.ANSWER)
    return chart


def _description(architecture: Architecture, failure: Failure) -> list[str]:
    faults = "; ".join(fault(architecture, f) for f in failure.drill.fault) if failure.drill else NOT_PUBLIC
    phases = [f"{p}: {getattr(failure, p) or NOT_PUBLIC}" for p in ("detection", "mitigation", "recovery")]
    return [failure.name, f"Fault: {faults}", *phases]
