"""For each of what a figure holds: a node, which has metrics of its own, or a user, device or core, which has none."""

from __future__ import annotations

import re
from typing import Literal

from atlas.discover.figure import Figure
from atlas.discover.lexicon import NOUNS, metric_of, singular
from atlas.discover.unit_words import PERIOD_NAMES

NODE_THINGS_WORDS = """
node server instance host machine broker pod box shard container vm worker appliance proxy gateway replica nodo knoten
process edge relay router balancer blade partition card nic switch leader primary follower tablet indexer crawler pop
master agent executor runner sidecar unit datanode namenode regionserver
"""
NODE_THINGS = frozenset(NODE_THINGS_WORDS.split())
NULL_THINGS_WORDS = """
core cpu vcpu gpu thread visit visitor session shopper user customer tenant device key connection client
account session channel ip token driver car rider player gate sensor member person merchant caller camera meter truck
vehicle van thermostat bike scooter courier shop seller subscriber viewer listener turbine lock phone app team disk
drive fiber link socket stream producer consumer store bank school household engineer developer ferry bus train room
seat
"""
NULL_THINGS = frozenset(NULL_THINGS_WORDS.split())
_EACH = re.compile(
    r"(?i)\b(?:each|every|one|a single|any|per|single|(?:our|the) (?:busiest|largest|biggest|hottest|slowest|fastest"
    r"|smallest)|(?:an?|the|our) (?:typical|normal|average|busy|heavy|single|modern|standard|big|small"
    r"|large|lone|idle|well-tuned|power))\s(?P<words>(?:[A-Za-z0-9]+[\s-]){0,2}[A-Za-z]+)\b"
)
_EACH_OF = re.compile(
    r"(?i)\b(?:each|every one|all|none|any) of (?:our|the|these|its"
    r"|those) (?:[\d,.]+[kKMB]?\s)?(?P<words>(?:[A-Za-z0-9]+[\s-]){0,2}?[A-Za-z]+)\b"
)
_A_NODE = re.compile(r"(?i)^\W*(?:(?:on|with|from) )?an?\s(?P<words>(?:[A-Za-z0-9]+[\s-]){0,2}[A-Za-z]+)\b")
_EACH_BEHIND = re.compile(r"(?i)^(?:\s\w+)?\seach\b(?!\s(?:other|day|week|month|year|night|hour|minute|second|time)\b)")
_A_THING = re.compile(
    r"(?i)\ban?\s(?P<words>(?:[A-Za-z0-9]+[\s-]){0,2}?[A-Za-z]+)\s(?:can |could |now |typically |usually |may "
    r"|may be |easily |only |just )?"
    r"(?:serv(?:es?|ed|ing)|send|sent|handl|tak|took|push|forward|hold|held|does|did|do\b|mov|writ|wrote|read|carr|stor|see|saw"
    r"|answer|process|decod|encod"
    r"|sustain|deliver|manag|has|had|have|mak|made|get|got|creat|post|emit|upload|report|generat|produc|issu|used"
    r"|accept|ingest|pars"
    r"|pull|relay|rout|eat|consum|record|stream|watch|receiv)\w*\b"
)
_SENDING = re.compile(
    r"(?i)\beach (?:sends?|sending|of them|of which|one|posting|reporting|emitting|making|producing|writing"
    r"|uploading)\b"
)
Thing = Literal["node", "other", ""]


def each_of(clause: str, figure: Figure, text: str = "") -> Thing:
    """``node`` where the figure is one node's, ``other`` where it is one user's, device's or core's, else nothing."""
    if figure.thing in NODE_THINGS:
        return "node"
    if figure.thing in NULL_THINGS or _SENDING.search(clause):
        return "other"
    if (of_several := _EACH_OF.search(clause)) is not None and (kind := _kind(of_several["words"])):
        return kind
    kinds = [_kind(match["words"]) for match in _EACH.finditer(clause)]
    kinds += [_kind(match["words"]) for match in _A_THING.finditer(clause)]
    if (start := _A_NODE.match(clause)) is not None and _kind(start["words"]) == "node":
        kinds.append("node")
    if text and _EACH_BEHIND.match(text[figure.end : figure.end + 30]):
        before = re.findall(r"[A-Za-z]+", text[max(0, figure.start - 60) : figure.start])
        kinds += [_kind(word) for word in before if word.lower().endswith("s")] or ["other"]
        kinds = kinds if any(kinds) else ["other"]
    return next((kind for kind in ("other", "node") if kind in kinds), "")


_SEVERAL = re.compile(r"(?:[2-9]|\d{2,})-")
"""``a 3-node ring`` is no node."""


def _kind(words: str) -> Thing:
    """Of several words the first noun known here, or the one it is put before: ``camera box`` is a box."""
    if _SEVERAL.match(words):
        return ""
    nouns = [singular(word) for word in re.findall(r"[A-Za-z]+", words)]
    kinds = [_kind_of(noun) for noun in nouns]
    for i, (noun, kind) in enumerate(zip(nouns, kinds, strict=True)):
        if noun in PERIOD_NAMES:
            return ""
        if kind:
            after = kinds[i + 1] if i + 1 < len(kinds) else ""
            return after if after == "node" else kind
        if noun in NOUNS:
            return "node" if "node" in kinds[i + 1 : i + 2] else ""
    return ""


def _kind_of(noun: str) -> Thing:
    if noun in NODE_THINGS or metric_of(noun) in ("nodes", "shards"):
        return "node"
    return "other" if noun in NULL_THINGS or metric_of(noun) in ("users", "customers", "cores") else ""
