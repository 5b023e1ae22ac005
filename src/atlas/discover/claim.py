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
from atlas.discover.figure import Figure, figures
from atlas.discover.flat_table import with_headers
from atlas.discover.sense import is_claim, settled
from atlas.discover.spelling import written
from atlas.discover.statistic import Qualifier, qualifier, statistic
from atlas.discover.surroundings import extent, near
from atlas.discover.worded_bound import worded_bounds
from atlas.quantity import Quantity, QuantityError, parse

LONGEST_SENTENCE = 1_500
"""Letters; what is longer is no sentence but a table, a log or code without line breaks, and is read up to there."""

_INTEREST = re.compile(
    (
        r"\d|\b(?:half an?|a (?:quarter|tenth|hundredth)|sub[\s-]?(?:nano|micro|milli)?(?:second|minute|hour)"
        r"|single[\s-]digit|(?:two|three|four|five|six|seven|eight|nine|ten"
        r"|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty"
        r"|forty|fifty|sixty|seventy|eighty|ninety|one|hundred|thousand|million|billion|dozen)\b"
        r"|(?:under|within|than|inside) (?:a|an|one) (?:milli|micro)?(?:second|minute|hour|day))"
    ),
    re.IGNORECASE,
)
_QUALIFIER_WORDS: dict[Qualifier, str] = {
    "over": "over ",
    "under": "under ",
    "up_to": "up to ",
    "nearly": "nearly ",
    "about": "about ",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure of a text with what it measures.

    ``figure`` is what is printed (at most eight words), ``value`` the same in the catalogue's form, ``dimension`` one
    of the vocabulary's, ``metric`` ``None`` where no metric fits, ``stat`` ``None`` where none is named. ``order``
    tells which of a change's two figures came first. ``near`` are words that stand close by, to find the figure again.
    ``is_told`` is false where no word beside the figure says what it measures, so that its metric is not guessed.
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
    is_told: bool = True

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
    bounds = [(figure, bound) for figure, bound in worded_bounds(text) if not is_aside(text, figure)]
    worded = [claim for figure, bound in bounds if (claim := _read(text, figure, bound)) is not None]
    read += [claim for claim in worded if not any(_overlap(claim, other) for other in read)]
    ordered = sorted(read, key=lambda claim: (claim.start, -claim.end))
    return _paired([c for i, c in enumerate(ordered) if not any(_overlap(c, other) for other in ordered[:i])])


def _paired(read: list[Claim]) -> list[Claim]:
    """The two figures of a change measure the same thing: the first one's metric and statistic hold for both.

    So does the metric of a figure beside which no word says what it is: ``answers 94 %, the shield another 4 %``.
    """
    result = list(read)
    for i in range(1, len(result)):
        first, second = result[i - 1], result[i]
        if not second.is_told and first.is_told and first.dimension == second.dimension:
            result[i] = second = replace(second, metric=first.metric)
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
    figure = settled(text, figure)
    if not is_claim(text, figure) or is_aside(text, figure):
        return None
    bound = qualifier(text, figure.start, figure.end, is_open=figure.is_open) if figure.low == figure.high else None
    return _read(text, figure, bound)


def _read(text: str, figure: Figure, bound: Qualifier | None) -> Claim | None:
    """The figure as a quantity, with its metric and statistic; ``None`` where the quantities do not know it."""
    spelt = written(text, figure)
    if spelt is None:
        return None
    plain, dimension = spelt
    try:
        value = parse(_QUALIFIER_WORDS.get(bound, "") + plain if bound and figure.low == figure.high else plain)
    except QuantityError:
        return None
    told, cell = _in_context(text, figure)
    metric, is_told = metric_kind.choose(told, cell, dimension, value.mid)
    is_told = is_told and not figure.is_elided
    stat = statistic(told, cell.start, cell.end, dimension)
    start, end = extent(text, figure)
    words = near(text, figure)
    return Claim(
        text[start:end].strip(), value, dimension, metric, stat, bound, figure.order, words, start, end, is_told
    )


def _in_context(text: str, figure: Figure) -> tuple[str, Figure]:
    """The words by which a figure is judged: the sentence's, or the label's of a table's cell."""
    if not figure.context:
        return text, figure
    start = len(figure.context) + 1
    printed = text[figure.start : figure.end]
    return f"{figure.context} {printed}", replace(figure, start=start, end=start + len(printed))
