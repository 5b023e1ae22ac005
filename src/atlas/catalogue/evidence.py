"""What claims are worth: dates, eras, confidence, and which are used."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from atlas.model.document import Document
from atlas.model.evidence import Claim, Source
from atlas.model.number import Number
from atlas.model.system import ClaimView
from atlas.model.text import Span, span
from atlas.model.vocabulary import Vocabulary
from atlas.model.walk import Place
from atlas.quantity import QuantityError, references

Grade = Literal["A", "B", "C"]
SHARE_FOR_GRADE = 0.8


def claim_views(document: Document, vocabulary: Vocabulary) -> dict[str, ClaimView]:
    """Every claim with its sources, date, era and confidence worked out."""
    return {ident: _view(ident, claim, document, vocabulary) for ident, claim in document.claims.items()}


def _view(ident: str, claim: Claim, document: Document, vocabulary: Vocabulary) -> ClaimView:
    sources = {s: document.sources[s] for s in claim.source if s in document.sources}
    as_of = claim.as_of
    from_source = as_of is None
    if as_of is None:
        as_of = next((s.published for s in sources.values()), "unknown")
    held = span(as_of)
    metric = vocabulary.metrics.get(vocabulary.canonical("metrics", claim.metric) or "")
    return ClaimView(
        ident,
        claim,
        metric,
        sources,
        claim.era or _era_at(held, document),
        as_of,
        held,
        from_source,
        grade(claim, sources),
    )


def grade(claim: Claim, sources: dict[str, Source]) -> Grade:
    """The stated confidence, else A for a primary original or copy, B for second hand, C for seed or unread."""
    if claim.confidence is not None:
        return claim.confidence
    best: Grade = "C"
    for source in sources.values():
        if source.role == "seed" or source.access == "unread":
            continue
        if source.role == "primary" and source.access in ("original", "copy"):
            return "A"
        best = "B"
    return best


def _era_at(held: Span | None, document: Document) -> str | None:
    if held is None:
        return None
    for era in document.timeline:
        start, end = span(era.from_), span(era.to) if era.to else None
        if start is not None and start.start <= held.middle and (end is None or held.middle <= end.end):
            return era.id
    return None


def used_claims(document: Document, written: Iterable[Place]) -> frozenset[str]:
    """Claims that something in the document rests on: numbers, the scale bar, the overview, eras, the team."""
    used: set[str] = set()
    for place in written:
        if isinstance(place.value, Number):
            used |= set(_in_number(place.value))
    if document.scale is not None:
        used |= {*document.scale.bar.values(), *document.scale.show}
    for era in document.timeline:
        used |= set(era.scale)
    used |= {t for t in document.team if isinstance(t, str)}
    used |= {g.claim for g in document.guarantees if g.claim}
    return frozenset(used & set(document.claims))


def _in_number(number: Number) -> Iterable[str]:
    if number.claim is not None:
        yield number.claim
    if number.derived is not None:
        try:
            yield from references(number.derived)
        except QuantityError:
            return


def overall_confidence(views: Iterable[ClaimView], used: frozenset[str]) -> Grade | None:
    """A if at least 80 % of the claims used are A, B if at least 80 % are A or B, else C; ``None`` without claims."""
    grades = [v.confidence for v in views if v.id in used and v.claim.verdict == "found"]
    if not grades:
        return None
    if grades.count("A") >= SHARE_FOR_GRADE * len(grades):
        return "A"
    if len(grades) - grades.count("C") >= SHARE_FOR_GRADE * len(grades):
        return "B"
    return "C"
