"""Numbers as people print them: digits with the marks of several countries, magnitudes, and words.

``1,200``, ``12,34,567``, ``1.200.000``, ``3'000``, ``12 500``, ``0,8``, ``3.2M``, ``2.5 crore``, ``sixty-four``,
``one and a half million``, ``half a million``. What has no number (``tens of millions``, ``a few``) is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_FOREIGN = (
    "zwei=2 drei=3 vier=4 fünf=5 sechs=6 sieben=7 acht=8 neun=9 zehn=10 zwölf=12 zwanzig=20 hundert=100 deux=2 trois=3"
    " quatre=4 cinq=5 huit=8 neuf=9 dix=10 douze=12 vingt=20 tres=3 cuatro=4 cinco=5 seis=6 siete=7"
    " ocho=8 nueve=9 diez=10 doce=12 veinte=20 cien=100 quattro=4 cinque=5 otto=8 dieci=10 dois=2 três=3 quatro=4"
    " dez=10"
    " twee=2 drie=3 vijf=5 zeven=7 negen=9 tien=10 två=2 fyra=4 sju=7 åtta=8 nio=9 tio=10"
)
"""Small numbers of other languages; those that are English words too are left out."""
_FOREIGN_WORDS = {word: float(n) for word, _, n in (pair.partition("=") for pair in _FOREIGN.split())}
_WORDS = {word: float(n) for n, word in enumerate(_SMALL)} | {word: 20.0 + 10 * n for n, word in enumerate(_TENS)}

MAGNITUDES = {
    **dict.fromkeys(("hundred",), 1e2),
    **dict.fromkeys(("k", "K", "mil", "thousand", "tausend", "Tausend", "mille", "mila", "tys."), 1e3),
    **dict.fromkeys(
        ("M", "MM", "mn", "Mn", "mio", "Mio", "Mio.", "mio.", "mln", "million", "millions", "Million"), 1e6
    ),
    **dict.fromkeys(("Millionen", "millones", "millón", "milhões", "milhão", "milioni", "milione", "miljoen"), 1e6),
    **dict.fromkeys(("miljoner", "millioner", "milionów", "miliony", "milyon", "milj."), 1e6),
    **dict.fromkeys(("B", "bn", "Bn", "billion", "billions", "Milliarden", "Milliarde", "Mrd", "Mrd.", "mrd"), 1e9),
    **dict.fromkeys(("milliards", "milliard", "miliardi", "miljard", "miljarder", "bilhões", "mld"), 1e9),
    **dict.fromkeys(("T", "tn", "trn", "trillion", "trillions"), 1e12),
    **dict.fromkeys(("quadrillion",), 1e15),
    **dict.fromkeys(("lakh", "lakhs", "lac"), 1e5),
    **dict.fromkeys(("crore", "crores", "cr"), 1e7),
    **dict.fromkeys(("万",), 1e4),
    **dict.fromkeys(("億", "亿"), 1e8),
    **dict.fromkeys(("dozen",), 12.0),
}
"""Words and letters that multiply. A small ``m`` is left to the unit: it may be minutes."""

_LETTERS = sorted((m for m in MAGNITUDES if len(m) <= 3 and not m.endswith(".")), key=len, reverse=True)
_NAMES = sorted((m for m in MAGNITUDES if m not in _LETTERS), key=len, reverse=True)
_SPELT_FOREIGN = "|".join(sorted(_FOREIGN_WORDS, key=len, reverse=True))
_MAGNITUDE = (
    rf"(?:(?:[\s-]?(?:{'|'.join(re.escape(n) for n in _NAMES)})(?![A-Za-z]))"
    rf"|(?:\s?(?:{'|'.join(_LETTERS)})(?![A-Za-z])))"
)
_DIGITS = (
    r"(?:\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,2}(?:,\d{2})+,\d{3}|\d{1,3}(?:\.\d{3}){2,}"
    r"|\d{1,3}(?:['’]\d{3})+"
    r"|\d{1,3}(?:[ \u202f]\d{3})+(?![\d.,]*\d|\s?[kKMBT]\b)|\d+,\d{1,2}(?![\d,])|0,\d+"
    r"|\d+(?:\.\d+)?(?:[eE]\d{1,2}(?![A-Za-z\d]))?|\.\d+)"
)
_ONES = "|".join(sorted(_SMALL[1:], key=len, reverse=True))
_SPELT = rf"(?:(?:{'|'.join(_TENS)})(?:[\s-](?:{'|'.join(_SMALL[1:10])}))?|{_ONES})"
_SCALE = r"(?:hundred|thousand|million|billion|trillion|dozen|lakh|crore)"
_WORDED = (
    rf"(?:half\sa\s{_SCALE}|(?:an?|{_SPELT})\s{_SCALE}\sand\sa\shalf|(?:an?\s|three\s)?quarters?(?:\sof\sa)?\s{_SCALE}"
    rf"|{_SPELT}(?:\sand\s(?P<half>a\shalf)|(?=\s|-|[,.;:)]"
    rf"|$))(?:[\s-]{_SCALE})*(?:\sand\s{_SPELT}(?:[\s-]{_SCALE}\b)*(?=\s))?"
    rf"|an?\s{_SCALE}(?:\s{_SCALE})?(?:\sand\s{_SPELT}(?:[\s-]{_SCALE}\b)*(?=\s))?)(?![a-z])"
)
_PATTERN = (
    rf"(?<![\w.#@/\\█])(?:(?<![A-Za-z]-)"
    rf"|(?<=[Ss]ub-))(?<!\d[,:'’])(?:(?P<digits>{_DIGITS})(?P<more>(?:\+(?=\s?[a-z]))?{_MAGNITUDE}(?:\s(?:million"
    rf"|billion|trillion)\b)?)?"
    rf"|(?P<worded>(?i:{_WORDED}))|(?P<foreign>(?i:{_SPELT_FOREIGN}))(?=\s\w))"
)
_PIECES = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number in a text: where it stands, its digits' value, and the magnitude printed with it (1 where none is)."""

    start: int
    end: int
    number: float
    magnitude: float = 1.0
    is_worded: bool = False

    @property
    def value(self) -> float:
        """The number itself."""
        return self.number * self.magnitude


