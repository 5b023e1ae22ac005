"""SCALE-{id} and MR-{id}: what another scale, or another region strategy, changes of this document."""

from __future__ import annotations

from atlas.draw import figure
from atlas.draw.architecture import Architecture
from atlas.draw.content import Content
from atlas.draw.diagram import NOT_PUBLIC, Diagram
from atlas.draw.draft import finish, title
from atlas.draw.layout import Room, fit, spacing
from atlas.draw.mermaid import Flowchart
from atlas.draw.setting import setting, worded
from atlas.draw.text import wrap
from atlas.model.record import Variant

_MOST = 10


def variant_code(ident: str, variant: Variant) -> str:
    """``SCALE-growing`` or ``MR-active-active``."""
    return f"{'SCALE' if variant.kind == 'scale' else 'MR'}-{ident}"


def variant_changes(architecture: Architecture, ident: str, variant: Variant) -> Diagram:
    """Each changed setting as it is here and as it would be there."""
    code = variant_code(ident, variant)
    chart = fit(lambda room: _chart(architecture, code, variant, room), start=0)
    content = Content()
    content.drawn_gap("scale" if variant.kind == "scale" else "regions", bool(variant.set))
    content.add("Shows", variant.note)
    rows = [f"{setting(architecture, p)}: {now(architecture, p)} becomes {worded(v)}" for p, v in variant.set.items()]
    return finish(architecture, code, chart, content, [variant.title, *rows])


def now(architecture: Architecture, path: str) -> str:
    """What a path says in this document, with its mark of origin."""
    return figure.at(architecture.system, path) or "as it follows"


def _chart(architecture: Architecture, code: str, variant: Variant, room: Room) -> Flowchart:
    chart = Flowchart(title(architecture, code, variant.title), settings=spacing(room, 14))
    here = chart.zone("here", "As described")
    there = chart.zone("there", "\n".join(wrap(variant.title, room.prose + 40, 14, 1)))
    for number, (path, value) in enumerate(list(variant.set.items())[:_MOST]):
        ident = path.split(".")[1] if path.startswith("components.") else ""
        component = architecture.components.get(ident)
        classes = (f"plane-{component.plane}", f"cmp-{ident}") if component else ()
        name = "\n".join(wrap(setting(architecture, path), room.prose, 16, 2, bold=True))
        before = chart.node(
            f"here {number}", name, *wrap(now(architecture, path), room.prose, 14, 2), classes=classes, zone=here
        )
        after = chart.node(
            f"there {number}", name, *wrap(worded(value), room.prose, 14, 2), classes=classes, zone=there
        )
        chart.edge(before, after)
    if not variant.set:
        chart.node("none", "What changes", NOT_PUBLIC, classes=("gap",), zone=there)
    return chart
