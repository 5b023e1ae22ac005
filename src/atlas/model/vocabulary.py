"""The vocabularies: words with a meaning, shared by all systems. Data in ``catalogue/vocabulary/``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal

from pydantic import field_validator

from atlas.model.component import PlaneId
from atlas.model.field import Model, documented
from atlas.model.text import DateText, QuantityText, Text, Url

Dimensions = Literal[
    "count", "count/time", "bytes", "bytes/time", "time", "time/time", "ratio", "money", "money/time", "money/count"
]
Confidence = Literal["A", "B", "C"]


class Entry(Model, frozen=True):
    """A word: its display name and its meaning."""

    name: Text = documented("display name")
    meaning: Text = documented("what it means")


class Category(Entry, frozen=True):
    """A field of systems."""


class Plane(Entry, frozen=True):
    """One of the five planes."""

    hue: str = documented("base colour", pattern="^#[0-9A-Fa-f]{6}$")


class DefaultLatency(Model, frozen=True):
    """A planning value for time in a component."""

    mean: QuantityText = documented("mean", dimension="time")
    cv: float = documented("coefficient of variation", ge=0)


class Kind(Entry, frozen=True):
    """What a component is, with planning values."""

    plane: PlaneId = documented("usual plane")
    layer: Literal["edge", "api", "data", "intelligence"] = documented("layer in the overview")
    shape: Literal["box", "cylinder", "queue", "round"] = documented("shape on diagrams")
    waiting: Literal["holds", "frees"] = documented("whether a slot stays taken while children run")
    routing: Literal["pooled", "random", "keyed", "shortest"] = documented("how instances are chosen")
    latency: DefaultLatency | None = documented("planning value", None)
    concurrency: int = documented("slots per instance", ge=1)
    because: Text = documented("why these planning values")


class Mechanism(Entry, frozen=True):
    """P1 to P12 and their relatives."""

    number: int | None = documented("1 to 12 for the numbered ones", None, ge=1, le=12)
    aliases: tuple[str, ...] = documented("other spellings", ())
    model: Text | None = documented("what it gives the executable model", None)
    requires: tuple[str, ...] = documented("mechanisms it needs", ())
    conflicts: tuple[str, ...] = documented("mechanisms it fights", ())


class Guarantee(Entry, frozen=True):
    """A promise about order, delivery, durability or availability."""

    category: Text = documented("family")
    strength: Literal["linearizable", "bounded", "eventual", "none"] = documented(
        "place on the consistency diagram", "none"
    )
    aliases: tuple[str, ...] = documented("other spellings", ())
    requires: tuple[str, ...] = documented("mechanisms it needs", ())
    implies: tuple[str, ...] = documented("weaker guarantees it includes", ())


class Pattern(Entry, frozen=True):
    """A pattern of architecture."""

    family: Literal["system", "micro", "resilience", "data", "scaling"] = documented("family")
    number: str | None = documented("number in the family specification", None)
    aliases: tuple[str, ...] = documented("other spellings", ())
    forces: Text | None = documented("when it pays and what it costs", None)
    next: tuple[str, ...] = documented("next step of evolution", ())
    complementary: tuple[str, ...] = documented("goes well with", ())
    alternative: tuple[str, ...] = documented("alternative", ())


class Metric(Entry, frozen=True):
    """What a claim can measure."""

    dimension: Dimensions = documented("dimension")
    unit: str = documented("unit to show", "")
    growth: Literal["up", "down", "none"] = documented("which way the world expects it to move", "none")


class Stressor(Entry, frozen=True):
    """A kind of stress, scored 0 to 1."""

    rubric: dict[str, str] = documented("score -> what it takes", {})

    @field_validator("rubric", mode="before")
    @classmethod
    def _texts(cls, value: Any) -> Any:
        return {str(k): v for k, v in value.items()} if isinstance(value, dict) else value


class BarCondition(Model, frozen=True):
    """One way to meet a scale bar."""

    metric: str = documented("metric")
    stat: str | None = documented("statistic, if it matters", None)
    at_least: QuantityText = documented("threshold")


class ScaleBar(Entry, frozen=True):
    """A bar for inclusion: any one condition suffices."""

    metrics: tuple[str, ...] = documented("metrics that count", ())
    any: tuple[BarCondition, ...] = documented("conditions", ())


class Organisation(Model, frozen=True):
    """Who runs systems, and where it publishes."""

    name: Text = documented("display name")
    hosts: tuple[str, ...] = documented("hosts, or host/path prefixes, of its own", ())
    venues: tuple[str, ...] = documented("venues it speaks at", ())
    category: str | None = documented("main category", None)
    aliases: tuple[str, ...] = documented("other names", ())


class Venue(Entry, frozen=True):
    """A conference, a journal, the press."""

    kind: Literal["conference", "journal", "press"] = documented("kind")
    hosts: tuple[str, ...] = documented("hosts", ())


class TechnologyDefault(Model, frozen=True):
    """A cited planning value."""

    value: QuantityText = documented("value")
    source: str = documented("id in technology_sources")
    confidence: Confidence = documented("confidence")
    note: Text | None = documented("note", None)


class TechnologySource(Model, frozen=True):
    """Where a planning value was read."""

    title: Text = documented("title")
    url: Url | None = documented("address", None)
    published: DateText = documented("date", "unknown")
    accessed: DateText = documented("when it was read")
    access: Literal["original", "copy", "secondary", "unread"] = documented("what was read")
    note: Text | None = documented("note", None)


class TechnologyCloud(Model, frozen=True):
    """Equivalents in the public clouds."""

    aws: Text | None = documented("AWS", None)
    gcp: Text | None = documented("GCP", None)
    azure: Text | None = documented("Azure", None)
    oss: Text | None = documented("open source", None)


class Technology(Model, frozen=True):
    """A product or language that components are built with."""

    name: Text = documented("display name")
    family: Text = documented("family")
    kinds: tuple[str, ...] = documented("component kinds it serves as", ())
    licence: Text | None = documented("licence", None)
    home: Url | None = documented("home page", None)
    aliases: tuple[str, ...] = documented("other spellings", ())
    replaced_by: tuple[str, ...] = documented("technologies that commonly succeed it", ())
    cloud: TechnologyCloud | None = documented("equivalents", None)
    defaults: dict[str, TechnologyDefault] = documented("cited planning values", {})


class Region(Model, frozen=True):
    """A region of a cloud provider."""

    name: Text = documented("display name")
    provider: Text = documented("provider")
    place: Text = documented("where")
    continent: Text = documented("continent")


class RegionPair(Model, frozen=True):
    """Round trip between two regions."""

    between: tuple[str, str] = documented("regions")
    rtt: QuantityText = documented("round trip", dimension="time")
    source: Text | None = documented("source", None)
    note: Text | None = documented("note", None)


class Vocabulary(Model, frozen=True):
    """All vocabularies, each a map from id to entry in the order of its file."""

    categories: dict[str, Category] = documented("categories", {})
    planes: dict[str, Plane] = documented("planes", {})
    kinds: dict[str, Kind] = documented("kinds of components", {})
    mechanisms: dict[str, Mechanism] = documented("mechanisms", {})
    guarantees: dict[str, Guarantee] = documented("guarantees", {})
    patterns: dict[str, Pattern] = documented("patterns", {})
    metrics: dict[str, Metric] = documented("metrics", {})
    stats: dict[str, Entry] = documented("statistics", {})
    stressors: dict[str, Stressor] = documented("stressors", {})
    scale_bars: dict[str, ScaleBar] = documented("scale bars", {})
    organisations: dict[str, Organisation] = documented("organisations", {})
    venues: dict[str, Venue] = documented("venues", {})
    technologies: dict[str, Technology] = documented("technologies", {})
    technology_sources: dict[str, TechnologySource] = documented("sources of planning values", {})
    regions: dict[str, Region] = documented("cloud regions", {})
    region_latency: tuple[RegionPair, ...] = documented("round trips", ())

    @cached_property
    def _aliases(self) -> Mapping[str, Mapping[str, str]]:
        return {
            field: {
                alias: ident for ident, entry in getattr(self, field).items() for alias in getattr(entry, "aliases", ())
            }
            for field in type(self).model_fields
            if field != "region_latency"
        }

    def canonical(self, words: str, ident: str) -> str | None:
        """The id that ``ident`` means in the vocabulary ``words``, following aliases; ``None`` if unknown."""
        if ident in getattr(self, words):
            return ident
        return self._aliases[words].get(ident)

    def known(self, words: str) -> list[str]:
        """Ids and aliases of a vocabulary, ids first."""
        return [*getattr(self, words), *self._aliases[words]]
