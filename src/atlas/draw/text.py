"""Text on its way into a drawing: cleaned, measured, shortened, and made inert for Mermaid.

Every text of a document passes through :func:`encode` before it stands in Mermaid text, so that quotes, tags,
comments, directives and keywords of Mermaid arrive as the characters they are and as nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import cast

from mermaid_render.fonts import text_width

LONGEST = 4000
"""Characters of one text that can reach a drawing; what is longer is cut with an ellipsis."""

ELLIPSIS = "…"
_NAMED = {'"': "quot", "<": "lt", ">": "gt", "&": "amp"}
_ENCODED = str.maketrans({c: f"#{_NAMED.get(c, ord(c))};" for c in '"#;<>&{}`\\$|'})
_WITH_COLONS = {**_ENCODED, ord(":"): f"#{ord(':')};"}
_UNWANTED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_KEPT = frozenset("\u00a0\u200c\u200d")  # no-break space, and what joins letters in several scripts
_JOINED = re.compile(r"(?<=\d) (?=[A-Za-zµ%/]{1,6}\b|%)|(?<=[~≈≤≥<>×]) (?=\d)")
_BREAKS = (", ", "; ", ": ", " – ", " - ", " (", ". ")
_DANGLING = frozenset(
    {"and", "or", "the", "a", "an", "of", "to", "in", "with", "for", "by", "from", "on", "at", "per", "is"}
)


def plain(text: str) -> str:
    """One line of printable characters: no controls, no direction overrides, single spaces, at most LONGEST."""
    kept = text[: LONGEST * 2]
    if not kept.isprintable():
        kept = "".join(_printable(c) for c in kept)
    kept = re.sub(" +", " ", kept).strip(" ")
    return kept if len(kept) <= LONGEST else kept[: LONGEST - 1] + ELLIPSIS


_FOLDED = str.maketrans(
    {"…": "...", "–": "-", "×": "x", "’": "'", '"': "'", "#": "", "<": "(", ">": ")", "{": "(", "}": ")", ";": ","}
)


def folded(text: str) -> str:
    """``text`` in the letters that Mermaid's Sankey labels allow: ASCII without quotes or entities; never empty."""
    ascii_only = unicodedata.normalize("NFKD", plain(text).translate(_FOLDED)).encode("ascii", "ignore").decode()
    kept = ascii_only.translate(_FOLDED).replace("%%", "%")
    return " ".join(kept.split()) or f"part {len(plain(text))}"


def _printable(char: str) -> str:
    if char in _KEPT:
        return char
    return " " if char.isspace() or unicodedata.category(char) in _UNWANTED else char


def encode(text: str, colons: bool = False) -> str:
    """``text`` as Mermaid writes it: special characters as ``#NN;``; ``colons`` too where they separate fields."""
    return plain(text).translate(_WITH_COLONS if colons else _ENCODED)


@lru_cache(maxsize=20_000)
def width(text: str, size: float = 16.0, bold: bool = False) -> float:
    """Width in px of ``text`` in the font labels are measured in (Noto Sans)."""
    return size * sum(map(_ADVANCES[bold].__getitem__, text))


class _Advances(dict[str, float]):
    """Width of each character at a size of 1, looked up in the font once."""

    def __init__(self, bold: bool) -> None:
        super().__init__()
        self._bold = bold

    def __missing__(self, char: str) -> float:
        self[char] = advance = cast("float", text_width(char, 1, self._bold))
        return advance


_ADVANCES = (_Advances(False), _Advances(True))


def shorten(text: str, limit: int) -> str:
    """At most ``limit`` characters: whole when it fits, else its first clause, else whole words and an ellipsis."""
    text = plain(text)
    if len(text) <= limit:
        return text
    for stop in _BREAKS:
        head = text.split(stop, 1)[0]
        if limit // 2 <= len(head) <= limit and head.count("(") == head.count(")"):
            return head
    words = text[: limit - 1].rsplit(" ", 1)
    head = words[0] if len(words[0]) >= limit // 3 else text[: limit - 1]
    return _trim(head) + ELLIPSIS


_NOTHING = ("not public", "not found", "not published", "not stated", "none published", "unknown")


def is_nothing(text: str) -> bool:
    """Whether a text of the document only says that there is nothing to say: ``no``, ``not public``."""
    words = plain(text).lower().rstrip(".")
    return words in ("", "no", "none") or (words.startswith(_NOTHING) and len(words) < 60 and ";" not in words)


def two_lines(name: str, limit: int) -> str:
    """``name`` as it is, or broken at the word that makes two lines of at most ``limit`` characters."""
    name = plain(name)
    if len(name) <= limit:
        return name
    words = name.split(" ")
    cuts = [(" ".join(words[:i]), " ".join(words[i:])) for i in range(1, len(words))]
    if not cuts:
        return shorten(name, max(limit, 18))
    first, second = min(cuts, key=lambda cut: (max(len(cut[0]), len(cut[1])), -len(cut[0])))
    return f"{shorten(first, max(limit, 18))}\n{shorten(second, max(limit, 18))}"


def _trim(head: str) -> str:
    """Without the comma or the small word that a cut left at the end."""
    head = head.rstrip(" ,;:.(–-")
    while " " in head and head.rsplit(" ", 1)[1].lower() in _DANGLING:
        head = head.rsplit(" ", 1)[0].rstrip(" ,;:.(–-")
    return head


def wrap(text: str, room: float, size: float = 16.0, lines: int = 99, bold: bool = False) -> list[str]:
    """``text`` in lines of at most ``room`` px; past ``lines`` the last one ends in an ellipsis."""
    rows: list[str] = []
    for word in _pieces(plain(text), room, size):
        joined = f"{rows[-1]} {word}" if rows else word
        if rows and width(joined, size, bold) <= room:
            rows[-1] = joined
        else:
            rows.append(word)
    if len(rows) <= lines:
        return rows
    last = rows[lines - 1]
    while " " in last and width(last + ELLIPSIS, size, bold) > room:
        last = last.rsplit(" ", 1)[0]
    return [*rows[: lines - 1], _trim(last) + ELLIPSIS]


def _pieces(text: str, room: float, size: float) -> list[str]:
    """The words of ``text``, a number kept with its unit; a word wider than the room is cut into pieces that fit."""
    words = _JOINED.sub("\u00a0", text).split(" ")
    most = max(4, int(room / size))
    return [piece for word in words for piece in (_cut(word, most) if width(word, size) > room else [word])]


def _cut(word: str, most: int) -> list[str]:
    return [word[i : i + most] for i in range(0, len(word), most)]


def stacked(words: str, room: float = 84.0) -> str:
    """``words`` on at most two short lines, as they stand on an edge without pushing its ends apart; no word is cut."""
    widest = max((width(word, 14) for word in plain(words).split(" ")), default=0.0)
    return "\n".join(wrap(words, min(max(room, widest), 2 * room), 14, 2)) if words else ""
