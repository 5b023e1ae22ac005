"""Read a document in the form of the founding specification (its section E) into a draft.

Old names are mapped, strings become claims with a seed source (statements to be checked, never evidence),
and every value that has no place in the document is listed with its path. Nothing is dropped.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

import yaml

from atlas.catalogue.seed.figures import place_capacity, place_clouds, place_objectives, place_scale, scale_bar
from atlas.catalogue.seed.sections import place_sections
from atlas.catalogue.seed.work import SEED, Work, entries, kebab, leaves
from atlas.catalogue.template import SCHEMA_LINE
from atlas.catalogue.yaml_source import parse_yaml
from atlas.model.vocabulary import Vocabulary

_SECTION = re.compile(r"^##\s+E\.", re.M)
_FENCE = re.compile(r"^```ya?ml\s*\n(.*?)^```", re.M | re.S)
_CONFIDENCE = {"high": "A", "medium": "B", "low": "C"}


class SeedError(Exception):
    """Why a file cannot be read as a seed document."""


@dataclass
class Draft:
    """The draft's text, how many values found a place, and those that did not."""

    text: str
    placed: int
    unplaced: list[tuple[str, str]]


def import_seed(raw: bytes | str, vocabulary: Vocabulary, *, name: str, today: dt.date) -> Draft:
    """The draft for the first section E in a specification, or for a file that is only that YAML.

    Raises ``SeedError`` where the text holds no such document.
    """
    seed, text = _read(raw, name)
    work = Work(vocabulary, notes=_comments(text))
    document = head(seed, work, today)
    work.sources[SEED] = {
        "type": "doc",
        "role": "seed",
        "title": f"Section E of {name}",
        "published": "unknown",
        "accessed": today.isoformat(),
        "access": "original",
        "note": "statements to be checked, never evidence",
    }
    place_sources(seed, work, today)
    place_scale(seed, work)
    flow = place_objectives(seed, work)
    place_capacity(seed, work)
    place_clouds(seed, work)
    document |= {"sources": work.sources, "claims": work.claims, "components": work.components}
    if work.components:
        document["flows"] = {"requests": flow | {"steps": [{"call": next(iter(work.components))}]}}
    document |= {"scale": scale_bar(work), **place_sections(seed, work)}
    unplaced = [(path, text) for path, text in leaves(seed, "") if path not in work.used] + work.notes
    placed = sum(path in work.used for path, _ in leaves(seed, ""))
    return Draft(_dump(document, unplaced), placed, unplaced)


def _comments(text: str) -> list[tuple[str, str]]:
    """Remarks at line ends: YAML does not keep them, the draft does."""
    rows = ((n, re.search(r"\s#\s*(.+)$", row)) for n, row in enumerate(text.splitlines(), start=1))
    return [(f"remark at line {n}", match[1]) for n, match in rows if match is not None]


def _read(raw: bytes | str, name: str) -> tuple[dict[str, Any], str]:
    try:
        text = raw if isinstance(raw, str) else raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SeedError(f"{name} is not UTF-8: {error.reason}") from None
    section = _SECTION.search(text)
    if section is not None:
        fence = _FENCE.search(text, section.end())
        if fence is None:
            raise SeedError(f"section E of {name} holds no YAML block")
        text = fence[1]
    source = parse_yaml(text, name)
    if source.findings:
        raise SeedError(f"{source.findings[0].position}: {source.findings[0].message}")
    if not isinstance(source.data, dict) or "id" not in source.data:
        raise SeedError(f"{name} is no system document: it has no id")
    return source.data, text


def head(seed: dict[str, Any], work: Work, today: dt.date) -> dict[str, Any]:
    """The head of the document; a word grade becomes a letter."""
    head: dict[str, Any] = {"id": seed["id"], "name": seed.get("name", seed["id"])}
    head["org"] = _organisation(str(seed.get("org", "")), work.vocabulary)
    head["category"] = seed.get("category", "developer")
    head["status"] = "draft"
    head["last_verified"] = str(seed.get("last_verified", today.isoformat()))
    grade = str(seed.get("confidence", "C"))
    head["confidence"] = _CONFIDENCE.get(grade.lower(), grade)
    head["summary"] = f"Draft of {head['name']} from the founding specification; every figure is still to be checked."
    head["model"] = {"as_of": head["last_verified"], "boundary": "as far as the specification goes"}
    for key in ("license", "attribution"):
        if key in seed:
            head[key] = str(seed[key])
    for key in ("id", "name", "org", "category", "last_verified", "confidence", "license", "attribution"):
        work.take(key)
    return head


def _organisation(text: str, vocabulary: Vocabulary) -> str:
    wanted = _bare_name(text)
    for ident, entry in vocabulary.organisations.items():
        if wanted in {ident, *(_bare_name(n) for n in (entry.name, *entry.aliases))}:
            return ident
    return kebab(wanted or "unknown")


def _bare_name(text: str) -> str:
    return re.sub(r",?\s*(inc|ltd|llc|corp|gmbh)\.?$", "", text.strip().lower()).strip()


def place_sources(seed: dict[str, Any], work: Work, today: dt.date) -> None:
    """Listed publications become unread primary sources."""
    for index, item in enumerate(entries(seed.get("sources"))):
        if not isinstance(item, dict):
            continue
        ident = kebab(str(item.get("title", f"source {index}")))[:40].strip("-")
        note = f"the specification gives it confidence {item['confidence']}" if "confidence" in item else None
        entry = {
            "type": item.get("type", "blog"),
            "role": "primary",
            "title": item.get("title", ident),
            "url": item.get("url"),
            "published": str(item.get("date", "unknown")),
            "accessed": today.isoformat(),
            "access": "unread",
            "note": note or "as the specification lists it",
        }
        work.sources[ident] = {k: v for k, v in entry.items() if v is not None}
        for key in ("type", "url", "date", "title", "confidence"):
            work.take(f"sources.{index}.{key}")


def _dump(document: dict[str, Any], unplaced: list[tuple[str, str]]) -> str:
    body = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)
    lines = [SCHEMA_LINE, body.rstrip("\n")]
    if unplaced:
        lines += ["", "# Values of the original that have no place in this document:"]
        lines += [f"#   {path}: {' '.join(text.split())}" for path, text in unplaced]
    return "\n".join(lines) + "\n"
