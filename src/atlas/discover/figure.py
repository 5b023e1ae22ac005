"""Numbers with what they count: unit, noun, period, currency, as printed after and before them.

The units, their factors and the periods are those of ``atlas.quantity``; here stand only the ways in which prose
writes them (``gigabytes``, ``req/s``, ``a day``, ``pro Sekunde``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, cast

from atlas.discover.lexicon import is_known, metric_of, singular
from atlas.discover.numeral import Numeral, numerals
from atlas.discover.trap import masked
from atlas.discover.unit_words import (
    ADVERBS,
    BINARY_WORDS,
    CLOCK,
    COST_PER,
    COUNTED_PERIOD,
    DATA_WORDS,
    DIRECT,
    EVERY_FIRST,
    HOURS_OF,
    LEADING,
    LOOSE,
    MINUTES_BEFORE,
    MODEL,
    MONEY_BEFORE,
    OF_ANOTHER,
    OF_FILM,
    OF_MANY,
    OF_OWN,
    OFTEN,
    ONES,
    OTHER_AFTER,
    PERIOD_NAMES,
    PHRASE,
    PLAYED,
    SMALL_M,
    SMALL_M_MONEY,
    SMALL_WORDS,
    STOP,
    TEAM_OF,
    THEM,
    THING,
    TIME_NAMES,
    UNIT,
    WORD,
)
from atlas.quantity.unit import UNITS

Kind = Literal["ratio", "bits", "data", "time", "factor", "money", "count", "nines", "bare"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and what is printed with it, in the unit that is printed (``unit`` of ``atlas.quantity``).

    ``noun`` is what is counted, ``period`` the unit of time it is counted in (with ``periods`` of them), ``thing``
    what the figure is for each of (node, user, request). ``low`` and ``high`` differ in a range; ``context`` is the
    label of a table's cell, which then says what the sentence would. ``is_elided`` where noun or unit stand
    with another figure, whose metric it shares.
    """

    start: int
    end: int
    low: float
    high: float
    kind: Kind
    unit: str = ""
    noun: str = ""
    period: str = ""
    periods: float = 1.0
    thing: str = ""
    is_worded: bool = False
    is_open: bool = False
    is_loose: bool = False
    order: str = ""
    context: str = ""
    is_elided: bool = False


def figures(text: str) -> list[Figure]:
    """Every number of a sentence with what it counts; bare ones too, traps left out."""
    covered = masked(text)
    clocks = list(_clocks(covered))
    for clock in clocks:
        covered = covered[: clock.start] + "█" * (clock.end - clock.start) + covered[clock.end :]
    found = [_of_models(text, f) for n in numerals(covered) if (f := _figure(covered, n)) is not None]
    return sorted([*clocks, *found], key=lambda f: f.start)


def _of_models(text: str, figure: Figure) -> Figure:
    """``88 i3.2xlarge`` are machines: a number before the name of a kind of machine counts them."""
    is_open = figure.kind == "bare" or (figure.kind == "factor" and figure.unit in ("x", "×"))
    match = MODEL.match(text, figure.end) if is_open and figure.high >= 2 else None
    return figure if match is None else replace(figure, end=match.end(), kind="count", noun="instances", unit="")


def _clocks(text: str) -> Iterator[Figure]:
    """Times of several parts in short form: ``3m40s``, ``2h 5m``."""
    for match in CLOCK.finditer(text):
        parts = [float(match[unit] or 0) for unit in ("h", "m", "s")]
        if sum(match[unit] is not None for unit in ("h", "m", "s")) >= 2:
            total = parts[0] * 3600 + parts[1] * 60 + parts[2]
            unit = "s" if match["s"] else "min"
            total /= UNITS[unit].factor
            yield Figure(match.start(), match.end(), total, total, "time", unit)


MANY_METERS = 1e5
"""So many meters count power and water; fewer measure a length."""


def _figure(text: str, numeral: Numeral) -> Figure | None:
    if OTHER_AFTER.match(text, numeral.end) and not (
        numeral.value >= MANY_METERS and text.startswith(" meters", numeral.end)
    ):
        return None
    before = MONEY_BEFORE.search(text[max(0, numeral.start - 5) : numeral.start])
    if before is not None and before["other"]:
        return None
    plain = Figure(numeral.start, numeral.end, numeral.value, numeral.value, "bare", is_worded=numeral.is_worded)
    plain = replace(plain, is_open=text[numeral.end : numeral.end + 1] == "+")
    if before is not None:
        unit = "USD" if before["usd"] else "EUR"
        found = replace(plain, start=numeral.start - len(before[0].rstrip()), kind="money", unit=unit)
        found = _european(text, found)
        if SMALL_M_MONEY.match(text, found.end):
            found = replace(found, low=found.low * 1e6, high=found.high * 1e6, end=found.end + 1)
    else:
        plain = _after_factor_of(text, plain)
        found = _with_small_m(text, plain) or _with_unit(text, plain) or _with_noun(text, plain)
    return _with_period(text, found)


