"""Claims from prose: what a sentence says in numbers, in the quantities and metrics of the catalogue.

A figure is found and understood by the modules beside this one (``numeral``, ``trap``, ``figure``, ``compound``,
``aside``, ``statistic``, ``metric_kind``, ``flat_table``); ``spelling`` writes it in the one form that
``atlas.quantity.parse`` reads: value, interval and dimension are those of the project's own grammar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from atlas.discover import metric_kind
from atlas.discover.aside import is_aside
from atlas.discover.compound import compounds
from atlas.discover.count_metric import count_metric
from atlas.discover.figure import Figure, figures
from atlas.discover.flat_table import with_headers
from atlas.discover.lexicon import is_known, metric_of, singular
from atlas.discover.spelling import written
from atlas.discover.statistic import Qualifier, qualifier, statistic
from atlas.quantity import Quantity, QuantityError, parse

LONGEST_FIGURE = 8
"""Words of a printed figure: more would be a sentence of its source."""

LONGEST_SENTENCE = 1_500
"""Letters; what is longer is no sentence but a table, a log or code without line breaks, and is read up to there."""

_INTEREST = re.compile(
    (
        r"\d|\b(?:half a|sub-?second|single-digit|(?:two|three|four|five|six|seven|eight|nine|ten"
        r"|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty"
        r"|forty|fifty|sixty|seventy|eighty|ninety|one|hundred|thousand|million|billion|dozen)\b"
        r"|(?:under|within|than|inside) (?:a|an|one) (?:milli|micro)?(?:second|minute|hour|day))"
    ),
    re.IGNORECASE,
)
_WORDED_BOUND = re.compile(
    r"(?i)\b(?:(?P<sub>sub)[\s-]?(?P<unit>nanosecond|microsecond|millisecond|second|minute"
    r"|hour)|(?P<single>(?:low )?single)[\s-]digit[\s-](?P<unit2>microsecond|millisecond|second"
    r"|minute|percent)s?"
    r"|(?P<bound>(?:well )?(?:under|below|within|less than|inside)|in under) (?:an?|one) (?P<unit3>millisecond"
    r"|microsecond|second|minute|hour)(?!\s(?:or two|and a|of))|(?P<half>half a|a (?:quarter"
    r"|tenth|hundredth|third) of an?|three quarters of an?|half an) (?P<unit4>second|minute|hour"
    r"|millisecond))\b"
)
_FRACTIONS = {
    "half a": 0.5,
    "half an": 0.5,
    "a quarter of a": 0.25,
    "a tenth of a": 0.1,
    "a hundredth of a": 0.01,
    "three quarters of a": 0.75,
    "a quarter of an": 0.25,
    "three quarters of an": 0.75,
}
_WORD_UNITS = {
    "nanosecond": "ns",
    "microsecond": "us",
    "millisecond": "ms",
    "second": "s",
    "minute": "min",
    "hour": "h",
    "percent": "%",
}
_QUALIFIER_WORDS: dict[Qualifier, str] = {
    "over": "over ",
    "under": "under ",
    "up_to": "up to ",
    "nearly": "nearly ",
    "about": "about ",
}
_FASTER = re.compile(
    r"(?i)\b(?:faster|slower|larger|bigger|cheaper|more|less|fewer|smaller|higher|lower|gains?"
    r"|improv\w+|increas\w+|reduc\w+|speed\w*|better|gr[eo]w\w*|jump\w*|spik\w+|surge\w*|drop\w*"
    r"|throughput|performance|compress\w*|efficien\w+|quicker|cut|shr[aiu]nk\w*|multipl\w+"
    r"|factor|denser|as (?:many|much|fast|large|big|cheap)|the (?:load|traffic|throughput|size"
    r"|speed|cost|capacity)|win|boost|longer|shorter|rose|went up|than before)\b"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure of a text with what it measures.

    ``figure`` is what is printed (at most eight words), ``value`` the same in the catalogue's form, ``dimension`` one
    of the vocabulary's, ``metric`` ``None`` where no metric fits, ``stat`` ``None`` where none is named. ``order``
    tells which of a change's two figures came first. ``near`` are words that stand close by, to find the figure again.
    """

    figure: str
    value: Quantity
    dimension: str
    metric: str | None
    stat: str | None = None
    qualifier: Qualifier | None = None
    order: str = ""
    near: tuple[str, ...] = ()
    start: int = 0
    end: int = 0

    @property
    def text(self) -> str:
        """The value as the catalogue writes it."""
        return self.value.text


