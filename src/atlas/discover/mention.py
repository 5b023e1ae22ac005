"""Technologies, patterns and mechanisms that a text names, in the vocabulary's words and their aliases.

One Aho–Corasick automaton finds all of several hundred words in one pass. A hit counts between word boundaries. Words
that are also everyday English (``Go``, ``Spark``, ``Storm``, ``batch``) count only as they are printed in the
vocabulary and in the company of words that tell what is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import ahocorasick

from atlas.model.vocabulary import Vocabulary

Words = Literal["technologies", "patterns", "mechanisms"]
_FAMILIES: tuple[Words, ...] = ("technologies", "patterns", "mechanisms")

SHORTEST = 2
_CODE = re.compile(r"(?i)^(?:m-?p\d+|sp\d+|mp\d+|p\d+(?:_.*)?)$")
_NEAR = 60
_OWNER = re.compile(r"^(?:Apache|Amazon|AWS|Google|HashiCorp|Azure|Cloud) (?=[A-Z]\w{2,}$)")
"""``Apache Kafka`` is called Kafka."""

_EVERYDAY = frozenset(
    [
        "go",
        "rust",
        "swift",
        "spark",
        "storm",
        "beam",
        "presto",
        "hive",
        "envoy",
        "consul",
        "nomad",
        "vault",
        "kong",
        "express",
        "spring",
        "phoenix",
        "oracle",
        "hack",
        "chef",
        "puppet",
        "helm",
        "triton",
        "temporal",
        "cadence",
        "lambda",
        "matrix",
        "feast",
        "tao",
        "borg",
        "ribbon",
        "eureka",
        "iceberg",
        "ruby",
        "rails",
        "tgi",
        "jax",
        "iam",
        "opa",
        "dax",
        "kms",
        "resque",
        "zuul",
        "ns1",
        "portkey",
        "evidently",
        "prefect",
        "atlas",
        "titus",
        "samza",
    ]
)
_COMPANY = re.compile(
    r"(?:\b(?:written|rewrote|rewritten|implemented|built|coded|programmed) (?:it |them )?(?:in"
    r"|on|with)\b|\bApache\b|\bHashiCorp\b|\bAWS\b"
    r"|\bported to\b|\bmigrat\w+ (?:to|from)\b|\bon top of\b|\bbacked by\b|\bpowered by\b"
    r"|\b(?:cluster|clusters|job|jobs|topology|topologies|streaming|SQL|service|services|program"
    r"|programs|code|runtime|compiler"
    r"|goroutines?|binary|binaries|library|libraries|client|clients|server|servers|proxy|proxies"
    r"|sidecar|sidecars|pipeline"
    r"|pipelines|query|queries|engine|executor|executors|table|tables|database|function|functions"
    r"|workers?|developers?|crate"
    r"|garbage collector|framework|language|languages|microservices?|monolith|app|apps|agent"
    r"|agents|workflows?|backend)\b)"
)
_GENERIC = frozenset(
    [
        "batch",
        "hybrid",
        "index",
        "lock",
        "clock",
        "stream",
        "streaming",
        "cell",
        "cells",
        "cache",
        "timeout",
        "retry",
        "snapshot",
        "sampling",
        "shadow",
        "versioning",
        "replication",
        "saga",
        "escrow",
        "canary",
        "strangler",
        "batches",
        "checkpoint",
        "consensus",
        "serverless",
        "outbox",
        "bulkhead",
        "sidecar",
        "microservices",
        "standby region",
    ]
)
_SHAPE = re.compile(
    r"(?i)^\W*(?:pattern|architecture|processing|approach|fan-?out|style|design|jobs?|release"
    r"|deploy\w*|rollout|table|traffic|reads?|tokens?|groups?|protocols?|factor|services?|containers?)\b"
)
_COMMON_ENOUGH = frozenset(
    ["microservices", "serverless", "replication", "consensus", "streaming", "outbox", "sidecar"]
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A word of a vocabulary in a text: which, as printed, and how often."""

    family: Words
    ident: str
    printed: str
    count: int