def _after_factor_of(text: str, plain: Figure) -> Figure:
    """``by a factor of 6``: the words before the number are its unit; a replication factor counts copies."""
    match = re.search(
        r"(?i)(?P<copies>replication )?factor(?: (?:of|is|was|from|to)|:) "
        r"(?:about |roughly |almost |nearly |over |more than )?$",
        text[max(0, plain.start - 50) : plain.start],
    )
    if match is None:
        return plain
    counted = replace(plain, kind="count", noun="replicas")
    return counted if match["copies"] else replace(plain, kind="factor", unit="factor")


def _with_small_m(text: str, plain: Figure) -> Figure | None:
    """``5m users`` are millions, ``took 45m`` minutes."""
    if not text.startswith("m", plain.end) or text[plain.end + 1 : plain.end + 2].isalnum():
        return None
    if SMALL_M.match(text, plain.end) is not None:
        counted = _with_noun(text, replace(plain, low=plain.low * 1e6, high=plain.high * 1e6, end=plain.end + 1))
        if counted.kind == "count" and (counted.unit != "?" or not MINUTES_BEFORE.search(text[: plain.start])):
            return counted
    if MINUTES_BEFORE.search(text[max(0, plain.start - 12) : plain.start]):
        return replace(plain, kind="time", unit="min", end=plain.end + 1)
    return None


def _with_unit(text: str, plain: Figure) -> Figure | None:
    match = UNIT.match(text, plain.end)
    if match is None or plain.kind != "bare":
        return None
    kind = str(match.lastgroup)
    word = match[kind]
    if kind in ("data", "byterate"):
        return _with_bytes(plain, word.removesuffix("ps"), match.end(), "s" if kind == "byterate" else "")
    found = replace(plain, end=match.end())
    if kind in ("persecond", "rpm"):
        factor = {"k": 1e3, "K": 1e3, "M": 1e6}.get(word[0], 1.0)
        period = "s" if kind == "persecond" else "min"
        return replace(found, kind="count", noun=word, period=period, low=plain.low * factor, high=plain.high * factor)
    if kind == "currency":
        return _with_currency(_european(text, found), word)
    if word == "times" and DIRECT.match(text, found.end):
        return replace(found, kind="count", noun="times")
    named = {
        "ratio": ("ratio", "%", ""),
        "bits": ("bits", f"{'k' if word[0] in 'kK' else word[0].upper()}bit", "s"),
        "time": ("time", TIME_NAMES.get(word.lower(), ""), ""),
        "factor": ("factor", word, ""),
        "nines": ("nines", word, ""),
    }
    into, unit, period = named[kind]
    return replace(found, kind=cast("Kind", into), unit=unit, period=period)


def _with_currency(found: Figure, word: str) -> Figure:
    if word.lower().startswith("cent"):
        return replace(found, kind="money", unit="USD", low=found.low / 100, high=found.high / 100)
    return replace(found, kind="money", unit="EUR" if word[0] in "eE€" else "USD")


def _with_bytes(plain: Figure, word: str, end: int, period: str) -> Figure | None:
    low = word.lower()
    prefix = next((p for n, p in {**DATA_WORDS, **BINARY_WORDS}.items() if low.startswith(n) and "byte" in low), None)
    if prefix is not None:
        unit = f"{prefix}B"
    elif low in ("byte", "bytes"):
        unit = "bytes"
    elif low in ("gig", "gigs"):
        unit = "GB"
    else:
        head = word.removesuffix("ytes")
        unit = {"k": "k", "m": "M", "g": "G", "t": "T", "p": "P", "e": "E"}[head[0].lower()] + head[1:-1] + "B"
        unit = unit.replace("kiB", "KiB")
    return replace(plain, end=end, kind="data", unit=unit, period=period) if unit in UNITS else None


