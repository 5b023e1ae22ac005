"""Figures that belong together: ranges, changes, lists with one unit, times of two parts."""

from __future__ import annotations

import re
from dataclasses import replace

from atlas.discover.ellipsis import FROM, TO, with_antecedents
from atlas.discover.figure import Figure
from atlas.discover.lexicon import metric_of
from atlas.quantity.unit import UNITS

_TO_RANGE = re.compile(r"\s*(?:-|–|—|‑|\bto\b|\bup to\b|\bthrough\b|\bbis\b|\.\.|…)\s*")
_AND = re.compile(r"\s*(?:,|and|or|&|, and|, or|/|und|y|et)\s*")
_AND_ITS = re.compile(r"\s(?:and|but|or)\s(?!they|we|it|then|this|that|he|she|you|i\b)(?:[a-z]+\s){1,2}")
"""``reads take 4 and writes 11 ms``: the unit stands once."""
_VERB_BEFORE = re.compile(
    r"\b(?:takes?|took|needs?|needed|is|are|was|were|costs?|has|have|had|holds?|gets?|got|sees?|does|do|did)\s"
    r"(?:about |around |some |only |roughly |just )?$"
)
_BETWEEN = re.compile(
    r"(?i)\b(?:between|zwischen|entre|tra|mellan|tussen)\s(?:about\s|roughly\s|around\s|some\s)?[$€]?$"
)
_FROM_AFTER = re.compile(
    r"(?i)^,?\s?(?:[A-Za-z][\w'-]*\s){0,3}?(?:down\s|up\s)?from\s(?:about\s|around\s|roughly\s"
    r"|some\s|over\s|an?\s|nearly\s|almost\s|more than\s|the\s|previous\s){0,2}[$€]?$"
)
_CHANGE = re.compile(
    r"(?i)\b(?:went|goes|go|gone|going|cut|cuts|cutting|fell|fall|falls|fallen|drop\w*|reduc\w+"
    r"|trim\w*|shr[aiu]nk\w*|grew|grow\w*|rose|rise\w*|risen|climb\w*|increas\w+|improv\w+"
    r"|decreas\w+|jump\w*|slash\w*|doubl\w+|tripl\w+|took .* from|brought|bring\w*|down from"
    r"|shorten\w*|lower\w*|rais\w+|halv\w+|bump\w*|dipp\w*|slid|sank|soar\w*|surg\w+|scal\w+"
    r"|expand\w*"
    r"|moved?|migrat\w+|shav\w+|push\w*|squeez\w*|consolidat\w+|chang\w+|accelerat\w+|speeds?"
    r"|sped|swell\w*|swollen|spik\w+|tighten\w*|compress\w*|declin\w+|plung\w+|plummet\w*|collaps\w+"
    r"|came down|comes down|became|got|gets|took us)\b"
)
_STEADY = re.compile(
    r"(?i)\b(?:depending|depends|vary|varies|varied|rang(?:e|es|ed|ing)|anywhere|between|somewhere"
    r"|spread|spans?|typically)\b"
)
_NOW = re.compile(r"(?i)\b(?:now|today|nowadays|after\w*|these days|currently)\b")
_THEN = re.compile(r"(?i)\b(?:before|previously|formerly|used to|was|were|had been|originally|once|earlier)\b")


def compounds(text: str, found: list[Figure]) -> list[Figure]:
    """Figures with ranges made one, changes marked with their order, lists given the unit that stands at their end."""
    return _ordered(text, _spread(text, with_antecedents(text, _units_shared(text, _composite(text, found)))))


def _composite(text: str, found: list[Figure]) -> list[Figure]:
    """``2 hours and 17 minutes`` and ``3m40s`` are one time."""
    result: list[Figure] = []
    for figure in found:
        last = result[-1] if result else None
        if last is not None and _is_part(text, last, figure):
            total = (last.low * UNITS[last.unit].factor + figure.low * UNITS[figure.unit].factor) / UNITS[
                figure.unit
            ].factor
            result[-1] = replace(figure, start=last.start, low=total, high=total)
        else:
            result.append(figure)
    return result


def _is_part(text: str, last: Figure, figure: Figure) -> bool:
    if (
        not (last.kind == figure.kind == "time")
        or last.period
        or not _AND.fullmatch(text[last.end : figure.start] or ",")
    ):
        return False
    if "or" in text[last.end : figure.start] or "/" in text[last.end : figure.start]:
        return False
    small, large = UNITS[figure.unit].factor, UNITS[last.unit].factor
    return small < large <= 3600 * 24 * 7 and figure.high * small < large and last.low == int(last.low)


def _units_shared(text: str, found: list[Figure]) -> list[Figure]:
    """A bare number before one with a unit takes that unit: ``3 to 5 GiB``, ``1.1M and 240K per second``."""
    result = list(found)
    for i in range(len(result) - 2, -1, -1):
        here, after = result[i], result[i + 1]
        between = text[here.end : after.start]
        unitless = here.kind == "bare" or (here.kind == "money" and after.kind == "money")
        if not unitless or after.kind == "bare":
            continue
        if here.kind == "bare" and after.kind == "money" and here.start and text[after.start] in "$€":
            continue
        if _AND_ITS.fullmatch(between) and (here.is_worded or not _VERB_BEFORE.search(text[: here.start])):
            continue
        is_range = _TO_RANGE.fullmatch(between) is not None or _is_between(text, here, between)
        if (
            is_range
            or _AND.fullmatch(between)
            or _AND_ITS.fullmatch(between)
            or (TO.match(between) and FROM.search(text[: here.start]))
        ):
            factor = _missing_magnitude(here, after) if is_range else 1.0
            result[i] = replace(
                after,
                start=here.start,
                end=here.end,
                low=here.low * factor,
                high=here.high * factor,
                is_worded=here.is_worded,
            )
    return _units_carried(text, result)


