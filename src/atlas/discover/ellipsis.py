"""Bare numbers whose noun or unit stands elsewhere: ``nodes went from 540 to 96``, ``6 nodes; today there are 210``.

English leaves out what was just said. A number that closes its clause after *now*, *we have*, *down to* counts what
the figure before it counted; one with ``Users:`` or ``the number of shards is`` before it counts that.
"""

from __future__ import annotations

import re
from dataclasses import replace

from atlas.discover.figure import Figure
from atlas.discover.lexicon import is_known
from atlas.discover.unit_words import PERIOD_NAMES

FROM = re.compile(
    r"(?i)\bfrom\s(?:an?\s|about\s|around\s|roughly\s|over\s|some\s|nearly\s|almost\s|just\s"
    r"|our\s|the\s|more than\s|a high of\s|a median of\s){0,2}[$€]?$"
)
TO = re.compile(
    r"(?i)^\s?(?:(?:[A-Za-z]|(?:19|20)\d\d\b)[\w'-]*\s){0,4}?(?:,\s)?(?:all the way\s)?(?:down\s|up\s)?(?:to|into|→"
    r"|->)\s(?:just\s"
    r"|only\s|about\s|around\s|roughly\s|under\s|below\s|over\s|less than\s|more than\s|nearly\s"
    r"|almost\s|a\s|an\s|well under\s|some\s|mere\s|as little as\s){0,3}[$€]?$"
)


_NUMBER_OF = re.compile(
    r"(?i)\b(?:number|count) of (?:\w+\s){0,2}?(?P<noun>\w+)"
    r"(?: (?:per|a) (?:second|minute|hour|day|week|month|year))?(?:\s(?:\w+\s){0,3}?(?:is|was|to"
    r"|at|of|by|reached|hit|stands at|stood at|from|now|exceeds|passed)|:)\s(?:\w+\s)?$"
)
_COUNT_OF = re.compile(r"(?i)\b(?P<noun>\w+) count(?:\s(?:\w+\s){0,2}?(?:is|was|to|at|of|by|from)|:)\s$")


