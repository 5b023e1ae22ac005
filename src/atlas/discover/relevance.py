"""How much a page is worth a curator's time, as a sum of terms that each say why.

A page is worth reading that prints figures of a running system, names what it is made of, comes from those who run it,
and is no announcement. The weights were chosen, not fitted: the terms are printed with every candidate so that one can
disagree with them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from atlas.discover.claim import Claim
from atlas.discover.mention import Mention
from atlas.model.vocabulary import Vocabulary
from atlas.quantity import parse

LEAST = 40
"""Below, a page becomes no candidate."""

_TITLE = re.compile(
    r"(?i)\b(?:how we|how \w+ (?:uses|built|builds|runs|scales|handles|stores|serves)|architecture"
    r"|scal(?:e|ing)|migrat\w+|behind|under the hood"
    r"|at scale|rebuilding|evolution|lessons|incident|outage|post-?mortem|latency|throughput"
    r"|trillions?|billions?|millions?|sharding|inside|re-?architect\w*)\b"
)
_ANNOUNCEMENT = re.compile(
    r"(?i)\b(?:now (?:generally )?available|general availability|announc\w+|introducing|webinar"
    r"|register (?:now|today)|pricing|sign up (?:now|today)"
    r"|we(?:'|’)re hiring|join (?:us|our team)|release notes|changelog|sponsor\w*|newsletter"
    r"|free trial|case study|customer story)\b"
)
_TUTORIAL = re.compile(
    r"(?i)\b(?:tutorial|getting started|step[- ]by[- ]step|beginner\w*|cheat ?sheet|what is"
    r" an? |top \d+|\d+ (?:tips|ways|best|tools)|interview questions|explained)\b"
)


@dataclass(frozen=True, slots=True)
class Term:
    """A part of a score: its name, its points and what they are for."""

    name: str
    points: int
    because: str


@dataclass(frozen=True, slots=True)
class Relevance:
    """A score and its terms."""

    terms: tuple[Term, ...]

    @property
    def score(self) -> int:
        """The sum of the points, never below zero."""
        return max(0, sum(term.points for term in self.terms))


@dataclass(frozen=True, slots=True)
class Judged:
    """What a page is judged by. ``age_days`` is ``None`` for a page without a date."""

    title: str
    words: int
    claims: Sequence[Claim]
    mentions: Sequence[Mention]
    is_primary: bool
    age_days: int | None


def relevance(page: Judged, vocabulary: Vocabulary) -> Relevance:
    """The score of a page, term by term; terms without points are left out."""
    terms = [
        _figures(page),
        _scale(page, vocabulary),
        _named(page, ("technologies",), "technologies", 2, 16),
        _named(page, ("patterns", "mechanisms"), "patterns and mechanisms", 3, 15),
        Term("no system", 0 if page.mentions else -30, "names nothing that systems are made of"),
        Term("first hand", 12 if page.is_primary else 0, "published by the organisation itself"),
        _age(page),
        Term("length", 5 if page.words >= 800 else -10 if page.words < 250 else 0, f"{page.words} words"),
        _said(_TITLE, page.title, "title", 8, "speaks of how a system works"),
        _said(_ANNOUNCEMENT, page.title, "announcement", -20, "announces or sells something"),
        _said(_TUTORIAL, page.title, "tutorial", -20, "teaches something general"),
    ]
    return Relevance(tuple(term for term in terms if term.points))


def _figures(page: Judged) -> Term:
    known = [c for c in page.claims if c.metric is not None]
    return Term("figures", min(30, 3 * len(known)), f"{len(known)} figures with a metric")


def _scale(page: Judged, vocabulary: Vocabulary) -> Term:
    """Whether a figure alone would meet a scale bar, whatever statistic it is."""
    for name, bar in vocabulary.scale_bars.items():
        for claim in page.claims:
            if any(c.metric == claim.metric and claim.value.high >= parse(c.at_least.text).mid for c in bar.any):
                return Term("scale", 15, f"{claim.figure!r} would meet the bar {name!r}")
    return Term("scale", 0, "")


def _named(page: Judged, families: Sequence[str], name: str, each: int, most: int) -> Term:
    found = [m for m in page.mentions if m.family in families]
    listed = ", ".join(m.printed for m in found[:6])
    return Term(name, min(most, each * len(found)), f"names {len(found)}: {listed}" if found else "")


def _age(page: Judged) -> Term:
    if page.age_days is None:
        return Term("age", 0, "")
    years = page.age_days / 365
    return Term("age", 8 if years <= 2 else 4 if years <= 5 else 0, f"{years:.1f} years old")


def _said(pattern: re.Pattern[str], text: str, name: str, points: int, because: str) -> Term:
    match = pattern.search(text)
    return Term(name, points if match else 0, f"{because} ({match[0]!r})" if match else "")
