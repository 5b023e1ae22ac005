"""Figures that are true numbers with units and yet no claims: ages, how long ago, talks, thought experiments, prizes.

Claims are about the writer's system, its load, its users and the people who run it; these are about something else.
"""

from __future__ import annotations

import re

from atlas.discover.figure import Figure
from atlas.discover.lexicon import metric_of
from atlas.discover.time_aside import time_aside

_WHOLE = re.compile(
    r"(?i)^\W*(?:imagine|suppose|picture|pretend|assum(?:e|ing)|consider an?\b|say (?:an?\b|you|we"
    r"|that)|let(?:'|’)s (?:say|assume|pretend|imagine)|what if|think of an?\b|had we|if (?:you"
    r"|we|one|each|every) (?:had|were|could|wanted|ran|took|needed))"
    r"|\bsuppose(?: that)?\b|\bhypothetical\w*|\bimagine\b|\bin theory\b|\bthought experiment"
    r"|\bback[- ]of[- ]the[- ]envelope\b|\bif (?:\w+[ ,]+){1,12}?(?:would|could)\b|\bif [^.;]{3,60}, (?:you|we|they"
    r"|it|i)'d\b|\bis said"
    r" to\b|\btrusted by\b|\bloved by\b|\byou(?:'ll| will) (?:see|learn|find|understand)\b|^what would\b"
    r"|\bare said to\b|\bbut we are not\b|\bsupposedly\b|\ballegedly\b|\b(?:save|get|enjoy"
    r"|grab|claim) \d+ ?%[^.]*\byour?\b|\bfolklore\b|\brule of thumb\b|\btextbooks? (?:say"
    r"|claim)|\btextbooks?\b|\bhuman (?:blink|hair)\b|\blegend has it\b|\bit is said\b|\bas (?:they|people) say\b"
    r"|\b\d+% off\b|\bdiscount\b|\bcoupon\b|\bpromo code\b|\bwith code [A-Z]|\bspeed of light\b"
    r"|\blight (?:needs|takes|travels|crosses)\b|\bthe (?:earth|moon|sun|human (?:eye|brain"
    r"|ear))\b|\bsign up (?:today|now) (?:and|to|for)\b"
    r"|\b(?:people|they|some|folks|experts|critics) say\b|\b(?:Moore|Amdahl|Conway|Murphy|Brooks|Metcalfe|Dunbar)'s\b"
    r"|\banother company\b|\b(?:reportedly|rumou?red)\b|\ba well-known\b|\bbrochures?\b"
    r"|\bsurvey(?:s|ed)?\b|\brespondents\b"
)
_OTHERS = re.compile(
    r"(?i)\b(?:\w+'s published|[A-Z]\w+-(?:sized|scale) \w+|(?:our |their |bigger |larger |most )?(?:rivals?"
    r"|competitors?|incumbents?)|hyperscalers?|(?:other"
    r"|some|most"
    r"|many|big|bigger|larger) (?:companies|vendors|banks|shops|firms|providers|startups|players|sites|places)"
    r"|the (?:big|larger?) (?:ones|players|clouds)|giants|neighbou?rs|a friend|(?:the|their|its|his) (?:vendor"
    r"|brochure|manual"
    r"|datasheet|documentation|docs|paper|authors?|literature|press release|benchmark|sales\w*"
    r"|slides?)(?:'s)?(?: \w+){0,2} (?:says?|said|claims?|claimed"
    r"|promis\w+|reports?|speaks? of|mentions?|quotes?|advertis\w+|boasts?|suggests?|recommends?|warns?)"
    r"|(?:some|people|experts|folks) say|the ideal|(?:they|others|everybody else|everyone else) (?:run|runs|have"
    r"|need|claim|serve|use|report)"
    r"|(?:industry|market|world)(?:'s)? average|in the (?:literature|wild|industry)|(?:i|we|you) (?:once )?"
    r"(?:heard|read) (?:of|that"
    r"|about))\b"
)
"""Who is talked about in the clause of a figure, if not the writer."""
_GIANT = re.compile(
    r"\W*(?:(?:Facebook|Google|Amazon|Netflix|Uber|Meta|Microsoft|LinkedIn|Alibaba|TikTok) (?:reports?|claims?|says)"
    r"|[A-Z]\w+ (?:reported|once (?:wrote|said|claimed)|boasts?|announced)|Facebook|Google|Amazon|Netflix"
    r"|Twitter|Uber|Meta|Microsoft|Apple|LinkedIn|Alibaba|Tencent|TikTok|Airbnb|AWS|YouTube|WhatsApp)\b"
)
_TURNED = re.compile(r"(?i)[;,:.–—-]\s(?:but |and |while |whereas )?(?:we|our|ours|us|not us)\b")
"""``Google serves so many; we serve fewer``: the first clause is about somebody else."""
_OWN_AGAIN = re.compile(r"(?i);|\b(?:we|our|us|ours|but|while|whereas|unlike|compared (?:to|with))\b")
_WOULD = re.compile(
    r"(?i)\b(?:would(?:n't| not)?(?: have)?|could have|might have|should have|were we to|had we)\s(?:\w+\s){0,6}?$"
)
_WOULD_BE = re.compile(r"(?i)^[^.;:,]{0,30}\swould(?: not|n't)? (?:have|be|need|take|do|cost|suffice)\b")
_ASKED = re.compile(
    r"(?i)^\W*(?:sign up|try|get started|subscribe|register|upgrade|grab|save|enjoy|(?:start|join|buy|win|book"
    r"|download|order|claim"
    r"|call|contact|learn|discover|meet|ask) (?:an?|the|your|us|our|now|today|with|free|it|more|all|for|up)\b)(?! how)"
    r"(?![^.;]{0,40}\bdevelopers who\b)"
)
"""Sentences that call the reader to something."""
_COMPANY = re.compile(
    r"(?i)\bwe are (?:about |some |only |now |just )*$|\b(?:firm|company|startup|start-up|studio|agency"
    r"|business),?\s(?:\w+\s){0,2}$"
)
_HEADCOUNT = re.compile(
    r"(?i)\b(?:employ(?:s|ed|ees?|ing)?|headcount|staff(?:ed)?(?! engineer)|colleagues|workforce"
    r"|payroll|hire[ds]?|hiring|offices?|founders?|guests|attendees|attended|came to (?:the|our|a) (?:party"
    r"|meetup|talk)|co-workers)\b|\b(?:company|startup|start-up|firm|business|organi[sz]ation)"
    r" of (?:about |some |around |roughly )?$"
)
_SMALL_MONEY = re.compile(
    r"(?i)\b(?:coffees?|espressos?|lunch|dinner|beers?|pizzas?|t-?shirts?|swag|stickers?|mugs?"
    r"|gift cards?|vouchers?|prizes?|raffle|bets?|tickets? (?:for|to|costs?)|conference|registration"
    r"|hackathon|book(?:s|let)?\b(?!ing)|bounty|donuts?|cakes?|taxi ride|hotel room|keyboard"
    r"|monitor|parking|fines?)\b"
)
_TURNS = re.compile(r"(?i)\b(?:spin\w*|disks?|drives?|fans?|wheels?|turbines?|motors?|rotors?|engines?)\b")
_SCORE = re.compile(
    r"(?i)^\s?(?:stars?\b|out of (?:\d|five|ten)|/\s?(?:5|10)\b|points? (?:out|of))|^\s?(?:problems\b|ways\b"
    r"|reasons\b|lessons\b)"
)
_ALL_OF = re.compile(r"(?i)\b(?:all|both|the|any|each|one|only|these|those)\s$")
_PER_BYTE = re.compile(
    r"(?i)^(?:\s?/\s?|\sper\s|\sa\s|\sfor (?:each|every|a)\s)(?:[kKMGTP]i?B\b|gigabytes?|terabytes?"
    r"|petabytes?|bytes?|megabytes?|watt|kilowatt|kWh|kilomet\w+|mile|kg|Mbps|Gbps|square|seat"
    r" mile)"
)
_WISHED = re.compile(
    r"(?i)\b(?:want\w*|wish\w*|dream\w*|hop(?:e|es|ed|ing)|aim\w*|promis\w+|claim(?:s|ed)?|advertis\w+|asked? for"
    r"|believ\w+"
    r"|pitch\w*|becom(?:e|ing) an?|be an?|talk\w* about|speaks? of|exported at|rendered at|drawn at|zoom\w*"
    r"|playback at|speed of)\b[^.;]*$"
)
_HYPE = re.compile(
    r"(?i)^\s?-?(?:engineers?|developers?|thinking|mindset|programmers?|teams?|people|growth"
    r" hack|rule|,? they said|moment|culture|ideas?|vision|club)\b|\bthink(?:ing)?(?: \w+)?"
    r" $"
)


