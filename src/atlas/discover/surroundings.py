"""What stands around a figure: how far its print reaches, and the words by which it is found again."""

from __future__ import annotations

import re

from atlas.discover.figure import Figure
from atlas.discover.lexicon import is_known, singular

LONGEST_FIGURE = 8
"""Words of a printed figure: more would be a sentence of its source."""

_LEFT = re.compile(
    r"(?i)(?:\b(?:just |well )?(?:over|more than|at least|up to|at most|as many as|nearly|almost"
    r"|about|around|roughly|some|approximately|under|less than|fewer than|within|above|below)\s"
    r"|(?:[~≈<]|(?<![-=])>)\s?)$"
)


def extent(text: str, figure: Figure) -> tuple[int, int]:
    """Where the printed figure stands: with the word of its bound and its noun, cut to eight words."""
    start, end = figure.start, figure.end
    if (left := _LEFT.search(text[max(0, start - 20) : start])) is not None:
        start -= len(left[0])
    words = list(re.finditer(r"\S+", text[start:end]))
    if len(words) > LONGEST_FIGURE:
        end = start + words[LONGEST_FIGURE - 1].end()
    return start, end


_STOP_NEAR_WORDS = """
the this that these those with from into over under about when where which while their there after before
every each more than have been were they them then also only just some most many much very such will
would could should because between through during
"""
_STOP_NEAR = frozenset(_STOP_NEAR_WORDS.split())


def near(text: str, figure: Figure, most: int = 3) -> tuple[str, ...]:
    """Up to three telling words around the figure: names first, then counted nouns."""
    around = text[max(0, figure.start - 80) : figure.start] + " " + text[figure.end : figure.end + 60]
    words = [w for w in re.findall(r"[A-Za-z][A-Za-z0-9.+-]{2,}", around) if w.lower() not in _STOP_NEAR]
    names = [w.rstrip(".") for w in words if (w[0].isupper() and not w.isupper()) or any(c.isupper() for c in w[1:])]
    nouns = [w.rstrip(".") for w in words if is_known(w) and len(singular(w)) > 3]
    return tuple(dict.fromkeys([*names[-2:], *nouns]))[:most]
