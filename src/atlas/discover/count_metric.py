"""Which metric a counted noun has: its own, unless the words around say open at once, staff, paying, caused, sent."""

from __future__ import annotations

import re

from atlas.discover.cue import (
    ALLOWED,
    AT_ONCE,
    CONCURRENT,
    CONNECTED,
    COPIED,
    COPIES,
    DELIVERED,
    DIFFERENCE,
    FANOUT,
    NAMED_PERIOD,
    NEVER_CONCURRENT,
    PAYING,
    RENDERING,
    STAFF,
)
from atlas.discover.cue_table import clause_of
from atlas.discover.each import NULL_THINGS
from atlas.discover.figure import Figure
from atlas.discover.lexicon import NOUNS, metric_of, singular


def counted(noun: str, number: float) -> str:
    """``12 node cluster`` counts nodes: of several, a last word in the singular is what they form."""
    words = noun.split()
    if (
        number > 1
        and len(words) > 1
        and singular(words[-1]) == words[-1].lower()
        and singular(words[-2]) in NOUNS
        and words[-1].lower() in _FORMED
    ):
        return " ".join(words[:-1])
    return noun


_FORMED_WORDS = """
cluster fleet ring machine box cell deployment installation system setup pool team instance server table
database array group
"""
_FORMED = frozenset(_FORMED_WORDS.split())


def count_metric(text: str, figure: Figure) -> str | None:
    """The metric of a counted noun."""
    own = metric_of(counted(figure.noun, figure.high))
    clause = clause_of(text, figure)
    noun = singular(figure.noun.split()[-1]) if figure.noun else ""
    if _is_no_scale(own, figure, clause, noun) or (figure.unit == "-" and own == "records"):
        return None  # also a 64-entry queue
    if own in COPIED and figure.high <= MOST_COPIES and COPIES.search(text[: figure.start]):
        return "replicas"
    if own in ("records", "services", None) and _CUT_INTO.search(text[: figure.start]):
        return "shards"
    if own in ("users", "customers") and figure.high >= 1000 and _SENT_TO.search(text[: figure.start]):
        return "deliveries"
    if figure.noun.endswith(("point-of-presence", "points-of-presence")):
        return "locations"
    return (
        _of_the_moment(own, figure, clause, noun)
        or _of_people(own, figure, clause, text)
        or _by_occasion(own, clause, figure, noun)
    )


_CUT_INTO = re.compile(
    r"(?i)\b(?:cut|split|divided|sliced|sharded|partitioned|broken)(?: up)? (?:in)?to (?:about |some |over |exactly )?$"
)
_SENT_TO = re.compile(
    r"(?i)\b(?:went|goes|go|sent|pushed|delivered|mailed|broadcast)(?: out)? to (?:about |some |over |more than "
    r"|nearly |almost )?$"
)
MOST_COPIES = 7
"""Of one thing; ``stored on 12 nodes`` counts nodes."""


def _of_the_moment(own: str | None, figure: Figure, clause: str, noun: str) -> str | None:
    """What is connected, and what goes on at once; a person or a device may be either."""
    if _is_wired(own, noun, clause):
        return "connections"
    if _is_at_once(own, figure, clause):
        return "concurrency"
    return "connections" if _is_connection(own, noun, clause) else None


def _is_no_scale(own: str | None, figure: Figure, clause: str, noun: str) -> bool:
    """Differences, what one user may have, and means of a few, such as items in a cart."""
    if DIFFERENCE.search(figure.noun) or ALLOWED.search(clause):
        return True
    if noun == "line" and re.search(r"(?i)\bcode|\bof [A-Z]|\bsource\b", clause):
        return True
    if re.search(re.escape(figure.noun) + r"\s(?:fewer|more|less)\b", clause):
        return True
    if figure.thing in NULL_THINGS and own != "connections":
        return True
    return own == "records" and figure.high < 1000 and figure.high != int(figure.high)


