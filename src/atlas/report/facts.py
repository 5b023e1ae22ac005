"""What the success metrics need to know of one system."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from atlas.catalogue.evidence import overall_confidence
from atlas.check import all_checks
from atlas.check.registry import Family
from atlas.diagnostic import Finding
from atlas.draw import codes
from atlas.model import System
from atlas.model.text import span


@dataclass(frozen=True, slots=True)
class Facts:
    """One system in numbers.

    ``claims`` are its published figures, ``verified`` those of them that were read in the source itself;
    ``scale`` counts the figures shown first, ``cited`` those of them that rest on a claim that counts. ``rights``
    counts findings of the legal checks. Days are ISO dates, empty where unknown.
    """

    id: str
    slug: str
    name: str
    category: str
    status: str
    confidence: str
    last_verified: str
    newest_source: str
    diagrams: int
    claims: int
    verified: int
    scale: int
    cited: int
    rights: int


def facts_of(system: System, findings: Iterable[Finding]) -> Facts:
    """The facts of one system; ``findings`` are those of its checks."""
    document = system.document
    usable = [c for c in system.claims.values() if c.is_usable]
    legal = {check.code for check in all_checks() if check.family is Family.LEGAL}
    shown = [system.claims.get(ident) for ident in (document.scale.show if document.scale else ())]
    return Facts(
        id=system.id,
        slug=system.slug,
        name=document.name,
        category=document.category,
        status=document.status,
        confidence=overall_confidence(system.claims.values(), system.used_claims) or "",
        last_verified=document.last_verified.isoformat(),
        newest_source=newest_source(system),
        diagrams=len(codes(system)) if document.components else 0,
        claims=len(usable),
        verified=sum(_was_read(system, c.claim.source) for c in usable),
        scale=len(shown),
        cited=sum(c is not None and c.is_usable for c in shown),
        rights=sum(f.code in legal for f in findings),
    )


def newest_source(system: System) -> str:
    """The last day a source was published; of a page without a date, the day it was read."""
    sources = [s for s in system.document.sources.values() if s.role != "seed"]
    ends = [when.end for s in sources if (when := span(s.published) or span(s.accessed))]
    return max(ends).isoformat() if ends else ""


def years_old(day: str, today: dt.date) -> float | None:
    """Years since an ISO date; ``None`` where it is unknown."""
    return (today - dt.date.fromisoformat(day)).days / 365.25 if day else None


def _was_read(system: System, sources: Iterable[str]) -> bool:
    """Whether at least one source of a claim was read in the original or a copy of it."""
    known = system.document.sources
    return any(known[s].access in ("original", "copy") for s in sources if s in known)
