"""Tables of words that tell what a figure measures, and how the nearest is found.

Each cue pulls from a distance of so many letters; the nearest cue wins, one before the figure rather than one behind.
A metric ``None`` is an answer too: the figure is a setting, a difference, or the load of one user or core.
"""

from __future__ import annotations

import math
import re

from atlas.discover.figure import Figure

Cue = tuple[str | None, int, re.Pattern[str]]


def cues(*rows: tuple[str | None, int, str]) -> tuple[Cue, ...]:
    """A table of metric, pull in letters, and words; case does not matter."""
    return tuple((metric, pull, re.compile(rf"(?i)(?:{pattern})")) for metric, pull, pattern in rows)


def clause_of(text: str, figure: Figure) -> str:
    """The words around a figure, to the next break of the sentence."""
    parts = re.split(r"[;:]\s|\s[—–]\s|,\s(?:and|but|while|which|so)\s", text[: figure.start])
    head = (parts[-1] if len(parts) == 1 or len(parts[-1]) > LABELLED else " ".join(parts[-2:]))[-110:]
    tail = re.split(r"[;:]\s|\s[—–]\s|,\s|\s(?:and|while|but)\s", text[figure.end :])[0][:70]
    return head + text[figure.start : figure.end] + tail


def nearest(
    text: str, figure: Figure, cues: tuple[Cue, ...], default: str | None, reach: int = 90
) -> tuple[str | None, bool]:
    """The metric whose cue is nearest to the figure, its pull counted in, and whether any word speaks up."""
    metric, pull = strongest(text, figure, cues, reach)
    return (metric, True) if pull > FAINT else (default, False)


def strongest(text: str, figure: Figure, cues: tuple[Cue, ...], reach: int = 90) -> tuple[str | None, float]:
    """The metric of the cue that pulls most, and its pull in letters; what stands behind is ten letters further off."""
    told = _NAME.sub(lambda name: "█" * len(name[0]), text)
    head, tail = told[max(0, figure.start - reach) : figure.start], told[figure.end : figure.end + reach]
    best, metric = -math.inf, None
    for name, pull, pattern in cues:
        near = min(
            [len(head) - m.end() + _breaks(head[m.end() :]) for m in pattern.finditer(head)]
            + [m.start() + 10 + _breaks(tail[: m.start()]) for m in pattern.finditer(tail)],
            default=None,
        )
        if near is not None and pull - near > best:
            best, metric = pull - near, name
    return metric, best


_NAME = re.compile(
    r"(?<=[a-z] )(?!(?:My|Post|Varn|Mem|Mongo|Kafka|Redis|Cassandra|Hadoop|Parquet|Verf|Aus)\w*)[A-Z][a-z]+\b"
)
"""``the queue of Lagerfeuer`` lags no more than others: what is called so says nothing."""
FAINT = -10
"""A pull weaker than this comes from another clause, and is none."""


def _breaks(between: str) -> int:
    if len(between) <= LABELLED and between.startswith(":"):
        return 0
    joined = _NAMES_JOINED.sub("  ", _OF_LABEL.sub("", between))
    return 70 * len(_SENTENCE_ENDS.findall(joined)) + 35 * sum(
        joined.count(mark) for mark in (",", ";", " and ", " but ", ": ")
    )


_OF_LABEL = re.compile(r":\s\W{0,3}$")
_SENTENCE_ENDS = re.compile(r"[.!?]\s(?=[A-Z])")
_NAMES_JOINED = re.compile(
    r"(?<=█) and (?=█)|(?<=[A-Z][a-z]) and (?=[A-Z])|(?<=[A-Z][a-z]{2}) and (?=[A-Z])|(?<=[a-z]) and (?=[A-Z][a-z]+ )"
)
"""``between Dublin and Ohio`` is no break."""
LABELLED = 12
"""Letters between a label's colon and its figure: ``Message size: at most 1 MB``."""