def is_aside(text: str, figure: Figure) -> bool:
    """Whether a figure stands in the sentence without being one of the system's."""
    if _WHOLE.search(text):
        return True
    before, behind = text[max(0, figure.start - 60) : figure.start], text[figure.end : figure.end + 60]
    if figure.noun.lower() == "rpm" and _TURNS.search(text):
        return True
    if _SCORE.match(behind) or _is_of_others(text, figure) or _is_imagined(text, figure, behind):
        return True
    if _ASKED.match(text) and figure.kind in ("time", "money", "ratio"):
        return True
    rule = _RULES.get(figure.kind)
    return rule is not None and rule(text, before, behind, figure)


def _is_of_others(text: str, figure: Figure) -> bool:
    """Whether the clause speaks of somebody else, and nothing between turns back to the writer."""
    if (giant := _GIANT.match(text)) is not None:
        turn = _TURNED.search(text)
        if figure.start < turn.start() if turn else " " in giant[0].strip():
            return True
    others = list(_OTHERS.finditer(text, 0, figure.start))
    return bool(others) and _OWN_AGAIN.search(text, others[-1].end(), figure.start) is None


_WITH_SO_MANY = re.compile(r"(?i)^\W*(?:with|at|given|for)\b[^.;]{0,60}\b(?:we|you|they|it|i)'d\b")


