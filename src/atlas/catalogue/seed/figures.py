"""Figures of the seed: scale, objectives, capacity and clouds become claims and components."""

from __future__ import annotations

import re
from typing import Any

from atlas.catalogue.seed.work import SEED, Work, add_claim, section, words

_BASIS = {"claimed": "claimed", "inferred": "inferred", "verified": "verified", "confirmed": "verified"}


def place_scale(seed: dict[str, Any], work: Work) -> None:
    """Scale figures become claims on the system."""
    for key, raw in section(seed, "scale").items():
        path, text = f"scale.{key}", key.lower()
        if "per_sec" in text:
            add_claim(work, path, raw, "rate", per="/s", stat="peak" if "peak" in text else "average")
        elif "daily" in text or "per_day" in text:
            add_claim(work, path, raw, "rate", per="/day", stat="average")
        elif "concurr" in text:
            scope = {"scope": words(key.replace("concurrent", "")).strip()} if text != "concurrency" else {}
            add_claim(work, path, raw, "concurrency", stat="peak", **scope)
        elif "user" in text:
            add_claim(work, path, raw, "users")


def place_objectives(seed: dict[str, Any], work: Work) -> dict[str, Any]:
    """The one flow that a seed implies, with its objectives."""
    slo: dict[str, Any] = {}
    for key, raw in section(seed, "slos").items():
        path = f"slos.{key}"
        latency = re.fullmatch(r"(?:(\w+)_)?latency_(p\d+)_ms", key)
        if key == "availability":
            ident = add_claim(work, path, raw, "availability")
            name = "availability"
        elif latency is not None:
            scope = {"scope": latency[1]} if latency[1] else {}
            ident = add_claim(work, path, f"{raw} ms", "latency", stat=latency[2], **scope)
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


def place_capacity(seed: dict[str, Any], work: Work) -> None:
    """Tiers become components whose instances rest on claims."""
    for tier, figures in section(seed, "capacity_planning").items():
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
            ident = add_claim(work, short, raw, metric, per=per, of=component, stat=stat)
            if ident is None:
                continue
            work.take(path)
            if metric in ("nodes", "shards"):
                work.components[component]["instances"] = {"claim": ident}


def _component(work: Work, ident: str, tier: str) -> dict[str, Any]:
    if ident not in work.components:
        plane, kind = _TIER_KINDS.get(tier, (tier if tier in ("stream", "state") else "service", "service"))
        kind = _STORE_KINDS.get(ident, kind if tier != "stream" else "log")
        plane = "stream" if kind == "log" else "state" if ident in _STORE_KINDS else plane
        entry: dict[str, Any] = {"name": words(ident), "plane": plane, "kind": kind}
        if ident in work.vocabulary.technologies:
            entry["technology"] = ident
        work.components[ident] = entry | {"source": SEED, "basis": "inferred"}
    return work.components[ident]


def place_clouds(seed: dict[str, Any], work: Work) -> None:
    """Cloud products become cloud equivalents, with how they are known."""
    for role, raw in section(seed, "cloud_mapping").items():
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


def scale_bar(work: Work) -> dict[str, Any]:
    """The bars that the placed claims speak to."""
    bars = {"rate": "rps", "concurrency": "concurrency"}
    bar: dict[str, str] = {}
    for ident, claim in work.claims.items():
        name = bars.get(claim["metric"])
        if name and "of" not in claim and "scope" not in claim:
            bar.setdefault(name, ident)
    return {"bar": bar, "show": list(bar.values())}
