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
    NULL_THINGS,
    PAYING,
    RENDERING,
    STAFF,
    clause_of,
)
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
    if _is_no_scale(own, figure, clause):
        return None
    if own in COPIED and figure.high <= 12 and COPIES.search(text[: figure.start]):
        return "replicas"
    if _is_at_once(own, figure, clause):
        return "concurrency"
    if figure.noun.endswith(("point-of-presence", "points-of-presence")):
        return "locations"
    if noun in ("people", "person", "human") or figure.noun.startswith("us"):
        return "engineers" if figure.high < 1000 and STAFF.search(text) else "users"
    if _is_connection(own, noun, clause):
        return "connections"
    return _of_people(own, figure, clause) or _by_occasion(own, clause, figure, noun)


def _is_no_scale(own: str | None, figure: Figure, clause: str) -> bool:
    """Differences, what one user may have, and means of a few, such as items in a cart."""
    if DIFFERENCE.search(figure.noun) or ALLOWED.search(clause):
        return True
    if figure.thing in NULL_THINGS and own != "connections":
        return True
    return own == "records" and figure.high < 1000 and figure.high != int(figure.high)


def _is_at_once(own: str | None, figure: Figure, clause: str) -> bool:
    if own == "concurrency":
        return _PROTOCOL.search(clause) is None
    if own != "connections" and CONCURRENT.search(figure.noun):
        return True
    if own in NEVER_CONCURRENT or CONCURRENT.search(clause) is None:
        return False
    return own != "records" or AT_ONCE.search(clause) is not None


_PROTOCOL = re.compile(r"(?i)\b(?:TLS|TCP|MQTT|web ?socket|gRPC|SSH|HTTP|QUIC|persistent|terminat\w+)\b")


def _is_connection(own: str | None, noun: str, clause: str) -> bool:
    if noun == "client" or own == "concurrency":
        return True
    return own in ("users", "customers", "records", None) and CONNECTED.search(clause) is not None and _is_client(noun)


def _of_people(own: str | None, figure: Figure, clause: str) -> str | None:
    """Users who pay are customers; tens of thousands of developers are users."""
    if own == "users" and PAYING.search(clause):
        return "customers"
    return "users" if own == "engineers" and figure.high > 20_000 else None


def _by_occasion(own: str | None, clause: str, figure: Figure, noun: str) -> str | None:
    """Records, events and copies: the same nouns are stored, happen, or are caused."""
    if (
        own in ("events", "fanout", "records", "users", None, "services")
        and (FANOUT.search(clause) or RENDERING.search(clause.strip()))
        and own != "users"
        and not _is_reached(noun, figure, clause)
    ):
        return "fanout"
    if (
        (own in ("users", "fanout") or noun in ("phone", "device", "inbox", "follower"))
        and DELIVERED.search(clause)
        and figure.high >= 1000
    ):
        return "deliveries" if own != "users" or re.search(r"(?i)\bper\b|\bbroadcast|\bnotif", clause) else own
    if (
        own == "records"
        and NAMED_PERIOD.search(clause)
        and noun in ("message", "photo", "video", "file", "email", "post", "item", "song", "ticket", "point")
    ):
        return (
            "events"
            if re.search(r"(?i)\b(?:sent|upload\w*|took|play\w*|sold|received|in one|during|on \w+ alone)\b", clause)
            else own
        )
    if own is None and noun not in NOUNS and figure.high >= 1000 and NAMED_PERIOD.search(clause):
        return "events"  # ballots, spins, whatever: so many in one evening
    if own == "deploys":
        return "events"
    if own == "locations" and noun in ("city", "site", "edge", "campus", "metro", "facility"):
        return (
            "locations"
            if noun != "city"
            or re.search(r"(?i)\b(?:serve|edge|pop|rack|data cent|cache|from|rent|space|presence|machines)\w*", clause)
            else None
        )
    return own


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
