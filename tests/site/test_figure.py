"""What a figure opens."""

from __future__ import annotations

import pytest

from atlas.catalogue import Catalogue
from atlas.catalogue.visits import Visited
from atlas.diagnostic import Finding, Level, Position
from atlas.model import System
from atlas.site.figure import EvidenceBook
from atlas.site.names import printed
from atlas.site.parts import ORIGIN_WORDS

from .conftest import TODAY


@pytest.fixture
def discord(catalogue: Catalogue) -> System:
    """The first system of the catalogue."""
    return catalogue.systems["discord"]


def test_evidence_is_told_in_the_order_of_the_design(discord: System) -> None:
    """Source, published, read in, held, confidence, checked: always in this order."""
    book = EvidenceBook(discord, TODAY)
    for claim in discord.claims:
        labels = [label for label, _ in book.of_claim(claim).rows]
        order = ["Verdict", "Source", "Published", "Read in", "Held", "Scope", "Confidence", "Checked", "Note"]
        first = [label for label in dict.fromkeys(labels) if label in order]
        assert first == sorted(first, key=order.index), claim


def test_an_old_figure_says_its_age(discord: System) -> None:
    """A figure that held more than five years ago is tagged with its age."""
    book = EvidenceBook(discord, TODAY)
    old = next(c for c in discord.claims.values() if (c.age_years(TODAY) or 0) > 6)
    words = "".join(p.text for label, parts in book.of_claim(old.id).rows if label == "Held" for p in parts)
    assert "years old" in words


def test_each_piece_of_evidence_is_kept_once(discord: System) -> None:
    """Two figures of one claim open the same evidence."""
    book = EvidenceBook(discord, TODAY)
    claim = next(iter(discord.claims))
    assert book.claim(claim) == book.claim(claim)
    assert len(book.evidence) == 1


def test_every_number_of_every_system_opens_something(catalogue: Catalogue) -> None:
    """Each resolved number has an origin with a word, and a place for its evidence."""
    for system in catalogue.systems.values():
        book = EvidenceBook(system, TODAY)
        for path, value in system.values.items():
            figure = book.resolved(value, path)
            assert figure.origin in ORIGIN_WORDS
            assert figure.evidence.startswith(f"systems/{system.slug}/evidence/#")


def test_ids_of_evidence_are_unique(catalogue: Catalogue) -> None:
    """No two numbers share a place on the page of evidence."""
    for system in catalogue.systems.values():
        book = EvidenceBook(system, TODAY)
        for claim in system.claims:
            book.claim(claim)
        count = len(book.evidence)
        others = [v for v in system.values.values() if v.origin != "claim"]
        for value in others:
            book.resolved(value, value.path)
        assert len(book.evidence) == count + len(others)


def test_a_printed_figure_is_never_rounded(catalogue: Catalogue) -> None:
    """The display form of a published availability keeps every nine."""
    shown = [
        (printed(view), view.quantity.mid)
        for system in catalogue.systems.values()
        for view in system.claims.values()
        if view.claim.metric == "availability" and view.quantity.is_exact and view.quantity.mid < 1
    ]
    assert shown
    assert not [text for text, _ in shown if text == "100 %"]


def test_a_visit_is_shown_with_its_day(catalogue: Catalogue) -> None:
    """Evidence says when the figure was last looked for in its source, and what stands there now."""
    system = catalogue.systems["discord"]
    ident, claim = next((i, c) for i, c in system.document.claims.items() if c.figure and c.verdict == "found")
    changed = Visited(ident, claim.source[0], "2026-11-21", claim.figure or "", "value changed", now="96 nodes")
    book = EvidenceBook(system, TODAY, visits=[changed])
    rows = dict(book.of_claim(ident).rows)
    assert "".join(part.text for part in rows["Visited"]) == "prints another value 2026-11-21: “96 nodes”"
    assert "Visited" not in dict(EvidenceBook(system, TODAY).of_claim(ident).rows)


def test_an_outdated_visit_is_not_shown(catalogue: Catalogue) -> None:
    """A visit that looked for other words says nothing of the claim as it stands."""
    system = catalogue.systems["discord"]
    ident, claim = next((i, c) for i, c in system.document.claims.items() if c.figure and c.verdict == "found")
    old = Visited(ident, claim.source[0], "2026-11-21", "other words", "vanished")
    assert EvidenceBook(system, TODAY, visits=[old]).visits == ()


def test_a_finding_about_another_claim_is_not_told(catalogue: Catalogue) -> None:
    """Ids of claims often begin alike: what a check says of ``dau-2019-09`` is not said of ``dau-2019``."""
    system = catalogue.systems["slack"]
    short, long = "dau-2019", "dau-2019-09"
    assert {short, long} <= system.claims.keys()
    finding = Finding("EVI001", Level.WARNING, "made up", Position("slack.yaml", 1, 1), f"claims.{long}.value")
    book = EvidenceBook(system, TODAY, [finding])

    def checked(claim: str) -> str:
        return "".join(part.text for part in dict(book.of_claim(claim).rows)["Checked"])

    assert "made up" in checked(long)
    assert "made up" not in checked(short)