_REACHED = re.compile(
    r"(?i)\b(?P<noun>\w+)(?:\s\w+ly)?\s(?:(?:have |has |had )?(?:now )?(?:exceeded?|exceeds|(?:went|climbed|grew"
    r"|blew|shot|rose) (?:past|beyond|above|over)|approach(?:es|ed)"
    r"|reached|reaches|passed|hit|topped|crossed|surpassed|stood at|stands at|total(?:l)?ed"
    r"|number(?:ed|s)?"
    r"|grew to|rose to|climbed to|peaked at|grown to|risen to|dropped to|fell to|shrank to)"
    r"|:)\s(?:(?:just|about|around|over|nearly|almost|roughly|more than|some|a|only)\s)*$"
)
_LOOSELY = (
    r"(?:just |only |about |around |over |more than |nearly |almost |some |roughly |a mere |fewer than |less than "
    r"|under "
    r"|exactly |barely |as many as |as few as |at least |well over )*"
)
_AGAIN = re.compile(
    r"(?i)\b(?:(?:now|today|nowadays|currently|these days|by now|at present|this year|last year|later|afterwards)"
    r"|(?:we|they|it|ours|you) (?:now |still |only |today |just )?(?:have|has|had|run|runs|ran|need|needs|needed"
    r"|kept|keep"
    r"|keeps|use|uses|used|operate|operates|own|got|counts?|counted|takes?|took|do|does|did|sees?|saw|serves?"
    r"|handles?|manages?|gets?|are (?:at|down to|up to))"
    r"|there (?:are|were|remain|now are|are now)|(?:it|that|they) (?:is|was|were|are)|(?:is|it's|that's|was|are"
    r"|were) (?:now"
    r"|down to|up to)"
    r"|(?:now|today) (?:it's|it is|they are|we're at|we are at|it takes|it has|there are|we have|we need|we run)"
    r"|down to|up to|instead of|rather than|became|turned into|left with"
    r"|(?:get|got|make|made|do|did|manage)s? (?:by|do)? ?with"
    r"|the (?:other|remaining)|(?:before|after|then|now):"
    r"|(?:grown|shrunk|cut|reduced|grew|shrank|merged|consolidated|folded|packed|squeezed|boiled down"
    r"|turned)(?: [a-z]+){0,2}"
    r" (?:in)?to),?\s" + _LOOSELY + r"$"
)
_CLOSES = re.compile(
    r"(?i)^(?:\s?[.,;:!?)]|\s*$|\s[—–-]\s|\s(?:do|does|did|handle|serve|suffice|are|were|remain|is|was|will|can|run"
    r"|carry|left"
    r"|now|today|in|at|by|after|before|when|once|on|of|with|and|but|last|this|for|thanks|because|while|keep|hold)\b)"
)
_REMARKED = re.compile(r"\s\([^()]{1,15}\)\s?[/,;]?\s(?:and )?")
"""``22k (average) / 61k (peak)``."""
_PART_OF = re.compile(r"(?i)[,;]\s(?:out )?of (?:which|these|those)\s" + _LOOSELY + "$")
_BESIDE = re.compile(
    r"(?:\s(?:go|goes|went))?\s(?P<word>in|on|at|for|by|from|after|before|as|to)"
    r"\s[^.;:!?,]{1,30},?\s(?:and |but |then |to |or )?" + _LOOSELY
)
_AND_DID = re.compile(r"\s(?:and|but|then|or)\s(?:[a-z]+\s){1,2}" + _LOOSELY)
_EXTREME = re.compile(
    r"(?i),\s(?:and |but )?(?:the|a|its|their|our) (?:ceiling|floor|maximum|minimum|max|min|limit|median|average"
    r"|mean|peak|record|rest|others?"
    r"|largest|smallest|biggest|fastest|slowest|longest|shortest|worst|best|p\d\d|[█\w-]+ percentile)(?: \w+)?(?: in"
    r"| at| is| was| of)?\s" + _LOOSELY + "$"
)
_GAPPED = re.compile(
    r"(?i)(?:[,;]|[,;]? (?:and|but|while))\s(?:an?|the|our|its|each|every)\s(?:[a-z][\w.]*\s){1,3}?" + _LOOSELY
)
_GOES_ON = re.compile(r"(?:,|;)?\s(?:and|but|while)\s(?:an?|the|our|its|each|every)\s|(?:,|;)\s|[.!?;]?$|[.!?]\s")
"""``a read takes 4 ms, a write 9 and a scan 300``: the verb and the unit stand once."""
_TAIL = re.compile(
    r"(?i)(?:[,;]\s(?:and |but |while )?|\s(?:and|but|while)\s)(?:the|our) (?:slowest|fastest|worst|best"
    r"|unluckiest|busiest)\s[^.,;:]{0,25}?"
    r"(?:needs?|takes?|waits?|sees?|gets?|wants?)\s" + _LOOSELY + "$"
)
_OTHER_ONE = re.compile(r"(?i)[;,]\s(?:and |but )?(?:an?|the|our) (?:[a-z]+ )?(?:one|other|rest)s?,\s" + _LOOSELY)
"""``takes 90 minutes; an emergency one, 4``."""
_ELSEWHERE = re.compile(
    r"(?:[^.;:]{0,25})?,\s(?:and |but |or |then )?(?:in|on|at|during|for|by|after|before)\s[^.,;:]{2,40}?\s" + _LOOSELY
)
_ENDS = re.compile(r"\s?(?:[.;,!?)]|$)")
_THAT_OF = re.compile(r"(?i)\b(?:that|those) of [^.;:]{1,40} (?:is|was|are|were|has|had|at) " + _LOOSELY + "$")
_INTO = re.compile(r"\s(?:down )?(?:in)?to\s" + _LOOSELY)
_MERGED = re.compile(
    r"(?i)\b(?:consolidat|merg|shr[aiu]nk|reduc|cut|trim|collaps|fold|squeez|split|scal|grew|grow|went|expand|turn"
    r"|down|mov)\w*"
    r"\b[^.;]*$"
)
_NAMED = re.compile(r"(?<![.:;!?]\s)(?<!^)\b(?!I\b)[A-Z]\w*\s$")
"""A name before a number makes it a part of the name: ``Vitess 19``."""
_OUT_OF = re.compile(r"(?i)\b(?:of|among|out of)\s(?:the |our |these |those |all |its )*$")
_LABEL = re.compile(
    r"(?:^|[.;,|]\s)(?:[A-Z]\w+\s)?(?P<noun>[A-Za-z]+)(?:\s\([\w\s]+\))?(?:\s(?:per|a)\s(?P<period>second|minute"
    r"|hour|day|week|month|year))?(?::|\s[—–])\s" + _LOOSELY + "$"
)
_SIZE_OF = re.compile(r"(?i)\b(?P<of>fleet|cluster|ring|team|crew) size(?:\s(?:is|was|of|at)|:)?\s" + _LOOSELY + "$")
_SHORT = re.compile(r"\b(?P<noun>DAU|MAU|WAU|QPS|RPS|TPS|IOPS)s?(?:\s(?:is|are|of|at|was)|:)?\s" + _LOOSELY + "$")
_EXACTLY = re.compile(r"\sto be (?:exact|precise)\b")