def claims(sentence: str) -> list[Claim]:
    """Every claim of a sentence, in the order of print."""
    if not _INTEREST.search(sentence):
        return []
    text = _plain(sentence[:LONGEST_SENTENCE])
    found = with_headers(text, compounds(text, figures(text)))
    read = [claim for figure in found if (claim := _claim(text, figure)) is not None]
    read += [claim for claim in _worded_bounds(text) if not any(_overlap(claim, other) for other in read)]
    ordered = sorted(read, key=lambda claim: (claim.start, -claim.end))
    return _paired([c for i, c in enumerate(ordered) if not any(_overlap(c, other) for other in ordered[:i])])


def _paired(read: list[Claim]) -> list[Claim]:
    """The two figures of a change measure the same thing: the first one's metric and statistic hold for both."""
    result = list(read)
    for i in range(1, len(result)):
        first, second = result[i - 1], result[i]
        if first.order and second.order and first.order != second.order and first.dimension == second.dimension:
            result[i] = replace(second, metric=first.metric, stat=second.stat or first.stat)
    return result


def _plain(text: str) -> str:
    """The same letters with one kind of space, apostrophe and minus; never longer or shorter."""
    return text.translate(_SAME)


_SAME = str.maketrans(
    {
        "\u00a0": " ",
        "\u2009": " ",
        "\u202f": " ",
        "\u2011": "-",
        "\u2010": "-",
        "\u2212": "-",
        "’": "'",
        "\t": " ",
        "\n": " ",
        "μ": "µ",
        "𝜇": "µ",
        "𝝁": "µ",
    }
)


def _overlap(one: Claim, other: Claim) -> bool:
    return one.start < other.end and other.start < one.end


def _claim(text: str, figure: Figure) -> Claim | None:
    figure = _counted_times(text, _standing(text, _every(text, figure)))
    if not _is_claim(text, figure) or is_aside(text, figure):
        return None
    bound = qualifier(text, figure.start, figure.end, is_open=figure.is_open) if figure.low == figure.high else None
    spelt = written(text, figure)
    if spelt is None:
        return None
    plain, dimension = spelt
    try:
        value = parse(
            plain if figure.low != figure.high else _QUALIFIER_WORDS.get(bound, "") + plain if bound else plain
        )
    except QuantityError:
        return None
    told, cell = _in_context(text, figure)
    metric = _metric(told, cell, dimension, value)
    stat = statistic(told, cell.start, cell.end, dimension)
    start, end = _extent(text, figure)
    return Claim(
        text[start:end].strip(), value, dimension, metric, stat, bound, figure.order, _near(text, figure), start, end
    )


def _in_context(text: str, figure: Figure) -> tuple[str, Figure]:
    """The words by which a figure is judged: the sentence's, or the label's of a table's cell."""
    if not figure.context:
        return text, figure
    start = len(figure.context) + 1
    printed = text[figure.start : figure.end]
    return f"{figure.context} {printed}", replace(figure, start=start, end=start + len(printed))


def _is_claim(text: str, figure: Figure) -> bool:
    """Whether a number with what follows it measures anything."""
    if figure.kind == "bare" or figure.high <= 0:
        return False
    if figure.kind == "factor":
        return (figure.unit != "times" and _FASTER.search(text) is not None) or _is_times(text, figure)
    if figure.is_worded and figure.low == figure.high == 1:
        return (bool(figure.period) and figure.periods != 1) or (
            figure.kind in ("time", "data") and _is_bounded(text, figure)
        )
    if figure.kind == "count":
        return _counts(figure)
    return True


def _is_times(text: str, figure: Figure) -> bool:
    behind = text[figure.end : figure.end + 30]
    return (
        re.match(
            (
                r"(?i)\s(?:faster|slower|more|less|fewer|cheaper|bigger|larger|smaller|higher|lower"
                r"|quicker|as (?:many|much|fast|large|big)|the|better|longer|shorter)\b"
            ),
            behind,
        )
        is not None
    )


def _is_bounded(text: str, figure: Figure) -> bool:
    return qualifier(text, figure.start, figure.end, is_open=False) is not None


def _counts(figure: Figure) -> bool:
    """A known noun counts; an unknown one where the number is too large for a list, or is a rate."""
    if figure.unit == "?" and not figure.period:
        small = figure.high < 50 and figure.high == int(figure.high)
        return (not figure.is_worded or figure.high >= 100) and not small and not figure.noun[:1].isupper()
    return True


def _every(text: str, figure: Figure) -> Figure:
    """``every 20 minutes`` is a rate: once in that time."""
    if figure.kind != "time" or not re.search(r"(?i)\b(?:once )?every\s$", text[: figure.start]):
        return figure
    if figure.unit in ("month", "year", "quarter") or figure.low != figure.high:
        return figure
    start = figure.start - len("every ")
    count = replace(figure, start=start, kind="count", noun="time", unit="", period=figure.unit, periods=figure.low)
    return replace(count, low=1.0, high=1.0, is_worded=False)


