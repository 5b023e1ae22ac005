"""DR, the drills: what is injected, what must hold, and what would happen without the mitigation."""

from __future__ import annotations

from atlas.draw import figure
from atlas.draw.architecture import Architecture
from atlas.draw.content import Content
from atlas.draw.diagram import Diagram
from atlas.draw.draft import finish, title
from atlas.draw.layout import Room, fit, spacing
from atlas.draw.mermaid import Flowchart
from atlas.draw.setting import change
from atlas.draw.text import wrap
from atlas.model.failure import Drill, Failure, Fault

_LINES = 4


def drills(architecture: Architecture) -> Diagram | None:
    """A row for each failure that has a drill; ``None`` where no failure has one."""
    drilled = [f for f in architecture.document.failures if f.drill]
    if not drilled:
        return None
    chart = fit(lambda room: _chart(architecture, drilled, room), start=0)
    content = Content()
    content.drawn_gap("drills", is_there=True)
    content.add("Practised", figure.several(f"{f.name}: {cadence(f.drill)}" for f in drilled if f.drill))
    without = [f"{f.name}: {counterfactual(architecture, f.drill)}" for f in drilled if f.drill and f.drill.without]
    content.add("Counterfactual", figure.several(without))
    return finish(architecture, "DR", chart, content, [_sentence(architecture, f) for f in drilled])


def fault(architecture: Architecture, what: Fault) -> str:
    """A fault in words: ``Message store 5 times slower, at 40 s for 1 min``."""
    amount = figure.listed(figure.brief(q) for q in (what.factor, what.share, what.rate) if q) or ""
    names = [architecture.name(end.strip()) for end in what.on.split("->")]
    on = " to ".join(names)
    words = {
        "spike": f"{on}: load × {amount}",
        "hot_key": f"{on}: {amount} on one key",
        "slow": f"{on}: × {amount} slower",
        "capacity": f"{on}: {amount} of capacity left",
        "cache_loss": f"{on}: {amount} of the cache lost",
        "error": f"{on}: {amount} of calls fail",
        "partition": f"{on}: cut off",
        "region_loss": f"{on}: region lost",
    }
    lasting = f" for {figure.brief(what.for_)}" if what.for_ else ", and it stays"
    return f"{words[what.kind]}, at {figure.brief(what.at)}{lasting}"


def expectations(architecture: Architecture, drill: Drill) -> list[str]:
    """What must hold, flow by flow: ``Open a channel: goodput >= 99 %, recover <= 10 s``."""
    said = []
    for expected in drill.expect:
        named = (
            ("goodput", expected.goodput),
            ("degraded", expected.degraded),
            ("back", expected.recover),
            ("p99", expected.p99),
        )
        bounds = [f"{name} {_sign(c.text)}" for name, c in named if c]
        said.append(f"{architecture.name(expected.flow)}: {', '.join(bounds)}")
    return said


def _sign(text: str) -> str:
    return text.replace(">=", "≥").replace("<=", "≤")


def cadence(drill: Drill) -> str:
    """How often it is practised, in a word."""
    return "cadence not public" if drill.cadence == "none" else drill.cadence


def counterfactual(architecture: Architecture, drill: Drill) -> str:
    """What the run without the mitigation changes: ``Data services: coalescing off``."""
    return figure.listed((change(architecture, path, value) for path, value in drill.without.items()), ", ") or ""


def _chart(architecture: Architecture, drilled: list[Failure], room: Room) -> Flowchart:
    chart = Flowchart(title(architecture, "DR"), settings=spacing(room, 18))
    columns = [
        chart.zone(key, name) for key, name in (("failure", "Failure"), ("fault", "Injected"), ("expect", "Must hold"))
    ]
    for failure in drilled:
        assert failure.drill  # noqa: S101 - only failures with a drill come here
        name = "\n".join(wrap(failure.name, room.prose, 16, 2, bold=True))
        faults = "; ".join(fault(architecture, f) for f in failure.drill.fault)
        holds = [
            row for text in expectations(architecture, failure.drill) for row in wrap(text, room.prose + 60, 14, 2)
        ]
        nodes = [
            chart.node(failure.id, name, cadence(failure.drill), classes=("fail",), zone=columns[0]),
            chart.node(f"{failure.id} fault", "", *wrap(faults, room.prose + 60, 14, _LINES), zone=columns[1]),
            chart.node(f"{failure.id} expect", "", *holds[: _LINES + 1], zone=columns[2]),
        ]
        chart.edge(nodes[0], nodes[1])
        chart.edge(nodes[1], nodes[2])
    return chart


def _sentence(architecture: Architecture, failure: Failure) -> str:
    assert failure.drill  # noqa: S101 - only failures with a drill come here
    faults = "; ".join(fault(architecture, f) for f in failure.drill.fault)
    return f"{failure.name}: {faults}; then {'; '.join(expectations(architecture, failure.drill))}"
