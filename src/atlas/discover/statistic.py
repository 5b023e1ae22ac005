"""Which statistic a figure is, and whether its words make it a bound: from what stands before and behind it."""

from __future__ import annotations

import re
from typing import Literal

Qualifier = Literal["over", "under", "up_to", "nearly", "about"]

_PERCENTILE = re.compile(
    r"(?i)\bp(?P<p>50|75|90|95|99|999|99\.9)(?:th)?\b|\b(?P<n>50|75|90|95|99|99\.9)(?:th|st)?[\s-]percentile"
    r"|\btp(?P<t>50|90|95|99|999)\b"
    r"|\b(?:(?P<share>95|99|99\.9|50|90)\s?(?:%|percent)|(?P<words>ninety-five|ninety-nine"
    r"|ninety-nine point nine|fifty|ninety)\spercent)\s(?:of|come|return|are|finish|complete)"
)
_BY_SHARE = {"50": "p50", "95": "p95", "99": "p99", "99.9": "p999", "999": "p999"}
_BY_WORDS = {"ninety-five": "p95", "ninety-nine": "p99", "ninety-nine point nine": "p999", "fifty": "p50"}
_ANSWERED = re.compile(
    r"(?i)\b(?:come|return|back|answer|respon|finish|complet|within|under|in less|load|served|below|faster than)\w*"
)
_MEDIAN = re.compile(r"(?i)\b(?:median|typical half|50th)\b")
_MEAN = re.compile(r"(?i)\b(?:on average|an average|average[sd]?|averaging|mean|avg\.?|in the mean)\b")
_PEAK = re.compile(
    r"(?i)\b(?:at (?:the |its |our )?(?:daily |weekly |absolute )?peaks?|peak(?:s|ed|ing)?"
    r"|(?:our|a new|the|all-time|daily|new) record(?! \w+s\b)|record (?:stands|is|was|traffic"
    r"|load|high|day|peak|number)|at its height|highest|busiest|at the height|all-time high"
    r"|spikes? (?:of|to|at)|bursts? (?:of|to|up)|in the worst minute|rush)\b"
)
_TOTAL = re.compile(
    r"(?i)\b(?:in total|total(?:s|ling|ing|led)?|altogether|all told|overall|combined|in all"
    r"|taken together|sum(?:s)? (?:up )?to|add(?:s)? up to|in sum)\b"
)
_CAPACITY_VERB = re.compile(
    r"(?i)\b(?:can|could|able to|capable of)\s(?:\w+\s){0,2}?(?:absorb|handl\w+|take|taking"
    r"|sustain\w*|serv\w+|carry\w*|process\w*|hold\w*|support\w*|ingest\w*|accept\w*|push\w*"
    r"|host\w*|stor\w+|do|doing|deliver\w*|withstand|cope|mov\w+|swallow|seat|fit)\b|\b(?:room"
    r"|capacity|headroom|designed|built|sized|provisioned)\s(?:for|of|is)\b"
)
_LARGEST = re.compile(
    r"(?i)\b(?:max(?:imum|imal)?|worst(?:[\s-]case)?|slowest|longest|largest|biggest|heaviest"
    r"|limit(?:ed)?|cap(?:ped)? (?:at|of)|ceiling|upper bound|fattest|widest|the most)\b"
)
_LEAST = re.compile(
    r"(?i)\b(?:min(?:imum|imal)?\b(?!ute)|fastest|quickest|smallest|floor|at best|best case"
    r"|start(?:s|ing)? (?:at|from)|lowest|tiniest|shortest|lower bound|cheapest)\b"
)
_WHOSE = re.compile(
    r"(?i)\b(?:largest|biggest|fastest|smallest|longest|busiest|slowest|cheapest|lowest|highest)\s(?:\w+\s)?(?:customer"
    r"|tenant|client|competitor|cluster|region|country|city|market|account|deployment|installation"
    r"|team|company|bank|merchant|shard|table|database|network|fleet|shop|user)s?\b"
)

