"""MR, the multi-region strategy: which region owns what, how copies travel, what a user may rely on."""

from __future__ import annotations

from atlas.draw import figure
from atlas.draw.architecture import CLIENTS, Architecture
from atlas.draw.content import Content
from atlas.draw.diagram import NOT_PUBLIC, Diagram
from atlas.draw.draft import finish, title
from atlas.draw.layout import Room, fit, spacing
from atlas.draw.mermaid import Flowchart, Line, Shape
from atlas.draw.plane_notes import lag_at
from atlas.draw.text import plain, stacked, wrap

_MOST_PARTS = 4


def multi_region(architecture: Architecture) -> Diagram:
    """Two regions with what runs in each, the copies between them, and the promises across them."""
    chart = fit(lambda room: _chart(architecture, room), start=0)
    nodes = {n.id: c.removeprefix("cmp-") for n in chart.nodes.values() for c in n.classes if c.startswith("cmp-")}
    return finish(architecture, "MR", chart, _content(architecture), _description(architecture), nodes=nodes)


def _is_single(architecture: Architecture) -> bool:
    regions = architecture.document.regions
    return regions is not None and regions.topology == "single"


def _chart(architecture: Architecture, room: Room) -> Flowchart:
    chart = Flowchart(title(architecture, "MR"), settings=spacing(room))
    users = chart.node(CLIENTS, "Clients", shape=Shape.ROUND)
    home = chart.zone("home", _home_name(architecture))
    away = chart.zone("away", "No second region is known" if _is_single(architecture) else "Other regions")
    edge = _edge_parts(architecture)
    entry = [_part(chart, architecture, ident, "home", home, room) for ident in edge[:1]]
    stores = _state_parts(architecture)
    owned = [_part(chart, architecture, ident, "home", home, room) for ident in stores]
    writes = figure.listed([architecture.document.multi_region.writes]) if architecture.document.multi_region else None
    words = stacked(writes or f"writes: {NOT_PUBLIC}", 150)
    for target in entry or owned or [chart.node("home none", "Home region", NOT_PUBLIC, classes=("gap",), zone=home)]:
        chart.edge(users, target, Line.THICK, words)
    for source in entry:
        for target in owned:
            chart.edge(source, target)
    _copies(chart, architecture, dict(zip(stores, owned, strict=True)), away, room)
    return chart


def _home_name(architecture: Architecture) -> str:
    regions = architecture.document.regions
    names = regions.names if regions else ()
    return f"Region {names[0]}" if len(names) == 1 else "Home region of a key"


def _edge_parts(architecture: Architecture) -> list[str]:
    on_path = [i for i in architecture.main_path if architecture.components[i].plane == "edge"]
    return on_path or [i for i, c in architecture.components.items() if c.plane == "edge"]


def _state_parts(architecture: Architecture) -> list[str]:
    """Stores, those that are replicated between regions first, then those on the main path."""
    stores = [i for i, c in architecture.components.items() if c.plane == "state"]
    return sorted(stores, key=lambda i: (not _is_far(architecture, i), i not in architecture.main_path))[:_MOST_PARTS]


def _is_far(architecture: Architecture, ident: str) -> bool:
    """Whether copies of a component stand in other regions."""
    replication = architecture.components[ident].replication
    return replication is not None and replication.placement in ("region", "global")


def _part(chart: Flowchart, architecture: Architecture, ident: str, region: str, zone: str, room: Room) -> str:
    component = architecture.components[ident]
    replication = component.replication
    copies = figure.at(architecture.system, f"components.{ident}.replication.factor")
    fact = (
        f"{copies} copies, {replication.mode}, by {replication.placement}"
        if replication
        else component.plane + " plane"
    )
    classes = (f"plane-{component.plane}", f"cmp-{ident}")
    shape, heading = architecture.shape(component), architecture.heading(ident, room.name)
    return chart.node(f"{region} {ident}", heading, fact, shape=shape, classes=classes, zone=zone)


def _copies(chart: Flowchart, architecture: Architecture, owned: dict[str, str], away: str, room: Room) -> None:
    """The other side: copies of what is replicated there, or the words that nothing is known."""
    far = [ident for ident in owned if _is_far(architecture, ident)]
    if far and not _is_single(architecture):
        for ident in far:
            copy = _part(chart, architecture, ident, "away", away, room)
            lag = lag_at(architecture, f"components.{ident}.replication.lag")
            replication = architecture.components[ident].replication
            mode = replication.mode if replication else ""
            chart.edge(owned[ident], copy, Line.DASHED, stacked(f"{mode}, lag {lag or NOT_PUBLIC}", 130))
        return
    facts = wrap(_replication(architecture) or f"replication: {NOT_PUBLIC}", room.prose, 14, 4)
    gap = chart.node(
        "away none",
        "Replication" if _is_single(architecture) else "Copies elsewhere",
        *facts,
        classes=() if _replication(architecture) else ("gap",),
        zone=away,
    )
    for node in list(owned.values())[:1]:
        chart.edge(node, gap, Line.HIDDEN if _is_single(architecture) else Line.DASHED)


def _replication(architecture: Architecture) -> str | None:
    known = architecture.document.multi_region
    return plain(known.replication) if known else None


def _content(architecture: Architecture) -> Content:
    content, known, base = Content(), architecture.document.multi_region, "multi_region"
    regions = architecture.document.regions
    content.say("pinning", "Pinning", figure.listed([known.writes, known.ownership], "; ") if known else None)
    content.say("replication", "Replication", _replication(architecture))
    ux = [figure.listed([architecture.guarantee_name(u.id), u.scope], ", ") for u in known.ux] if known else []
    content.say("causality", "A user may rely on", figure.several(ux))
    rto, rpo = (figure.at(architecture.system, f"{base}.{key}") for key in ("rto", "rpo"))
    failover = f"{known.failover} failover, " if known and known.failover else ""
    content.add("Lost region", f"{failover}RTO {rto or NOT_PUBLIC}, RPO {rpo or NOT_PUBLIC}")
    count = _count(architecture)
    names = figure.several(regions.names if regions else (), 6, ", ")
    content.add("Regions", figure.listed([count, names, regions.strategy if regions else None], "; "))
    return content


def _count(architecture: Architecture) -> str | None:
    count = figure.at(architecture.system, "regions.count")
    return count and ("one region" if count == "1" else f"{count} regions")


def _description(architecture: Architecture) -> list[str]:
    regions = architecture.document.regions
    topology = {"single": "one region", "multi_region": "several regions", "global_edge": "a global edge"}
    runs = topology[regions.topology] if regions else f"regions that are {NOT_PUBLIC}"
    far = [architecture.name(i) for i in architecture.components if _is_far(architecture, i)]
    return [
        f"{architecture.document.name} runs in {runs}",
        f"Copied between regions: {', '.join(far)}" if far else "No component is described as copied between regions",
    ]
