"""Mentions: words of the vocabulary where they are meant."""

from __future__ import annotations

import pytest

from atlas.discover.mention import Mentions
from atlas.model import Vocabulary


@pytest.fixture(scope="module")
def mentions(vocabulary: Vocabulary) -> Mentions:
    """The finder of the repository's vocabulary."""
    return Mentions(vocabulary)


@pytest.mark.parametrize(
    ("text", "idents"),
    [
        ("It runs on Kafka, Redis and PostgreSQL.", {"kafka", "redis", "postgres"}),
        ("The service is written in Go.", {"go"}),
        ("Let us go there. Go is what we do.", set()),
        ("A Spark job reads it every night.", {"spark"}),
        ("That was the spark; it spread like a storm.", set()),
        ("Storm topologies fed the dashboards.", {"storm"}),
        ("Consistent hashing and circuit breakers everywhere.", {"consistent_hashing", "circuit_breaker"}),
        ("kafkaesque rediscovery", set()),
        ("See github.com/redis/redis and kafka.apache.org.", set()),
        ("He will lock the door.", set()),
    ],
)
def test_a_word_counts_where_it_is_meant(mentions: Mentions, text: str, idents: set[str]) -> None:
    """Between word boundaries, and everyday words only in the company of software."""
    assert {m.ident for m in mentions.find(text)} == idents


def test_mentions_are_counted_and_keep_the_first_spelling(mentions: Mentions) -> None:
    """An alias counts for its word."""
    (found,) = mentions.find("Postgres is postgresql, and POSTGRESQL is PostgreSQL.")
    assert (found.ident, found.printed, found.count) == ("postgres", "Postgres", 4)
