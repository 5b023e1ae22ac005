"""Times that no system took or keeps: ages, how long ago, talks, plans, years of practice, somebody's afternoon."""

from __future__ import annotations

import re

from atlas.discover.figure import Figure

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
    r"(?i)^[\s-]*(?:minute|hour|min|second)?s?[\s-]?(?:(?:\w+\s)?(?:roadmaps?|plans?|budget|forecast|warranty"
    r"|guarantee|sprints?|iterations?|rotations?|shifts?|cadence"
    r"|hackathon|offsite|on-?boarding|contracts?|vacations?|holidays?|probation|internships?)|talk|read\b|video"
    r"|episode|presentation"
    r"|keynote|session|podcast|webinar|walk|drive|flight|meeting|stand-?up|tutorial|recording"
    r"|course|workshop|interview|commute|demo|lecture|break|nap|trial|free trial|notice period"
    r"|money-back|guarantee)s?\b"
)
_PERSONAL = re.compile(
    r"(?i)\b(?:I|me|my|he|she|you(?:r)?|somebody|someone|author|reader|nobody slept|my colleague)\b(?:"
    r" \w+){0,3} (?:spent|spend|waited|slept|needed|wasted|stared|worked|read|watched|took"
    r"|lost|drank|walked|drove|joined|learned|learnt|had|got|have|bought)\b"
    r"|\b(?:took|cost) (?:me|him|her) \b|\b(?:we|the team|they|engineers|nobody|somebody|people) (?:\w+ )?(?:looked"
    r"|stared|argued"
    r"|debated|discussed|spent|talked|slept|sat|waited|celebrated|puzzled|searched|scratched"
    r"|chatted|met)\b"
    r"|\b(?:coffee|lunch|vacation|holidays?|sabbatical|weekend off|parental leave|sleep|a week on)\b"
    r"|\bmy (?:train|flight|bus|alarm|watch|laptop|kids?|wife|husband|boss|desk|day|night|morning)\b"
)
_EXPERIENCE = re.compile(
    r"(?i)^\s(?:in (?:the|this) (?:industry|business|field|trade|job|company)|as an? )\b|^\sof (?!the\b"
    r"|(?:\w+\s){0,2}?(?:data|logs?|history|histories|mail|messages?|metrics|events?|records?"
    r"|backups?|traces"
    r"|spans|archives?|readings|telemetry|footage|chats?|orders|prices|statements|retention|snapshots|traffic|downtime"
    r"|outages?|silence|writes|updates|samples|recordings|transactions|audio|video|inventory|clicks|tape|changes|work"
    r"|migration|training|testing|compute|output|input|lag|delay)\b)"
)
"""Years of COBOL, weeks of meetings: no time that a system took or keeps."""
_IS_TALK = re.compile(
    r"(?i)\b(?:talk|recording|video|episode|podcast|presentation|keynote|webinar|interview|lecture"
    r"|tutorial"
    r"|workshop|course|session at|lunch|commute|flight|train ride|walk|break|meeting|stand-?up"
    r"|retro\w*)(?:,[^,]{0,20},| itself)?"
    r" (?:is|was|runs?(?: for)?|ran(?: for)?|lasts?|lasted|takes?|took)(?: only| just| about| some| almost| over)?\s$"
)
_IN_PERSON = re.compile(r"(?i)^\s(?:I|he|she)\b")
_OF_DATA = re.compile(
    r"(?i)\b(?:data|dashboards?|numbers|figures|cache[ds]?|counts?|counters?|snapshots?|views?|cop(?:y|ies)"
    r"|replicas?|feeds?|results?|index(?:es)?"
    r"|features|readings|prices|values|entries|it|they) (?:is|are|was|were|may be|can be|gets?|never"
    r"|grows?)\b[^.;,]{0,25}$"
)
"""What is so many minutes old lags; people and systems have an age."""
_ABOUT_TALK = re.compile(
    r"(?i)\b(?:this (?:article|post|page|talk|video|book)|reading|battery)\b|^\W*(?:talk|keynote|workshop|session)\b"
    r"|\b(?:plus|including|with time for|followed by|and) (?:questions|Q&A)"
)
_FREE = re.compile(r"(?i)\b(?:free (?:for|trial|tier of)|try it|trial|money[- ]back|for free)\b")
_STILL = re.compile(r"(?i)\bold(?:er)? than\s$|\bfor\s$")
_SO_FAR = re.compile(r"(?i)\s(?:now|straight|already|in a row)\b")
_ALREADY = re.compile(r"(?i)\balready\s$")
_NOT_AGO = re.compile(r"(?i)\s(?:later|earlier|since|after)\b")
_WILL_BE = re.compile(r"(?i)[^.;]{0,30}\b(?:will|won't)\b")
_HARDLY = re.compile(r"(?i)\b(?:now|nearly|in under)\s$")
_LISTENED = re.compile(r"(?i)\b(?:read|talk|video|episode|podcast|listen)(?:ing)?(?: time| of|:)\s$")
_OF_CALENDAR = re.compile(r"(?i)-?\s?(?:month|week|year|day|quarter)s?\b")


def time_aside(text: str, before: str, behind: str, figure: Figure) -> bool:
    """Whether a time is no measure of the system."""
    if figure.period:
        return figure.high <= 400 and not figure.thing  # 24 hours a day, seven days a week
    if re.match(r"(?i)\sold\b", behind) and _OF_DATA.search(before):
        return False
    return (
        _is_of_calendar(behind, figure)
        or _is_age(before, behind, figure)
        or _is_talk(text, before, behind, figure)
        or _PERSONAL.search(text, max(0, figure.start - 80), figure.start) is not None
    )


def _is_long(figure: Figure) -> bool:
    return figure.unit in ("day", "week", "month", "quarter", "year")


def _is_of_calendar(behind: str, figure: Figure) -> bool:
    """``a 30-day month``, ``365 days``, ``three quarters of the queries``."""
    return (
        (figure.unit == "quarter" and re.match(r"\sof\b", behind) is not None)
        or (figure.unit == "day" and figure.high == 365)
        or _OF_CALENDAR.match(behind) is not None
    )


def _is_age(before: str, behind: str, figure: Figure) -> bool:
    """How old somebody is, how long ago it was, for how long it has been so."""
    long = _is_long(figure)
    if re.match(r"(?i)\sin a row\b", behind) or (long and _WILL_BE.match(behind) and re.search(r"(?i)\bin $", before)):
        return True
    if _AGO.match(behind) and (long or not _NOT_AGO.match(behind)):
        return True
    if _LAST.search(before) and not behind.startswith(" into ") and (long or not _HARDLY.search(before)):
        return not _HARDLY.search(before) or "old" in behind[:6]
    if long and _STILL.search(before) and _SO_FAR.match(behind):
        return True
    return figure.unit in ("month", "year") and bool(_ALREADY.search(before) or _EXPERIENCE.match(behind))


def _is_talk(text: str, before: str, behind: str, figure: Figure) -> bool:
    """How long a talk, a text, a meeting or a trial is."""
    return bool(
        _TALK.match(behind)
        or _LISTENED.search(before)
        or _FREE.search(before)
        or _IS_TALK.search(before)
        or _IN_PERSON.match(behind)
        or (figure.unit in ("min", "h") and _ABOUT_TALK.search(text))
    )
