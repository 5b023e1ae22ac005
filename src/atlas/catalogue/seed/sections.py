"""Sections of the seed: guarantees, patterns, mechanisms, backpressure, regions and failures."""

from __future__ import annotations

import re
from typing import Any

from atlas.catalogue.seed.work import SEED, Work, add_claim, entries, kebab, leaves, said, section, words
from atlas.model.vocabulary import Vocabulary


def place_sections(seed: dict[str, Any], work: Work) -> dict[str, Any]:
    """Every section that has a place, under its new name."""
    parts = (
        _regions, _stressors, _guarantees, _patterns, _mechanisms, _innovations, _backpressure, _multi_region,
        _failures,
    )  # fmt: skip
    result: dict[str, Any] = {}
    for part in parts:
        result |= part(seed, work)
    return result


def _take_all(seed: dict[str, Any], work: Work, path: str, value: Any) -> None:
    for leaf, _ in leaves(value, path):
        work.take(leaf)


def _regions(seed: dict[str, Any], work: Work) -> dict[str, Any]:
    regions = section(seed, "regions")
    if not regions:
        return {}
    result: dict[str, Any] = {"topology": regions.get("topology", "single")}
    if "count" in regions and (ident := add_claim(work, "regions.count", regions["count"], "regions")):
        result["count"] = {"claim": ident}
    if "strategy" in regions:
        result["strategy"] = words(regions["strategy"])
    work.take("regions.topology")
    work.take("regions.strategy")
    return {"regions": result | {"source": SEED, "basis": "inferred"}}


def _stressors(seed: dict[str, Any], work: Work) -> dict[str, Any]:
    scores = {k: v for k, v in section(seed, "stressor_scores").items() if k in work.vocabulary.stressors}
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


def _guarantees(seed: dict[str, Any], work: Work) -> dict[str, Any]:
    rows = []
    for index, slug in enumerate(entries(seed.get("guarantees"))):
        found = _guarantee(slug, work.vocabulary)
        if found is None:
            continue
        row = {"id": found[0], "basis": "inferred", "because": f"the specification lists {slug}"}
        rows.append(row | ({"bound": found[1]} if found[1] else {}))
        work.take(f"guarantees.{index}")
    return {"guarantees": rows} if rows else {}


def _patterns(seed: dict[str, Any], work: Work) -> dict[str, Any]:
    patterns = section(seed, "patterns")
    primary = work.vocabulary.canonical("patterns", str(patterns.get("primary", "")))
    if primary is None:
        return {}
    work.take("patterns.primary")
    overlays = []
    for index, slug in enumerate(entries(patterns.get("overlays"))):
        if ident := work.vocabulary.canonical("patterns", str(slug)):
            overlays.append(ident)
            work.take(f"patterns.overlays.{index}")
    return {"patterns": {"primary": primary, "overlays": overlays}}


def _mechanisms(seed: dict[str, Any], work: Work) -> dict[str, Any]:
    rows = []
    for necessity, slugs in section(seed, "mechanisms").items():
        for index, slug in enumerate(entries(slugs)):
            ident = work.vocabulary.canonical("mechanisms", str(slug))
            if ident and necessity in ("mandatory", "conditional"):
                rows.append({"id": ident, "necessity": necessity, "source": SEED, "basis": "inferred"})
                work.take(f"mechanisms.{necessity}.{index}")
    return {"mechanisms": rows} if rows else {}


def _innovations(seed: dict[str, Any], work: Work) -> dict[str, Any]:
    for key, value in seed.items():
        if key.startswith("innovations") and isinstance(value, list):
            _take_all(seed, work, key, value)
            return {"innovations": [said(text) for text in value]}
    return {}


def _backpressure(seed: dict[str, Any], work: Work) -> dict[str, Any]:
    """Admission and brown-outs have a place; queues, timeouts and breakers belong to components and calls."""
    part = section(seed, "backpressure")
    admission, brownouts = entries(part.get("admission")), entries(part.get("brownouts"))
    _take_all(seed, work, "backpressure.admission", admission)
    _take_all(seed, work, "backpressure.brownouts", brownouts)
    result: dict[str, Any] = {}
    if admission:
        result["admission"] = [said(words(a)) for a in admission]
    if brownouts:
        result["brownouts"] = [
            {"when": "under load", "drops": words(b), "source": SEED, "basis": "inferred"} for b in brownouts
        ]
    return {"backpressure": result} if result else {}


def _multi_region(seed: dict[str, Any], work: Work) -> dict[str, Any]:
    part = section(seed, "multi_region")
    if "writes" not in part or "replication" not in part:
        return {}
    result: dict[str, Any] = {k: words(part[k]) for k in ("writes", "replication")}
    for key in ("writes", "replication"):
        work.take(f"multi_region.{key}")
    for key in ("rpo", "rto"):
        if key in part and (ident := add_claim(work, f"multi_region.{key}", part[key], key)):
            result[key] = {"claim": ident}
    ux = []
    for index, slug in enumerate(entries(part.get("ux_guarantees"))):
        found = _guarantee(slug, work.vocabulary)
        if found:
            ux.append({"id": found[0], "scope": words(slug)})
            work.take(f"multi_region.ux_guarantees.{index}")
    return {"multi_region": result | ({"ux": ux} if ux else {}) | {"basis": "inferred", "source": SEED}}


def _failures(seed: dict[str, Any], work: Work) -> dict[str, Any]:
    """Names and texts have a place; a drill's name does not: a drill needs a fault and an expectation."""
    rows = []
    for index, item in enumerate(entries(seed.get("failures_top5"))[:5]):
        if not isinstance(item, dict) or "name" not in item:
            continue
        row = {"id": kebab(str(item["name"])), "name": words(item["name"])}
        for key in ("detection", "mitigation", "recovery"):
            if key in item:
                row[key] = words(item[key])
        rows.append(row | {"basis": "inferred", "source": SEED})
        for key in ("name", "detection", "mitigation", "recovery"):
            work.take(f"failures_top5.{index}.{key}")
    return {"failures": rows} if rows else {}
