"""Read a document in the form of the founding specification (its section E) into a draft.

Old names are mapped, strings become claims with a seed source (statements to be checked, never evidence),
and every value that has no place in the document is listed with its path. Nothing is dropped.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from atlas.catalogue.template import SCHEMA_LINE
from atlas.catalogue.yaml_source import parse_yaml
from atlas.model.vocabulary import Vocabulary
from atlas.quantity import QuantityError, parse

SEED = "seed"
_SECTION = re.compile(r"^##\s+E\.", re.M)
_FENCE = re.compile(r"^```ya?ml\s*\n(.*?)^```", re.M | re.S)
_CONFIDENCE = {"high": "A", "medium": "B", "low": "C"}
_BASIS = {"claimed": "claimed", "inferred": "inferred", "verified": "verified", "confirmed": "verified"}


class SeedError(Exception):
    """Why a file cannot be read as a seed document."""


@dataclass
class Draft:
    """The draft's text, how many values found a place, and those that did not."""

    text: str
    placed: int
    unplaced: list[tuple[str, str]]


@dataclass
class _Work:
    """The document being written, and what has been used of the seed."""

    vocabulary: Vocabulary
    used: set[str] = field(default_factory=set)
    claims: dict[str, dict[str, Any]] = field(default_factory=dict)
    components: dict[str, dict[str, Any]] = field(default_factory=dict)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def take(self, path: str) -> None:
        """Mark a path of the seed as placed."""
        self.used.add(path)


def import_seed(raw: bytes | str, vocabulary: Vocabulary, *, name: str, today: dt.date) -> Draft:
    """The draft for the first section E in a specification, or for a file that is only that YAML.

    Raises ``SeedError`` where the text holds no such document.
    """
    seed, text = _read(raw, name)
    work = _Work(vocabulary, notes=_comments(text))
    document = _head(seed, work, today)
    work.sources[SEED] = {
        "type": "doc",
        "role": "seed",
        "title": f"Section E of {name}",
        "published": "unknown",
        "accessed": today.isoformat(),
        "access": "original",
        "note": "statements to be checked, never evidence",
    }
    _sources(seed, work, today)
    _scale(seed, work)
    flow = _objectives(seed, work)
    _capacity(seed, work)
    _clouds(seed, work)
    sections = {
        **_regions(seed, work),
        **_stressors(seed, work),
        **_guarantees(seed, work),
        **_patterns(seed, work),
        **_mechanisms(seed, work),
        **_innovations(seed, work),
        **_backpressure(seed, work),
        **_multi_region(seed, work),
        **_failures(seed, work),
    }
    document |= {"sources": work.sources, "claims": work.claims, "components": work.components}
    if work.components:
        document["flows"] = {"requests": flow | {"steps": [{"call": next(iter(work.components))}]}}
    document |= {"scale": _bar(work), **sections}
    unplaced = [(path, text) for path, text in _leaves(seed, "") if path not in work.used] + work.notes
    placed = sum(path in work.used for path, _ in _leaves(seed, ""))
    return Draft(_dump(document, unplaced), placed, unplaced)


# -- reading ----------------------------------------------------------------------------------------


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


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{path}.{index}")
    elif value is not None:
        yield path, str(value)


