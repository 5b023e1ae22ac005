"""Finds a claim's figure again in a text: as printed, nearly as printed, in other words, or with another value.

Texts are compared without case, without line breaks, with one form of quotes and hyphens. Fuzzy means a similarity
of 90 of 100 and *the same numbers*: ``73 nodes`` is nine tenths of ``72 nodes`` and another fact.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz

from atlas.check.printed import Printed, read

FUZZY = 90.0
"""Similarity (0 to 100) from which on two wordings are one."""
SAME_SENTENCE = 80.0
"""Similarity, numbers left out, from which on a sentence is the successor of another."""
WINDOW = 300
"""Letters before and after a figure in which its terms are looked for."""
TELLING_LETTERS = 4
"""A figure with so many letters besides its numbers has a sentence of its own to be recognised by."""
TELLING_WORDS = 3
"""A figure of so many words is recognised without its terms; a shorter one may stand anywhere by chance."""

_FORMS = str.maketrans(
    {**dict.fromkeys("‐‑‒–—−", "-"), **dict.fromkeys("‘’‚′", "'"), **dict.fromkeys("“”„″", '"'), "İ": "I"}
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NUMBER_WORDS = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|twenty|thirty|forty|fifty|sixty"
    r"|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|trillions?)\b"
)
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?[^\Wa-z])|\s*\n+")


class Anchoring(StrEnum):
    """How a figure stands in its source today."""

    UNCHANGED = "unchanged"
    MOVED = "moved"
    """Still printed, but at another address, or away from its terms."""
    CHANGED = "value changed"
    VANISHED = "vanished"
    UNREACHABLE = "unreachable"
    """The page, or what of it can be read as text, cannot be had."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """What was found: ``figure`` as it is printed now (empty where it is not), and a word on how it was found."""

    anchoring: Anchoring
    figure: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A figure to find: as printed when it was read, and the terms that stood near it."""

    figure: str
    near: tuple[str, ...] = ()


def find(wanted: Wanted, text: str, before: str = "") -> Anchor:
    """Where a figure stands in a text; ``before`` is the text of the last version, where there is one."""
    figure, terms = tidy(wanted.figure), [tidy(term).lower() for term in wanted.near]
    exact = _exact(figure, terms, tidy(text))
    if exact is not None:
        return exact
    sentences = _sentences(text)
    places = [s for s, around in zip(sentences, _with_neighbours(sentences), strict=True) if _is_near(terms, around)]
    found = _fuzzy(figure, places) or (_reworded(figure, places) if terms else None)
    return found or _successor(figure, places, sentences, before) or Anchor(Anchoring.VANISHED)


def tidy(text: str) -> str:
    """A text in the one form in which texts are compared; its letters keep their case and their number."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_FORMS).split())


def _sentences(text: str) -> list[str]:
    return [found for part in _SENTENCE_END.split(text) if (found := tidy(part))]


def _with_neighbours(sentences: Sequence[str]) -> Iterator[str]:
    """Each sentence with the one before and the one after: where its terms may stand."""
    for index in range(len(sentences)):
        yield " ".join(sentences[max(0, index - 1) : index + 2])


def _is_near(terms: Sequence[str], text: str) -> bool:
    low = text.lower()
    return not terms or any(term in low for term in terms)


def _exact(figure: str, terms: Sequence[str], text: str) -> Anchor | None:
    pattern = rf"(?<![\d.])(?<!\d,){re.escape(figure.lower())}(?!\d)(?![.,]\d)"
    places = [match.start() for match in re.finditer(pattern, text.lower())]
    for place in places:
        if _is_near(terms, text[max(0, place - WINDOW) : place + len(figure) + WINDOW]):
            return Anchor(Anchoring.UNCHANGED, text[place : place + len(figure)], "as printed")
    if places and len(figure.split()) >= TELLING_WORDS:
        return Anchor(Anchoring.MOVED, figure, "as printed, but none of its terms is near")
    return None


def _fuzzy(figure: str, places: Sequence[str]) -> Anchor | None:
    numbers = _numbers(figure)
    for sentence in places:
        part = _most_alike(figure, sentence, FUZZY)
        if part and _numbers(part) == numbers:
            return Anchor(Anchoring.UNCHANGED, part, "nearly as printed")
    return None


def _most_alike(figure: str, sentence: str, least: float) -> str:
    """The part of a sentence that is most like a figure, whole words; empty where nothing is like it."""
    found = fuzz.partial_ratio_alignment(figure.lower(), sentence.lower(), score_cutoff=least)
    if found is None or len(sentence) < len(figure) // 2:
        return ""
    start, end = found.dest_start, found.dest_end
    while start > 0 and not sentence[start - 1].isspace():
        start -= 1
    while end < len(sentence) and not sentence[end].isspace():
        end += 1
    return sentence[start:end].strip(" .,;:()\"'")


def _numbers(text: str) -> list[float]:
    """The numbers of a text in base units, sorted, to nine digits."""
    return sorted(_amount(number) for number in read(text).numbers)


def _amount(number: Printed) -> float:
    return float(f"{number.amount * (number.factor or 1.0):.9g}")


def _reworded(figure: str, places: Sequence[str]) -> Anchor | None:
    """All numbers of the figure, with units of their kind, in one sentence: *4 billion* as *4,000,000,000*."""
    wanted = read(figure)
    kinds = {number.kind for number in wanted.numbers}
    for sentence in places if wanted.numbers else ():
        here = read(sentence)
        stands = {_amount(number) for number in here.numbers if number.kind in kinds}
        if stands.issuperset(_numbers(figure)) and here.currency == wanted.currency:
            return Anchor(Anchoring.UNCHANGED, _most_alike(figure, sentence, 0.0), "in other words")
    return None


def _successor(figure: str, places: Sequence[str], sentences: Sequence[str], before: str) -> Anchor | None:
    """The sentence that took the figure's place, with another number in it."""
    was = next((s for s in _sentences(before) if figure.lower() in s.lower()), "")
    pattern = _masked(figure)
    is_telling = sum(letter.isalpha() for letter in pattern) >= TELLING_LETTERS
    scored = [(_score(fuzz.ratio(_masked(was), _masked(s)), SAME_SENTENCE), s) for s in sentences if was]
    scored += [(_score(fuzz.partial_ratio(pattern, _masked(s)), FUZZY), s) for s in places if is_telling]
    score, chosen = max(((score, s) for score, s in scored if "#" in _masked(s)), default=(0.0, ""))
    if not score:
        return None
    return Anchor(Anchoring.CHANGED, _most_alike(figure, chosen, 0.0), "its sentence stands with another number")


def _score(similarity: float, least: float) -> float:
    return similarity if similarity >= least else 0.0


def _masked(text: str) -> str:
    """A text with its numbers left out, digits and words alike."""
    return _NUMBER_WORDS.sub("#", _NUMBER.sub("#", text.lower()))