def _with_noun(text: str, plain: Figure) -> Figure:
    """The counted noun: the last of the first known words behind the number, else the last word before a stop."""
    if plain.kind != "bare":
        return plain
    at = plain.end + (1 if plain.is_open else 0)
    stands_for = _with_pronoun(text, plain, at)
    if stands_for is not None:
        return stands_for
    if (phrase := PHRASE.match(text, at)) is not None:
        return replace(plain, end=phrase.end(), kind="count", noun=_phrase(phrase))
    own = OF_OWN.match(text, at) or (OF_MANY.match(text, at) if plain.high >= 1000 else None)
    words, end, is_noun = _noun_phrase(text, own.end() if own else at, plural=plain.high > 1)
    if is_noun:
        plain = _european(text, plain)
        return replace(plain, end=end, kind="count", noun=" ".join(words), unit="-" if text[at : at + 1] == "-" else "")
    if words and (DIRECT.match(text, end) or _ends_plural(words)):
        counted = _to_plural(words)
        if not DIRECT.match(text, end):
            end = text.index(counted[-1], at) + len(counted[-1])
        return replace(plain, end=end, kind="count", noun=" ".join(counted), unit="?")
    return plain


def _with_pronoun(text: str, plain: Figure, at: int) -> Figure | None:
    """``a team of four``, ``six hundred old ones``, ``85 of them``: the noun was said before, or is plain."""
    follows = re.match(r"\s?(%|[A-Za-z]+)", text[at:])
    is_team = TEAM_OF.search(text[max(0, plain.start - 40) : plain.start]) is not None
    if is_team and (follows is None or not (follows[1] == "%" or is_known(follows[1]))):
        return replace(plain, kind="count", noun="engineers")
    ones, whom = ONES.match(text, at), THEM.match(text, at)
    match = ones or whom
    if match is None:
        return None
    if whom is not None and plain.high != int(plain.high):
        return plain
    noun = "us" if whom is not None and whom["whom"] == "us" else _last_noun(text[: plain.start])
    return replace(plain, end=match.end(), kind="count", noun=noun) if noun else plain


def _to_plural(words: list[str]) -> list[str]:
    """Of unknown words those up to the first plural: ``gizmos hang`` counts gizmos."""
    last = next(
        (i for i, w in enumerate(words) if w.lower().endswith("s") and not w.lower().endswith("ss")), len(words) - 1
    )
    return words[: last + 1]


def _european(text: str, plain: Figure) -> Figure:
    """``1.500 Server``: what is counted has no thousandths, so the point stands between thousands."""
    if re.match(r"[$€]?\s?[1-9]\d{0,2}\.\d{3}(?![\d.,])", text[plain.start : plain.end]):
        return replace(plain, low=plain.low * 1000, high=plain.high * 1000) if plain.low < 1000 else plain
    return plain


_ONE_WORD = {
    f"{one} {other}{end}": f"{one}{other}{end}"
    for one, other in (("key", "space"), ("web", "socket"), ("micro", "service"), ("data", "set"), ("data", "base"))
    for end in ("", "s")
}


def _phrase(match: re.Match[str]) -> str:
    """A noun of several words as one, behind its adjectives: ``daily page-views``."""
    noun = match["noun"].lower()
    return match["adjectives"].lower() + _ONE_WORD.get(noun, noun.replace(" ", "-"))


def _noun_phrase(text: str, at: int, *, plural: bool) -> tuple[list[str], int, bool]:
    """Words up to the counted noun, where they end, and whether it is a known one.

    A known noun in the plural ends the phrase (``replicas vote``); one in the singular may be part of a compound.
    """
    words: list[str] = []
    known: tuple[list[str], int] | None = None
    while (match := WORD.match(text, at)) is not None and len(words) < 5:
        word = match["word"]
        if word.lower() in STOP:
            break
        is_noun = is_known(word) or ("-" in word and is_known(word.rpartition("-")[2]))
        if match["gap"] == "-" and not is_noun:
            break
        if known is not None and not is_noun:
            if word.lower().endswith("s") and not word.lower().endswith("ss") and plural:
                return [*words, word], match.end(), False  # schema changes: a compound that ends in another noun
            break
        words.append(word)
        at = match.end()
        if is_noun:
            known = (list(words), at)
            if match["gap"] == "-" or singular(word) != word.lower() or word.lower() == "people":
                break
    return (*known, True) if known else (words, at, False)


def _last_noun(before: str) -> str:
    """The last known noun of what was said before."""
    return next((w for w in reversed(re.findall(r"[A-Za-z][\w-]*", before[-80:])) if is_known(w)), "")


def _ends_plural(words: list[str]) -> bool:
    return any(w.lower().endswith("s") and not w.lower().endswith("ss") for w in words[:3])