class Mentions:
    """Finds the words of a vocabulary; built once, used for every page."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._words: dict[str, tuple[Words, str, str]] = {}
        for family in _FAMILIES:
            for ident, entry in getattr(vocabulary, family).items():
                for spelling in _spellings(ident, entry.name, entry.aliases, family):
                    self._words.setdefault(spelling.lower(), (family, ident, spelling))

    @cached_property
    def _automaton(self) -> ahocorasick.Automaton:
        automaton = ahocorasick.Automaton()
        for word, meaning in self._words.items():
            automaton.add_word(word, (len(word), *meaning))
        automaton.make_automaton()
        return automaton

    def find(self, text: str) -> list[Mention]:
        """Every word that is meant, most frequent first, longest spelling at each place."""
        counts: dict[tuple[Words, str], int] = {}
        printed: dict[tuple[Words, str], str] = {}
        for start, end, family, ident in self.places(text):
            counts[family, ident] = counts.get((family, ident), 0) + 1
            printed.setdefault((family, ident), text[start:end])
        found = [Mention(family, ident, printed[family, ident], n) for (family, ident), n in counts.items()]
        return sorted(found, key=lambda m: (-m.count, m.family, m.ident))

    def places(self, text: str) -> Iterator[tuple[int, int, Words, str]]:
        """Where each word stands: start, end, family, id; in order."""
        low = text.lower()
        if len(low) != len(text):  # a few letters change their length; then places would not agree
            low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
        last = -1
        for end, (length, family, ident, spelling) in self._automaton.iter_long(low):
            start = end - length + 1
            if start <= last or not _is_word(low, start, end + 1):
                continue
            if _is_meant(text, start, end + 1, family, spelling):
                last = end
                yield start, end + 1, family, ident


def _spellings(ident: str, name: str, aliases: tuple[str, ...], family: Words) -> Iterator[str]:
    """How a word may be printed: its name, its aliases, and its id where that is a word."""
    for spelling in (name, _OWNER.sub("", name), *aliases, ident if family == "technologies" else ""):
        plain = spelling.replace("_", " ").strip()
        if len(plain) >= SHORTEST and not _CODE.match(spelling):
            yield plain
            if "-" in plain:
                yield plain.replace("-", " ")
            if family != "technologies" and " " in plain:
                yield plain.replace(" ", "-")


def _is_word(low: str, start: int, end: int) -> bool:
    before = low[start - 1] if start else " "
    end += low[end : end + 1] == "s"  # the plural
    after = low[end] if end < len(low) else " "
    if before.isalnum() or before in "_@#/.-" or after.isalnum() or after in "_@":
        return False
    return not (after == "." and low[end + 1 : end + 2].isalnum())


def _is_meant(text: str, start: int, end: int, family: Words, spelling: str) -> bool:
    """Whether an everyday word is used as a name: printed as one, and in fitting company."""
    low = spelling.lower()
    if family == "technologies":
        if low not in _EVERYDAY and len(low) > 3:
            return True
        if text[start:end] != spelling and not (len(low) > 3 and text[start:end].isupper()):
            return low not in _EVERYDAY and len(low) == 3 and text[start:end].isupper()
        return low not in _EVERYDAY or _in_company(text, start, end)
    if low not in _GENERIC:
        return True
    return low in _COMMON_ENOUGH or _SHAPE.match(text[end : end + 20]) is not None


def _in_company(text: str, start: int, end: int) -> bool:
    """Whether the words around an everyday word speak of software, within the sentence."""
    left = re.split(r"[.!?]\s|\n", text[max(0, start - _NEAR) : start])[-1]
    right = re.split(r"[.!?](?:\s|$)|\n", text[end : end + _NEAR])[0]
    return _COMPANY.search(left) is not None or _COMPANY.search(right) is not None