def _kebab(text: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return words if words[:1].isalpha() else f"x-{words}"


def _words(slug: str) -> str:
    text = str(slug).replace("_", " ")
    return text[:1].upper() + text[1:]


def _section(seed: dict[str, Any], name: str) -> dict[str, Any]:
    value = seed.get(name)
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


# -- head, sources ----------------------------------------------------------------------------------


def _head(seed: dict[str, Any], work: _Work, today: dt.date) -> dict[str, Any]:
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
    return _kebab(wanted or "unknown")


def _bare_name(text: str) -> str:
    return re.sub(r",?\s*(inc|ltd|llc|corp|gmbh)\.?$", "", text.strip().lower()).strip()


def _sources(seed: dict[str, Any], work: _Work, today: dt.date) -> None:
    for index, item in enumerate(_list(seed.get("sources"))):
        if not isinstance(item, dict):
            continue
        ident = _kebab(str(item.get("title", f"source {index}")))[:40].strip("-")
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


# -- figures ----------------------------------------------------------------------------------------


def _quantity(text: str, per: str = "") -> str | None:
    """The seed's spelling as a quantity: ``10M+ concurrent users`` is ``over 10M``."""
    match = re.match(r"^\s*([<>~]?)\s*([\d.,]+\s?[kKMBT]?)\s?(\+)?\s*(%|ms|s|min|h|[kMGTPE]?B\b)?", text)
    if match is None:
        return None
    sign, number, plus, unit = match.groups()
    word = "over " if plus or sign == ">" else "up to " if sign == "<" else "about " if sign == "~" else ""
    spaced = f" {unit}" if unit else ""
    value = f"{word}{number.strip()}{spaced}{per}"
    try:
        parse(value)
    except QuantityError:
        return None
    return value


def _claim(work: _Work, path: str, raw: Any, metric: str, *, per: str = "", **more: str) -> str | None:
    """Add a claim for a seed figure; ``None`` (and a note) where the text is no quantity."""
    value = _quantity(str(raw), per)
    if value is None:
        return None
    ident = f"seed-{_kebab(path.rpartition('.')[2])}"
    figure = " ".join(str(raw).split()[:8])
    work.claims[ident] = {"metric": metric, **more, "value": value, "source": SEED, "figure": figure, "confidence": "C"}
    work.take(path)
    return ident


def _scale(seed: dict[str, Any], work: _Work) -> None:
    for key, raw in _section(seed, "scale").items():
        path, text = f"scale.{key}", key.lower()
        if "per_sec" in text:
            _claim(work, path, raw, "rate", per="/s", stat="peak" if "peak" in text else "average")
        elif "daily" in text or "per_day" in text:
            _claim(work, path, raw, "rate", per="/day", stat="average")
        elif "concurr" in text:
            scope = {"scope": _words(key.replace("concurrent", "")).strip()} if text != "concurrency" else {}
            _claim(work, path, raw, "concurrency", stat="peak", **scope)
        elif "user" in text:
            _claim(work, path, raw, "users")


def _objectives(seed: dict[str, Any], work: _Work) -> dict[str, Any]:
    """The one flow that a seed implies, with its objectives."""
    slo: dict[str, Any] = {}
    for key, raw in _section(seed, "slos").items():
        path = f"slos.{key}"
        latency = re.fullmatch(r"(?:(\w+)_)?latency_(p\d+)_ms", key)
        if key == "availability":
            ident = _claim(work, path, raw, "availability")
            name = "availability"
        elif latency is not None:
            scope = {"scope": latency[1]} if latency[1] else {}
            ident = _claim(work, path, f"{raw} ms", "latency", stat=latency[2], **scope)
            name = "" if latency[1] else latency[2]
        else:
            continue
        if ident and name:
            slo[name] = {"claim": ident}
    flow: dict[str, Any] = {"name": "Requests, as the specification counts them"}
    rates = {c["stat"]: i for i, c in work.claims.items() if c["metric"] == "rate"}
    average = rates.get("average") or rates.get("peak")
    if average:
        flow["rate"] = {"claim": average}
    if "peak" in rates:
        flow["peak"] = {"claim": rates["peak"]}
    return flow | ({"slo": slo} if slo else {})


_TIER_METRICS = {
    "connections": ("connections", "", "capacity"),
    "rps_per_node": ("rate-per-node", "/s", "capacity"),
    "rps_per_pod": ("rate-per-node", "/s", "capacity"),
    "memory_per_pod": ("memory-per-node", "", "total"),
    "pods": ("nodes", "", "total"),
    "nodes": ("nodes", "", "total"),
    "shards": ("shards", "", "total"),
    "cpu_target": ("utilisation", "", "total"),
}
_TIER_KINDS = {"edge": ("edge", "connection_tier"), "service": ("service", "service")}
_STORE_KINDS = {"cassandra": "widecolumn", "redis": "cache", "postgres": "relational", "kafka": "log"}


def _capacity(seed: dict[str, Any], work: _Work) -> None:
    for tier, figures in _section(seed, "capacity_planning").items():
        name = tier.removesuffix("_tier")
        for key, raw in (figures if isinstance(figures, dict) else {}).items():
            path = f"capacity_planning.{tier}.{key}"
            component = name if name != "state" else key.split("_")[0]
            measure = key if name != "state" else key.split("_")[-1]
            metric, per, stat = _TIER_METRICS.get(measure, ("", "", ""))
            if not metric:
                continue
            _component(work, component, name)
            short = f"capacity_planning.{component}-{measure}"
            ident = _claim(work, short, raw, metric, per=per, of=component, stat=stat)
            if ident is None:
                continue
            work.take(path)
            if metric in ("nodes", "shards"):
                work.components[component]["instances"] = {"claim": ident}


def _component(work: _Work, ident: str, tier: str) -> dict[str, Any]:
    if ident not in work.components:
        plane, kind = _TIER_KINDS.get(tier, (tier if tier in ("stream", "state") else "service", "service"))
        kind = _STORE_KINDS.get(ident, kind if tier != "stream" else "log")
        plane = "stream" if kind == "log" else "state" if ident in _STORE_KINDS else plane
        entry: dict[str, Any] = {"name": _words(ident), "plane": plane, "kind": kind}
        if ident in work.vocabulary.technologies:
            entry["technology"] = ident
        work.components[ident] = entry | {"source": SEED, "basis": "inferred"}
    return work.components[ident]


def _clouds(seed: dict[str, Any], work: _Work) -> None:
    for role, raw in _section(seed, "cloud_mapping").items():
        path = f"cloud_mapping.{role}"
        match = re.fullmatch(r"(.+?)(?:\s+\((\w+)\))?", str(raw))
        if match is None:
            continue
        product, basis = match[1], _BASIS.get(match[2] or "inferred", "inferred")
        technology = product.lower().removeprefix("self-managed ").split()[0]
        named = technology if technology in _STORE_KINDS else {"compute": "service", "cache": "redis"}.get(role, role)
        component = _component(work, named, "stream" if role == "stream" else role)
        key = next((k for k in ("aws", "gcp", "azure") if product.lower().startswith(k)), "oss")
        component["cloud"] = {key: product, "basis": basis}
        if match[2] == "confirmed":
            work.notes.append((path, "the word 'confirmed' is written 'verified'"))
        work.take(path)


def _bar(work: _Work) -> dict[str, Any]:
    bars = {"rate": "rps", "concurrency": "concurrency"}
    bar: dict[str, str] = {}
    for ident, claim in work.claims.items():
        name = bars.get(claim["metric"])
        if name and "of" not in claim and "scope" not in claim:
            bar.setdefault(name, ident)
    return {"bar": bar, "show": list(bar.values())}


# -- sections ---------------------------------------------------------------------------------------


def _take_all(seed: dict[str, Any], work: _Work, path: str, value: Any) -> None:
    for leaf, _ in _leaves(value, path):
        work.take(leaf)


def _regions(seed: dict[str, Any], work: _Work) -> dict[str, Any]:
    regions = _section(seed, "regions")
    if not regions:
        return {}
    result: dict[str, Any] = {"topology": regions.get("topology", "single")}
    if "count" in regions and (ident := _claim(work, "regions.count", regions["count"], "regions")):
        result["count"] = {"claim": ident}
    if "strategy" in regions:
        result["strategy"] = _words(regions["strategy"])
    work.take("regions.topology")
    work.take("regions.strategy")
    return {"regions": result | {"source": SEED, "basis": "inferred"}}


def _stressors(seed: dict[str, Any], work: _Work) -> dict[str, Any]:
    scores = {k: v for k, v in _section(seed, "stressor_scores").items() if k in work.vocabulary.stressors}
    for key in scores:
        work.take(f"stressor_scores.{key}")
    return {"stressor_scores": scores} if scores else {}


def _guarantee(slug: str, vocabulary: Vocabulary) -> tuple[str, str | None] | None:
    """The id and the bound that a slug such as ``bounded_staleness_2s`` names."""
    text = str(slug)
    bound = re.search(r"_(\d+(?:ms|s|min|h))$", text)
    bare = text[: bound.start()] if bound else text
    for candidate in (text, bare, bare.removesuffix("_consistency")):
        ident = vocabulary.canonical("guarantees", candidate)
        if ident:
            return ident, re.sub(r"(\d)([a-z])", r"\1 \2", bound[1]) if bound else None
    return None


def _guarantees(seed: dict[str, Any], work: _Work) -> dict[str, Any]:
    rows = []
    for index, slug in enumerate(_list(seed.get("guarantees"))):
        found = _guarantee(slug, work.vocabulary)
        if found is None:
            continue
        row = {"id": found[0], "basis": "inferred", "because": f"the specification lists {slug}"}
        rows.append(row | ({"bound": found[1]} if found[1] else {}))
        work.take(f"guarantees.{index}")
    return {"guarantees": rows} if rows else {}


def _patterns(seed: dict[str, Any], work: _Work) -> dict[str, Any]:
    patterns = _section(seed, "patterns")
    primary = work.vocabulary.canonical("patterns", str(patterns.get("primary", "")))
    if primary is None:
        return {}
    work.take("patterns.primary")
    overlays = []
    for index, slug in enumerate(_list(patterns.get("overlays"))):
        if ident := work.vocabulary.canonical("patterns", str(slug)):
            overlays.append(ident)
            work.take(f"patterns.overlays.{index}")
    return {"patterns": {"primary": primary, "overlays": overlays}}


def _mechanisms(seed: dict[str, Any], work: _Work) -> dict[str, Any]:
    rows = []
    for necessity, slugs in _section(seed, "mechanisms").items():
        for index, slug in enumerate(_list(slugs)):
            ident = work.vocabulary.canonical("mechanisms", str(slug))
            if ident and necessity in ("mandatory", "conditional"):
                rows.append({"id": ident, "necessity": necessity, "source": SEED, "basis": "inferred"})
                work.take(f"mechanisms.{necessity}.{index}")
    return {"mechanisms": rows} if rows else {}


def _said(text: Any) -> dict[str, str]:
    return {"text": str(text), "source": SEED, "basis": "inferred"}


def _innovations(seed: dict[str, Any], work: _Work) -> dict[str, Any]:
    for key, value in seed.items():
        if key.startswith("innovations") and isinstance(value, list):
            _take_all(seed, work, key, value)
            return {"innovations": [_said(text) for text in value]}
    return {}


def _backpressure(seed: dict[str, Any], work: _Work) -> dict[str, Any]:
    """Admission and brown-outs have a place; queues, timeouts and breakers belong to components and calls."""
    section = _section(seed, "backpressure")
    admission, brownouts = _list(section.get("admission")), _list(section.get("brownouts"))
    _take_all(seed, work, "backpressure.admission", admission)
    _take_all(seed, work, "backpressure.brownouts", brownouts)
    result: dict[str, Any] = {}
    if admission:
        result["admission"] = [_said(_words(a)) for a in admission]
    if brownouts:
        result["brownouts"] = [
            {"when": "under load", "drops": _words(b), "source": SEED, "basis": "inferred"} for b in brownouts
        ]
    return {"backpressure": result} if result else {}


def _multi_region(seed: dict[str, Any], work: _Work) -> dict[str, Any]:
    section = _section(seed, "multi_region")
    if "writes" not in section or "replication" not in section:
        return {}
    result: dict[str, Any] = {k: _words(section[k]) for k in ("writes", "replication")}
    for key in ("writes", "replication"):
        work.take(f"multi_region.{key}")
    for key in ("rpo", "rto"):
        if key in section and (ident := _claim(work, f"multi_region.{key}", section[key], key)):
            result[key] = {"claim": ident}
    ux = []
    for index, slug in enumerate(_list(section.get("ux_guarantees"))):
        found = _guarantee(slug, work.vocabulary)
        if found:
            ux.append({"id": found[0], "scope": _words(slug)})
            work.take(f"multi_region.ux_guarantees.{index}")
    return {"multi_region": result | ({"ux": ux} if ux else {}) | {"basis": "inferred", "source": SEED}}


def _failures(seed: dict[str, Any], work: _Work) -> dict[str, Any]:
    """Names and texts have a place; a drill's name does not: a drill needs a fault and an expectation."""
    rows = []
    for index, item in enumerate(_list(seed.get("failures_top5"))[:5]):
        if not isinstance(item, dict) or "name" not in item:
            continue
        row = {"id": _kebab(str(item["name"])), "name": _words(item["name"])}
        for key in ("detection", "mitigation", "recovery"):
            if key in item:
                row[key] = _words(item[key])
        rows.append(row | {"basis": "inferred", "source": SEED})
        for key in ("name", "detection", "mitigation", "recovery"):
            work.take(f"failures_top5.{index}.{key}")
    return {"failures": rows} if rows else {}


def _dump(document: dict[str, Any], unplaced: list[tuple[str, str]]) -> str:
    body = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)
    lines = [SCHEMA_LINE, body.rstrip("\n")]
    if unplaced:
        lines += ["", "# Values of the original that have no place in this document:"]
        lines += [f"#   {path}: {' '.join(text.split())}" for path, text in unplaced]
    return "\n".join(lines) + "\n"
