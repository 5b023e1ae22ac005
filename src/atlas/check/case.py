"""What a check is given: one resolved system with today's date, or the whole catalogue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from atlas.catalogue import YamlSource
from atlas.catalogue.visits import Visited, read_visits
from atlas.check.call_tree import Place as CallPlace
from atlas.check.call_tree import places
from atlas.check.fact import Fact, Facts
from atlas.check.interval import as_read
from atlas.diagnostic import Position
from atlas.model.document import Document
from atlas.model.evidence import Source
from atlas.model.system import ClaimView, Distribution, System, Value
from atlas.model.text import span
from atlas.model.walk import Place

if TYPE_CHECKING:
    from pathlib import Path

    from atlas.compile.kept import Kept
    from atlas.draw import Diagram


@dataclass(frozen=True, slots=True)
class Tier:
    """A component under load: work in progress at the peak, and its slots."""

    id: str
    in_progress: float
    slots: float


@dataclass(frozen=True)
class Case:
    """One system under check. ``today`` is given, never read from a clock."""

    system: System
    today: dt.date
    source: YamlSource | None = None
    """The file as it was read; None for a document that is not a file."""
    root: Path | None = None
    """The catalogue it stands in; None for a document that stands in none."""

    @property
    def document(self) -> Document:
        """The document as written."""
        return self.system.document

    @property
    def is_published(self) -> bool:
        """Whether the full set of facts is asked of it."""
        return self.document.status == "published"

    @cached_property
    def facts(self) -> Facts:
        """The usable figures: found in their source, not vague beyond use."""
        return Facts(tuple(_fact(v) for v in self.system.claims.values() if v.claim.verdict == "found"))

    @property
    def written(self) -> tuple[Place, ...]:
        """Every written value of the document with its path."""
        return self.system.written

    @cached_property
    def calls(self) -> tuple[CallPlace, ...]:
        """Every call of every flow, outer calls first."""
        return tuple(places(self.document))

    @cached_property
    def flow_ids(self) -> frozenset[str]:
        """Ids of the described flows."""
        return frozenset(self.document.flows)

    @cached_property
    def drawings(self) -> tuple[Diagram, ...]:
        """Every diagram of the system, drawn once for all checks."""
        from atlas.draw import diagrams  # noqa: PLC0415 - the renderer takes as long to load as a document to check

        return diagrams(self.system)

    @cached_property
    def kept(self) -> Kept | None:
        """The outcomes of the system's drills that are kept in its catalogue."""
        from atlas.compile.kept import read_kept  # noqa: PLC0415 - only costly checks load the engines

        return None if self.root is None else read_kept(self.root, self.system.slug)

    @cached_property
    def visits(self) -> tuple[Visited, ...]:
        """What was found when the sources of its claims were last visited."""
        return () if self.root is None else read_visits(self.root, self.system.slug)

    def growth(self, metric: str) -> str:
        """Which way a metric moves in the world: ``up``, ``down`` or ``none``."""
        entry = self.system.vocabulary.metrics.get(metric)
        return entry.growth if entry is not None else "none"

    def value(self, path: str) -> Value | None:
        """The resolved number at a path."""
        return self.system.value(path)

    def is_current(self, fact: Fact) -> bool:
        """Whether a figure belongs to the era that the model describes, and to its time."""
        model = self.document.model
        era = self.model_era
        return model is None or era is None or fact.era is None or fact.era == era

    @cached_property
    def model_era(self) -> str | None:
        """The era at ``model.as_of``: the last one that had begun by then."""
        model = self.document.model
        moment = span(model.as_of) if model is not None else None
        if moment is None:
            return None
        begun = [e.id for e in self.document.timeline if (s := span(e.from_)) is not None and s.start <= moment.end]
        return begun[-1] if begun else None

    def time_in(self, call: str) -> Distribution | None:
        """The distribution of time in ``component`` or ``component.operation``."""
        component, _, operation = call.partition(".")
        return self.system.service_time(component, operation)

    def mean_s(self, call: str) -> float:
        """The least mean time in a component, in seconds; 0 where nobody says."""
        time = self.time_in(call)
        if time is None or time.origin == "default":
            return 0.0
        written = time.value("mean")
        return written.quantity.low if written is not None else time.mean

    def tail_s(self, call: str) -> float | None:
        """The p99 in a component in seconds, from what is written; None where only a default is known."""
        time = self.time_in(call)
        return None if time is None or time.origin == "default" else time.p99

    def tiers(self) -> Iterator[Tier]:
        """Every component whose load and slots are known."""
        for name, load in self.system.traffic.components.items():
            if load.slots:
                yield Tier(name, load.busy, load.slots)

    def claims_of(self, component: str) -> tuple[str, ...]:
        """The claims that the numbers of a component rest on."""
        prefix = f"components.{component}."
        found = (c for path, v in self.system.values.items() if path.startswith(prefix) for c in v.claims)
        return tuple(dict.fromkeys(found))

    def described_rate(self, subject: str) -> float | None:
        """Mean operations a second that the described flows bring to a component or operation."""
        traffic = self.system.traffic
        if subject in traffic.operations:
            return traffic.operations[subject].average
        load = traffic.components.get(subject)
        return None if load is None else load.average


@dataclass(frozen=True, slots=True)
class Cited:
    """What a survey asks of a system: its sources and where each of them stands. Small, so as to cross processes."""

    id: str
    file: str
    sources: Mapping[str, Source]
    places: Mapping[str, Position]

    def position(self, path: str) -> Position:
        """Where a key of a source stands, such as ``sources.blog.published``."""
        return self.places[path.split(".")[1]]


def cited(system: System) -> Cited:
    """A system as a survey sees it."""
    places = {ident: system.position(f"sources.{ident}.published") for ident in system.document.sources}
    return Cited(system.id, system.file, system.document.sources, places)


@dataclass(frozen=True)
class Survey:
    """All systems under check, for facts that no single system can show."""

    systems: Mapping[str, Cited]
    today: dt.date


def _fact(view: ClaimView) -> Fact:
    """A claim as a fact. Figures of the whole outlive an architecture, so that only a written era parts them."""
    quantity, when = view.quantity, view.as_of_span
    claim = view.claim
    return Fact(
        id=view.id,
        metric=claim.metric,
        of=claim.of,
        stat=claim.stat,
        scope=claim.scope,
        era=view.era if claim.of != "system" else claim.era,
        interval=as_read(quantity),
        mid=quantity.mid,
        form=quantity.form,
        dimension=quantity.dimension,
        unit=quantity.unit,
        text=quantity.text or view.text,
        start=when.start if when is not None else None,
        end=when.end if when is not None else None,
        sources=claim.source,
    )
