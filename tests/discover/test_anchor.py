"""A claim's figure found again: unchanged, moved, changed or gone, and nothing else taken for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.discover.anchor import Anchoring, Wanted, find

PAGE = """\
How we store messages
We moved to a new database in 2022. In total we ran 177 nodes of the old one, and each held about 8 TB.
Today the messages cluster has just 72 ScyllaDB nodes, each with 9 TB of disk space.
Reads have a 15ms p99 latency, where they took between 40-125ms before.
We serve over 4 billion messages every day, to nearly five million concurrent users.
Our edge answers in 15 ms, and another 15 offices opened.
"""


def _found(figure: str, near: tuple[str, ...], old: str, new: str) -> tuple[Anchoring, str]:
    assert old in PAGE, "the test must change something that is there"
    anchor = find(Wanted(figure, near), PAGE.replace(old, new), PAGE)
    return anchor.anchoring, anchor.figure


@pytest.mark.parametrize(
    ("figure", "near"),
    [
        ("just 72 ScyllaDB nodes", ("messages cluster",)),
        ("JUST 72 SCYLLADB NODES", ()),
        ("177 nodes", ("old one",)),
        ("9 TB of disk space", ()),
        ("between 40–125ms", ("p99",)),
        ("nearly five million", ("concurrent",)),
        ("over 4 billion messages", ("every day",)),
    ],
)
def test_a_figure_is_found_as_printed(figure: str, near: tuple[str, ...]) -> None:
    """Whatever its case and its hyphens."""
    assert find(Wanted(figure, near), PAGE).anchoring is Anchoring.UNCHANGED


@pytest.mark.parametrize(
    ("figure", "near", "old", "new"),
    [
        ("just 72 ScyllaDB nodes", ("messages",), "just 72 ScyllaDB nodes", "just 72  Scylla-DB nodes"),
        ("over 4 billion messages", ("every day",), "over 4 billion messages", "over 4,000,000,000 messages"),
        ("nearly five million", ("concurrent",), "nearly five million", "almost 5 million"),
        ("15ms p99 latency", ("reads",), "a 15ms p99 latency", "a p99 latency of 15 milliseconds"),
        ("177 nodes", ("old one",), "How we store messages", "How we stored them, in 12 parts"),
        ("177 nodes", ("old one",), "each held about 8 TB", "each held about 9 TB"),
        ("9 TB of disk space", (), "Today the messages", "Today, as of March, the messages"),
    ],
)
def test_other_words_with_the_same_numbers_are_no_change(
    figure: str, near: tuple[str, ...], old: str, new: str
) -> None:
    """Spelling, units and the text around may change: the fact stands."""
    assert _found(figure, near, old, new)[0] is Anchoring.UNCHANGED


@pytest.mark.parametrize(
    ("figure", "near", "old", "new", "now"),
    [
        ("just 72 ScyllaDB nodes", ("messages",), "just 72", "just 73", "73"),
        ("just 72 ScyllaDB nodes", ("messages",), "just 72", "just 172", "172"),
        ("9 TB of disk space", ("each",), "9 TB of", "90 TB of", "90 TB"),
        ("15ms p99 latency", ("reads",), "15ms p99", "5ms p99", "5ms"),
        ("between 40-125ms", ("took",), "40-125ms", "40-225ms", "40-225ms"),
        ("over 4 billion messages", ("every day",), "over 4 billion", "over 6 billion", "6 billion"),
        ("nearly five million", ("concurrent",), "nearly five million", "nearly nine million", "nine million"),
    ],
)
def test_another_number_is_a_change_and_is_told(
    figure: str, near: tuple[str, ...], old: str, new: str, now: str
) -> None:
    """However alike the wording is, other digits are another fact; the new figure is printed."""
    anchoring, printed = _found(figure, near, old, new)
    assert anchoring is Anchoring.CHANGED
    assert now in printed


@pytest.mark.parametrize(
    ("figure", "near", "line"),
    [
        ("just 72 ScyllaDB nodes", ("messages cluster",), 2),
        ("15ms p99 latency", ("reads",), 3),
        ("over 4 billion messages", ("every day",), 4),
        ("177 nodes", ("old one",), 1),
    ],
)
def test_a_figure_whose_sentence_is_gone_has_vanished(figure: str, near: tuple[str, ...], line: int) -> None:
    """The rest of the page, though it has numbers of its own, is not taken for it."""
    lines = PAGE.splitlines()
    rest = "\n".join(lines[:line] + lines[line + 1 :])
    assert find(Wanted(figure, near), rest, PAGE).anchoring is Anchoring.VANISHED


def test_a_short_figure_far_from_its_terms_is_another_one() -> None:
    """*15 ms* of the edge is not the *15 ms* of the database."""
    text = PAGE.replace("Reads have a 15ms p99 latency, where they took between 40-125ms before.\n", "")
    assert find(Wanted("15 ms", ("database reads",)), text).anchoring is Anchoring.VANISHED


def test_a_telling_figure_away_from_its_terms_has_moved() -> None:
    """Four words in a row are recognised anywhere, but a curator should look."""
    text = "A timeline. " + "Nothing of it matters here. " * 30 + "There were just 72 ScyllaDB nodes."
    anchor = find(Wanted("just 72 ScyllaDB nodes", ("messages cluster",)), text)
    assert anchor.anchoring is Anchoring.MOVED


def test_longer_numbers_do_not_contain_shorter_ones() -> None:
    """*72 nodes* stands neither in *172 nodes* nor in *1.72 nodes* nor in *1,72 nodes*."""
    for number in ("172", "1.72", "1,72", "72,000", "72.5"):
        anchor = find(Wanted("72 nodes", ("cluster",)), f"The cluster has {number} nodes.")
        assert anchor.anchoring is not Anchoring.UNCHANGED, number


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ("a 12ms p99", Anchoring.CHANGED),
        ("a 15ms p99", Anchoring.UNCHANGED),
        ("a 400ms p99", Anchoring.VANISHED),
        ("a 12ms or 18ms p99", Anchoring.VANISHED),
        ("a good p99", Anchoring.VANISHED),
    ],
)
def test_a_figure_without_words_is_followed_by_its_terms(new: str, expected: Anchoring) -> None:
    """On a first visit: one number of its kind, not far from it, in the only sentence that has all terms."""
    text = PAGE.replace("a 15ms p99", new).replace(", where they took between 40-125ms before", "")
    anchor = find(Wanted("15ms", ("reads", "p99")), text)
    assert anchor.anchoring is expected
    assert expected is not Anchoring.CHANGED or "12ms" in anchor.figure


@given(st.text(max_size=200), st.text(min_size=1, max_size=30))
def test_no_text_breaks_the_search(text: str, figure: str) -> None:
    """Property: any page and any figure give one of the four."""
    assert find(Wanted(figure, ("a",)), text, text[:50]).anchoring in set(Anchoring)


@given(st.text(alphabet="abc 12.,\n", max_size=80), st.text(alphabet="abc 12.,\n", max_size=80))
def test_what_stands_in_a_text_is_found_in_it(before: str, after: str) -> None:
    """Property: a figure put between any two texts is unchanged."""
    text = f"{before}\nwe ran exactly 4242 quorum nodes\n{after}"
    assert find(Wanted("4242 quorum nodes", ("exactly",)), text).anchoring is Anchoring.UNCHANGED
