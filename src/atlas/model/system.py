"""The resolved system: the document with every number worked out, and where each came from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from atlas.diagnostic import Position
from atlas.model.document import Document
from atlas.model.evidence import Claim, Source
from atlas.model.text import Span
from atlas.model.traffic import Traffic
from atlas.model.vocabulary import Metric, Vocabulary
from atlas.model.walk import Place
from atlas.quantity import Quantity, format_quantity

Origin = Literal["claim", "derived", "sized", "assumed", "default", "design"]
"""Published, derived from published, as many as needed, assumed, cited planning value, set by design."""

DAYS_PER_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Value:
    """A resolved number: its quantity, its origin, and what it was worked out from."""

    path: str
    quantity: Quantity
    origin: Origin
    claims: tuple[str, ...] = ()
    expression: str = ""
    because: str = ""
    source: str = ""

    @property
    def text(self) -> str:
        """The display form: ``3.2 M/s``."""
        return format_quantity(self.quantity)

    @property
    def mid(self) -> float:
        """The middle, in seconds, bytes, money or plain counts."""
        return self.quantity.mid


@dataclass(frozen=True, slots=True)
class Distribution:
    """A resolved distribution: what is written, and the percentiles that follow from it.

    ``mean_s`` and friends are plain numbers in the base unit, computed for the shape; ``written`` holds
    the values that the document states, by name.
    """

    path: str
    shape: str
    written: Mapping[str, Value]
    mean: float
    cv: float
    p50: float
    p95: float
    p99: float
    origin: Origin

    def value(self, name: str) -> Value | None:
        """The stated value called ``mean``, ``p50`` … or ``None`` where it only follows."""
        return self.written.get(name)


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim with everything a reader wants to know of it."""

    id: str
    claim: Claim
    metric: Metric | None
    sources: Mapping[str, Source]
    era: str | None
    as_of: str
    as_of_span: Span | None
    as_of_is_source_date: bool
    confidence: Literal["A", "B", "C"]

    @property
    def quantity(self) -> Quantity:
        """The value as an interval."""
        return self.claim.value

    @property
    def text(self) -> str:
        """The value in display form."""
        return format_quantity(self.claim.value)

    @property
    def is_usable(self) -> bool:
        """Whether it counts as published: found, and not only a seed statement."""
        return self.claim.verdict == "found" and any(s.role != "seed" for s in self.sources.values())

    @property
    def is_primary(self) -> bool:
        """Whether one of its sources is the organisation's own."""
        return any(s.role == "primary" for s in self.sources.values())

    def age_years(self, today: dt.date) -> float | None:
        """Years since it held; ``None`` when nobody says when."""
        return None if self.as_of_span is None else (today - self.as_of_span.end).days / DAYS_PER_YEAR


@dataclass(frozen=True)
class System:
    """A case study, resolved: what diagrams, checks, plans and pages read."""

    document: Document
    slug: str
    file: str
    vocabulary: Vocabulary
    values: Mapping[str, Value]
    distributions: Mapping[str, Distribution]
    claims: Mapping[str, ClaimView]
    traffic: Traffic
    used_claims: frozenset[str]
    written: tuple[Place, ...] = field(repr=False, default=())
    marks: Mapping[str, tuple[int, int]] = field(repr=False, default_factory=dict)
    text_hash: str = ""

    @property
    def id(self) -> str:
        """``CS-DISCORD``."""
        return self.document.id

    def value(self, path: str) -> Value | None:
        """The number at a dotted path such as ``components.messages.instances``, after defaults."""
        return self.values.get(path)

    def dist(self, path: str) -> Distribution | None:
        """The distribution at a path such as ``components.messages.operations.read``, after defaults."""
        return self.distributions.get(path)

    def service_time(self, component: str, operation: str = "") -> Distribution | None:
        """Time in a component (in one of its operations), without its children."""
        if operation and (found := self.dist(f"components.{component}.operations.{operation}")):
            return found
        return self.dist(f"components.{component}.service")

    def position(self, path: str) -> Position:
        """Where a path stands in the file; the nearest written ancestor for a path that is not written."""
        while path and path not in self.marks:
            path = path.rpartition(".")[0]
        line, column = self.marks.get(path, (1, 1))
        return Position(self.file, line, column)