def _is_between(text: str, here: Figure, between: str) -> bool:
    return re.fullmatch(r"\s?(?:and|und|et|y|e|en|och)\s[$€]?", between) is not None and (
        _BETWEEN.search(text[max(0, here.start - 40) : here.start]) is not None
    )


def _missing_magnitude(here: Figure, after: Figure) -> float:
    """``3 up to 9 million`` begins at three million."""
    for factor in (1e12, 1e9, 1e6, 1e3):
        if after.low >= factor and here.low < 1000 and here.low < after.low / factor:
            return factor
    return 1.0


def _units_carried(text: str, found: list[Figure]) -> list[Figure]:
    """``$3`` to ``5M``, and ``from 540 nodes to 96``: the second takes the first one's."""
    result = list(found)
    for i in range(1, len(result)):
        before, here = result[i - 1], result[i]
        between = text[before.end : here.start]
        if here.kind != "bare" or before.kind in ("bare", "nines", "factor"):
            continue
        changed = (TO.match(between) and FROM.search(text[: before.start])) or _comes_from(between)
        ranged = before.kind == "money" and _TO_RANGE.fullmatch(between)
        if ranged:
            factor = _missing_magnitude(before, here)
            result[i - 1] = replace(before, low=before.low * factor, high=before.high * factor)
        if changed and (millions := _in_small_m(text, before, here)) is not None:
            here = millions
        if changed or ranged:
            share = 100.0 if before.kind == "money" and _CENTS.search(text[before.start : before.end]) else 1.0
            low, high = here.low / share, here.high / share
            result[i] = replace(before, start=here.start, end=here.end, low=low, high=high, is_worded=here.is_worded)
    return result


_CENTS = re.compile(r"(?i)\d\s?(?:euro)?cents?\b")
_UP_FROM = re.compile(
    r"(?i)[^.;:]{0,60},\s(?:up|down) from (?:about |around |roughly |only |just |over |nearly |almost |some "
    r"|more than )?[$€]?$"
)


def _comes_from(between: str) -> bool:
    """Whether the second figure is what the first one was before: ``down from``, ``of reads, up from``."""
    return (_FROM_AFTER.match(between) or _UP_FROM.match(between)) is not None


def _in_small_m(text: str, before: Figure, here: Figure) -> Figure | None:
    """``8m payments, up from 3m``: the letter means in the second what it meant in the first."""
    if before.high < 1e6 or not re.match(r"m(?!\w)", text[here.end :]):
        return None
    if re.match(r"[\d.,]+m\b", text[before.start :]) is None:
        return None
    return replace(here, low=here.low * 1e6, high=here.high * 1e6, end=here.end + 1)


def _spread(text: str, found: list[Figure]) -> list[Figure]:
    """Two ends of one range become one figure."""
    result: list[Figure] = []
    for figure in found:
        last = result[-1] if result else None
        if last is not None and _is_range(text, last, figure):
            factor = (
                UNITS[last.unit].factor / UNITS[figure.unit].factor
                if last.unit in UNITS and figure.unit in UNITS
                else 1.0
            )
            result[-1] = replace(figure, start=last.start, low=last.low * factor)
        else:
            result.append(figure)
    return result


def _is_range(text: str, last: Figure, figure: Figure) -> bool:
    if last.kind == "count" and last.noun != figure.noun:
        return False
    if last.kind != figure.kind or last.low != last.high or last.low * _factor(last) >= figure.low * _factor(figure):
        return False
    between = text[last.end : figure.start]
    before = text[max(0, last.start - 25) : last.start]
    if _is_between(text, last, between):
        return True
    if not _TO_RANGE.fullmatch(between):
        return False
    if not FROM.search(before):
        return True
    return _STEADY.search(text) is not None or _CHANGE.search(text) is None


def _factor(figure: Figure) -> float:
    return UNITS[figure.unit].factor if figure.unit in UNITS else 1.0


def _ordered(text: str, found: list[Figure]) -> list[Figure]:
    """``from 200 ms to 50 ms``, ``to 6 minutes from 47``, ``now 0.8 ms, before it was 2.4``: which was first."""
    result = list(found)
    for i in range(1, len(result)):
        first, second = result[i - 1], result[i]
        if first.kind != second.kind or first.low != first.high or second.low != second.high:
            continue
        if first.kind == "count" and not _count_alike(first, second):
            continue
        between = text[first.end : second.start]
        if TO.match(between) and FROM.search(text[max(0, first.start - 40) : first.start]):
            orders = ("before", "after")
        elif _comes_from(between) or (_THEN.search(between) and _NOW.search(text[: first.start])):
            orders = ("after", "before")
        elif _NOW.search(between) and _THEN.search(text[: first.start]):
            orders = ("before", "after")
        else:
            continue
        first, second = replace(first, order=orders[0]), replace(second, order=orders[1])
        result[i - 1], result[i] = _in_one_period(first, second)
    return result


def _count_alike(first: Figure, second: Figure) -> bool:
    """Whether both count the same thing: countries and sites are no change of one another."""
    metrics = metric_of(first.noun), metric_of(second.noun)
    return metrics[0] == metrics[1] and (metrics[0] is not None or first.noun == second.noun)


def _in_one_period(first: Figure, second: Figure) -> tuple[Figure, Figure]:
    """``to $12,000 a month from $31,000``: the period of the one holds for the other."""
    if first.kind not in ("money", "data", "count") or bool(first.period) == bool(second.period):
        return first, second
    if first.kind == "count" and first.noun != second.noun:
        return first, second
    given = first if first.period else second
    return replace(first, period=given.period, periods=given.periods), replace(
        second, period=given.period, periods=given.periods
    )
