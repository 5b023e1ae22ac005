"""The small predicates behind the checks, by example."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from atlas.catalogue import LoadedFile
from atlas.check import Case
from atlas.check.call_tree import amplification, attempts, timeout_s
from atlas.check.evidence.canonical_host import is_at
from atlas.check.evidence.one_source_one_date import agree
from atlas.check.evidence.real_url import is_front_page, problem
from atlas.check.evidence.title_matches_url import shared, slug_words, words
from atlas.check.legal.figure_is_no_sentence import is_sentence
from atlas.check.legal.own_words import longest_quotation
from atlas.check.mechanism import present
from atlas.check.physics import timeout_nesting
from atlas.check.record.exercise_measurable import is_compose
from atlas.check.record.statements_supported import is_below
from atlas.model.flow import CallSettings

TODAY = dt.date(2026, 11, 21)
Build = Callable[[dict[str, Any]], LoadedFile]


def case(build: Build, patch: dict[str, Any]) -> Case:
    """The base document with a patch, ready to be checked."""
    file = build(patch)
    assert file.system is not None, file.findings
    return Case(file.system, TODAY, file.source)


@pytest.mark.parametrize(
    ("url", "place", "expected"),
    [
        ("https://www.uber.com/blog/x", "uber.com", True),
        ("https://eng.uber.com/x", "www.uber.com", True),
        ("https://notuber.com/x", "uber.com", False),
        ("https://medium.com/pinterest-engineering/x", "medium.com/pinterest-engineering", True),
        ("https://medium.com/pinterest-engineering-fans/x", "medium.com/pinterest-engineering", False),
        ("https://medium.com/somebody/x", "medium.com/pinterest-engineering", False),
    ],
)
def test_an_address_is_at_a_host_or_below_a_path(url: str, place: str, expected: bool) -> None:
    """Subdomains count, other hosts that end alike do not; a path prefix ends at a slash."""
    assert is_at(url, place) is expected


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/watch?v=specific", "https://example.com/post", "https://host.org/todo",
        "https://www.youtube.com/watch?v=", "https://host.org/blog/placeholder",
    ],
)  # fmt: skip
def test_placeholders_are_seen(url: str) -> None:
    """An address that nobody can have opened."""
    assert problem(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ", "https://slack.engineering/domain-specific-languages/",
        "https://host.org/how-we-insert-rows", "https://host.org/todo-lists-at-scale",
    ],
)  # fmt: skip
def test_real_addresses_pass(url: str) -> None:
    """Words that only look like placeholders are fine inside a slug."""
    assert problem(url) == ""
    assert not is_front_page(url)


def test_a_slug_is_compared_with_the_title_by_its_weighty_words() -> None:
    """Names of the organisation, small words and hashes do not count; word forms do not matter."""
    slug = slug_words("https://netflixtechblog.com/caching-for-a-global-netflix-7bcc457012f1", "Netflix")
    assert slug == []
    slug = slug_words("https://discord.com/blog/how-discord-stores-trillions-of-messages", "Discord")
    assert slug == ["stores", "trillions", "messages"]
    assert shared(slug, words("Storing a Trillion Message")) == 1.0
    assert shared(slug, words("Voice Infrastructure at Scale")) == 0.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("72 ScyllaDB nodes", False), ("Our cluster has 72 nodes.", True), ("up to 3.2 million per sec.", True),
        ("The cluster now stores trillions of messages", True), ("5 vs. 7", False),
    ],
)  # fmt: skip
def test_sentences_are_told_from_figures(text: str, expected: bool) -> None:
    """A full stop behind a word, or a subject with a verb in many words."""
    assert is_sentence(text) is expected


def test_the_longest_quotation_is_found() -> None:
    """Names in quotation marks are short; straight and curly marks both count."""
    assert longest_quotation("they call it “the database that never ever sleeps at night”").startswith("the database")
    assert longest_quotation('only "names" here') == ""


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [("2023", "2023-03-06", True), ("2023-03-06", "2023-03-08", False), ("unknown", "2023", True)],
)
def test_dates_of_different_precision_agree(a: str, b: str, expected: bool) -> None:
    """A year contains its days."""
    assert agree(a, b) is expected


def test_settings_of_a_call_are_read() -> None:
    """No settings is one attempt without a timeout; a budget bounds what retries multiply."""
    assert (timeout_s(None), attempts(None), amplification(None)) == (None, 1, 1.0)
    budgeted = CallSettings.model_validate({"timeout": "2 s", "retry": {"attempts": 3, "budget": "10 %"}})
    assert (timeout_s(budgeted), attempts(budgeted)) == (2.0, 3)
    assert amplification(budgeted) == pytest.approx(1.1)
    assert timeout_s(CallSettings.model_validate({"timeout": {"adaptive": "p99"}})) is None


def test_a_compose_file_is_told_from_text() -> None:
    """YAML with services, and nothing else."""
    assert is_compose("services:\n  a:\n    image: b\n")
    assert not is_compose("docker run a")
    assert not is_compose("services: [\n")


def test_a_place_is_below_its_ancestors() -> None:
    """Whole steps of a path count, not letters."""
    assert is_below("migrations.1.steps.0", {"migrations.1"})
    assert not is_below("migrations.11", {"migrations.1"})


def nested(build: Build, steps: list[dict[str, Any]], **patch: Any) -> list[str]:
    """The paths at which a timeout outlasts that of its caller."""
    subject = case(build, {**patch, "flows.read.steps": steps})
    return [b.path for b in timeout_nesting.run(subject)]


def test_nobody_waits_behind_a_log(build: Build) -> None:
    """What a consumer of a log does may take longer than the producer waits."""
    log = {"components.log": {"name": "Log", "plane": "stream", "kind": "log"}}
    steps = [{"call": "log", "timeout": "1 s", "then": [{"call": "store.write", "timeout": "30 s"}]}]
    assert nested(build, steps, **log) == []


def test_the_timeout_of_a_cache_is_for_the_lookup(build: Build) -> None:
    """The fetch after a miss has its own; the client's still holds."""
    cache = {
        "components.near": {"name": "Near", "plane": "state", "kind": "cache", "cache": {"of": "store", "hit": "90 %"}}
    }
    steps = [{"call": "near", "timeout": "50 ms", "then": [{"call": "store.read", "timeout": "500 ms"}]}]
    assert nested(build, steps, **cache) == []
    steps = [{"call": "near", "timeout": "50 ms", "then": [{"call": "store.read", "timeout": "5 s"}]}]
    assert nested(build, steps, **cache) == ["flows.read.steps.0.then.0.timeout"]


def test_mechanisms_are_read_off(build: Build) -> None:
    """Copies, quorums, timeouts and keyed routing need not be named."""
    assert {"p2_replication", "quorum", "p8_timeout_retry"} <= present(case(build, {}))
    named = case(build, {"mechanisms": [{"id": "p7_idempotency", "at": ["gateway"], "source": "elixir"}]})
    assert "p7_idempotency" in present(named)
