"""Codes of the findings that come from reading documents; checks bring their own with their module.

A code is never reused. ``atlas explain CODE`` prints the text.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of finding: its code, its name and what it asserts."""

    code: str
    name: str
    explanation: str


CODES: dict[str, Code] = {}


def code(value: str, name: str, explanation: str) -> str:
    """Register a code; registering one twice is a programming error."""
    if value in CODES:
        raise ValueError(f"the code {value} is taken by {CODES[value].name}")
    CODES[value] = Code(value, name, explanation)
    return value


NOT_READABLE = code(
    "DOC001",
    "file-not-readable",
    "The file exists, can be read, is at most 5 MB and is UTF-8 text without control characters.",
)
NOT_YAML = code("DOC002", "yaml-syntax", "The file is one YAML document without syntax errors, whose root is a map.")
DUPLICATE_KEY = code("DOC003", "duplicate-key", "A key stands once in a map; YAML would keep only the last.")
ALIAS = code(
    "DOC004",
    "no-aliases",
    "YAML anchors, aliases, tags and merge keys are not used: each fact stands where it is read.",
)
TOO_DEEP = code("DOC005", "nesting-limit", "A document nests at most 40 levels and holds at most 200,000 nodes.")
UNKNOWN_KEY = code("DOC006", "unknown-key", "Every key is one that DOCUMENT knows; the nearest known key is suggested.")
MISSING_KEY = code("DOC007", "missing-key", "Keys that are required at the document's status are present.")
BAD_VALUE = code("DOC008", "value-of-a-type", "A value has the type, the form and the range its key asks for.")
BAD_QUANTITY = code(
    "DOC009", "quantity-form", "A quantity can be read: a number, a suffix, a unit, with a known qualifier."
)
WRONG_DIMENSION = code(
    "DOC010", "dimension-fits", "A number measures what its key asks for: no `15 ms` where a rate belongs."
)
DANGLING = code(
    "DOC011",
    "reference-resolves",
    "Every id that is referred to exists: sources, claims, components, flows, eras, vocabulary words.",
)
BAD_EXPRESSION = code(
    "DOC012", "expression-evaluates", "A derived number's expression can be read and its dimensions fit."
)
CYCLE = code(
    "DOC013",
    "no-cycles",
    "Derived numbers do not depend on themselves, and caches do not stand behind each other in a ring.",
)
BAD_PATH = code(
    "DOC014",
    "path-is-identity",
    "The file stands at systems/<category>/<slug>.yaml; the slug is ASCII kebab-case and the category agrees.",
)
SCHEMA = code(
    "DOC015", "json-schema", "The document passes the published JSON Schema, exactly as an editor would say it."
)
DUPLICATE_ID = code("DOC016", "ids-are-unique", "No two systems share an id or a slug.")
NOT_A_NUMBER_HERE = code(
    "DOC017", "vague-not-as-input", "A vague magnitude is shown and may meet a scale bar, but is not an input of a run."
)
UNKNOWN_WORD = code(
    "DOC018",
    "word-of-the-vocabulary",
    "Words such as kinds, metrics, patterns and mechanisms stand in the catalogue's vocabulary.",
)
UNKNOWN_ORGANISATION = code(
    "SRC001",
    "publisher-is-known",
    "A publisher of the source registry is an organisation of the vocabulary, listed once.",
)
FEED_TWICE = code("SRC002", "feed-listed-once", "A feed stands once in the source registry, however it is spelled.")
FEED_NOT_HTTPS = code(
    "SRC003", "feed-over-https", "A feed is read over https: on the way nobody can put words into it."
)
AGGREGATOR_AS_PRIMARY = code(
    "SRC004",
    "aggregator-is-not-primary",
    "Who writes about the systems of others is no organisation of the vocabulary, and its host carries nobody's feed.",
)
FEED_ELSEWHERE = code(
    "SRC005", "feed-at-own-host", "An organisation's feed, or the page it belongs to, stands at a host of its own."
)
SYSTEM_TWICE = code("SRC006", "system-has-one-publisher", "A system of the plan belongs to one publisher.")
FEED_UNCHECKED = code(
    "SRC007", "feed-read-lately", "A feed has been read from its address, and not longer than half a year ago."
)
NOT_COVERED = code(
    "SRC008", "organisation-is-followed", "The organisation of every described system stands in the source registry."
)
