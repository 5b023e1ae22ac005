"""COST: spend by component and for one unit, savings, how capacity is bought; never a figure that nobody gave."""

from __future__ import annotations

from dataclasses import replace

from atlas.draw import figure
from atlas.draw.architecture import Architecture
from atlas.draw.content import Content
from atlas.draw.diagram import NOT_PUBLIC, Diagram
from atlas.draw.draft import finish, title
from atlas.draw.layout import ROOMS, Chart, spacing
from atlas.draw.mermaid import Flowchart, Line, Sankey
from atlas.draw.text import folded, shorten
from atlas.draw.theme import PLANES
from atlas.model import Value
from atlas.model.record import Costs

_SECONDS_PER_MONTH = 365.25 / 12 * 86_400
MOST_FLOWS = 10
_LEAST_READABLE = 0.001
"""US dollars below which a price is told by the million."""


def cost(architecture: Architecture) -> Diagram:
    """A Sankey diagram of spend a month by plane and component; four gaps where nothing is public."""
    costs = architecture.document.costs
    parts = _parts(architecture, costs)
    chart: Chart = _sankey(architecture, parts) if parts else _gaps(architecture, costs)
    return finish(
        architecture,
        "COST",
        chart,
        _content(architecture, costs),
        _description(architecture, parts),
        classes=_classes(chart),
    )


def _parts(architecture: Architecture, costs: Costs | None) -> dict[str, Value]:
    """Components with what they cost, the dearest first."""
    paths = {ident: architecture.system.value(f"costs.by.{ident}") for ident in (costs.by if costs else {})}
    known = {ident: value for ident, value in paths.items() if value is not None and value.mid > 0}
    return dict(sorted(known.items(), key=lambda item: -item[1].mid))


def _sankey(architecture: Architecture, parts: dict[str, Value]) -> Sankey:
    """From the whole over the planes to the parts; amounts a month, in thousands or millions where they are large."""
    largest = next(iter(parts.values())).mid * _SECONDS_PER_MONTH
    unit, name = (
        (1e6, "\u00a0M USD") if largest >= 1e6 else (1e3, "\u00a0k USD") if largest >= 1e3 else (1.0, "\u00a0USD")
    )
    chart = Sankey(title(architecture, "COST"), suffix=name)
    planes: dict[str, float] = {}
    leaves: dict[tuple[str, str], float] = {}
    for number, (ident, value) in enumerate(parts.items()):
        plane, amount = _plane(architecture, ident), value.mid * _SECONDS_PER_MONTH / unit
        leaf = (plane, shorten(architecture.name(ident), 28) if number < MOST_FLOWS else f"Other in {plane.lower()}")
        planes[plane] = planes.get(plane, 0.0) + amount
        leaves[leaf] = leaves.get(leaf, 0.0) + amount
    estimate = "" if all(v.origin == "claim" for v in parts.values()) else ", estimate"
    whole = f"{shorten(architecture.document.name, 24)} a month{estimate}"
    chart.flows = [(whole, plane, _rounded(amount)) for plane, amount in planes.items()]
    chart.flows += [(plane, part, _rounded(amount)) for (plane, part), amount in leaves.items()]
    return chart


def _plane(architecture: Architecture, ident: str) -> str:
    component = architecture.components.get(ident)
    return f"{component.plane.capitalize()} plane" if component else "Not in the drawing"


def _classes(chart: Chart) -> dict[str, tuple[str, ...]]:
    """Planes of nodes and bands, by label, as the renderer names them."""
    found: dict[str, tuple[str, ...]] = {}
    for source, target, _ in chart.flows if isinstance(chart, Sankey) else ():
        plane = (target if target.endswith(" plane") and " a month" in source else source).partition(" ")[0].lower()
        if plane in PLANES:
            found[folded(target)] = found[f"{folded(source)}->{folded(target)}"] = (f"plane-{plane}",)
    return found


def _rounded(amount: float) -> float:
    """Three significant digits, as an estimate deserves."""
    return float(f"{amount:.3g}")


def _gaps(architecture: Architecture, costs: Costs | None) -> Flowchart:
    """Spend by component is not public: the total, if known, and an empty box for each part of the question."""
    chart = Flowchart(title(architecture, "COST"), settings=spacing(ROOMS[0]))
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
    content.say("per-unit", "Per unit", _per_unit(system.value("costs.per_unit"), costs))
    savings = [f"{s.what}: {s.saved}" for s in costs.savings] if costs else []
    content.say("savings", "Savings", figure.several(savings, 4))
    content.say("purchase", "Reserved, on demand", _purchase(architecture, costs))
    content.add("Rests on", costs.note if costs else None)
    return content


def _per_unit(value: Value | None, costs: Costs | None) -> str | None:
    """What one of the unit costs; of a millionth of a dollar nobody has an idea, so a million then."""
    if value is None:
        return None
    unit = costs.unit if costs else ""
    if value.mid >= _LEAST_READABLE:
        return f"{figure.figure(value)}{f' for one {unit}' if unit else ''}"
    million = replace(value, quantity=value.quantity.scaled(1e6))
    return f"{figure.figure(million)} per million{f'; unit: {unit}' if unit else ''}"


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
