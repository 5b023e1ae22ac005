"""Coverage and evidence of a catalogue in numbers."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from atlas.catalogue.evidence import overall_confidence
from atlas.catalogue.load import Catalogue
from atlas.model.system import System

COLUMNS = (
    "system", "category", "status", "sources", "primary", "claims", "first hand", "struck", "newest",
    "confidence", "published", "derived", "sized", "default", "assumed", "design", "verified",
)  # fmt: skip
_ORIGINS = ("claim", "derived", "sized", "default", "assumed", "design")


@dataclass(frozen=True, slots=True)
class SystemStatistics:
    """One system's evidence; ``origins`` counts its numbers by where they come from."""

    slug: str
    category: str
    status: str
    sources: int
    primary_sources: int
    claims: int
    first_hand_claims: int
    struck_claims: int
    newest: str
    confidence: str
    origins: dict[str, int]
    days_since_verified: int

    def cells(self) -> tuple[str, ...]:
        """The row of the table; numbers by origin as shares of all numbers."""
        total = sum(self.origins.values()) or 1
        shares = [f"{self.origins.get(o, 0) / total:.0%}" for o in _ORIGINS]
        counts = (self.sources, self.primary_sources, self.claims, self.first_hand_claims, self.struck_claims)
        head = (self.slug, self.category, self.status, *map(str, counts), self.newest, self.confidence)
        return (*head, *shares, f"{self.days_since_verified} d ago")


def statistics(catalogue: Catalogue, *, today: dt.date) -> list[SystemStatistics]:
    """One row for each system, in the order of the catalogue."""
    return [system_statistics(system, today=today) for system in catalogue.systems.values()]


def system_statistics(system: System, *, today: dt.date) -> SystemStatistics:
    """The evidence of one system."""
    document = system.document
    usable = [c for c in system.claims.values() if c.is_usable]
    dates = [c.as_of_span.end for c in usable if c.as_of_span is not None]
    return SystemStatistics(
        slug=system.slug,
        category=document.category,
        status=document.status,
        sources=sum(s.role != "seed" for s in document.sources.values()),
        primary_sources=sum(s.role == "primary" for s in document.sources.values()),
        claims=len(usable),
        first_hand_claims=sum(c.is_primary and c.confidence == "A" for c in usable),
        struck_claims=sum(c.claim.verdict != "found" for c in system.claims.values()),
        newest=str(max(dates).year) if dates else "–",
        confidence=overall_confidence(system.claims.values(), system.used_claims) or "–",
        origins=dict(Counter(v.origin for v in system.values.values())),
        days_since_verified=(today - document.last_verified).days,
    )
