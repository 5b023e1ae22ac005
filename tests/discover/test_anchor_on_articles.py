"""Figures of real articles, with changes planted by a program: what is found, counted.

The figures are the first three words from a number on, their terms the two longer words before it. Many of these
numbers are told twice in an article, so that one that was cut out may rightly still be found.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from atlas.discover.anchor import Anchoring, Wanted, find

CASES = 300
_NUMBER = re.compile(r"(?<![\w.,-])\d{1,3}(?:,\d{3})+|(?<![\w.,-])\d+(?:\.\d+)?(?![\w.,-]*\d)")


@dataclass(frozen=True)
class Case:
    """A number in an article: the text, its sentence, the number, and what is to be found."""

    text: str
    sentence: str
    number: str
    wanted: Wanted


@pytest.fixture(scope="module")
def cases(data_of_others: Callable[[str], Path]) -> list[Case]:
    """A fixed choice of numbers from all articles."""
    path = data_of_others("articles/ground-truth.json")
    articles = json.loads(path.read_text(encoding="utf-8"))
    found = [case for key in sorted(articles) for case in _cases(articles[key]["articleBody"])]
    random.Random(7).shuffle(found)
    assert len(found) > CASES
    return found[:CASES]


def _cases(text: str) -> list[Case]:
    found = []
    for sentence in re.split(r"(?<=[.!?])\s+|\n+", text):
        matches = list(_NUMBER.finditer(sentence))
        if len(matches) != 1 or not 40 <= len(sentence) <= 400 or text.count(matches[0][0]) > 5:
            continue
        start = matches[0].start()
        figure = " ".join(sentence[start:].split()[:3]).strip('.,;:()"”')
        terms = re.findall(r"[A-Za-z]{5,}", sentence[:start]) or re.findall(r"[A-Za-z]{5,}", sentence[start:])
        if terms:
            found.append(Case(text, sentence, matches[0][0], Wanted(figure, tuple(terms[-2:]))))
    return found


def _counted(cases: list[Case], change: dict[str, str], *, is_first: bool = False) -> Counter[Anchoring]:
    """How the figures stand after each case's sentence was replaced; on a first visit no last version is known."""
    return Counter(
        find(c.wanted, c.text.replace(c.sentence, change[c.sentence]), "" if is_first else c.text).anchoring
        for c in cases
    )


def test_figures_of_unchanged_articles_are_all_found(cases: list[Case]) -> None:
    """Not one false alarm."""
    assert _counted(cases, {c.sentence: c.sentence for c in cases}) == {Anchoring.UNCHANGED: CASES}


def test_articles_in_another_order_raise_no_alarm(cases: list[Case]) -> None:
    """Paragraphs may be moved about."""
    chance = random.Random(8)
    for case in cases:
        lines = case.text.split("\n")
        chance.shuffle(lines)
        assert find(case.wanted, "\n".join(lines), case.text).anchoring is Anchoring.UNCHANGED


def test_nearly_every_changed_digit_is_found(cases: list[Case]) -> None:
    """One digit of the number is another: at least 97 of 100 are told (the others stand in the text a second time)."""
    change = {c.sentence: c.sentence.replace(c.number, _other(c.number), 1) for c in cases}
    counted = _counted(cases, change)
    assert counted[Anchoring.CHANGED] >= 0.97 * CASES, counted


def test_nearly_every_figure_that_is_cut_out_is_missed(cases: list[Case]) -> None:
    """The sentence is gone: at least 92 of 100 have vanished, and hardly any is taken for a change."""
    counted = _counted(cases, {c.sentence: "" for c in cases})
    assert counted[Anchoring.VANISHED] >= 0.92 * CASES, counted
    assert counted[Anchoring.CHANGED] <= 0.02 * CASES, counted


def test_a_first_visit_tells_most_changes_and_raises_no_alarm(cases: list[Case]) -> None:
    """Without a last version: one digit changed is told as such in 82 of 100 and kept quiet in at most 12.

    Of those the number stands in the article a second time, each one's. A figure that was cut out is taken for a
    changed one in at most 7 of 100.
    """
    assert _counted(cases, {c.sentence: c.sentence for c in cases}, is_first=True) == {Anchoring.UNCHANGED: CASES}
    change = {c.sentence: c.sentence.replace(c.number, _other(c.number), 1) for c in cases}
    counted = _counted(cases, change, is_first=True)
    assert counted[Anchoring.CHANGED] >= 0.82 * CASES, counted
    assert counted[Anchoring.UNCHANGED] <= 0.12 * CASES, counted
    for case in cases:
        text = case.text.replace(case.sentence, change[case.sentence])
        assert find(case.wanted, text).anchoring is not Anchoring.UNCHANGED or case.number in text
    counted = _counted(cases, {c.sentence: "" for c in cases}, is_first=True)
    assert counted[Anchoring.CHANGED] <= 0.07 * CASES, counted


def _other(number: str) -> str:
    """The number with its first digit one higher (9 becomes 1)."""
    return str(int(number[0]) % 9 + 1) + number[1:]
