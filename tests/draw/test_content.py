"""What every diagram must show, it shows, or says in place that it is not public."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from atlas.draw import CODES, NOT_PUBLIC, SHOWN, Diagram, codes, diagrams, draw, kind_of, render
from atlas.model import System

_SEED_ITEMS = 67
"""Rows of the table of required contents that the registry was transcribed from."""


def test_fifteen_in_order(rich: System, poor: System) -> None:
    """Every published system has the fifteen; extended ones follow where the data is there."""
    assert tuple(d.code for d in diagrams(poor)) == CODES
    extended = ["DR", "FM-strike", "FM-cache-lost", "SCALE-depot", "MR-both", "MIGRATION"]
    assert [d.code for d in diagrams(rich)] == [*CODES, *extended]
    assert codes(rich) == tuple(d.code for d in diagrams(rich))


def test_every_required_item_is_accounted_for(drawn: tuple[Diagram, ...]) -> None:
    """No diagram leaves a required item open."""
    for diagram in drawn:
        required = set(kind_of(diagram.code).required)
        assert set(diagram.shows) == required, diagram.id
        assert set(diagram.shows.values()) <= {SHOWN, NOT_PUBLIC}, diagram.id


def test_where_everything_is_known_everything_is_shown(rich: System) -> None:
    """Nothing that the document says is called not public."""
    for diagram in diagrams(rich):
        assert set(diagram.shows.values()) == {SHOWN}, (diagram.code, dict(diagram.shows))


def test_a_gap_is_said_in_the_drawing_itself(drawn: tuple[Diagram, ...]) -> None:
    """A diagram with a gap has the words in its Mermaid text, in its picture and in its description."""
    gapped = [diagram for diagram in drawn if NOT_PUBLIC in diagram.shows.values()]
    assert gapped
    for diagram in gapped:
        assert NOT_PUBLIC in diagram.mermaid, diagram.id
        assert NOT_PUBLIC in diagram.description, diagram.id
        assert NOT_PUBLIC in render(diagram).text.partition("</desc>")[2].replace("\u00a0", " "), diagram.id


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (
            "L0",
            [
                "Apache Cassandra",
                "20 M",
                "i4i.2xlarge",
                "timeout",
                "90 k USD/month",
                "Idempotency",
                "Bounded staleness",
            ],
        ),
        ("L1-EDGE", ["routes by region", "10/s per customer", "Partners get a share"]),
        ("L1-SERVICE", ["Edge gateway → Tracking API", "decides what a customer may see"]),
        ("L1-STREAM", ["Scan log", "hands over to"]),
        ("L1-STATE", ["4 TB a node", "8 TB", "p99 1 s", "every 1 day", "One database to Cassandra"]),
        ("CO", ["Linearizable", "Bounded", "Eventual", "Delivery ledger"]),
        ("MR", ["in the region of the sender", "asynchronous", "Read your writes", "RTO 5 min"]),
        ("BP", ["slots 20 × 64", "queue 500, then refuses", "Brown-outs"]),
        ("FM", ["A strike moves everything", "RTO 10 min", "Christmas scans", "opens at 50 %", "pools public"]),
        ("SL", ["p99 15 ms", "480 partitions", "slots"]),
        ("RF", ["the last known place", "p99.9 400 ms", "3 attempts"]),
        ("EVO", ["2019 to 2022", "broke", "solved", "one machine", "One database to Cassandra"]),
        (
            "COST",
            ["90 k USD/month", "150 k USD/month", "per million; unit: scan", "a third of the nodes", "70 % reserved"],
        ),
        ("NOVEL", ["one strike moves a million", "parcel/merge", "US 1,234,567", "three carriers"]),
        ("OPS", ["One region first", "Prometheus", "Two teams", "A zone is cut off", "Flame graphs"]),
    ],
)
def test_the_words_are_there(rich: System, code: str, words: list[str]) -> None:
    """The required contents can be read in the Mermaid text and in the description."""
    diagram = draw(rich, code)
    flat = " ".join(_decoded(diagram.mermaid).split())
    for word in words:
        assert word in flat or word in diagram.description, (code, word)


def _decoded(mermaid: str) -> str:
    text = mermaid.replace("<br/>", " ").replace("<b>", "").replace("</b>", "").replace("\u00a0", " ")
    for number, char in (("#59;", ";"), ("#58;", ":"), ("#gt;", ">"), ("#lt;", "<"), ("#quot;", '"')):
        text = text.replace(number, char)
    return text


def test_nothing_is_invented(poor: System) -> None:
    """A document that says little gives drawings that say so: no amounts of money, no promised percentiles."""
    assert all("USD" not in d.mermaid for d in diagrams(poor))
    assert "Objective" in draw(poor, "SL").mermaid
    assert draw(poor, "COST").is_mainly_not_public


def test_published_systems_have_few_empty_diagrams(drawn: tuple[Diagram, ...], catalogue_ids: set[str]) -> None:
    """At most four of the fifteen of a published system are mainly not public."""
    for system in catalogue_ids:
        own = [d for d in drawn if d.id.startswith(f"{system}-") and d.code in CODES]
        assert [d.code for d in own] == [*CODES]
        empty = [d.code for d in own if d.is_mainly_not_public]
        assert len(empty) <= 4, (system, empty)


@pytest.fixture(scope="module")
def catalogue_ids(request: pytest.FixtureRequest) -> set[str]:
    """Prefixes of the ids of published systems."""
    catalogue = request.getfixturevalue("catalogue")
    return {s.id.lower() for s in catalogue.systems.values() if s.document.status == "published"}


def test_the_registry_covers_the_seed_table() -> None:
    """Each code of the table of required contents has at least as many items here, where the table is at hand."""
    table = Path(os.environ.get("ATLAS_REQUIRED_CONTENT", ""))
    if not table.is_file():
        items = sum(len(kind_of(code).required) for code in CODES)
        assert items >= 50
        return
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == _SEED_ITEMS
    for code in {row["code"] for row in rows}:
        kind = kind_of(code.replace("{SCENARIO}", "*").replace("{TIER}", "*").replace("{VARIANT}", "*"))
        seeds = {row["seed"] for row in rows if row["code"] == code}
        most = max(sum(row["code"] == code and row["seed"] == seed for row in rows) for seed in seeds)
        assert len(kind.required) >= most, code
