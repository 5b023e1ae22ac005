"""Posts for the test web: invented figures in the style of engineering blogs, with what is right in them."""

from __future__ import annotations

from dataclasses import dataclass

from tests.discover.web.blog import Post


@dataclass(frozen=True)
class Expected:
    """A claim that must be found: the value as the catalogue writes it, and its metric."""

    value: str
    metric: str


def _paragraphs(text: str) -> list[str]:
    """Paragraphs stand between empty lines."""
    return [" ".join(part.split()) for part in text.strip().split("\n\n")]


STORE = Post(
    "storing-readings",
    "How we store trillions of sensor readings",
    "2026-03-06",
    _paragraphs("""
Every freezer, turbine and greenhouse that our customers own sends us a reading now and then, and all of them
want to look at last winter as quickly as at this morning. This post tells how the store behind that works
today, what we tried before, and what still hurts when a whole region loses power and comes back at once.

The first version was written in Python 2.7 on top of PostgreSQL 9.4 and ran until 2019. It was replaced on 12
May 2020 by a cluster of ScyllaDB with Kafka in front of it, because one machine could no longer keep up.

Today the cluster has 184 nodes and keeps 9.3 PB on disk. Writes arrive through 46 Kafka brokers, which take
2.4 million messages per second on an ordinary day. Each message is small, but there are many of them.

Reads are served with a p99 latency of 18 ms, measured at the gateway on port 8443, and the median is 3 ms. A
503 is answered to whoever asks for more than a year at once. Tens of thousands of dashboards refresh all day
long, and consistent hashing keeps their load evenly spread over the shards.

When we moved, the p99 went from 240 ms to 18 ms. The bill fell as well: storage costs us $210,000 a month,
which is 35% less than before. Raw readings are kept for 400 days and summaries forever.

Replication is asynchronous between two regions, and a standby trails by 4 seconds at worst. After a failure
the consumers replay the log from their last checkpoint; the last drill took 11 minutes. Circuit breakers in
the gateway keep one slow shard from taking all connections with it.
"""),
)
STORE_CLAIMS = (
    Expected("184", "nodes"),
    Expected("9.3 PB", "storage"),
    Expected("46", "nodes"),
    Expected("2.4M/s", "rate"),
    Expected("18 ms", "latency"),
    Expected("3 ms", "latency"),
    Expected("240 ms", "latency"),
    Expected("210k USD/month", "cost"),
    Expected("35 %", "reduction"),
    Expected("400 day", "retention"),
    Expected("2", "regions"),
    Expected("4 s", "lag"),
    Expected("11 min", "duration"),
)
"""All claims of ``STORE``, and no others: the post also has versions, years, a port, a status code and vague words."""

HIRING = Post(
    "join-us",
    "We are hiring: join our team",
    "2026-03-01",
    _paragraphs("""
Our office has a view of the harbour, two coffee machines and room for everybody who wants to come in. We look
for people who like to learn and who are kind to each other. You will work with designers and with customers,
and you will have time to think. There is a budget for books and conferences, and nobody counts your hours.

Apply with a letter that tells what you built last and why you would build it differently today. We answer
every letter within a week. If you are not sure whether you fit, write to us anyway and ask. We are looking
forward to reading from you, and to a walk along the harbour when you come to visit us in the summer.
"""),
)
OLD = Post("old-news", "Moving to a new queue", "2019-02-01", STORE.paragraphs)