_NUMERAL = re.compile(_PATTERN)
_IN_TABLE = re.compile(_PATTERN.replace(r"[ \u202f]", r"\u202f"))
"""In a flat table a space stands between cells, never within a number."""
_PROSE = re.compile(
    r"\b(?:the|a|an|is|are|was|were|of|and|or|in|on|at|to|from|by|with|for|we|our|it|per|has|have|de|di|en|et|und|y)\b|[.!?]\s*$"
)


def numerals(text: str) -> Iterator[Numeral]:
    """Every number of a text, in order; masked places (``█``) have none."""
    for match in (_NUMERAL if _PROSE.search(text) else _IN_TABLE).finditer(text):
        if match["foreign"]:
            yield Numeral(match.start(), match.end(), _FOREIGN_WORDS[match["foreign"].lower()], is_worded=True)
            continue
        if match["worded"]:
            number = _spelt(match["worded"].lower())
            if number is not None:
                yield Numeral(match.start(), match.end(), number, 1.0, is_worded=True)
            continue
        more = (match["more"] or "").strip(" +-")
        magnitude = 1.0
        for part in more.split():
            magnitude *= MAGNITUDES[part]
        yield Numeral(match.start(), match.end(), digits_value(match["digits"]), magnitude)


def digits_value(digits: str) -> float:
    """The value of digits with the thousands and decimal marks of English, Indian, Swiss, French and German print."""
    if re.fullmatch(r"\d{1,3}(?:\.\d{3}){2,}", digits) or re.fullmatch(r"[1-9]\d{0,2}\.000", digits):
        return float(digits.replace(".", ""))
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+,\d+", digits):
        return float(digits.replace(".", "").replace(",", "."))
    plain = re.sub(r"['’ \u202f]", "", digits)
    if re.fullmatch(r"\d+,\d{1,2}|0,\d+", plain):
        return float(plain.replace(",", "."))
    return float(plain.replace(",", ""))


def _spelt(words: str) -> float | None:
    """The value of a number in words; ``None`` for a lone *one*, which is rarely a figure."""
    if words.startswith(("half", "a quarter", "quarter", "three quarter")):
        share = 0.5 if words.startswith("half") else 0.25 * (3 if words.startswith("three") else 1)
        return share * MAGNITUDES[_PIECES.findall(words)[-1]]
    if (after := re.fullmatch(rf"(?P<first>.+?)\s(?P<scale>{_SCALE})\sand\sa\shalf", words)) is not None:
        first = _WORDS.get(after["first"], 1.0 if after["first"] in ("a", "an") else None)
        return None if first is None else (first + 0.5) * MAGNITUDES[after["scale"]]
    total = current = 0.0
    is_half = " and a half" in words
    for piece in _PIECES.findall(words.replace(" and a half", "")):
        if piece in _WORDS:
            current += _WORDS[piece]
        elif piece in ("a", "an"):
            current = 1.0
        elif piece in MAGNITUDES:
            factor = MAGNITUDES[piece]
            current = (current + (0.5 if is_half else 0)) * factor
            is_half = False
            if factor >= 1e3:
                total, current = total + current, 0.0
    return total + current + (0.5 if is_half else 0)
