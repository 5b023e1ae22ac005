"""COST: spend by component and for one unit, savings, how capacity is bought; never a figure that nobody gave."""

from __future__ import annotations

from atlas.draw import figure
from atlas.draw.architecture import Architecture
from atlas.draw.content import Content
from atlas.draw.diagram import NOT_PUBLIC, Diagram
from atlas.draw.draft import finish, title
from atlas.draw.layout import SPACING, Chart
from atlas.draw.mermaid import Flowchart, Line, Sankey
from atlas.draw.text import shorten
from atlas.model import Value
from atlas.model.record import Costs

_SECONDS_PER_MONTH = 365.25 / 12 * 86_400
MOST_FLOWS = 10


def cost(architecture: Architecture) -> Diagram:
    """A Sankey diagram of spend a month by plane and component; four gaps where nothing is public."""
    costs = architecture.document.costs
    parts = _parts(architecture, costs)
    chart: Chart = _sankey(architecture, parts) if parts else _gaps(architecture, costs)
    return finish(architecture, "COST", chart, _content(architecture, costs), _description(architecture, parts))


def _parts(architecture: Architecture, costs: Costs | None) -> dict[str, Value]:
    """Components with what they cost, the dearest first."""
    paths = {ident: architecture.system.value(f"costs.by.{ident}") for ident in (costs.by if costs else {})}
    known = {ident: value for ident, value in paths.items() if value is not None and value.mid > 0}
    return dict(sorted(known.items(), key=lambda item: -item[1].mid))


def _sankey(architecture: Architecture, parts: dict[str, Value]) -> Sankey:
    """From the whole over the planes to the parts; amounts a month, in thousands where they are large."""
    largest = next(iter(parts.values())).mid * _SECONDS_PER_MONTH
    unit, name = (1e6, "M") if largest >= 1e6 else (1e3, "k") if largest >= 1e3 else (1.0, "")
    chart = Sankey(title(architecture, "COST"), suffix=f" {name} USD".replace("  ", " "))
    planes: dict[str, float] = {}
    shown = list(parts)[:MOST_FLOWS]
    leaves = []
    for ident, value in parts.items():
        plane = f"{architecture.components[ident].plane.capitalize()} plane" if ident in architecture.components else "Other"
        amount = _rounded(value.mid * _SECONDS_PER_MONTH / unit)
        planes[plane] = planes.get(plane, 0.0) + amount
        leaves.append((plane, architecture.name(ident) if ident in shown else f"Others of {plane.lower()}", amount))
    whole = f"{architecture.document.name} a month"
    chart.flows = [(whole, plane, amount) for plane, amount in planes.items()]
    for plane, part, amount in leaves:
        chart.flows.append((plane, shorten(part, 28), amount))
    return chart


def _rounded(amount: float) -> float:
    """Three significant digits, as an estimate deserves."""
    return float(f"{amount:.3g}")


def _gaps(architecture: Architecture, costs: Costs | None) -> Flowchart:
    """Spend by component is not public: the total, if known, and an empty box for each part of the question."""
    chart = Flowchart(title(architecture, "COST"), settings=dict(SPACING))
    total = figure.at(architecture.system, "costs.total") if costs else None
    whole = chart.node("total", "Total cost", total or NOT_PUBLIC, classes=("main",) if total else ("gap",))
    for key, name in (("compute", "Compute"), ("storage", "Storage"), ("network", "Network"), ("people", "People")):
        part = chart.node(key, name, NOT_PUBLIC, classes=("gap",))
        chart.edge(whole, part, Line.DASHED)
    return chart


def _content(architecture: Architecture, costs: Costs | None) -> Content:
    content, system = Content(), architecture.system
    by = [f"{architecture.name(i)} {figure.at(system, f'costs.by.{i}')}" for i in (costs.by if costs else {})]
    if by:
        content.say("by-component", "By component", figure.several(by, 8))
    else:
        content.drawn_gap("by-component", is_there=False)
    total = figure.at(system, "costs.total")
    content.say("total", "Total cost", total)
    unit = f" for one {costs.unit}" if costs and costs.unit else ""
    per_unit = figure.at(system, "costs.per_unit")
    content.say("per-unit", "Per unit", per_unit and f"{per_unit}{unit}")
    savings = [f"{s.what}: {s.saved}" for s in costs.savings] if costs else []
    content.say("savings", "Savings", figure.several(savings, 4))
    content.say("purchase", "Reserved, on demand", _purchase(architecture, costs))
    content.add("Rests on", costs.note if costs else None)
    return content


def _purchase(architecture: Architecture, costs: Costs | None) -> str | None:
    if costs is None or costs.purchase is None:
        return None
    reserved = figure.at(architecture.system, "costs.purchase.reserved")
    return figure.listed([reserved and f"{reserved} reserved", costs.purchase.note], "; ")


def _description(architecture: Architecture, parts: dict[str, Value]) -> list[str]:
    if not parts:
        return [f"What {architecture.document.name} spends by component is {NOT_PUBLIC}"]
    said = [f"{architecture.name(ident)} {figure.figure(value)}" for ident, value in parts.items()]
    return [f"Spend of {architecture.document.name} by component, the dearest first: {'; '.join(said)}"]