_STANDING = (
    "users",
    "customers",
    "connections",
    "nodes",
    "clusters",
    "regions",
    "locations",
    "engineers",
    "services",
    "cores",
)


def _standing(text: str, figure: Figure) -> Figure:
    """Users of a day or a month are counted, not a rate; new ones are a rate."""
    if figure.kind != "count" or not figure.period or figure.thing or metric_of(figure.noun) not in _STANDING:
        return figure
    around = text[max(0, figure.start - 60) : figure.end + 40]
    if re.search(
        (
            r"(?i)\b(?:new|sign[\s-]?ups?|join\w*|gain\w*|add\w*|grow\w*|regist\w+|onboard\w*|replac\w+"
            r"|restart\w*|launch\w*|terminat\w+|churn\w*)\b"
        ),
        around,
    ):
        return figure
    return replace(figure, period="", periods=1.0)


def _counted_times(text: str, figure: Figure) -> Figure:
    """``try again up to three times`` counts tries; a factor of nothing larger is none."""
    if (
        figure.kind == "factor"
        and figure.unit == "times"
        and re.search(r"(?i)\b(?:retr(?:y|ies|ied)|tr(?:y|ies|ied)|attempt\w*|again)\b", text)
    ):
        return replace(figure, kind="count", noun="tries", unit="")
    return figure


def _metric(text: str, figure: Figure, dimension: str, value: Quantity) -> str | None:
    if figure.kind in _BY_KIND:
        return _BY_KIND[figure.kind]
    if dimension in _BY_DIMENSION:
        return _BY_DIMENSION[dimension]
    if dimension == "time":
        return metric_kind.time_metric(text, figure, value.mid)
    if dimension == "ratio":
        return metric_kind.ratio_metric(text, figure, value.mid)
    if dimension.startswith("money"):
        return metric_kind.money_metric(text, replace(figure, period="month" if dimension == "money/time" else ""))
    return _OF_TEXT[dimension](text, figure)


_BY_KIND = {"nines": "availability", "factor": "speedup"}
_BY_DIMENSION = {"time/time": "watch-time", "money/count": "unit-cost"}
_OF_TEXT = {
    "bytes": metric_kind.data_metric,
    "bytes/time": metric_kind.flow_metric,
    "count/time": metric_kind.rate_metric,
    "count": count_metric,
}


def _worded_bounds(text: str) -> list[Claim]:
    """``sub-second``, ``single-digit milliseconds``, ``under a minute``, ``half a second``."""
    found = []
    for match in _WORDED_BOUND.finditer(text):
        word = match["unit"] or match["unit2"] or match["unit3"] or match["unit4"]
        unit = _WORD_UNITS[word.lower()]
        number = (
            _FRACTIONS.get((match["half"] or "").lower(), 0.0) if match["half"] else 10.0 if match["single"] else 1.0
        )
        if not number:
            continue
        bound: Qualifier | None = None if match["half"] else "under"
        if match["half"]:
            bound = qualifier(text, match.start(), match.end(), is_open=False)
        figure = Figure(
            match.start(), match.end(), number, number, "ratio" if unit == "%" else "time", unit, is_worded=True
        )
        if is_aside(text, figure):
            continue
        value = parse(_QUALIFIER_WORDS.get(bound, "") + f"{number:g} {unit}" if bound else f"{number:g} {unit}")
        dimension = "ratio" if unit == "%" else "time"
        metric = _metric(text, figure, dimension, value)
        stat = statistic(text, figure.start, figure.end, dimension)
        found.append(
            Claim(
                match[0],
                value,
                dimension,
                metric,
                stat,
                bound,
                near=_near(text, figure),
                start=match.start(),
                end=match.end(),
            )
        )
    return found


_LEFT = re.compile(
    r"(?i)(?:\b(?:just |well )?(?:over|more than|at least|up to|at most|as many as|nearly|almost"
    r"|about|around|roughly|some|approximately|under|less than|fewer than|within|above|below)\s"
    r"|[~≈<>]\s?)$"
)


def _extent(text: str, figure: Figure) -> tuple[int, int]:
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


def _near(text: str, figure: Figure, most: int = 3) -> tuple[str, ...]:
    """Up to three telling words around the figure: names first, then counted nouns."""
    around = text[max(0, figure.start - 80) : figure.start] + " " + text[figure.end : figure.end + 60]
    words = [w for w in re.findall(r"[A-Za-z][A-Za-z0-9.+-]{2,}", around) if w.lower() not in _STOP_NEAR]
    names = [w.rstrip(".") for w in words if (w[0].isupper() and not w.isupper()) or any(c.isupper() for c in w[1:])]
    nouns = [w.rstrip(".") for w in words if is_known(w) and len(singular(w)) > 3]
    return tuple(dict.fromkeys([*names[-2:], *nouns]))[:most]