DISCORD_UPDATE = Post(
    "message-store-again",
    "Discord's message store, three years on",
    "2026-04-02",
    _paragraphs("""
Three years ago we told how messages moved to another database. The cluster has grown since, and so has the
number of people who scroll up to find what somebody said long ago. Here is what runs now and what changed,
from the data services in front of the database to the disks below it, and what we learned on the way.

The message cluster runs on 112 ScyllaDB nodes today. Reads still have a p99 of 15 ms, as we wrote then. The
services between the API and the database are written in Rust and coalesce requests for the same row, which is
what keeps hot partitions from hurting everybody else, and they are deployed on Kubernetes as before.

We store 6 trillion messages by now, and the cluster answers 1.9 million reads per second at peak. Elixir
still holds the sessions, Redis and Elasticsearch still do what they did. Consistent hashing routes a channel
to one instance of the data service, and a circuit breaker stands before every node of the database.
"""),
)
"""Belongs to a known system: 15 ms is in its document already, the others are not."""

LEDGER = Post(
    "a-ledger-that-never-sleeps",
    "Scaling a ledger that never sleeps",
    "2026-05-12",
    _paragraphs("""
Our ledger books every payment twice, and it may never lose one. Four years ago it was a single MySQL database on
one large machine; today it is sharded by account. This post tells what we learned from the move, what it costs to
keep, and where it still breaks when two regions disagree about who is the leader.

On Black Friday 2025 the ledger took 41,000 transactions per second at its peak, where an ordinary day brings 9,500
transactions per second on average. A booking is acknowledged once a quorum of its replicas has it, with a p99
latency of 62 ms. We measured this at the API, not in the database, because that is what merchants feel.

The data lives on 96 shards of MySQL 8.0 behind Vitess 19 and takes 380 TB on disk. The events of all bookings go
to Kafka, where they are kept for 14 days, and the slowest consumer lags by 900 milliseconds. Half of the rows are
never read again, so that we compress them by a codec of RFC 8878 before they move to colder disks.

Failover is automatic: a leader is elected by Raft, clients retry with exponential backoff, and an idempotency key
keeps a payment that is sent twice from being booked twice. Last year the ledger had an availability of 99.995%.
Nobody was paged on 3 January 2026, when a whole zone went away at 04:10 UTC.
"""),
)
LEDGER_CLAIMS = (
    Expected("2", "regions"),
    Expected("41k/s", "rate"),
    Expected("9500/s", "rate"),
    Expected("62 ms", "latency"),
    Expected("96", "shards"),
    Expected("380 TB", "storage"),
    Expected("14 day", "retention"),
    Expected("900 ms", "lag"),
    Expected("99.995 %", "availability"),
)
"""All claims of ``LEDGER``; versions, years, times of day, a rule's number and *four years ago* are none."""

PHOTOS = Post(
    "photos-at-the-edge",
    "How we serve photos at scale, from the edge",
    "2026-07-30",
    _paragraphs("""
Over 45 million daily active users look at photos that others took this morning. A photo is uploaded once and
looked at everywhere, which is why most of our work is about not fetching it again. Here is how the edge works,
how it is kept warm, and what we do when a popular photo meets a cold cache in all places at the same moment.

Requests reach the nearest of our points of presence by anycast. At peak the edge answers 3.4 million requests per
second, with a cache hit ratio of 97%. What misses goes through one shield cache per region, and only one of many
equal requests passes on to the origin, which is what we call request coalescing.

The origin keeps 62 PB in an object store with erasure coding. Resizing is done by a service in Rust on Kubernetes
that runs on 1,150 nodes; the median resize takes 24 ms and the p99 latency is 180 ms. We tried to do it with
WebAssembly at the edge in version 3.2 of our software, but the images of modern phones do not fit into 128 MB.

Circuit breakers guard the origin, and load shedding drops thumbnails first. A 429 is honest, a time-out is not.
After an outage the caches fill again from their neighbours by consistent hashing, so that the origin never sees
the whole stampede.
"""),
)
PHOTOS_CLAIMS = (
    Expected("over 45M", "users"),
    Expected("3.4M/s", "rate"),
    Expected("97 %", "hit-ratio"),
    Expected("62 PB", "storage"),
    Expected("1150", "nodes"),
    Expected("24 ms", "service-time"),
    Expected("180 ms", "latency"),
)
