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
