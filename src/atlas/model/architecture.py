"""Scale, regions, guarantees, patterns, mechanisms: what the architecture promises and uses."""

from __future__ import annotations

from typing import Literal

from atlas.model.field import Model, documented
from atlas.model.number import GuaranteeLabel, Number, Said
from atlas.model.text import DateText, Id, QuantityText, Text, Words

Basis = Literal["stated", "inferred"]
BarId = Literal["rps", "concurrency", "data", "fanout", "footprint", "cost"]


class ModelScope(Model, frozen=True):
    """Which moment and which part of the system the executable model describes."""

    as_of: DateText = documented("the moment", example="2023-03")
    boundary: Text = documented("what is inside")
    not_modelled: tuple[Text, ...] = documented("printed on every result", ())


class Legacy(Model, frozen=True):
    """Why a system older than five years still belongs here."""

    because: Text = documented("the reason")


class Scale(Model, frozen=True):
    """Which bar is met, by which claim, and what the overview shows."""

    bar: dict[BarId, Id] = documented("bar -> claim")
    show: tuple[Id, ...] = documented("claims for the overview", ())


class Regions(Model, frozen=True):
    """Where it runs."""

    topology: Literal["single", "multi_region", "global_edge"] = documented("deployment topology")
    names: tuple[Text, ...] = documented("regions", ())
    count: Number | None = documented("how many", None, dimension="count")
    strategy: Text | None = documented("how work is placed", None)
    source: Id | None = documented("source", None)
    basis: Basis = documented("stated or inferred", "stated")


class GuaranteeUse(Model, frozen=True):
    """A guarantee the system gives, where, and what would show it broken."""

    id: str = documented("guarantee", words="guarantees")
    on: Words = documented("components, component.operation, flows or links", ())
    scope: Text | None = documented("within what", None)
    bound: QuantityText | Text | None = documented("its bound", None)
    basis: Basis = documented("stated or inferred", "inferred")
    source: Id | None = documented("source", None)
    claim: Id | None = documented("the claim that carries it", None)
    because: Text | None = documented("why it is inferred", None)
    test: Text | None = documented("what would show it broken", None, level="published")


class AppliedPattern(Model, frozen=True):
    """What a pattern is used for here, and with what result."""

    id: str = documented("pattern", words="patterns")
    purpose: Text = documented("why")
    implementation: Text = documented("how")
    result: Text | None = documented("what came of it", None)
    source: Id | None = documented("source", None)
    basis: Basis = documented("stated or inferred", "stated")


class Patterns(Model, frozen=True):
    """The patterns of the architecture."""

    primary: str = documented("main pattern", words="patterns")
    overlays: tuple[str, ...] = documented("further patterns", (), words="patterns")
    micro: tuple[str, ...] = documented("small patterns", (), words="patterns")
    applied: tuple[AppliedPattern, ...] = documented("patterns in use, with purpose and result", ())


class MechanismUse(Model, frozen=True):
    """A mechanism that cannot be read off components and calls."""

    id: str = documented("mechanism", words="mechanisms")
    at: Words = documented("where", ())
    necessity: Literal["mandatory", "conditional"] = documented("always, or only sometimes", "mandatory")
    when: Text | None = documented("when, if conditional", None)
    source: Id | None = documented("source", None)
    basis: Basis = documented("stated or inferred", "stated")


class Innovation(Said, frozen=True):
    """Something invented for this scale."""

    problem: Text | None = documented("the problem that exists only at this scale", None)
    open_source: Text | None = documented("what was given away", None)
    patent: Text | None = documented("patents filed", None)
    influence: Text | None = documented("who took it up", None)


class Brownout(Model, frozen=True):
    """What is given up under load, and what is kept."""

    when: Text = documented("trigger")
    drops: Text = documented("what is given up")
    keeps: Text | None = documented("what is kept", None)
    source: Id | None = documented("source", None)
    basis: Basis = documented("stated or inferred", "stated")


class Backpressure(Model, frozen=True):
    """What components and calls do not say about load."""

    admission: tuple[Said, ...] = documented("admission control", ())
    brownouts: tuple[Brownout, ...] = documented("degradation", ())


class MultiRegion(Model, frozen=True):
    """How regions share writes and what a lost region costs."""

    writes: Text = documented("where writes go", example="region-pinned by guild")
    replication: Text = documented("sync, async or hybrid, and of what")
    ownership: Text | None = documented("who owns a key", None)
    rpo: Number | None = documented("data at risk", None, dimension="time")
    rto: Number | None = documented("time to restore", None, dimension="time")
    failover: Literal["automatic", "manual", "hybrid"] | None = documented("how traffic moves", None)
    ux: tuple[GuaranteeLabel, ...] = documented("what a user may rely on", ())
    basis: Basis = documented("stated or inferred", "inferred")
    source: Id | None = documented("source", None)