def _with_period(text: str, figure: Figure) -> Figure:
    """What the figure is divided by: a period of time directly behind it, before or after, and a thing."""
    if figure.kind in ("ratio", "factor", "nines"):
        return figure
    found = figure
    if not found.period:
        found = _with_count_of_periods(text, found) or _with_direct(text, found) or _with_loose(text, found)
    if found.kind == "money" and (per := COST_PER.search(text[: found.start])) and per["thing"] not in PERIOD_NAMES:
        return replace(found, thing=singular(per["thing"]), period="")
    thing = THING.match(text, found.end)
    if thing is not None and thing["thing"].lower() not in PERIOD_NAMES and len(thing["thing"]) > 2:
        found = replace(found, thing=singular(thing["thing"]))
        if not found.period and (direct := DIRECT.match(text, thing.end())):
            return replace(found, period=PERIOD_NAMES[direct["period"].lower()], end=direct.end())
    return found


def _with_count_of_periods(text: str, figure: Figure) -> Figure | None:
    match = COUNTED_PERIOD.match(text, figure.end)
    if match is None or figure.kind not in ("count", "bare", "data") or " in " in match[0]:
        return None
    count = float(match["n"]) if match["n"].isdigit() else float(SMALL_WORDS[match["n"]])
    return replace(figure, end=match.end(), period=PERIOD_NAMES[match["period"].lower()], periods=count)


def _with_direct(text: str, figure: Figure) -> Figure | None:
    match = DIRECT.match(text, figure.end)
    if match is None:
        return None
    found = replace(figure, end=match.end(), period=PERIOD_NAMES[match["period"].lower()])
    return replace(found, kind="count") if figure.kind == "bare" else found


def _with_hours_of(text: str, figure: Figure) -> Figure:
    """Hours of something in a period: ``2 million hours of music a day``, ``every day they watch 9 million hours``."""
    behind = text[figure.end : figure.end + 80]
    match = HOURS_OF.match(behind) or re.match(r"\s(?P<adverb>daily|weekly|monthly)\b", behind)
    if match is not None:
        return replace(figure, end=figure.end + match.end(), period=_led(match))
    lead = LEADING.search(text[max(0, figure.start - 90) : figure.start])
    if lead is not None and (OF_FILM.match(behind) or (figure.high >= 1000 and PLAYED.search(text))):
        return replace(figure, period=_led(lead))
    return figure


def _led(lead: re.Match[str]) -> str:
    """The period of a word before the figure: ``every day``, ``daily``."""
    return ADVERBS[lead["adverb"].lower()] if lead["adverb"] else PERIOD_NAMES[lead["period"].lower()]


def _with_loose(text: str, figure: Figure) -> Figure:
    """A period further off: ``830 GB of parquet every night``, ``Daily we crunch 9 TB``, ``120M daily views``."""
    if figure.kind == "time" and figure.unit in ("h", "min", "year"):
        return _with_hours_of(text, figure)
    if figure.kind not in ("count", "data", "money"):
        return figure
    adjective = next((w for w in figure.noun.lower().split()[:-1] if w in ADVERBS), None)
    if adjective is not None:
        return replace(figure, period=ADVERBS[adjective], is_loose=True)
    if (often := OFTEN.match(text[figure.end : figure.end + 70])) is not None:
        times = 2.0 if often["n"] == "twice" else 1.0
        low, high, period = figure.low * times, figure.high * times, PERIOD_NAMES[often["period"].lower()]
        return replace(figure, low=low, high=high, period=period, is_loose=True)
    if match := LOOSE.match(text[figure.end : figure.end + 90]):
        return replace(figure, period=_led(match), is_loose=True)
    head = text[max(0, figure.start - 90) : figure.start]
    lead = LEADING.search(head)
    if lead and not (lead["period"] and OF_ANOTHER.search(head[: lead.end("period")])):
        return replace(figure, period=_led(lead), is_loose=True)
    return _within_day(text, figure)


def _within_day(text: str, figure: Figure) -> Figure:
    """``Every day 3 million riders take 19 million trips``: the period before all holds for what happens in it."""
    first = EVERY_FIRST.match(text)
    if first is None or re.search(r"[.;:]\s", text[first.end() : figure.start]):
        return figure
    if figure.kind == "data" or (figure.kind == "count" and metric_of(figure.noun) == "events"):
        return replace(figure, period=PERIOD_NAMES[first["period"].lower()], is_loose=True)
    return figure
