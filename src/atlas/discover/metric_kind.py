"""Which metric of the vocabulary a figure measures, by its dimension and the words nearest to it."""

from __future__ import annotations

import re
from dataclasses import replace

from atlas.discover.count_metric import count_metric
from atlas.discover.cue import DEPLOY, DIFFERENCE, GROWTH
from atlas.discover.cue_table import Cue, clause_of, nearest
from atlas.discover.each import each_of
from atlas.discover.figure import Figure
from atlas.discover.lexicon import NOUNS, metric_of, singular
from atlas.discover.ratio_cue import MONEY, RATIO
from atlas.discover.size_cue import DATA, SIZED
from atlas.discover.time_cue import TAKEN, TIME

Choice = tuple[str | None, bool]
"""A metric or none, and whether a word of the sentence speaks for it."""


def choose(text: str, figure: Figure, dimension: str, si: float) -> Choice:
    """The metric of a figure of that dimension and of ``si`` in the unit that has no factor."""
    if figure.kind in _BY_KIND:
        return _BY_KIND[figure.kind], True
    if dimension in _BY_DIMENSION:
        return _BY_DIMENSION[dimension], True
    if dimension in _BY_SIZE:
        return _BY_SIZE[dimension](text, figure, si)
    if dimension.startswith("money"):
        return money_metric(text, replace(figure, period="month" if dimension == "money/time" else ""), si)
    return _BY_TEXT[dimension](text, figure), True


def time_metric(text: str, figure: Figure, si: float) -> Choice:
    """The metric of a time of ``si`` seconds."""
    untold = "latency" if si < SHORT_S else "duration" if si > LONG_S else None
    return nearest(text, figure, _of_length(si), untold)


SHORT_S, LONG_S = 12.0, 39.0
"""Times of which no word says what they are: below they were latencies, above durations, in eight of ten sentences."""


def _of_length(si: float) -> tuple[Cue, ...]:
    """Long times are seldom latencies, short ones seldom durations, and only long ones are kept."""
    return tuple((metric, pull + _shift(metric, pull, si), pattern) for metric, pull, pattern in TIME)


def _shift(metric: str | None, pull: int, si: float) -> int:
    """Letters by which a cue of a metric pulls more at this length."""
    if metric == "duration":
        is_taken = pull == TAKEN and si < SHORT_S  # what takes two seconds was waited for
        return 25 if si >= 120 else -60 if si < 0.5 or is_taken else 0
    unlikely = {"latency": si >= 60, "rto": si < 0.5, "retention": si < 3600}
    return -90 if unlikely.get(str(metric), False) else 0


_WHOLE = re.compile(
    r"(?i)\b(?:clusters?|fleet|total|altogether|combined|across|in all|together|farm|pool of|all (?:our|the)"
    r"|we (?:have|own|run))\b"
)
_OF_NODES = re.compile(
    r"(?i)\b(?:nodes|shards|partitions|brokers|machines|servers|hosts|instances|boxes|tablets|workers|pods"
    r"|replicas)\s(?:\w+\s)?(?:keep|hold"
    r"|carry|store|have|come with|ship with|weigh|grow|are|stay|contain|get|offer|at|to|under|below|around|of"
    r"|with)\b[^.;,]{0,20}$|\b(?:replica|shard|partition|tablet|node|broker|server|instance) of (?:\w+ )?$"
)


_CORES = re.compile(r"(?i)\b(?:cores?|v?CPUs?|threads)\b[^.;]{0,12}$")
_ON_THE_WIRE = frozenset(
    [
        "message",
        "request",
        "event",
        "packet",
        "call",
        "frame",
        "response",
        "query",
        "rpc",
        "notification",
        "update",
        "ping",
    ]
)


def data_metric(text: str, figure: Figure, value: float) -> Choice:
    """The metric of a number of bytes."""
    metric, is_told = nearest(text, figure, DATA, "storage" if value >= 1e9 else None, reach=45)
    if not is_told and value < SMALL_BYTES and _ONE_THING.search(text[: figure.start]):
        return "item-size", True
    return _of_holder(text, figure, value, metric), is_told


SMALL_BYTES = 1e8
_ONE_THING = re.compile(
    r"(?i)(?:^|,\s|\band )(?:an?|each|every|(?:the|an?|our) (?:average|typical|median|largest|biggest)) (?:\w+ ){1,3}$"
)
"""What one of something is, has or weighs: ``a manifest is 3 KB, a scan 40 KB``."""


def _of_holder(text: str, figure: Figure, value: float, metric: str | None) -> str | None:
    """The nearest word's metric, set right by whose bytes they are: one node's, one item's, one message's."""
    if figure.thing in _ON_THE_WIRE:
        return "payload"
    if metric_of(figure.thing) == "records" or figure.thing in _MEASURED:
        return "item-size"
    clause = clause_of(text, figure)
    is_node = each_of(clause, figure, text) == "node" or _OF_NODES.search(text[: figure.start]) is not None
    if metric in ("storage", "storage-per-node"):
        return _of_store(text, figure, clause, metric, is_node=is_node)
    if metric == "memory-per-node":
        return metric if is_node or (not _WHOLE.search(clause) and figure.unit[:1] not in "PET") else None
    if metric in ("payload", "item-size"):
        is_told = value < 1e9 or "-" in text[figure.start : figure.end] or SIZED.search(clause)
        return metric if is_told and figure.unit[:1] not in "TPE" else "storage"
    return metric


_MEASURED = ("sample", "reading", "measurement", "line", "char")


