"""Regions: where components stand, and how long a call between two places takes."""

from __future__ import annotations

from typing import Final

from atlas.compile.ledger import Ledger
from atlas.model.component import Component

ONE: Final = "all"
"""The one region of plans that do not tell regions apart."""
OUTSIDE: Final = "outside"
"""Where users, networks and other companies are: no region of the operator."""
UNKNOWN_ROUND_TRIP_S: Final = 0.08
"""Between regions whose distance the vocabulary does not have: a planning value, half-way across a continent."""
_OUTSIDE_KINDS = ("client", "dns", "cdn", "external")
_OUTSIDE_OWNERS = ("third_party", "customer")


class Map:
    """The regions of a plan and the way between them."""

    def __init__(self, ledger: Ledger, *, by_region: bool) -> None:
        document = ledger.system.document
        named = document.regions.names if document.regions else ()
        self._ledger = ledger
        self.names: tuple[str, ...] = tuple(named) if by_region and len(named) > 1 else (ONE,)
        self.is_divided = len(self.names) > 1

    @property
    def all(self) -> tuple[str, ...]:
        """The regions, and the place outside them where the plan tells them apart."""
        return (*self.names, OUTSIDE) if self.is_divided else self.names

    def of(self, component: Component, asked_in: str) -> str:
        """Where a call made for requests of region ``asked_in`` finds the component."""
        if not self.is_divided:
            return ONE
        if component.regions == "every" and (component.kind in _OUTSIDE_KINDS or component.owner in _OUTSIDE_OWNERS):
            return OUTSIDE
        if isinstance(component.regions, tuple):
            known = [r for r in component.regions if r in self.names]
            return asked_in if asked_in in known or not known else known[0]
        return asked_in if component.regions == "every" else self.names[0]

    def copies(self, component: Component) -> int:
        """Between how many regions the component's instances are divided."""
        if not self.is_divided:
            return 1
        return len({self.of(component, r) for r in self.names})

    def round_trip_s(self, here: str, there: str) -> float:
        """Seconds to another region and back; 0 inside one, and to and from outside (service times include it)."""
        if here == there or OUTSIDE in (here, there):
            return 0.0
        for pair in self._ledger.system.vocabulary.region_latency:
            if {here, there} == set(pair.between):
                return pair.rtt.mid
        return UNKNOWN_ROUND_TRIP_S
