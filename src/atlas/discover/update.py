"""A page about a known system: what of it is new, what says otherwise than the document, what is there already."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from atlas.catalogue import Catalogue
from atlas.catalogue.difference import Change
from atlas.discover.claim import Claim
from atlas.discover.reading import Reading
from atlas.discover.stub import claim_entries, dump, slug_of, source_entry
from atlas.model.system import System
from atlas.model.vocabulary import Vocabulary

SAME = 0.02
"""Two values that differ by less are one figure, rounded twice."""

NEAR = 30.0
"""Figures of one metric and statistic further apart than this factor speak of different things."""


def system_of(reading: Reading, org: str | None, catalogue: Catalogue) -> System | None:
    """The system a page belongs to: it cites the page, or is its organisation's and is named, or is its only one."""
    for system in catalogue.systems.values():
        urls = {_plain(s.url) for s in system.document.sources.values() if s.url}
        if _plain(reading.url) in urls or (reading.canonical and _plain(reading.canonical) in urls):
            return system
    own = [s for s in catalogue.systems.values() if s.document.org == org]
    title = reading.title.lower()
    named = [s for s in own if s.slug.replace("-", " ") in title or s.document.name.lower() in title]
    if len(named) == 1:
        return named[0]
    return own[0] if len(own) == 1 and _shares_words(reading, own[0]) else None


def _plain(url: str) -> str:
    return url.partition("#")[0].partition("?")[0].rstrip("/").removeprefix("https://").removeprefix("http://")


def _shares_words(reading: Reading, system: System) -> bool:
    """Whether the page names at least a few of the technologies that the system is made of."""
    made_of = {c.technology for c in system.document.components.values() if c.technology}
    named = {m.ident for m in reading.mentions if m.family == "technologies"}
    return len(made_of & named) >= 2


def differences(reading: Reading, system: System, vocabulary: Vocabulary, today: dt.date) -> tuple[list[Change], str]:
    """The changes a page proposes, and the YAML of its source and of the claims that are new."""
    taken = set(system.document.sources)
    source = _free(slug_of(reading.title or "post", 40), taken)
    known = _source_at(reading, system)
    entries = claim_entries(tuple(_unknown(reading.claims, system)), known or source, vocabulary)
    names = set(system.document.claims)
    added: dict[str, Any] = {}
    changes = []
    for ident, entry in entries.items():
        free = _free(ident, names | set(added))
        added[free] = entry
        changes.append(_change(system, free, entry, reading.claims))
    data: dict[str, Any] = {} if known else {"sources": {source: source_entry(reading, vocabulary, today)}}
    if added:
        data["claims"] = added
    return changes, dump(data) if added else ""


def _source_at(reading: Reading, system: System) -> str | None:
    here = _plain(reading.url)
    return next((i for i, s in system.document.sources.items() if s.url and _plain(s.url) == here), None)


def _free(ident: str, taken: set[str]) -> str:
    stem = ident if ident[:1].isalpha() else f"post-{ident}"
    return next(name for name in _numbered(stem) if name not in taken)


def _numbered(stem: str) -> Iterable[str]:
    yield stem
    yield from (f"{stem}-{n}" for n in range(2, 10_000))


def _unknown(claims: Iterable[Claim], system: System) -> Iterable[Claim]:
    """The claims whose value the document does not have under their metric."""
    for claim in claims:
        held = [c for c in system.document.claims.values() if c.metric == claim.metric]
        if not any(_is_same(claim.value.mid, c.value.mid) for c in held):
            yield claim


def _is_same(one: float, other: float) -> bool:
    return abs(one - other) <= SAME * max(abs(one), abs(other))


def _may_agree(one: str, other: str) -> bool:
    """Whether two statistics may be one: a source that names none may mean the total."""
    return one == other or {one, other} <= {"total", "unstated"}


def _change(system: System, ident: str, entry: Mapping[str, Any], claims: Iterable[Claim]) -> Change:
    """A new claim, or one that may replace the nearest of the same metric and statistic."""
    after = f"{entry['metric']} {entry['stat']} = {entry['value']} ({entry['figure']!r})"
    value = next((c.value.mid for c in claims if c.figure == entry["figure"]), 0.0)
    rivals = [
        (ident_, c)
        for ident_, c in system.document.claims.items()
        if c.metric == entry["metric"] and _may_agree(c.stat, entry["stat"]) and c.value.mid > 0 and value > 0
    ]
    near = [(max(value / c.value.mid, c.value.mid / value), i, c) for i, c in rivals]
    best = min(near, key=lambda item: item[0], default=None)
    if best is not None and best[0] <= NEAR:
        before = f"{best[2].metric} {best[2].stat} = {best[2].value.text} ({best[1]}, {best[2].as_of or 'undated'})"
        return Change(system.slug, ident, "changed", before, after, ("value",))
    return Change(system.slug, ident, "added", "", after)


def merged(document: str, addition: str) -> str:
    """A document with the sources and claims of an update put at the end of its own; comments and order stay."""
    yaml = YAML()
    yaml.width = 120
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    whole, more = yaml.load(document), yaml.load(addition)
    for section in ("sources", "claims"):
        for ident, entry in (more.get(section) or {}).items():
            whole.setdefault(section, {})
            whole[section].setdefault(ident, entry)
    out = StringIO()
    yaml.dump(whole, out)
    return out.getvalue()
