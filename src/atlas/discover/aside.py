"""Figures that are true numbers with units and yet no claims: ages, how long ago, talks, thought experiments, prizes.

Claims are about the writer's system, its load, its users and the people who run it; these are about something else.
"""

from __future__ import annotations

import re

from atlas.discover.figure import Figure

_WHOLE = re.compile(
    r"(?i)^\W*(?:imagine|suppose|picture|pretend|assum(?:e|ing)|consider an?\b|say (?:you|we"
    r"|that)|let(?:'|’)s (?:say|assume|pretend|imagine)|what if|think of an?\b|had we|if (?:you"
    r"|we|one|each|every) (?:had|were|could|wanted|ran|took|needed))"
    r"|\bsuppose(?: that)?\b|\bhypothetical\w*|\bimagine\b|\bin theory\b|\bthought experiment"
    r"|\bback[- ]of[- ]the[- ]envelope\b|\bif (?:\w+[ ,]+){1,12}?(?:would|could)\b|\bis said"
    r" to\b|\bare said to\b|\bbut we are not\b|\bsupposedly\b|\ballegedly\b|\b(?:save|get|enjoy"
    r"|grab|claim) \d+ ?%[^.]*\byour?\b|\bfolklore\b|\brule of thumb\b|\btextbooks? (?:say"
    r"|claim)|\blegend has it\b|\bit is said\b|\bas (?:they|people) say\b"
    r"|\b\d+% off\b|\bdiscount\b|\bcoupon\b|\bpromo code\b|\bwith code [A-Z]|\bspeed of light\b"
    r"|\blight (?:needs|takes|travels|crosses)\b|\bthe (?:earth|moon|sun|human (?:eye|brain"
    r"|ear))\b|\bsign up (?:today|now) (?:and|to|for)\b"
    r"|\b(?:our|your|a) (?:competitors?|rivals?)\b|\banother company\b|\belsewhere\b|\b(?:reportedly"
    r"|rumou?red)\b|\bthe paper (?:says|reports|claims)\b|\ba well-known\b"
)
_HEADCOUNT = re.compile(
    r"(?i)\b(?:employ(?:s|ed|ees?|ing)?|headcount|staff(?:ed)?(?! engineer)|colleagues|workforce"
    r"|payroll|hire[ds]?|hiring|offices?|founders?|guests|attendees|attended|came to the (?:party"
    r"|meetup|talk)|co-workers)\b|\b(?:company|startup|start-up|firm|business|organi[sz]ation)"
    r" of (?:about |some |around |roughly )?$"
)
_AGO = re.compile(
    r"(?i)^[\s-]*(?:\s\w+)?\s?(?:ago|later|from now|earlier|since|hence|old\b|of age|into the"
    r" (?:project|year|migration|job)|before (?:launch|that|christmas)|after (?:launch|that"
    r"|the (?:launch|acquisition|ipo)))\b|^-?\s?year-old"
)
_LAST = re.compile(
    r"(?i)\b(?:(?:in|for|over|during|within|across) (?:the|these|those|our) (?:last|past|first"
    r"|next|coming|previous|final|early|more than|better part of|good part of)|(?:the|these"
    r"|our) (?:last|past|next|coming|previous|first)|in under|every couple of|age[ds]?|aged"
    r"|for (?:the )?better part of|turned|turns|celebrat\w+ (?:its|our)|at the age of|now|nearly)\s$"
)
_TALK = re.compile(
    r"(?i)^[\s-]*(?:minute|hour|min|second)?s?[\s-]?(?:talk|read\b|video|episode|presentation"
    r"|keynote|session|podcast|webinar|walk|drive|flight|meeting|stand-?up|tutorial|recording"
    r"|course|workshop|interview|commute|demo|lecture|break|nap|trial|free trial|notice period"
    r"|money-back|guarantee)\b"
)
_PERSONAL = re.compile(
    r"(?i)\b(?:I|me|my|he|she|you(?:r)?|somebody|someone|author|reader|nobody slept|my colleague)\b(?:"
    r" \w+){0,3} (?:spent|spend|waited|slept|needed|wasted|stared|worked|read|watched|took"
    r"|lost|drank|walked|drove|joined|learned|learnt|had|got|have|bought)\b"
    r"|\b(?:we|the team|they|engineers|nobody|somebody|people) (?:\w+ )?(?:looked|stared|argued"
    r"|debated|discussed|spent|talked|slept|sat|waited|celebrated|puzzled|searched|scratched"
    r"|chatted|met)\b"
    r"|\b(?:coffee|lunch|vacation|holidays?|sabbatical|weekend off|parental leave|sleep|a week on)\b"
)
_SMALL_MONEY = re.compile(
    r"(?i)\b(?:coffees?|espressos?|lunch|dinner|beers?|pizzas?|t-?shirts?|swag|stickers?|mugs?"
    r"|gift cards?|vouchers?|prizes?|raffle|bets?|tickets? (?:for|to|cost)|conference|registration"
    r"|hackathon|book(?:s|let)?\b(?!ing)|bounty|donuts?|cakes?|taxi ride|hotel room|keyboard"
    r"|monitor|parking|fines?)\b"
)
_SCORE = re.compile(
    r"(?i)^\s?(?:stars?\b|out of|/\s?(?:5|10)\b|points? (?:out|of))|^\s?(?:problems\b|ways\b|reasons\b|lessons\b)"
)
_FREE = re.compile(r"(?i)\b(?:free (?:for|trial|tier of)|try it|trial|money[- ]back|for free)\b")
_PER_BYTE = re.compile(
    r"(?i)^(?:\s?/\s?|\sper\s|\sa\s|\sfor (?:each|every|a)\s)(?:[kKMGTP]i?B\b|gigabytes?|terabytes?"
    r"|petabytes?|bytes?|megabytes?|watt|kilowatt|kWh|kilomet\w+|mile|kg|Mbps|Gbps|square|seat"
    r" mile)"
)
_IDIOM = re.compile(
    r"(?i)\b(?:one of|square|back to|number|plan|take|day|part|half of|on all|all|at|two and"
    r"|two's|these|those|for the) $|\b(?:catch|fahrenheit|area|blink|ocean'?s|top|fortune|forbes"
    r"|inc\.?)\s$"
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
    if _SCORE.match(behind):
        return True
    rule = _RULES.get(figure.kind)
    return rule is not None and rule(text, before, behind, figure)


def _time_aside(text: str, before: str, behind: str, figure: Figure) -> bool:
    if figure.period:
        return False
    long = figure.unit in ("day", "week", "month", "quarter", "year")
    if _AGO.match(behind) and not re.match(r"(?i)\s(?:later|earlier|since|after)\b", behind if not long else ""):
        return True
    if _LAST.search(before) and (long or not re.search(r"(?i)\b(?:now|nearly|in under)\s$", before)):
        return not re.search(r"(?i)\b(?:now|nearly|in under)\s$", before) or "old" in behind[:6]
    if (
        re.search(r"(?i)\bold(?:er)? than\s$|\bfor\s$", before)
        and long
        and re.match(r"(?i)\s(?:now|straight|already|in a row)\b", behind)
    ):
        return True
    if _TALK.match(behind) or re.search(
        r"(?i)\b(?:read|talk|video|episode|podcast|listen)(?:ing)?(?: time| of|:)\s$", before
    ):
        return True
    if _FREE.search(before):
        return True
    if re.search(r"(?i)\b(?:this (?:article|post|page|talk|video|book)|reading|battery)\b", text):
        return True
    personal = _PERSONAL.search(text, max(0, figure.start - 80), figure.start + 0)
    return personal is not None


def _count_aside(text: str, before: str, behind: str, figure: Figure) -> bool:
    if figure.period:
        return False
    if _HEADCOUNT.search(text[: figure.start]) or _HEADCOUNT.search(text[figure.start : figure.end + 20]):
        return figure.high < 500_000
    if (
        re.search(r"(?i)\bby\s$", before)
        and figure.high < 10
        and re.search(r"(?i)\b(?:people|person|engineers|developers)$", text[figure.start : figure.end])
    ):
        return True
    if re.match(
        r"(?i).{0,12}\s(?:costs?|comes? at|(?:is|are) priced|sells? for|goes? for)\s",
        text[figure.end - 12 if figure.unit == "?" else figure.end :],
    ) and re.search(r"[$€]|dollars|euros|cents", behind):
        return True  # a million calls cost $3: the price is the claim
    return bool(re.match(r"(?i)\d+\sproblems\b", text[figure.start :]))


def _money_aside(text: str, before: str, behind: str, figure: Figure) -> bool:
    if _PER_BYTE.match(behind) or _PER_BYTE.match(text[figure.start + 1 :].lstrip("0123456789.,")):
        return True
    return figure.high < 10_000 and _SMALL_MONEY.search(text) is not None and figure.thing == ""


def _ratio_aside(text: str, before: str, behind: str, figure: Figure) -> bool:
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
        re.match(r"(?i)\s?off\b(?! the)", behind) is not None
        or re.search(r"(?i)\b(?:110|give|gave|gives|giving|agree\w*)\s$", before) is not None
    )


def _factor_aside(text: str, before: str, behind: str, figure: Figure) -> bool:
    return (
        _HYPE.search(behind) is not None
        or re.search(r"(?i)\bthink(?:ing)?(?: \w+)? $", before) is not None
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
    "time": _time_aside, "count": _count_aside, "money": _money_aside, "ratio": _ratio_aside, "factor": _factor_aside,
    "nines": _nines_aside,
}  # fmt: skip