def _of_store(text: str, figure: Figure, clause: str, metric: str, *, is_node: bool) -> str:
    """Whether bytes that are kept are the whole's, one node's, or a small node's memory."""
    if metric == "storage-per-node":
        one = is_node or re.search(r"(?i)\b(?:each|every|per|a|an)\b", clause)
        return metric if one and figure.unit[:1] not in "PE" else "storage"
    is_spec = is_node and figure.unit[:1] == "G" and _CORES.search(text[: figure.start]) is not None
    if is_spec or (figure.thing in ("pod", "container", "process", "worker", "vm") and figure.unit[:1] in "KkMG"):
        return "memory-per-node"
    return "storage-per-node" if is_node and figure.unit[:1] != "E" else "storage"


_ADDED = re.compile(
    r"(?i)\b(?:grow(?:s|ing)?|grew|gains?|gained|swell\w*|adds?(?! up to)|added|accumulat\w+|increas\w+ by|puts? on"
    r"|expands?"
    r"|new data|piles? up|sav(?:e|es|ed|ing|ings)|frees?|freed|spar(?:e|es|ed)|cuts?|avoid\w*|fewer|less|accret\w+"
    r"|of growth|crecen?|cresce|crescono|wächst|wachsen|croît|grandit|groeit|växer)\b(?! than)"
)


def flow_metric(text: str, figure: Figure) -> str | None:
    """The metric of bytes per time."""
    clause = clause_of(text, figure)
    if _ADDED.search(clause):
        return None
    if re.match(r"(?i)[\s-](?:ports?|links?|uplinks?|lines?|circuits?|interfaces?)\b", text[figure.end :]):
        return None
    kind = "node" if re.match(r"(?i)[\s-](?:NICs?|cards?)\b", text[figure.end :]) else each_of(clause, figure, text)
    return None if kind == "other" else "bandwidth-per-node" if kind == "node" else "bandwidth"


_ALLOTTED = re.compile(
    r"(?i)\b(?:rate[\s-]limit\w*|throttl\w+|quotas?|budget of|may (?:send|make|issue)|allow(?:s|ed)?|limit(?:s"
    r"|ed)? (?:of|to|at|is)"
    r"|429|token bucket|bursts? of|may be used|capped at|caps?|is limited|are limited|limiter)\b"
)
_LOAD = re.compile(
    r"(?i)\b(?:requests?|queries|reads?|writes?|ops|qps|rps|tps|traffic|load|calls|messages|transactions)\b"
)


_REPORTING = re.compile(
    r"(?i)\b(?:report|send|post|poll|ping|emit|beat|upload|heartbeat|check(?!point)|probe|refresh|scrap|flush|rotat|renew|retr|sampl|expir|call)\w*\b"
)


def rate_metric(text: str, figure: Figure) -> str | None:
    """The metric of a count per time."""
    clause = clause_of(text, figure)
    noun = singular(figure.noun.split()[-1]) if figure.noun else ""
    if NOUNS.get(noun) == "deploys" or (
        DEPLOY.search(text if noun == "time" else clause) and noun in ("time", "change", "", "release", "build")
    ):
        return "deploys"
    kind = each_of(clause, figure, text)
    if DIFFERENCE.search(figure.noun) and re.search(r"(?i)\b(?:adds?|gains?|get|store)\s\S*$", text[: figure.start]):
        return "growth"
    if kind == "other" or DIFFERENCE.search(figure.noun) or _ALLOTTED.search(clause):
        return None
    if noun == "time" and figure.start >= 0 and re.match(r"(?i)every\b", text[figure.start :]):
        is_ours = re.match(r"(?i)\W*(?:an?|the|we|our)\b", text) is not None and _REPORTING.search(text) is None
        return "rate" if is_ours else None
    if kind == "node":
        return "rate-per-node"
    if GROWTH.search(clause) and not _LOAD.search(figure.noun + " " + clause[:40]):
        return "growth"
    return "rate"


def ratio_metric(text: str, figure: Figure, value: float) -> Choice:
    """The metric of a percentage."""
    return nearest(text, figure, _of_size(value), "availability" if 0.99 <= value < 1 else None, reach=70)


def _of_size(value: float) -> tuple[Cue, ...]:
    """Two nines and more are mostly kept promises; nobody promises less than nine tenths."""
    if 0.985 <= value < 1:
        shifts = {"availability": 25, "share": -15 if value < 0.999 else -60}
        return tuple((metric, pull + shifts.get(str(metric), 0), pattern) for metric, pull, pattern in RATIO)
    return tuple((m, pull - 45 if m == "availability" and value < 0.9 else pull, p) for m, pull, p in RATIO)


_FUNDING = re.compile(
    r"(?i)\b(?:rais(?:e|ed|ing) \W?\d|raised|valuation|valued|funding|seed|Series [A-K]|acqui\w+|IPO|invest(?:s|ed"
    r"|ment|ors?)|bought (?:by|for)"
    r"|round of|round was|unicorn|takeover|went public)\b"
)


FLOW_PER_S = 3.0
"""About 100 million a year: no cost of a system that a sentence would tell without a word of cost."""


def money_metric(text: str, figure: Figure, si: float) -> Choice:
    """The metric of a sum, or of one per time."""
    metric, is_told = nearest(text, figure, MONEY, "cost" if si < FLOW_PER_S else "money-rate", reach=80)
    if figure.period:
        return metric, is_told
    return None if _FUNDING.search(text) else "money", True


_BY_KIND = {"nines": "availability", "factor": "speedup"}
_BY_DIMENSION = {"time/time": "watch-time", "money/count": "unit-cost"}
_BY_SIZE = {"time": time_metric, "ratio": ratio_metric, "bytes": data_metric}
_BY_TEXT = {"bytes/time": flow_metric, "count/time": rate_metric, "count": count_metric}
