"""Near-duplicates: the same text in another frame, and not another text."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.discover.posts import DISCORD_UPDATE, STORE

from atlas.discover.near_duplicate import MOST_BITS, Known, distance, fingerprint

TEXT = " ".join(STORE.paragraphs)


def _print(text: str) -> int:
    found = fingerprint(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "copy",
    [
        TEXT,
        "Share this article " + TEXT + " Subscribe to our newsletter",
        " ".join(w for w in TEXT.split() if random.Random(w).random() > 0.03),
    ],
)
def test_a_copy_is_told_as_one(copy: str) -> None:
    """As it is, framed, and with a few words left out."""
    known = Known()
    known.add(_print(TEXT), "first")
    assert known.nearest(_print(copy)) == "first"


def test_another_post_about_the_same_things_is_none() -> None:
    """Two posts on databases share words, and are two."""
    known = Known()
    known.add(_print(TEXT), "first")
    assert known.nearest(_print(" ".join(DISCORD_UPDATE.paragraphs))) is None


def test_a_short_text_has_no_fingerprint() -> None:
    """A few words say nothing about being a copy."""
    assert fingerprint("Coming soon.") is None


@given(st.integers(0, 2**64 - 1), st.sets(st.integers(0, 63), max_size=12))
def test_the_bands_find_exactly_what_is_near(print_: int, flipped: set[int]) -> None:
    """The table by bands gives the same answer as comparing all bits."""
    other = print_
    for bit in flipped:
        other ^= 1 << bit
    known = Known()
    known.add(print_, "it")
    assert distance(print_, other) == len(flipped)
    assert (known.nearest(other) == "it") == (len(flipped) <= MOST_BITS)