def _is_imagined(text: str, figure: Figure, behind: str) -> bool:
    """Whether the figure is what something would be or would have been."""
    return (
        _WITH_SO_MANY.search(text) is not None
        or _WOULD.search(text[max(0, figure.start - 80) : figure.start]) is not None
        or (figure.kind in ("count", "money") and _WOULD_BE.match(behind) is not None)
    )


def _count_aside(text: str, before: str, behind: str, figure: Figure) -> bool:
    if figure.period:
        return False
    if figure.high < 1000 and re.match(r"(?i)\slater\b", behind):
        return True  # two hundred comments later
    if _ALL_OF.search(before) and re.match(r"(?i).*\bof (?:us|them)$", text[figure.start : figure.end]):
        return True
    if _is_people(figure) and (re.match(r"(?i)\sstrong\b", behind) or _COMPANY.search(before)):
        return True
    if _is_people(figure) and _HEADCOUNT.search(text[: figure.end + 20]):
        return figure.high < 500_000
    if re.match(r"(?i)\d+\sproblems\b", text[figure.start :]):
        return True
    if _PRINTED.search(text) and _PRINTS.search(figure.noun):
        return True
    return _is_author(text, before, figure) or _is_priced(text, behind, figure)


_PRINTED = re.compile(
    r"(?i)\b(?:book|novel|paper (?:has|is|runs to)|brochure|stickers?|posters?|printed|manual"
    r"|slide deck|handbook|magazine|in \w+ charts)\b"
)
_PRINTS = re.compile(r"(?i)\b(?:pages?|stickers?|posters?|copies|words?|chapters?|slides?|charts?)$")


def _is_author(text: str, before: str, figure: Figure) -> bool:
    """``written by two people``."""
    people = re.search(r"(?i)\b(?:people|persons?)$", text[figure.start : figure.end])
    return figure.high < 10 and people is not None and re.search(r"(?i)\bby\s$", before) is not None


def _is_priced(text: str, behind: str, figure: Figure) -> bool:
    """``a million calls cost $3``: the price is the claim."""
    costs = re.match(
        r"(?i).{0,12}\s(?:costs?|comes? at|(?:is|are) priced|sells? for|goes? for)\s",
        text[figure.end - 12 if figure.unit == "?" else figure.end :],
    )
    return costs is not None and re.search(r"[$€]|dollars|euros|cents", behind) is not None