def with_antecedents(text: str, found: list[Figure]) -> list[Figure]:
    """Bare figures with the noun or unit that the sentence gave before."""
    result = _pairs(text, _subjects(text, found))
    for i, figure in enumerate(result):
        if figure.kind != "bare":
            continue
        before = text[: figure.start]
        if (named := _by_name(before, text[figure.end :], figure)) is not None:
            result[i] = named
            continue
        if (label := _LABEL.search(before)) is not None and is_known(label["noun"]):
            period = PERIOD_NAMES[label["period"]] if label["period"] else ""
            result[i] = replace(figure, kind="count", noun=label["noun"], period=period)
            continue
        earlier = _antecedent(text, result[:i], figure)
        if earlier is not None and _goes_on(text, earlier, figure):
            result[i] = replace(
                earlier,
                start=figure.start,
                end=figure.end,
                low=figure.low,
                high=figure.high,
                is_worded=figure.is_worded,
                is_elided=True,
            )
    return result


_PAIRED = re.compile(r"(?:,? and|,)\s" + _LOOSELY)


def _pairs(text: str, found: list[Figure]) -> list[Figure]:
    """``2 sites and 340 servers, now 5 and 2,900``: of two bare numbers each counts what its like did."""
    result = list(found)
    for i in range(3, len(result)):
        first, second = result[i - 1], result[i]
        if second.kind != "bare" or not _PAIRED.fullmatch(text[first.end : second.start]):
            continue
        one, other = result[i - 3], result[i - 2]
        told = one.kind not in ("bare", "factor") and other.kind not in ("bare", "factor")
        alike = first.kind == "bare" or (first.kind == one.kind and first.noun == one.noun)
        joined = _PAIRED.fullmatch(text[one.end : other.start]) is not None
        if told and alike and joined and (one.kind, one.noun) != (other.kind, other.noun):
            result[i - 1] = _like(one, first) if first.kind == "bare" else first
            result[i] = _like(other, second)
    return result


def _like(told: Figure, bare: Figure) -> Figure:
    return replace(told, start=bare.start, end=bare.end, low=bare.low, high=bare.high, is_worded=bare.is_worded)


def _by_name(before: str, behind: str, figure: Figure) -> Figure | None:
    """``DAU 31M``, ``QPS: 210k``, ``fleet size: 1,260``, ``a few hundred machines, 312 to be exact``."""
    if (short := _SHORT.search(before)) is not None:
        people = short["noun"].endswith("AU")
        return replace(figure, kind="count", noun="users" if people else short["noun"], period="" if people else "s")
    if (size := _SIZE_OF.search(before)) is not None:
        return replace(figure, kind="count", noun="engineers" if size["of"].lower() in ("team", "crew") else "nodes")
    if re.match(r"\sstrong\b", behind) and re.search(r"(?i)\b(?:team|crew|group|squad)\b", before[-40:]):
        return replace(figure, kind="count", noun="engineers")
    if _EXACTLY.match(behind):
        noun = next((word for word in reversed(re.findall(r"[A-Za-z]+", before)) if is_known(word)), "")
        return replace(figure, kind="count", noun=noun) if noun else None
    return None