def _is_at_once(own: str | None, figure: Figure, clause: str) -> bool:
    if own == "concurrency":
        return _STORED_IN.search(clause) is None and _PROTOCOL.search(clause) is None
    if own != "connections" and CONCURRENT.search(figure.noun):
        return True
    if own in NEVER_CONCURRENT or CONCURRENT.search(clause) is None:
        return False
    return own != "records" or AT_ONCE.search(clause) is not None


_STORED_IN = re.compile(r"(?i)\b(?:stored|kept|saved|archived) (?:in|on)\b")
_PROTOCOL = re.compile(r"(?i)\b(?:TLS|TCP|MQTT|web ?socket|gRPC|SSH|HTTP|QUIC|persistent|terminat\w+)\b")


_WIRED = re.compile(
    r"(?i)\b(?:connect(?:ed|ions?)?|(?:web[\s-]?)?sockets?|hang (?:on|off)|hold (?:a|their) (?:link|stream|line)"
    r"|phone home"
    r"|dialled in)\b"
)
_HOLDS_OPEN = re.compile(
    r"(?i)\b(?:are|is|stays?|remains?|been|always|permanently) connected\b|\b(?:holds?|keeps?|have|has) (?:an?|their"
    r"|its|one) (?:\w+ )?(?:session"
    r"|connection|socket|link|stream|channel|tunnel)s?(?: \w+)? (?:open|to)\b|\bphone home\b|\bopen (?:session"
    r"|connection|socket)s?\b"
)


def _is_wired(own: str | None, noun: str, clause: str) -> bool:
    """Clients, and devices or people of whom the clause says that they are connected."""
    if own not in ("users", "customers", None, "concurrency"):
        return False
    return _HOLDS_OPEN.search(clause) is not None or (_is_client(noun) and _WIRED.search(clause) is not None)


def _is_connection(own: str | None, noun: str, clause: str) -> bool:
    if noun == "client" or (own == "concurrency" and not _STORED_IN.search(clause)):
        return True
    return own in ("users", "customers", "records", None) and CONNECTED.search(clause) is not None and _is_client(noun)


def _of_people(own: str | None, figure: Figure, clause: str, text: str) -> str | None:
    """Users who pay are customers; tens of thousands of developers are users; a few people are those who run it."""
    if singular(figure.noun.split()[-1] if figure.noun else "") in ("people", "person", "human") or figure.noun == "us":
        return "engineers" if figure.high < 25 or (figure.high < 1000 and STAFF.search(text)) else "users"
    if own == "users" and PAYING.search(clause):
        return "customers"
    return "users" if own == "engineers" and figure.high > 20_000 else None


def _by_occasion(own: str | None, clause: str, figure: Figure, noun: str) -> str | None:
    """Records, events and copies: the same nouns are stored, happen, or are caused."""
    if _is_caused(own, clause, figure, noun):
        return "fanout"
    if _is_delivered(own, clause, figure, noun):
        return "deliveries"
    if noun == "follower" and figure.high > 200:
        return "users"
    if own == "concurrency":
        return "records"
    if own in ("records", "events", "deploys", None):
        return _stored_or_happened(own, clause, figure, noun)
    return None if own == "locations" and noun == "city" and not _SITE.search(clause) else own


_SITE = re.compile(r"(?i)\b(?:serve|edge|pop|rack|data cent|cache|from|rent|space|presence|machines)\w*")


def _stored_or_happened(own: str | None, clause: str, figure: Figure, noun: str) -> str | None:
    """``sold 9 million tickets`` happened, ``14 billion events in one log`` are kept."""
    if own is None:  # ballots, spins, whatever: so many in one evening
        if figure.high >= 1000 and _HAPPENED.search(clause) and _SINCE.search(clause):
            return "events"
        if noun in NOUNS or figure.high < 1000:
            return None
        return (
            "events"
            if NAMED_PERIOD.search(clause)
            else "records"
            if figure.high >= 1e5 and _STORED.search(clause)
            else None
        )
    if own == "records":
        since = noun in ("message", "photo", "video", "email", "post", "lease") and _SINCE.search(clause)
        once = _done(noun, clause) and (NAMED_PERIOD.search(clause) or _HAPPENED_ONCE.search(clause))
        return "events" if since or once else own
    if own == "events":
        if noun in ("request", "call") and _QUEUED.search(clause):
            return "concurrency"
        queued = noun in ("job", "task", "update", "event") and _QUEUED.search(clause)
        return "records" if queued or (_STORED.search(clause) and not _HAPPENED.search(clause)) else own
    return "events"