def _is_people(figure: Figure) -> bool:
    """Whether heads are counted, or something that has no name here (guests, offices)."""
    return figure.unit == "?" or metric_of(figure.noun) in ("users", "engineers", "customers", None)


def _money_aside(text: str, before: str, behind: str, figure: Figure) -> bool:
    if _PER_BYTE.match(behind) or _PER_BYTE.match(text[figure.start + 1 :].lstrip("0123456789.,")):
        return True
    return (
        figure.high < 10_000
        and _SMALL_MONEY.search(text) is not None
        and figure.thing in ("", "head", "person", "piece", "guest")
    )


_OF_OTHERS = re.compile(
    r"(?i)\sof (?:all )?(?:startups|companies|organi[sz]ations|projects|unicorns|humanity|humans|developers"
    r"|programmers|enterprises|software projects)\b"
)
_OF_TIMES = re.compile(
    r"(?i)\sof (?:the time|them|these|those|all \w+) (?:\w+ )?(?:within|under|below|in (?:less|under))\b"
)


_SLOWEST = re.compile(r"(?i)\b(?:slowest|fastest|quickest|worst|best|longest|unluckiest|luckiest)\s$")
"""``the slowest 1 % need more than 700``: a percentile in other words."""


def _ratio_aside(text: str, before: str, behind: str, figure: Figure) -> bool:
    if _SLOWEST.search(before) and not behind.startswith("-"):
        return True
    if _OF_OTHERS.match(behind) or re.search(r"(?i)\bholds? (?:true )?for $", before) or _OF_TIMES.match(behind):
        return True
    if re.match(
        (
            r"(?i)\sof (?:\w+\s){1,3}?(?:come|comes|return|returns|are (?:answered|served|done"
            r"|back)|finish\w*|complet\w+|load|respond|get)\b[^.;]{0,25}\b(?:in|within|under|below"
            r"|faster|less)\b"
        ),
        behind,
    ):
        return True  # ninety-five percent of searches come back in 120 ms: a percentile
    return (
        re.match(
            r"(?i)\s?(?:off\b(?! the)|(?:relative )?humidity"
            r"|remote|female|sure|certain|happy|organic|alcohol|incline|slope|battery|cotton|discount)",
            behind,
        )
        is not None
        or re.search(r"(?i)\b(?:110|give|gave|gives|giving|agree\w*|am|I'm)(?: it| them| us| you| me)?\s$", before)
        is not None
        or re.match(r"(?i)\s(?:of success|inspiration|perspiration|sure|certain|convinced|agree)", behind) is not None
    )


def _factor_aside(text: str, before: str, behind: str, figure: Figure) -> bool:
    return (
        _HYPE.search(behind) is not None
        or re.search(r"(?i)\bthink(?:ing)?(?: \w+)? $", before) is not None
        or _WISHED.search(before) is not None
        or bool(re.match(r"\s?\d", behind))
    )


def _nines_aside(text: str, before: str, behind: str, figure: Figure) -> bool:
    held = re.search(
        (
            r"(?i)\b(?:held|hold(?:s|ing)?|kept|keep\w*|promis\w+|achiev\w+|offer\w*|deliver\w*"
            r"|reach\w*|guarantee\w*|ran|run(?:s|ning)?|hit|met|meet\w*|maintain\w*|measured|sla"
            r"|slo|uptime|availab\w+|stood|stands|at|had|have|has|sustain\w*|gave|gives|earned"
            r"|of)\b"
        ),
        before,
    )
    said = re.search(
        (
            r"(?i)\b(?:slogan|marketing|dream|buzzword|slides?|myth|religion|joke|everybody|everyone"
            r"|nobody|fairy tale|budget|meaningless|poster|not a|brag\w*|t-shirt|vanity|talk(?:s"
            r"|ing)? (?:about|of)|chas\w+|fetish|obsess\w+)\b"
        ),
        text,
    )
    return held is None or said is not None


_RULES = {
    "time": time_aside, "count": _count_aside, "money": _money_aside, "ratio": _ratio_aside, "factor": _factor_aside,
    "nines": _nines_aside,
}  # fmt: skip
