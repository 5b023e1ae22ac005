"""Claims: figures of prose in the catalogue's quantities and metrics."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.discover.claim import claims
from atlas.discover.surroundings import LONGEST_FIGURE
from atlas.model import Vocabulary
from bench import extraction


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We run 72 ScyllaDB nodes.", [("72", "nodes")]),
        ("Over 4 billion messages a day arrive.", [("over 4B/day", "rate")]),
        ("Reads have a p99 of 15 ms.", [("15 ms", "latency")]),
        ("Each node has 9 TB of disk.", [("9 TB", "storage-per-node")]),
        ("Between 40 and 125 ms pass per read.", [("40 to 125 ms", "latency")]),
        ("The bill is $2.5M per month.", [("2.5M USD/month", "cost")]),
        ("It costs $0.40 per million calls.", [("4e-07 USD", "unit-cost")]),
        ("Queries became twelve times faster.", [("12 x", "speedup")]),
        ("The hit ratio is 97.3 %.", [("97.3 %", "hit-ratio")]),
        ("Sixty-four shards hold it.", [("64", "shards")]),
        ("We have 2.5 crore users.", [("25M", "users")]),
        ("RPO is 15 s, RTO 6 min.", [("15 s", "rpo"), ("6 min", "rto")]),
        ("Logs are kept for 90 days.", [("90 day", "retention")]),
        ("The outage lasted 2 hours and 17 minutes.", [("137 min", "duration")]),
        ("1.1M and 240K requests per second.", [("1.1M/s", "rate"), ("240k/s", "rate")]),
        (
            "Requests/s 410,000 Regions 6 Uptime 99.98%",
            [("410k/s", "rate"), ("6", "regions"), ("99.98 %", "availability")],
        ),
    ],
)
def test_a_figure_has_its_value_and_its_metric(text: str, found: list[tuple[str, str]]) -> None:
    """As the catalogue would write it."""
    assert [(c.text, c.metric) for c in claims(text)] == found


@pytest.mark.parametrize(
    "text",
    [
        "We upgraded to Kafka 3.7 and Python 2.7 in June 2023.",
        "It listens on port 8443 and answers 503 with HTTP/2.",
        "Tens of millions of people, hundreds of services and a couple of racks.",
        "See section 4.2, Figure 3, RFC 9110 and issue #10233.",
        "At 02:13 UTC on 17 October the A100 and m6g.large were gone.",
        "Reads outnumber writes 9:1, nine times out of ten.",
        "Imagine a shop with 10,000 orders a minute.",
        "Two years ago, in 2019, none of this existed.",
        "Think 10x, they said.",
        "The bill of ¥9,000,000 and the 640 km came as a shock.",
        "We alert on p95 and the 99th percentile.",
        "Hash 77d0e14, SHA-256, UTF-8, 0xCAFE, IPv6, k8s.",
    ],
)
def test_numbers_that_measure_nothing_are_left_alone(text: str) -> None:
    """Versions, dates, ports, codes, names, ratios, magnitudes in words, and what is only imagined."""
    assert claims(text) == []


def test_a_change_tells_which_figure_was_first() -> None:
    """Wherever the later one stands; both measure the same."""
    down = claims("The p99 went from 200 ms to 50 ms.")
    assert [(c.text, c.order, c.stat) for c in down] == [("200 ms", "before", "p99"), ("50 ms", "after", "p99")]
    back = claims("The build shrank to 6 minutes from 47 minutes.")
    assert [(c.text, c.order) for c in back] == [("6 min", "after"), ("47 min", "before")]


def test_a_claim_has_its_statistic_bound_and_the_words_near_it() -> None:
    """What a curator needs to find it again."""
    (claim,) = claims("At peak the Kafka cluster takes more than 2.4 million messages per second.")
    assert (claim.stat, claim.qualifier, claim.text) == ("peak", "over", "over 2.4M/s")
    assert "Kafka" in claim.near


def test_every_metric_is_one_of_the_vocabulary(vocabulary: Vocabulary) -> None:
    """With the dimension that the vocabulary gives it."""
    for sentence in extraction.sentences(*extraction.OPEN):
        for claim in claims(sentence["text"]):
            if claim.metric is not None:
                assert vocabulary.metrics[claim.metric].dimension == claim.dimension, sentence["text"]


@given(st.text(alphabet="0123456789.,-–+%$€ abkmsxGMTB/per nodelatcyw'’:;()█\n", max_size=200))
def test_no_text_makes_the_grammar_fail(text: str) -> None:
    """Claims lie in the text, in order, do not overlap, and are short."""
    found = claims(text)
    places = [(c.start, c.end) for c in found]
    assert places == sorted(places)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(places))
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert all(len(c.figure.split()) <= LONGEST_FIGURE for c in found)


def test_the_sentences_of_development_are_read() -> None:
    """Precision and recall on the sentences against which the grammar was written."""
    found = extraction.score(extraction.sentences(*extraction.OPEN), extraction.atlas)
    assert found.precision >= 0.98
    assert found.recall >= 0.95
    assert found.metric_precision >= 0.93
    assert found.metric_recall >= 0.90


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("There were 3 nodes; today there are 40.", ["3", "40"]),
        ("Of 900 pods, 12 crashed.", ["900", "12"]),
        ("We merged seven clusters into two.", ["7", "2"]),
        ("Users: 14M. Shards: 512.", ["14M", "512"]),
        ("4,000 users in March, 19,000 in June.", ["4,000", "19k"]),
        ("The floor is 700 connections, the ceiling 45,000.", ["700", "45k"]),
        ("DAU 31M, fleet size: 1,260.", ["31M", "1,260"]),
        ("It runs on 64 shards behind Vitess 19 and takes 8 TB.", ["64", "8 TB"]),
        ("Part 19, and they move 610 MB/s.", ["610 MB/s"]),
        ("A read takes 4 ms, a write 9 and a scan 300.", ["4 ms", "9 ms", "300 ms"]),
        ("Two sites and 400 hosts became 5 and 9,000.", ["2", "400", "5", "9,000"]),
        ("We used 60 hosts for 9,000 users a second; the new one gets by with 14.", ["60", "9,000/s", "14"]),
        ("Alerts per week fell from 1,400 to 90.", ["1,400/week", "90/week"]),
        ("QPS: 31k (mean) / 88k (peak).", ["31k/s", "88k/s"]),
        ("We take 6m orders a month, up from 2m.", ["6M/month", "2M/month"]),
        ("A ride costs 9 cents, down from 20.", ["0.09 USD", "0.2 USD"]),
        ("It writes 2 billion rows per day into a lake of 60 PB.", ["2B/day", "60 PB"]),
        ("Every day 3 million riders take 19 million trips.", ["3M", "19M/day"]),
        ("P50 fell: 90 ms -> 20 ms.", ["90 ms", "20 ms"]),
        ("A million and a half people came.", ["1.5M"]),
    ],
)
def test_a_number_takes_the_noun_that_was_said_before(text: str, found: list[str]) -> None:
    """And none where it belongs to a name or to another clause."""
    assert [c.text for c in claims(text)] == found


@pytest.mark.parametrize(
    "text",
    [
        "Rivals need 500 nodes for that.",
        "A naive design would need 900 servers.",
        "Sign up in 5 minutes.",
        "We work in two-week sprints.",
        "After fifteen years in the industry one is tired.",
        "99 % of startups fail.",
        "Our rota is 24 hours a day, seven days a week.",
        "Three quarters of the queries are cheap.",
        "We read about a startup with 3 boxes.",
        "Two hundred comments later we closed it.",
        "So says the brochure: an RTO of 30 s.",
        "Say a link fails once in 1,000 days.",
    ],
)
def test_what_others_have_or_would_have_is_no_claim(text: str) -> None:
    """Nor is how long a plan, a practice or a talk takes."""
    assert claims(text) == []


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("Each relay forwards 25 Gbit/s.", "bandwidth-per-node"),
        ("A typical user sends 40 messages per day.", None),
        ("Our nodes have 2 TiB each.", "storage-per-node"),
        ("The new codec saves 6 GB a day.", None),
        ("A query fans out to 120 suppliers.", "fanout"),
        ("The hit rate of the cache climbed to 88 %.", "hit-ratio"),
        ("Our servers were idle 80% of the time.", "utilisation"),
        ("The alarm goes off at a threshold of 80 %.", None),
        ("The copy is 15 minutes behind the primary.", "lag"),
        ("Time to repair: 51 min.", "rto"),
        ("We moved 26 petabytes from Oslo to Turku.", None),
        ("We page somebody at 7 minutes.", None),
        ("Latency rose by 8 ms.", None),
        ("Cost per stream is down to $0.0004 an hour.", "unit-cost"),
        ("Each storage node writes 300 MB/s.", "bandwidth-per-node"),
        ("It keeps its entries in 12 GB of RAM.", "memory-per-node"),
        ("Since 2019 it has issued 4 billion certificates.", "events"),
        ("Replication delay between Bergen and Porto is 310 ms.", "lag"),
    ],
)
def test_the_metric_is_that_of_the_word_that_speaks_most_plainly(text: str, metric: str | None) -> None:
    """Names of a measure before verbs, and whose figure it is before both."""
    (claim,) = claims(text)
    assert claim.metric == metric


def test_a_figure_of_which_no_word_says_what_it_is_follows_the_one_before() -> None:
    """And where none stands before it, a time between seconds and a minute has no metric."""
    first, second = claims("At best a cold start costs 220 ms, at worst 19 s.")
    assert (first.metric, second.metric, second.is_told) == ("latency", "latency", False)
    (alone,) = claims("Roughly 25 seconds, said Hanna.")
    assert (alone.metric, alone.is_told) == (None, False)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "| Site | Hosts | CPU | |---|---|---| | Oslo | 84 | 57 % | | Porto | 132 | 61 % |",
            [("84", "nodes"), ("57 %", "utilisation"), ("132", "nodes"), ("61 %", "utilisation")],
        ),
        (
            "Service Replicas Latency fare search 12 18 ms seat map 40 65 ms",
            [("12", "replicas"), ("18 ms", "latency"), ("40", "replicas"), ("65 ms", "latency")],
        ),
        ("How 3 engineers run 11,000 topics", [("3", "engineers"), ("11k", "tables")]),
    ],
)
def test_a_table_is_read_by_its_header_and_a_headline_as_a_sentence(text: str, found: list[tuple[str, str]]) -> None:
    """With bars between its cells or without, and labels of one word or several."""
    assert [(c.text, c.metric) for c in claims(text)] == found