_HAPPENED = re.compile(
    r"(?i)\b(?:serv(?:ed|ing)|render(?:ed)|play(?:ed|s)|sent|deliver(?:ed)|stream(?:ed)|process(?:ed)|handl(?:ed)"
    r"|print(?:ed)|scann(?:ed)"
    r"|upload(?:ed|s)?|sold|transcod(?:ed)|encod(?:ed)|generat(?:ed)|publish(?:ed)|posted|receiv(?:ed)|shipped"
    r"|answered|bought|booked"
    r"|issued|dispatched|swiped|fired|happened|granted|went (?:out|through|over)|came in|arriv(?:ed)"
    r"|on \w+ alone"
    r"|took|saw"
    r"|brought)\b"
)
_KEPT_NOUNS = (
    "row",
    "record",
    "document",
    "key",
    "edge",
    "vertex",
    "entry",
    "file",
    "object",
    "item",
    "tuple",
    "vector",
)
_ONLY_TIMED = re.compile(r"(?i)\b(?:took|saw)\b")


def _done(noun: str, clause: str) -> bool:
    """Whether the clause says that such things happened; rows do not, however long something ``took`` with them."""
    return _HAPPENED.search(_ONLY_TIMED.sub("", clause) if noun in _KEPT_NOUNS else clause) is not None


_HAPPENED_ONCE = re.compile(r"(?i)\b(?:sold|bought|booked|issued|swiped|cast|went out|sent)\b")
_STORED = re.compile(
    r"(?i)\b(?:sits?|live[sd]?|stor(?:e|es|ed|ing)|holds?|holding|kept|keeps?|keeping|contain(?:s|ed)?|archiv\w+"
    r"|index(?:ed|es)|accumulated"
    r"|remembers?|retain\w*|in (?:the|our|a|one) (?:\w+ )?(?:table|database|archive|log|index|store|collection"
    r"|history|warehouse|lake|ledger"
    r"|vault|bucket|topic|journal))\b"
)
_SINCE = re.compile(r"(?i)\bsince\b")
_QUEUED = re.compile(r"(?i)\b(?:queues?|backlog\w*|backed up|piled up|waiting|spool)\b")
_SENT_NOUNS = frozenset(
    ["notification", "push", "email", "sms", "alert", "newsletter", "message", "webhook", "mail", "text"]
)
_OF_REQUEST = frozenset(
    [
        "request",
        "page",
        "view",
        "search",
        "query",
        "click",
        "order",
        "post",
        "tweet",
        "message",
        "upload",
        "event",
        "write",
        "checkout",
        "booking",
        "call",
        "login",
        "purchase",
        "play",
        "transaction",
        "payment",
        "swipe",
        "tap",
        "trip",
        "ride",
        "screen",
        "load",
    ]
)


def _is_caused(own: str | None, clause: str, figure: Figure, noun: str) -> bool:
    """Calls, copies, shards that one request or event sets off."""
    if own in ("events", "fanout", "records", "services", "shards", "nodes", "tables") and figure.thing in _OF_REQUEST:
        return True
    if _FANNED.search(clause[: clause.find(figure.noun)] if figure.noun in clause else clause):
        return True
    before = clause[: clause.find(figure.noun)] if figure.noun and figure.noun in clause else clause
    if own in ("shards", "nodes", "services", "tables", "clusters", "replicas", "regions"):
        return _SPREAD_OUT.search(before) is not None
    return (
        own in ("events", "fanout", "records", None)
        and (FANOUT.search(before) or RENDERING.search(clause.strip())) is not None
        and not _is_reached(noun, figure, clause)
        and not (own != "fanout" and figure.high > 1e6)
    )