_QUALIFIERS: tuple[tuple[Qualifier, str], ...] = (
    ("up_to", (
        r"(?<!add )(?<!adds )up to|at most|as many as|as much as|as long as|as high as|no more"
        r" than|not more than|never more than|not over|(?:may|must|can|do|does|should|will) ?not"
        r" exceed|cannot exceed|never exceed(?:s|ed)?|never over|never (?:went |goes |go |rises?"
        r" |rose |climbs? |climbed )?(?:above|over|beyond|past|exceed\w*)|maximum of|max(?:imum)?\.?"
        r"|a cap of|capped at|limited to|bis zu|hasta|≤|<=|as far as"
    )),
    ("over", (
        r"over|more than|no fewer than|no less than|not fewer than|not less than|at least|above"
        r"|beyond|exceed(?:s|ed|ing)?|upwards? of|north of|in excess of|better than|longer than"
        r"|greater than|larger than|higher than|slower than|crossed|cross(?:es|ing)|passed|surpass(?:es"
        r"|ed|ing)?|topp?(?:s|ed|ing)|past(?: the)?|(?<![-=])>|>=|≥|well over|mehr als|über|más de|plus"
        r" de|oltre|meer dan|a minimum of|minimum of|outgr[eo]w"
    )),
    ("under", (
        r"under|less than|fewer than|below|within|inside|sub-|<|shorter than|faster than|lower"
        r" than|smaller than|no later than|in under|well under|weniger als|unter|menos de|moins"
        r" de|meno di|not even|short of(?<!shy of)"
    )),
    ("nearly", (
        r"nearly|almost|close to|just shy of|shy of|just under|just below|just short of|approaching"
        r"|approaches|not quite|a little under|a touch under|slightly (?:under|below|less than)"
        r"|knapp|casi|presque|quasi|fast"
    )),
    ("about", (
        r"about|around|roughly|some|approximately|approx\.?|circa|ca\.|c\.|~|≈|∼|somewhere around"
        r"|in the region of|on the order of|order of|more or less|an estimated|estimated|or so"
        r"|give or take|rund|etwa|ungefähr|unos|environ|circa|close on|in the neighbou?rhood of"
        r"|something like|a good"
    )),
)  # fmt: skip
_BEFORE = {
    name: re.compile(
        rf"(?i)(?:(?<![\w-])(?:{words})(?<![\d])|(?:{words})(?=\s?$))\s?(?:(?:a|an|the|our|its"
        rf"|their|all|only|just|of|some|mark|milestone|well)\s){{0,2}}[$€]?$"
    )
    for name, words in _QUALIFIERS
}
_NEARLY_FIRST: tuple[Qualifier, ...] = ("nearly", "up_to", "over", "under", "about")


def qualifier(text: str, start: int, end: int, *, is_open: bool) -> Qualifier | None:
    """The bound or looseness that is printed with a figure."""
    if is_open or re.match(r"\+|\s(?:or more|and more|and counting|and up|plus\b|oder mehr|o más|et plus)", text[end:]):
        return "over"
    if re.match(r"\s(?:or less|or fewer|or under|or below|or faster|at most|tops|max\b|maximum)", text[end:]):
        return "up_to"
    before = text[max(0, start - 40) : start]
    for name in _NEARLY_FIRST:
        if _BEFORE[name].search(before):
            return name
    if re.match(r"(?:\s\w+)?\s(?:or so|give or take|or thereabouts|-ish)\b|-ish\b", text[end:]):
        return "about"
    return None


def statistic(text: str, start: int, end: int, dimension: str) -> str | None:
    """The id of the statistic, or ``None`` where the sentence names none; of several the nearest."""
    left, right = _around(text, start, end)
    if dimension == "time" and (found := _percentile(text, left, right, start, end)):
        return found if found != "other" else None
    near = text[left:start] + "█" * (end - start) + text[end:right]
    at = start - left
    best: tuple[int, str] | None = None
    for name, pattern in _WORDS_OF:
        if name == "p50" and dimension not in ("time", "bytes", "count", "money"):
            continue
        for match in pattern.finditer(near):
            away = at - match.end() if match.end() <= at else max(0, match.start() - (end - left)) + 6
            if _fits(name, dimension, near, match) and (best is None or away < best[0]):
                best = (away, name)
    return best[1] if best is not None and best[0] <= 60 else None


_WORDS_OF = (
    ("p50", _MEDIAN), ("average", _MEAN), ("peak", _PEAK), ("total", _TOTAL), ("capacity", _CAPACITY_VERB),
    ("max", _LARGEST), ("min", _LEAST),
)  # fmt: skip


def _fits(name: str, dimension: str, near: str, match: re.Match[str]) -> bool:
    if name in ("max", "min", "peak"):
        whose = _WHOSE.match(near, match.start())
        if whose is not None and not (name == "min" and dimension == "time"):
            return False
    if name == "capacity":
        return dimension in ("count/time", "bytes/time", "count", "bytes")
    if name == "total":
        return dimension in ("bytes", "count", "bytes/time", "count/time", "money", "time")
    if name == "peak":
        return dimension not in ("money/count", "money")
    return True


def _percentile(text: str, left: int, right: int, start: int, end: int) -> str | None:
    best: tuple[int, str] | None = None
    for match in _PERCENTILE.finditer(text, left, right):
        if match["share"] or match["words"]:
            if not _ANSWERED.search(text, match.start(), end):
                continue
            name = _BY_SHARE.get(match["share"] or "") or _BY_WORDS.get((match["words"] or "").lower(), "other")
        else:
            name = _BY_SHARE.get((match["p"] or match["n"] or match["t"]).lower(), "other")
        away = start - match.end() if match.end() <= start else (match.start() - end) + 5
        if best is None or away < best[0]:
            best = (away, name)
    return best[1] if best else None


def _around(text: str, start: int, end: int) -> tuple[int, int]:
    """The clause of a figure: to the semicolon, dash or comma-and on either side, at most 120 characters."""
    breaks = [m.end() for m in re.finditer(r"[;:]\s|\s[—–]\s|, (?:and|but|while|with|which) ", text[:start])]
    left = max([start - 120, 0, *breaks])
    ahead = re.search(
        (
            r";\s|\s[—–]\s|, (?!(?:the )?(?:median|on average|p\d\d|at peak|in total|at the median"
            r"|peak|all told)\b)|\b(?:and|while|but)\b"
        ),
        text[end : end + 60],
    )
    return left, end + (ahead.start() if ahead else min(60, len(text) - end))
