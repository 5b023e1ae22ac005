"""Text on its way into a drawing."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from atlas.draw.text import LONGEST, encode, folded, plain, shorten, stacked, two_lines, width, wrap


@given(st.text())
def test_plain_is_one_printable_line(text: str) -> None:
    """Controls, line breaks and direction overrides never reach a drawing, and doing it twice changes nothing."""
    cleaned = plain(text)
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in cleaned)
    assert not set(cleaned) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert plain(cleaned) == cleaned
    assert len(cleaned) <= LONGEST


@given(st.text())
def test_encode_leaves_no_character_that_means_something(text: str) -> None:
    """What ends a label, opens a tag, a comment, a directive or an entity stands as a number."""
    encoded = encode(text)
    bare = re.sub(r"#(\d+|quot|lt|gt|amp);", "", encoded)
    assert not set(bare) & set('"<>&{}#;`|\\$')


@given(st.text())
def test_folded_is_what_sankey_accepts(text: str) -> None:
    """ASCII without quotes, entities or comments, and never empty."""
    kept = folded(text)
    assert kept
    assert kept.isascii()
    assert not set(kept) & set('"#;<>{}')
    assert "%%" not in kept


@given(st.text(), st.integers(4, 60))
def test_shorten_keeps_to_its_limit(text: str, limit: int) -> None:
    """A short text stays as it is, a long one fits."""
    short = shorten(text, limit)
    assert len(short) <= max(limit, 1)
    if len(plain(text)) <= limit:
        assert short == plain(text)


def test_shorten_prefers_a_clause_and_drops_dangling_words() -> None:
    """A cut reads as if someone had made it."""
    assert shorten("hot partitions, compaction backlog and pauses", 24) == "hot partitions"
    assert shorten("a share of the requests of every region", 20) == "a share of the…".replace(" of the…", "…")


@given(st.text(), st.integers(60, 400))
def test_wrap_never_overflows_its_room(text: str, room: int) -> None:
    """No line is wider than the room, whatever the words are."""
    assert all(width(line, 14) <= room for line in wrap(text, room, 14))


def test_wrap_says_that_it_cut() -> None:
    """Lines past the limit end in an ellipsis, which fits as well."""
    rows = wrap("one two three four five six seven eight nine ten", 90, 14, 2)
    assert len(rows) == 2
    assert rows[-1].endswith("…")


def test_wrap_keeps_a_number_with_its_unit() -> None:
    """``15 ms`` never breaks."""
    assert all(
        not line.endswith("15") for room in range(60, 200, 5) for line in wrap("reads at 15 ms p99 now", room, 14)
    )


def test_two_lines_breaks_at_the_word_that_balances() -> None:
    """Names stay whole; a long one stands on two lines."""
    assert two_lines("Store", 13) == "Store"
    assert two_lines("Session processes", 13) == "Session\nprocesses"


def test_stacked_words_are_short_lines() -> None:
    """Words on an edge take at most two lines."""
    assert stacked("Read your writes").count("\n") == 1
    assert stacked("") == ""
