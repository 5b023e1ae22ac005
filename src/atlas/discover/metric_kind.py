"""Which metric of the vocabulary a figure measures, by its dimension and the words nearest to it."""

from __future__ import annotations

import re

from atlas.discover.cue import (
    DATA,
    DEPLOY,
    EACH_NODE,
    EACH_OTHER,
    GROWTH,
    MONEY,
    NODE_THINGS,
    NULL_THINGS,
    RATIO,
    SIZED,
    TIME,
    Cue,
    clause_of,
    nearest,
)
from atlas.discover.figure import Figure
from atlas.discover.lexicon import NOUNS, singular


def time_metric(text: str, figure: Figure, si: float) -> str | None:
    """The metric of a time of ``si`` seconds."""
    default = "latency" if si < 20 else "duration"
    if (
        re.match(r"(?i)[\s-]?(?:of |round[\s-]?trip|failover|outage|window|job|build|migration)", text[figure.end :])
        and default == "duration"
    ):
        default = "duration"
    return nearest(text, figure, _TIME_ORDERED(si), default)


def _TIME_ORDERED(si: float) -> tuple[Cue, ...]:  # noqa: N802
    """Long times are seldom latencies, short ones seldom durations."""
    shifted = []
    for metric, pull, pattern in TIME:
        shift = (
            -60
            if (metric == "latency" and si >= 60)
            or (metric in ("duration", "retention", "rto") and si < 0.5)
            or (metric == "retention" and si < 60)
            else 0
        )
        shift += 25 if metric == "duration" and si >= 120 else 0
        shifted.append((metric, pull + shift, pattern))
    return tuple(shifted)


def data_metric(text: str, figure: Figure) -> str | None:
    """The metric of a number of bytes."""
    metric = nearest(text, figure, DATA, "storage", reach=45)
    clause = clause_of(text, figure)
    if metric == "memory-per-node":
        return metric if EACH_NODE.search(clause) or figure.thing in NODE_THINGS else None
    if metric == "storage-per-node":
        per_node = (
            EACH_NODE.search(clause)
            or figure.thing in NODE_THINGS
            or re.search(r"(?i)\b(?:each|every|per|a|an)\b", clause)
        )
        return metric if per_node and _kilo(figure) else "storage"
    if metric in ("payload", "item-size"):
        big = (figure.unit[:1] in "TPE" and figure.unit != "TiB") or figure.unit in ("TB", "PB", "EB")
        return "storage" if big or not SIZED.search(clause) else metric
    if metric == "storage" and (EACH_NODE.search(clause) or figure.thing in NODE_THINGS):
        return "storage-per-node"
    return metric


def _kilo(figure: Figure) -> bool:
    return not figure.unit.startswith(("P", "E"))


def flow_metric(text: str, figure: Figure) -> str | None:
    """The metric of bytes per time."""
    clause = clause_of(text, figure)
    if re.search(
        (
            r"(?i)\b(?:grow(?:s|ing)?|grew|gains?|gained|swell\w*|adds?(?! up to)|added|accumulat\w+"
            r"|increas\w+ by|puts? on|expands?|new data|piles? up)\b"
        ),
        clause,
    ):
        return None
    if figure.thing in NULL_THINGS or EACH_OTHER.search(clause):
        return None
    if figure.thing in NODE_THINGS or EACH_NODE.search(clause):
        return "bandwidth-per-node"
    return "bandwidth"


def rate_metric(text: str, figure: Figure) -> str | None:
    """The metric of a count per time."""
    clause = clause_of(text, figure)
    noun = singular(figure.noun.split()[-1]) if figure.noun else ""
    if NOUNS.get(noun) == "deploys" or (DEPLOY.search(clause) and noun in ("time", "change", "", "release", "build")):
        return "deploys"
    if figure.thing in NULL_THINGS or EACH_OTHER.search(clause):
        return None
    if re.search(
        (
            r"(?i)\b(?:rate[\s-]limit\w*|throttl\w+|quota|budget of|may send|allow(?:s|ed)?|limit(?:s"
            r"|ed)? (?:of|to|at|is)|token bucket)\b"
        ),
        clause,
    ):
        return None
    if figure.thing in NODE_THINGS or EACH_NODE.search(clause):
        return "rate-per-node"
    if GROWTH.search(clause) and not re.search(
        r"(?i)\b(?:requests?|queries|reads|writes|ops|qps|rps|traffic|load|calls)\b", figure.noun + " " + clause[:40]
    ):
        return "growth"
    return "rate"


def ratio_metric(text: str, figure: Figure, value: float) -> str:
    """The metric of a percentage."""
    default = "availability" if 0.99 <= value < 1 else "ratio"
    return nearest(text, figure, RATIO, default, reach=70) or default


def money_metric(text: str, figure: Figure) -> str | None:
    """The metric of a sum, or of one per time."""
    metric = nearest(
        text, figure, MONEY, ("cost" if figure.high < 5e8 else "money-rate") if figure.period else "money", reach=80
    )
    if figure.period:
        return metric
    return None if metric is None and not re.search(r"(?i)\bsav(?:e|es|ed|ing|ings)\b", text) else "money"
