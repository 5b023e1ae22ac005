"""What pages about many systems need of one: small, serialisable, kept in the cache beside the system's pages."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel

from atlas.compile.kept import Kept
from atlas.diagnostic import Finding
from atlas.model import ClaimView, System
from atlas.report import Facts, facts_of
from atlas.site.drawings import Drawing
from atlas.site.figure import ACCESS_WORDS
from atlas.site.names import (
    OLD_YEARS,
    TOPOLOGY,
    capital,
    held,
    held_year,
    of_what,
    organisation,
    printed,
    subject,
    term,
)
from atlas.site.planes import heat
from atlas.site.tables.drills import outcome
from atlas.site.tables.patterns import mechanisms_in_use


class ClaimDigest(BaseModel, frozen=True, extra="forbid"):
    """A claim as the index, compare and data pages show it; bounds in SI units, an open end is ``None``."""

    id: str
    metric: str
    stat: str
    about: str
    what: str
    text: str
    written: str
    low: float
    mid: float
    high: float | None
    dimension: str
    quote: str
    scope: str
    held: str
    year: int | None
    age: int | None
    confidence: str
    is_primary: bool
    is_usable: bool
    verdict: str
    source: str
    source_title: str
    source_url: str
    access: str
    compare_key: str
    compare_label: str


class SourceDigest(BaseModel, frozen=True, extra="forbid"):
    """A source with the number of claims that rest on it."""

    id: str
    type: str
    role: str
    title: str
    url: str
    published: str
    access: str
    claims: int


class HeatDigest(BaseModel, frozen=True, extra="forbid"):
    """The share of a plane."""

    plane: str
    share: float
    text: str
    does: str


class DrawingDigest(BaseModel, frozen=True, extra="forbid"):
    """A diagram without its pictures."""

    code: str
    name: str
    state: str
    gaps: tuple[str, ...]


class DrillDigest(BaseModel, frozen=True, extra="forbid"):
    """One drill for the page about all systems; ``agree`` says whether both engines found the same."""

    id: str
    name: str
    outcome: str
    agree: bool
    because: str


class Digest(BaseModel, frozen=True, extra="forbid"):
    """One system for the pages about many."""

    slug: str
    id: str
    name: str
    org: str
    category: str
    status: str
    tier: int | None
    summary: str
    challenge: str
    confidence: str
    last_verified: str
    aliases: tuple[str, ...]
    claims: tuple[ClaimDigest, ...]
    sources: tuple[SourceDigest, ...]
    heat: tuple[HeatDigest, ...]
    drawings: tuple[DrawingDigest, ...]
    patterns: tuple[str, ...]
    micro: tuple[str, ...]
    mechanisms: tuple[str, ...]
    guarantees: tuple[str, ...]
    technologies: dict[str, tuple[str, ...]]
    regions: str
    related: dict[str, str]
    show: tuple[str, ...]
    origins: dict[str, int]
    findings: dict[str, int]
    not_public: tuple[str, ...]
    components: int
    planes: int
    global_flow: str
    facts: Facts
    drills: tuple[DrillDigest, ...] = ()
    pages: tuple[str, ...] = ("",)
    """Its own pages below ``systems/<slug>/``."""

    @property
    def usable(self) -> tuple[ClaimDigest, ...]:
        """The claims that count as published."""
        return tuple(c for c in self.claims if c.is_usable)

    @property
    def struck(self) -> int:
        """How many figures no source supports: they stay in sight, struck out."""
        return sum(c.verdict != "found" for c in self.claims)

    @property
    def newest(self) -> int | None:
        """The newest year in which some published figure held."""
        years = [c.year for c in self.usable if c.year]
        return max(years) if years else None


def digest(
    system: System,
    pictures: Sequence[Drawing],
    findings: Sequence[Finding],
    today: dt.date,
    confidence: str,
    kept: Kept | None = None,
) -> Digest:
    """The digest of one system; ``kept`` are the outcomes of its drills, where they were run."""
    document = system.document
    global_flow = next((p for p in pictures if p.code == "L0"), None)
    return Digest(
        slug=system.slug,
        id=system.id,
        name=document.name,
        org=organisation(system),
        category=document.category,
        status=document.status,
        tier=document.tier,
        summary=document.summary,
        challenge=document.challenge or "",
        confidence=confidence,
        last_verified=str(document.last_verified),
        aliases=document.aliases,
        claims=tuple(_claim(system, view, today) for view in system.claims.values()),
        sources=_sources(system),
        heat=tuple(HeatDigest(plane=c.plane, share=c.share, text=c.text, does=c.does) for c in heat(system)),
        drawings=tuple(DrawingDigest(code=p.code, name=p.name, state=p.state, gaps=p.gaps) for p in pictures),
        **_words(system),
        regions=TOPOLOGY[document.regions.topology] if document.regions else "",
        related={one.id: one.because for one in document.related.systems} if document.related else {},
        show=tuple(c for c in document.scale.show if c in system.claims) if document.scale else (),
        origins=_counted(value.origin for value in system.values.values()),
        findings=_counted(finding.level.value for finding in findings),
        not_public=document.not_public,
        components=len(document.components),
        planes=len({c.plane for c in document.components.values()}),
        global_flow=(global_flow.tall or global_flow.wide) if global_flow else "",
        facts=facts_of(system, findings),
        drills=_drills(kept),
        pages=_pages(system, pictures, kept),
    )


def _words(system: System) -> dict[str, Any]:
    """What of the vocabularies the architecture is made of."""
    patterns = system.document.patterns
    return {
        "patterns": _known(system, "patterns", (patterns.primary, *patterns.overlays) if patterns else ()),
        "micro": _known(system, "patterns", patterns.micro if patterns else ()),
        "mechanisms": _known(system, "mechanisms", tuple(mechanisms_in_use(system))),
        "guarantees": _known(system, "guarantees", tuple(g.id for g in system.document.guarantees)),
        "technologies": _technologies(system),
    }


def _pages(system: System, pictures: Sequence[Drawing], kept: Kept | None) -> tuple[str, ...]:
    document = system.document
    parts = {"diagrams": pictures, "components": document.components, "drills": kept}
    names = ("evidence", *(name for name, found in parts.items() if found), *document.deep_dives)
    return ("", *(f"{name}/" for name in names))


def _drills(kept: Kept | None) -> tuple[DrillDigest, ...]:
    """The drills of a system as they were run; none where they were not."""
    if kept is None:
        return ()
    book = kept.playbook
    return tuple(
        DrillDigest(
            id=drill,
            name=book.of(drill)[0].name,
            outcome=outcome(book, drill).text,
            agree=book.agree(drill),
            because=book.of(drill)[0].not_reproduced,
        )
        for drill in book.drills
    )


def _claim(system: System, view: ClaimView, today: dt.date) -> ClaimDigest:
    claim, quantity = view.claim, view.quantity
    first_id, first = next(iter(view.sources.items()), ("", None))  # none where the id leads nowhere
    age = view.age_years(today)
    what = subject(system, claim.of)
    return ClaimDigest(
        id=view.id,
        metric=claim.metric,
        stat=claim.stat,
        about=what,
        what=of_what(system, view) + (f", {claim.scope}" if claim.scope and claim.of == "system" else ""),
        text=printed(view),
        written=quantity.text,
        low=quantity.low,
        mid=quantity.mid,
        high=quantity.high if math.isfinite(quantity.high) else None,
        dimension=quantity.dimension.name,
        quote=claim.figure or "",
        scope=claim.scope or "",
        held=held(view),
        year=held_year(view),
        age=int(age) if age is not None and age >= OLD_YEARS else None,
        confidence=view.confidence,
        is_primary=view.is_primary,
        is_usable=view.is_usable,
        verdict=claim.verdict,
        source=first_id,
        source_title=first.title if first else "",
        source_url=(first.url or "") if first else "",
        access=ACCESS_WORDS[first.access] if first else "",
        compare_key=f"{claim.metric}|{_class(system, claim.of)}",
        compare_label=f"{capital(view.metric.name if view.metric else claim.metric)}, {_class_name(system, claim.of)}",
    )


def _class(system: System, of: str) -> str:
    """What kind of thing a claim is about, so that like is compared with like across systems."""
    head, _, operation = of.partition(".")
    component = system.document.components.get(head)
    if component is None:
        return of
    return f"{component.kind}.{operation}" if operation else component.kind


def _class_name(system: System, of: str) -> str:
    head, _, operation = of.partition(".")
    component = system.document.components.get(head)
    if component is None:
        return "whole system" if of == "system" else subject(system, of).lower()
    kind = term(system.vocabulary, "kinds", component.kind).lower()
    return f"{kind}, {operation.replace('-', ' ')}" if operation else kind


def _sources(system: System) -> tuple[SourceDigest, ...]:
    used = Counter(ident for view in system.claims.values() for ident in view.sources)
    return tuple(
        SourceDigest(
            id=ident,
            type=source.type,
            role=source.role,
            title=source.title,
            url=source.url or "",
            published=source.published,
            access=source.access,
            claims=used[ident],
        )
        for ident, source in system.document.sources.items()
    )


def _known(system: System, words: str, idents: tuple[str, ...]) -> tuple[str, ...]:
    """Canonical ids, each once; unknown ones are left to the checks."""
    found = (system.vocabulary.canonical(words, ident) for ident in idents)
    return tuple(dict.fromkeys(ident for ident in found if ident))


def _technologies(system: System) -> dict[str, tuple[str, ...]]:
    """Technology -> the components built with it."""
    found: dict[str, tuple[str, ...]] = {}
    for component in system.document.components.values():
        known = system.vocabulary.canonical("technologies", component.technology) if component.technology else None
        if known:
            found[known] = (*found.get(known, ()), component.name)
    return found


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))