_MAKES_DO = re.compile(r"(?i)\b(?:get|got|make|made|do|did|manage)s? (?:by|do)? ?with\s" + _LOOSELY + "$")
_SLOWEST = re.compile(r"(?i)\b(?:slowest|fastest|worst|best|unluckiest)\s$")


def _antecedent(text: str, before: list[Figure], figure: Figure) -> Figure | None:
    """The last figure that has a noun or a unit, that of what stands where one makes do with fewer.

    ``one`` is a pronoun, and ``the slowest 1 %`` says which, not how much.
    """
    told = [
        f
        for f in before
        if f.kind in ("count", "time", "data", "money", "ratio")
        and not (f.is_worded and f.high == 1)
        and not (f.kind == "ratio" and _SLOWEST.search(text[: f.start]))
    ]
    if _MAKES_DO.search(text[: figure.start]):
        told = [f for f in told if not f.period]
    return told[-1] if told else None


def _goes_on(text: str, earlier: Figure, figure: Figure) -> bool:
    """Whether a bare number says another value of what the earlier figure said."""
    if (figure.is_worded and figure.high == 1) or _NAMED.search(text[: figure.start]):
        return False
    between, behind = text[earlier.end : figure.start], text[figure.end :]
    if re.fullmatch(r",\s" + _LOOSELY, between) and _OUT_OF.search(text[: earlier.start]):
        return earlier.kind == "count" and figure.high <= earlier.high
    if _is_parallel(between, behind, figure):
        return True
    if earlier.kind != "count" and re.match(r"\sof (?:which|that|it)\b", behind):
        return earlier.kind != "ratio"
    if _CLOSES.match(behind) is None:
        return False
    if _THAT_OF.search(between):
        return True
    if earlier.kind == "count" and _INTO.fullmatch(between) and _MERGED.search(text[: earlier.start]):
        return True
    is_same = earlier.unit != "?" if earlier.kind == "count" else not figure.is_worded
    return is_same and _AGAIN.search(between) is not None


def _is_parallel(between: str, behind: str, figure: Figure) -> bool:
    """``4,000 users in March, 19,000 in June``; ``in Osaka 60 ms, in Quito 22``; ``the floor 3 ms, the ceiling 40``."""
    if _REMARKED.fullmatch(between) and behind.startswith(" ("):
        return True
    if _PART_OF.search(between) and re.match(r"\s(?:go|goes|are|is|went|were|was|belong)\b", behind):
        return True
    beside = _BESIDE.fullmatch(between)
    if beside is not None and behind.startswith(f" {beside['word']} "):
        return True
    if not figure.is_worded and _GAPPED.fullmatch(between) and _GOES_ON.match(behind):
        return True
    if _ENDS.match(behind) is None:
        return False
    if _EXTREME.search(between) or _OTHER_ONE.search(between) or _TAIL.search(between):
        return True
    return not figure.is_worded and (_AND_DID.fullmatch(between) or _ELSEWHERE.fullmatch(between)) is not None


def _subjects(text: str, found: list[Figure]) -> list[Figure]:
    """Bare numbers whose noun stands before: ``nodes went from 540 to 96``, ``the number of shards is 4,096``."""
    result = list(found)
    for i, figure in enumerate(result):
        if figure.kind != "bare":
            continue
        before = text[: figure.start]
        match = _NUMBER_OF.search(before) or _COUNT_OF.search(before) or _REACHED.search(before)
        noun = match["noun"] if match and is_known(match["noun"]) else ""
        after = result[i + 1] if i + 1 < len(result) else None
        if (
            after is not None
            and after.kind == "bare"
            and TO.match(text[figure.end : after.start])
            and FROM.search(before)
        ):
            noun = noun or next((w for w in reversed(re.findall(r"[A-Za-z]+", before)) if is_known(w)), "")
            if noun:
                result[i + 1] = replace(after, kind="count", noun=noun, period=_period(noun, before))
        if noun:
            result[i] = replace(figure, kind="count", noun=noun, period=_period(noun, before))
    return result


def _period(noun: str, before: str) -> str:
    """The time in which a noun before its number is counted: ``alerts per week fell from 1,400 to 90``."""
    match = re.search(rf"\b{re.escape(noun)} (?:per|an?|each|every) (?P<period>[a-z]+)\b", before)
    return PERIOD_NAMES.get(match["period"], "") if match else ""