_FANNED = re.compile(
    r"(?i)\b(?:(?:fan|fans|fanned|fanning)(?: it| each \w+| every \w+)?[\s-]?out(?: \w+)? (?:to|over|across)"
    r"|(?:scatter|spread|broadcast|forward)\w*"
    r" (?:each|every|a|one) (?:request|query|search|write|message|call|event)(?: out)? (?:to|over|across)"
    r"|(?:for|per|on|at) (?:each|every|one|a single) (?:request|query|search|order|click|call|booking|checkout|post"
    r"|upload|page view|payment"
    r"|login|swipe)\b(?: placed| made| sent)?,? [^.;,]{0,40})\s(?:[\w,.]+\s){0,4}$"
)
_SPREAD_OUT = re.compile(
    r"(?i)\b(?:fan(?:s|ned|ning)?[\s-]?out (?:\w+ )?(?:to|over|across)|(?:one|a|each|every"
    r"|single) (?:\w+\s){0,3}?(?:request|page view|search|login|payment|upload|post|write|event|message|trip|ride"
    r"|change|sale|save|query"
    r"|click|checkout|booking|call|order|swipe) (?:\w+\s){0,2}?(?:asks|touches|hits|crosses|visits|reaches|calls"
    r"|goes (?:out )?to|consults|contacts"
    r"|queries|passes(?: through)?|involves|talks to|needs))\s(?:[\w-]+\s){0,3}$"
)


def _is_delivered(own: str | None, clause: str, figure: Figure, noun: str) -> bool:
    """Copies that reach people, their devices or inboxes; people who are merely served are users."""
    if figure.high < 1000:
        return False
    if noun in _SENT_NOUNS:
        return _WENT_OUT.search(clause) is not None
    if noun == "follower" or own == "fanout":
        return DELIVERED.search(clause) is not None or (noun == "follower" and FANOUT.search(clause) is not None)
    if noun in ("phone", "device", "inbox", "handset", "recipient", "lock-screen", "screen"):
        return DELIVERED.search(clause) is not None
    return own == "users" and DELIVERED.search(clause) is not None and _PUSHED.search(clause) is not None


_WENT_OUT = re.compile(
    r"(?i)\b(?:deliver(?:ed|s)?|went out|go(?:es)? out|reach(?:ed|es)?|landed|inboxes|recipients?"
    r"|to (?:\w+ )?(?:phones|handsets|devices|inboxes)|handed (?:out|to"
    r"|over)|fanned out|pushed (?:out|to))\b"
)
_PUSHED = re.compile(
    r"(?i)\bper\b|\bbroadcast|\bnotif|\balerts?\b|\bpush\b|\bcampaign|\bnewsletter|\bannouncement|\bmessage\b|\bpost\b"
)


def _is_reached(noun: str, figure: Figure, clause: str) -> bool:
    """Whether people or their devices get what one event causes."""
    return (
        noun in ("phone", "device", "handset", "person", "people", "user", "subscriber", "recipient", "household")
        and figure.high >= 1000
        and bool(DELIVERED.search(clause) or FANOUT.search(clause))
    )


def _is_client(noun: str) -> bool:
    return noun in frozenset(
        [
            "user",
            "person",
            "device",
            "phone",
            "television",
            "tv",
            "van",
            "car",
            "truck",
            "client",
            "sensor",
            "meter",
            "terminal",
            "camera",
            "player",
            "rider",
            "driver",
            "robot",
            "bike",
            "scooter",
            "browser",
            "app",
            "house",
            "vehicle",
            "listener",
            "viewer",
            "member",
            "lock",
            "charger",
            "machine",
            "laptop",
            "watch",
        ]
    )
