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
TELLING_LETTERS = 4
"""A figure with so many letters besides its numbers has a sentence of its own to be recognised by."""
TELLING_WORDS = 3
"""A figure of so many words is recognised without its terms; a shorter one may stand anywhere by chance."""

SUCCESSOR_FACTOR = 3.0
"""Figures further apart than this factor are not one figure that changed between two readings of a page."""

_FORMS = str.maketrans(
    {**dict.fromkeys("‐‑‒–—−", "-"), **dict.fromkeys("‘’‚′", "'"), **dict.fromkeys("“”„″", '"'), "İ": "I"}
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NUMBER_WORDS = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|twenty|thirty|forty|fifty|sixty"
    r"|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|trillions?)\b"
)
_QUALIFIERS = frozenset(
    (
        "over",
        "more",
        "than",
        "nearly",
        "almost",
        "about",
        "around",
        "just",
        "only",
        "under",
        "less",
        "least",
        "the",
        "and",
    )
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
    """Where a figure stands in a text; ``before`` is the text of the last version, where there is one.

    With it the figure's own sentence is followed first, and what stood elsewhere in the text already is not taken for
    its successor.
    """
    hunt = _Hunt.of(wanted, text, before)
    found = _followed(hunt) or _exact(hunt) or _fuzzy(hunt) or _reworded(hunt) or _successor(hunt) or _by_terms(hunt)
    return found or Anchor(Anchoring.VANISHED)


@dataclass(frozen=True, slots=True)
class _Place:
    """A sentence with those beside it. ``is_new`` where the last version did not have it."""

    sentence: str
    around: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Hunt:
    """A figure and where to look for it. ``near`` are the places that have one of its terms, or all without terms."""

    figure: str
    terms: tuple[str, ...]
    places: tuple[_Place, ...]
    near: tuple[_Place, ...]
    was: str

    @classmethod
    def of(cls, wanted: Wanted, text: str, before: str) -> _Hunt:
        figure, terms = tidy(wanted.figure), tuple(tidy(term).lower() for term in wanted.near)
        old = _sentences(before)
        known = {sentence.lower() for sentence in old}
        sentences = _sentences(text)
        places = tuple(
            _Place(sentence, around, sentence.lower() not in known)
            for sentence, around in zip(sentences, _with_neighbours(sentences), strict=True)
        )
        had = [
            (sum(term in s.lower() for term in terms), _has(terms, around), -index, s)
            for index, (s, around) in enumerate(zip(old, _with_neighbours(old), strict=True))
            if _stands(figure, s)
        ]
        near = tuple(place for place in places if _has(terms, place.around))
        return cls(figure, terms, places, near, max(had, default=(0, False, 0, ""))[3])


def tidy(text: str) -> str:
    """A text in the one form in which texts are compared; its letters keep their case and their number."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_FORMS).split())


def _sentences(text: str) -> list[str]:
    return [found for part in _SENTENCE_END.split(text) if (found := tidy(part))]


def _with_neighbours(sentences: Sequence[str]) -> Iterator[str]:
    """Each sentence with the one before and the one after: where its terms may stand."""
    for index in range(len(sentences)):
        yield " ".join(sentences[max(0, index - 1) : index + 2])


def _has(terms: Sequence[str], text: str, *, every: bool = False) -> bool:
    low = text.lower()
    return not terms or (all if every else any)(term in low for term in terms)


def _stands(figure: str, text: str) -> re.Match[str] | None:
    """The figure as printed, no longer number containing it."""
    return re.search(rf"(?<![\d.])(?<!\d,){re.escape(figure.lower())}(?!\d)(?![.,]\d)", text.lower())


def _followed(hunt: _Hunt) -> Anchor | None:
    """The sentence in which the figure stood: the same, with other words around the figure, or with another number."""
    if not hunt.was:
        return None
    was, masked = hunt.was.lower(), _masked(hunt.was)
    if any(place.sentence.lower() == was for place in hunt.places):
        return Anchor(Anchoring.UNCHANGED, hunt.figure, "in the same sentence")
    scored = [(fuzz.ratio(masked, _masked(place.sentence)), place.sentence) for place in hunt.places if place.is_new]
    score, now = max(scored, default=(0.0, ""))
    if score < SAME_SENTENCE:
        return None
    match = _stands(hunt.figure, now)
    if match is not None:
        return Anchor(Anchoring.UNCHANGED, now[match.start() : match.end()], "as printed")
    part, numbers = _most_alike(hunt.figure, now, 0.0), _numbers(hunt.figure)
    if _numbers(part) == numbers or set(numbers) <= set(_numbers(now)):
        return Anchor(Anchoring.UNCHANGED, part, "nearly as printed")
    return Anchor(Anchoring.CHANGED, part, "its sentence stands with another number")


def _exact(hunt: _Hunt) -> Anchor | None:
    is_telling = len(hunt.figure.split()) >= TELLING_WORDS
    for place in hunt.near:
        match = _stands(hunt.figure, place.sentence)
        if match is not None and _may_be_it(hunt, place):
            return Anchor(Anchoring.UNCHANGED, place.sentence[match.start() : match.end()], "as printed")
    if is_telling and any(_stands(hunt.figure, place.sentence) for place in hunt.places):
        return Anchor(Anchoring.MOVED, hunt.figure, "as printed, but none of its terms is near")
    return None


def _fuzzy(hunt: _Hunt) -> Anchor | None:
    numbers = _numbers(hunt.figure)
    for place in hunt.near:
        part = _most_alike(hunt.figure, place.sentence, FUZZY)
        if part and _numbers(part) == numbers and _may_be_it(hunt, place):
            return Anchor(Anchoring.UNCHANGED, part, "nearly as printed")
    return None


def _may_be_it(hunt: _Hunt, place: _Place) -> bool:
    """Whether a place is more than chance: a short figure that stood there before was another."""
    is_telling = len(hunt.figure.split()) >= TELLING_WORDS
    return is_telling or not hunt.was or place.is_new or _has(hunt.terms, place.sentence, every=True)


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


def _reworded(hunt: _Hunt) -> Anchor | None:
    """All numbers of the figure and what they count, in one sentence: *4 billion* as *4,000,000,000*."""
    wanted = read(hunt.figure)
    kinds = {number.kind for number in wanted.numbers}
    for place in hunt.near if wanted.numbers and hunt.terms else ():
        here = read(place.sentence)
        stands = {_amount(number) for number in here.numbers if number.kind in kinds}
        if not stands.issuperset(_numbers(hunt.figure)) or here.currency != wanted.currency:
            continue
        if _counts_the_same(hunt, place):
            return Anchor(Anchoring.UNCHANGED, _most_alike(hunt.figure, place.sentence, 0.0), "in other words")
    return None


def _counts_the_same(hunt: _Hunt, place: _Place) -> bool:
    """Whether a sentence with the right numbers speaks of the right thing: the figure's own words, else all terms."""
    words = [w for w in re.findall(r"[^\W\d_]{3,}", _masked(hunt.figure)) if w not in _QUALIFIERS]
    if not words:
        return _has(hunt.terms, place.around, every=True)
    low = place.sentence.lower()
    return 2 * sum(word[:5] in low for word in words) >= len(words) and (place.is_new or not hunt.was)


def _successor(hunt: _Hunt) -> Anchor | None:
    """A sentence near the terms with the words of the figure and another number."""
    pattern = _masked(hunt.figure)
    if sum(letter.isalpha() for letter in pattern) < TELLING_LETTERS:
        return None
    new = [place.sentence for place in hunt.near if place.is_new or not hunt.was]
    scored = [(fuzz.partial_ratio(pattern, _masked(s)), s) for s in new if "#" in _masked(s)]
    score, chosen = max(scored, default=(0.0, ""))
    if score < FUZZY:
        return None
    return Anchor(Anchoring.CHANGED, _most_alike(hunt.figure, chosen, 0.0), "its words stand with another number")


def _by_terms(hunt: _Hunt) -> Anchor | None:
    """The only sentence with all terms and one number of the figure's kind, where no last version tells more.

    For figures without words of their own (*15 ms*). A number far from the figure is another fact, not its successor.
    """
    wanted = read(hunt.figure).numbers
    if hunt.was or not hunt.terms or len(wanted) != 1:
        return None
    found = []
    for place in hunt.near:
        here = [number for number in read(place.sentence).numbers if number.kind == wanted[0].kind]
        if len(here) == 1 and _has(hunt.terms, place.sentence, every=True) and _is_near(here[0], wanted[0]):
            found.append(place.sentence)
    if len(found) != 1:
        return None
    return Anchor(Anchoring.CHANGED, _most_alike(hunt.figure, found[0], 0.0), "its terms stand with another number")


def _is_near(one: Printed, other: Printed) -> bool:
    low, high = sorted((_amount(one), _amount(other)))
    return low > 0 and high <= SUCCESSOR_FACTOR * low


def _masked(text: str) -> str:
    """A text with its numbers left out, digits and words alike."""
    return _NUMBER_WORDS.sub("#", _NUMBER.sub("#", text.lower()))
