"""The success metrics: what Atlas wants to be, as numbers with their targets.

Targets are those the project was founded with: 120 systems, 1,500 diagrams, all categories, every system within five
years; every figure verified, more than four systems of five with confidence A or B, every figure of scale cited, rights
kept everywhere. Readers, embeds and contributions have no target; they are counted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from atlas.report.facts import Facts, years_old
from atlas.report.history import Activity
from atlas.report.usage import Usage

SYSTEMS, DIAGRAMS, RECENT_YEARS, GRADED = 120, 1500, 5.0, 0.8
NOT_MEASURED = "not measured"
_FRESH_DAYS = 90


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. ``value`` is a count, or a share of one where ``is_share``; ``None`` where it is not measured.

    ``target`` is in the same unit, ``None`` where there is none; ``is_above`` asks for more than it, not just as much.
    """

    id: str
    group: str
    name: str
    meaning: str
    value: float | None
    target: float | None = None
    is_share: bool = False
    is_above: bool = False

    @property
    def is_met(self) -> bool | None:
        """Whether the target is reached; ``None`` where there is no target or no value."""
        if self.value is None or self.target is None:
            return None
        return self.value > self.target if self.is_above else self.value >= self.target

    @property
    def shown(self) -> str:
        """The value in words: ``8``, ``75 %`` or ``not measured``."""
        return NOT_MEASURED if self.value is None else show(self.value, self.is_share)

    @property
    def wanted(self) -> str:
        """The target in words: ``≥ 120``, ``> 80 %``, ``100 %``, or a dash."""
        if self.target is None:
            return "–"
        if self.is_share and self.target >= 1:
            return show(self.target, is_share=True)
        return f"{'>' if self.is_above else '≥'} {show(self.target, self.is_share)}"


def show(value: float, is_share: bool) -> str:
    """A count with its thousands, or a share in whole per cent, never rounded up to a hundred."""
    if not is_share:
        return f"{value:,.0f}"
    return f"{min(99, int(value * 100 + 1e-9))} %" if value < 1 else "100 %"  # 0.29 × 100 is a little less than 29


def success_metrics(
    facts: Sequence[Facts],
    categories: int,
    today: dt.date,
    *,
    usage: Usage | None = None,
    recent: Activity | None = None,
) -> tuple[Metric, ...]:
    """All metrics of a catalogue: its published systems, readers of the newest month counted, work of 30 days."""
    published = [f for f in facts if f.status == "published"]
    return (*_coverage(published, categories, today), *_quality(published), *_use(published, today, usage, recent))


def _coverage(systems: Sequence[Facts], categories: int, today: dt.date) -> tuple[Metric, ...]:
    ages = [years_old(f.newest_source, today) for f in systems]
    recent = sum(age is not None and age <= RECENT_YEARS for age in ages)
    return (
        _count("systems", "Systems", "published systems", len(systems), SYSTEMS),
        _count("diagrams", "Diagrams", "drawn from their data", sum(f.diagrams for f in systems), DIAGRAMS),
        _count("categories", "Categories", "with a system", len({f.category for f in systems}), categories),
        _share("Coverage", "recency", "Recency", "systems with a source of the last five years", recent, len(systems)),
    )


def _quality(systems: Sequence[Facts]) -> tuple[Metric, ...]:
    claims, verified = sum(f.claims for f in systems), sum(f.verified for f in systems)
    scale, cited = sum(f.scale for f in systems), sum(f.cited for f in systems)
    graded = sum(f.confidence in ("A", "B") for f in systems)
    lawful = sum(f.rights == 0 for f in systems)
    grades = _share("Quality", "confidence", "Confidence A or B", "systems so graded", graded, len(systems))
    return (
        _share("Quality", "verified", "Sources read", "figures read in the source itself", verified, claims),
        replace(grades, target=GRADED, is_above=True),
        _share("Quality", "scale", "Scale cited", "figures shown first that have a source", cited, scale),
        _share("Quality", "rights", "Rights kept", "systems that pass the legal checks", lawful, len(systems)),
    )


def _use(systems: Sequence[Facts], today: dt.date, usage: Usage | None, recent: Activity | None) -> tuple[Metric, ...]:
    fresh = sum((today - dt.date.fromisoformat(f.last_verified)).days <= _FRESH_DAYS for f in systems)
    viewers, embeds = (usage.viewers, usage.embeds) if usage else ({}, {})
    month = max((*viewers, *embeds), default="")
    seen = (viewers.get(month, 0), embeds.get(month, 0)) if month else (None, None)
    work = (recent.commits, recent.people) if recent else (None, None)
    updated = _share("Use", "updates", "Updated", "systems verified in 90 days", fresh, len(systems))
    return (
        Metric("viewers", "Use", "Viewers in a month", "people; programs left out", seen[0]),
        Metric("embeds", "Use", "Embedded diagrams", "views in a month", seen[1]),
        Metric("contributions", "Use", "Contributions", "commits to documents in 30 days", work[0]),
        Metric("contributors", "Use", "Contributors", "people in 30 days", work[1]),
        replace(updated, target=None),
    )


def _count(ident: str, name: str, meaning: str, value: float, target: float) -> Metric:
    return Metric(ident, "Coverage", name, meaning, value, target)


def _share(group: str, ident: str, name: str, meaning: str, part: int, whole: int) -> Metric:
    """A share that should be the whole; not measured where there is nothing to share."""
    return Metric(ident, group, name, meaning, part / whole if whole else None, 1, is_share=True)
