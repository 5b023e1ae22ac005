"""The heat of the five planes and the four layers of the overview."""

from __future__ import annotations

from dataclasses import dataclass

from atlas.model import System
from atlas.site.frame import PLANES

LAYERS = (
    ("edge", "Edge layer", "where requests arrive"),
    ("api", "API layer", "where they are decided"),
    ("data", "Data layer", "what is kept and moved"),
    ("intelligence", "Intelligence layer", "what learns, steers and watches"),
)


@dataclass(frozen=True, slots=True)
class HeatCell:
    """The share of all operations that a plane does; ``does`` names its busiest components."""

    plane: str
    share: float
    text: str
    does: str


def heat(system: System) -> tuple[HeatCell, ...]:
    """Five cells in the order of the planes; a plane that no flow reaches has a share of nothing."""
    shares = system.traffic.plane_share
    return tuple(
        HeatCell(plane, shares.get(plane, 0.0), _percent(shares.get(plane, 0.0)), _busiest(system, plane))
        for plane in PLANES
    )


def layers(system: System) -> tuple[tuple[str, str, str, tuple[str, ...]], ...]:
    """Key, name, meaning and component ids of each layer that has components."""
    found: dict[str, list[str]] = {key: [] for key, _, _ in LAYERS}
    for ident, component in system.document.components.items():
        kind = system.vocabulary.kinds.get(component.kind)
        layer = component.layer or (kind.layer if kind else "api")
        found[layer].append(ident)
    return tuple((key, name, meaning, tuple(found[key])) for key, name, meaning in LAYERS)


def _busiest(system: System, plane: str) -> str:
    components = system.document.components
    load = system.traffic.components
    own = [i for i, c in components.items() if c.plane == plane]
    own.sort(key=lambda i: -(load[i].average if i in load else 0.0))
    return ", ".join(components[i].name for i in own[:3]) or "nothing described here"


def _percent(share: float) -> str:
    if share == 0:
        return "0 %"
    return "< 1 %" if share < 0.01 else f"{share * 100:.0f} %"
