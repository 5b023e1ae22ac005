"""The stub of a candidate says what the text says, and leaves the rest to a person and to ``atlas check``."""

from __future__ import annotations

import datetime as dt

import pytest

from atlas.catalogue import load_text
from atlas.check.runner import check_system
from atlas.discover.claim import Claim
from atlas.discover.reading import Reading, page_claims
from atlas.discover.stub import scope_of, stub_text
from atlas.model import Vocabulary

TODAY = dt.date(2026, 11, 21)


def _claim(text: str, figure: str) -> Claim:
    """The claim of a sentence with this figure."""
    (found,) = [c for c in page_claims(text) if c.figure == figure]
    return found


@pytest.mark.parametrize(
    ("text", "figure", "scope"),
    [
        ("Writes arrive through 46 Kafka brokers.", "46 Kafka brokers", "Kafka brokers"),
        ("The cluster has 184 nodes.", "184 nodes", ""),
        ("We run in two regions.", "two regions", ""),
        ("It takes 2.4 million messages per second.", "2.4 million messages per second", "messages"),
        ("It answers 9,500 requests per second on average.", "9,500 requests per second", "requests"),
        ("Over 45 million daily active users came.", "Over 45 million daily active users", "daily active users"),
        ("The p99 went from 240 ms to 18 ms.", "240 ms", "before the change"),
        ("The p99 went from 240 ms to 18 ms.", "18 ms", ""),
        ("The cluster keeps 9.3 PB on disk.", "9.3 PB", ""),
    ],
)
def test_a_scope_is_what_the_text_counts_or_nothing(text: str, figure: str, scope: str) -> None:
    """The printed things where they say more than the metric, *before the change* where it changed, never a filler."""
    assert scope_of(_claim(text, figure)) == scope


def _checked(text: str, vocabulary: Vocabulary) -> list[tuple[str, frozenset[str]]]:
    """What ``atlas check`` says of the stub of a text: codes, and the claims they are about."""
    url = "https://discord.com/blog/a-post"
    reading = Reading(url, "article", title="How we scale", claims=tuple(page_claims(text)))
    loaded = load_text(stub_text(reading, "discord", "a-post", vocabulary, TODAY), vocabulary, "a-post.yaml")
    assert loaded.system is not None
    assert not loaded.findings
    return [(f.code, frozenset(f.because)) for f in check_system(loaded.system, today=TODAY)]


def test_figures_that_the_text_tells_apart_need_nothing(vocabulary: Vocabulary) -> None:
    """Nodes and brokers, before and after."""
    text = "The cluster has 184 nodes behind 46 Kafka brokers. The p99 went from 240 ms to 18 ms."
    assert _checked(text, vocabulary) == []


def test_figures_that_only_a_person_can_tell_apart_are_named(vocabulary: Vocabulary) -> None:
    """Two latencies of one percentile: the check asks what each is of, and asks nothing else."""
    text = "Reads have a p99 latency of 18 ms. The third sentence is short. Writes have a p99 latency of 140 ms."
    ((code, claims),) = _checked(text, vocabulary)
    assert code == "PHY017"
    assert len(claims) == 2
