"""A candidate's document: a stub with its source and the claims that were read, ready for a person to check.

Nothing of the page's own prose is copied but the printed figures, of at most eight words each.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from atlas.catalogue.template import SCHEMA_LINE
from atlas.discover.claim import Claim
from atlas.discover.lexicon import singular
from atlas.discover.reading import Reading
from atlas.model.vocabulary import Vocabulary

MOST_LETTERS = 60
MOST_STUB_CLAIMS = 40
_COUNTING = ("count", "count/time")
_NO_THING = frozenset(
    re.split(
        r"\s+",
        "people over under about around nearly almost roughly some more less fewer than at least most up to just only"
        " per every each a an the second minute hour day week month year s sec min hr h d k m b t rps qps tps"
        " million billion trillion thousand hundred dozen dozens millions billions trillions thousands hundreds half"
        " one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty seventy eighty"
        " ninety and or between from of in",
    )
)
"""Words of a printed figure that say how many or how often, not of what."""
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_MARKER = (
    "# Found by `atlas discover`; no person has read it yet. Each figure must be read in the source before it counts:\n"
    "# say of each what it is of (`of`, `scope`) and when it held (`as_of`), and that it is printed so (`figure`)."
)


def slug_of(text: str, most: int = MOST_LETTERS) -> str:
    """``How we store trillions of messages`` → ``how-we-store-trillions-of-messages``; ASCII, cut at a word."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = [w for w in _NOT_SLUG.split(plain) if w]
    slug = ""
    for word in words:
        longer = f"{slug}-{word}" if slug else word[:most]
        if len(longer) > most:
            break
        slug = longer
    return slug or "post"


def organisation_at(url: str, vocabulary: Vocabulary) -> str | None:
    """The organisation whose own host (or host and path) an address is at; the longest place wins."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    here = f"{host}{parts.path}"
    found: tuple[int, str] | None = None
    for ident, org in vocabulary.organisations.items():
        for place in org.hosts:
            plain = place.removeprefix("www.").rstrip("/")
            is_at = here == plain or here.startswith(f"{plain}/") or ("/" not in plain and host.endswith(f".{plain}"))
            if is_at and (found is None or len(plain) > found[0]):
                found = len(plain), ident
    return found[1] if found else None


def claim_entries(claims: tuple[Claim, ...], source: str, vocabulary: Vocabulary) -> dict[str, dict[str, Any]]:
    """The claims that fit a metric of the vocabulary, as the document writes them; those without stay out."""
    entries: dict[str, dict[str, Any]] = {}
    taken: Counter[str] = Counter()
    for claim in claims:
        if claim.metric is None or claim.metric not in vocabulary.metrics or not claim.figure:
            continue
        ident = _ident(claim, taken)
        entry: dict[str, Any] = {"metric": claim.metric, "value": claim.text, "stat": claim.stat or "unstated"}
        if scope := scope_of(claim):
            entry["scope"] = scope
        entry["source"] = source
        entry["figure"] = claim.figure
        if claim.near:
            entry["near"] = list(claim.near)
        entries[ident] = entry
        if len(entries) >= MOST_STUB_CLAIMS:
            break
    return entries


def _ident(claim: Claim, taken: Counter[str]) -> str:
    stem = slug_of(" ".join([str(claim.metric), *claim.near[:1], claim.order]), 48)
    stem = stem if stem[0].isalpha() else f"c-{stem}"
    taken[stem] += 1
    return stem if taken[stem] == 1 else f"{stem}-{taken[stem]}"


def scope_of(claim: Claim) -> str:
    """What the text says a figure is narrower of: the things it counts, and that it was so before a change.

    Empty where the text says neither: what it is of, a person must read. Two figures of one metric that the text does
    not tell apart are told by ``atlas check``, each by its name.
    """
    words = claim.figure.split() if claim.dimension in _COUNTING else []
    counted = [w for word in words if (w := word.strip(".,;:()~≈+")) and _is_thing(w)]
    last = singular(counted[-1].lower()) if counted else ""
    is_narrower = bool(counted) and (len(counted) > 1 or last != singular(str(claim.metric)))
    parts = [" ".join(counted)] if is_narrower else []
    parts += ["before the change"] if claim.order == "before" else []
    return ", ".join(parts)


def _is_thing(word: str) -> bool:
    return word.lower() not in _NO_THING and word[0].isalpha() and not any(c in word for c in "/$€£%")


def source_entry(reading: Reading, vocabulary: Vocabulary, today: dt.date) -> dict[str, Any]:
    """The page as a source; primary only at a place that is the organisation's own."""
    url = reading.url
    entry: dict[str, Any] = {
        "type": "blog",
        "role": "primary" if organisation_at(url, vocabulary) else "supporting",
        "title": reading.title or url,
        "url": url,
        "published": reading.published.date,
        "accessed": today.isoformat(),
        "access": "original",
    }
    if reading.published.date == "unknown":
        entry["note"] = "neither the feed nor the page prints a date with a year"
    return entry


def stub_text(reading: Reading, org: str, slug: str, vocabulary: Vocabulary, today: dt.date) -> str:
    """A new system's document: a stub that loads at once and says what it does not know."""
    known = vocabulary.organisations.get(org)
    name = known.name if known else reading.site or urlsplit(reading.url).hostname or org
    named = [m.printed for m in reading.mentions if m.family == "technologies"][:6]
    source = slug_of(reading.title or "post", 40)
    source = source if source[0].isalpha() else f"post-{source}"
    document: dict[str, Any] = {
        "id": f"CS-{slug.upper()}",
        "name": reading.title[:80] or name,
        "org": org,
        "category": known.category if known and known.category else "developer",
        "status": "stub",
        "last_verified": today.isoformat(),
        "summary": f"A system of {name} that one post describes"
        + (f", built with {', '.join(named)}." if named else "."),
        "sources": {source: source_entry(reading, vocabulary, today)},
        "claims": claim_entries(reading.claims, source, vocabulary),
    }
    return f"{SCHEMA_LINE}\n{_MARKER}\n" + dump(document)


def dump(data: Mapping[str, Any]) -> str:
    """YAML in the form of the catalogue."""
    yaml = YAML()
    yaml.width = 120
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = StringIO()
    yaml.dump(_quoted(data), out)
    return out.getvalue()


_LOOKS_OTHERWISE = re.compile(
    r"^[\d.,:+\-~<>≈%$€ ]|[:#]\s|^(?:true|false|null|yes|no|on|off|~)$|[\[\]{},&*!|>'\"%@`]", re.IGNORECASE
)


def _quoted(value: Any) -> Any:
    """Texts that YAML could read as something else stand in quotes; dates are texts and stand plain."""
    if isinstance(value, Mapping):
        return {key: _quoted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_quoted(item) for item in value]
    if isinstance(value, str) and _LOOKS_OTHERWISE.search(value) and not re.fullmatch(r"\d{4}(?:-\d\d){0,2}", value):
        return DoubleQuotedScalarString(value)
    return value
