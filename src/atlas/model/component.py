"""Components: what the system is made of, with everything an engine or a diagram needs of it."""

from __future__ import annotations

from typing import Literal

from atlas.model.field import Model, documented
from atlas.model.number import Dist, Number
from atlas.model.text import Id, QuantityText, Text

PlaneId = Literal["edge", "service", "stream", "state", "control"]
Basis = Literal["stated", "inferred"]


class Partitions(Model, frozen=True):
    """How a component's data or work is split."""

    count: Number | None = documented("how many partitions", None, dimension="count")
    key: Text | None = documented("what splits them", None, example="channel + time bucket")
    hottest: Number | None = documented("share of the load on one partition", None, dimension="count", example="3 %")
    limit: Number | None = documented("rate one partition may take", None, dimension="count/time")


class Queue(Model, frozen=True):
    """Waiting room: bounded by default at 20 times the slots."""

    max: Number = documented("places", dimension="count", example=1000)
    overflow: Literal["reject", "drop_oldest", "drop_stale", "block", "divert"] = documented(
        "what happens when it is full", "reject"
    )
    to: Id | None = documented("where diverted work goes", None)


class Limits(Model, frozen=True):
    """Admission: a token bucket for each user, account or table."""

    rate: Number | None = documented("tokens a second", None, dimension="count/time")
    burst: Number | None = documented("bucket size", None, dimension="count")
    per: Text | None = documented("whose bucket", None, example="account")


class Shed(Model, frozen=True):
    """From this utilisation on, refuse flows of this priority and below."""

    over: QuantityText = documented("utilisation", dimension="count", example="85 %")
    priority: int = documented("flows of this priority and less important ones are refused", ge=0, le=9)


class Replication(Model, frozen=True):
    """Copies, how they are kept, and how many must answer."""

    factor: Number = documented("copies", dimension="count", example=3)
    mode: Literal["sync", "async", "consensus"] = documented("how copies are kept")
    write_quorum: Number | None = documented("copies a write waits for", None, dimension="count")
    read_quorum: Number | None = documented("copies a read asks", None, dimension="count")
    placement: Literal["zone", "region", "global"] = documented("how far apart copies stand", "zone")
    lag: Dist | None = documented("how far behind a copy is", None, dimension="time")


class Cache(Model, frozen=True):
    """A cache in front of a component; a child call happens with 1 - hit."""

    of: Id = documented("the component behind it")
    hit: Number | None = documented("hit ratio", None, dimension="count", example="99 %")
    zipf: Number | None = documented("exponent of the popularity law", None, dimension="count")
    items: Number | None = documented("how many items exist", None, dimension="count")
    size: Number | None = documented("how many items fit", None, dimension="count")
    fill: Number | None = documented("time to fill when every miss succeeds", None, dimension="time", example="10 min")
    coalesce: bool = documented("identical misses in flight become one", False)
    work: Literal["misses", "constant"] = documented(
        "whether the component behind works for misses only, or always the same", "misses"
    )


class Backup(Model, frozen=True):
    """Copies kept for recovery."""

    every: Number | None = documented("interval", None, dimension="time")
    keep: Number | None = documented("how long kept", None, dimension="time")
    restore: Number | None = documented("time to restore", None, dimension="time")
    note: Text | None = documented("how", None)
    source: Id | None = documented("source", None)


class Storage(Model, frozen=True):
    """How much is stored, where it is hot, for how long, and how it is backed up."""

    per_node: Number | None = documented("on one instance", None, dimension="bytes")
    total: Number | None = documented("altogether", None, dimension="bytes")
    working_set: Number | None = documented("the hot part", None, dimension="bytes")
    retention: Number | None = documented("how long data is kept", None, dimension="time")
    backup: Backup | None = documented("backup and recovery", None)


class CloudService(Model, frozen=True):
    """Where the component runs or what would be its equal."""

    aws: Text | None = documented("AWS service", None)
    gcp: Text | None = documented("GCP service", None)
    azure: Text | None = documented("Azure service", None)
    oss: Text | None = documented("open source", None)
    basis: Literal["claimed", "inferred", "verified"] = documented("how it is known", "inferred")


class Component(Model, frozen=True):
    """A part of the system on one plane."""

    name: Text = documented("short name, at most 24 characters on diagrams", example="Message store")
    plane: PlaneId = documented("one of the five planes")
    kind: str = documented("what it is; gives defaults", words="kinds", example="widecolumn")
    technology: str | None = documented(
        "what it is built with", None, level="draft", words="technologies", example="scylladb"
    )
    owner: Literal["self", "cloud", "third_party", "customer"] = documented(
        "who runs it; the last two have unlimited slots", "self"
    )
    does: Text | None = documented("one line on diagrams", None)
    layer: Literal["edge", "api", "data", "intelligence"] | None = documented(
        "layer in the overview; default by kind", None
    )
    instances: Number | None = documented("how many machines or processes", None, dimension="count")
    concurrency: Number | None = documented("slots per instance", None, dimension="count")
    waiting: Literal["holds", "frees"] | None = documented(
        "whether a slot stays taken while children run; default by kind", None
    )
    service: Dist | None = documented("time in the component itself, without children", None, dimension="time")
    operations: dict[Id, Dist] = documented("when operations differ; called as id.operation", {}, dimension="time")
    per_item: Number | None = documented("added for each item of a batch or a large fan-out", None, dimension="time")
    bandwidth: Number | None = documented("a resource of bytes a second", None, dimension="bytes/time")
    background: Number | None = documented("load of flows that are not described", None, dimension="count/time")
    routing: Literal["pooled", "random", "keyed", "shortest"] | None = documented(
        "how instances are chosen; default by kind", None
    )
    partitions: Partitions | None = documented("how it is split", None)
    pools: dict[Id, Number] = documented("bulkheads: share of the slots", {}, dimension="count")
    queue: Queue | None = documented("its waiting room", None)
    limits: Limits | None = documented("admission control", None)
    shed: tuple[Shed, ...] = documented("load shedding by priority", ())
    replication: Replication | None = documented("copies", None)
    cache: Cache | None = documented("cache in front of another component", None)
    storage: Storage | None = documented("what it stores", None)
    consistency: str | None = documented("guarantee it gives", None, words="guarantees", example="G-LIN")
    regions: Literal["every", "home", "one"] | tuple[Text, ...] = documented("where it runs", "every")
    instance_type: Text | None = documented("machine type where public", None, example="m7g.xlarge")
    price: Number | None = documented("price of one instance", None, dimension="money/time")
    cloud: CloudService | None = documented("cloud equivalents; default from the technology", None)
    source: Id | None = documented("who says that it exists", None)
    basis: Basis = documented("stated or inferred", "stated")
