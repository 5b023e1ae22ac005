"""How many mistyped figures do the checks notice?

Every claim of the catalogue is spoiled in three ways, one at a time: ten times too large, ten times too small, and in
a wrong unit. Two curators are played: one who mistypes only the value (the printed figure stands beside it), and
one who takes over a figure that is wrong in the source itself, so that value and figure agree and only the other
figures of the system can tell. A spoiled claim is caught when a finding appears that the clean system does not have.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from atlas.catalogue import load_catalogue
from atlas.catalogue.resolve import resolve
from atlas.catalogue.yaml_source import YamlSource
from atlas.check import Case, Family, all_checks
from atlas.check.runner import check_case
from atlas.diagnostic import Finding, Level
from atlas.model import System, Vocabulary
from atlas.quantity import Form, Quantity, format_quantity, parse
from atlas.quantity.unit import PERIODS, UNITS

ROOT = Path(__file__).resolve().parent.parent
TODAY = dt.date(2026, 11, 21)
FAMILIES = (Family.PHYSICS, Family.EVIDENCE)
"""The families that read figures; the others could not notice and only take time."""
KINDS = ("times ten", "a tenth", "wrong unit")
WRONG_UNITS = {
    "ms": "s", "s": "ms", "us": "ms", "ns": "us", "min": "h", "h": "min", "day": "h", "week": "day", "month": "day",
    "year": "month", "quarter": "month", "kB": "MB", "MB": "GB", "GB": "TB", "TB": "GB", "PB": "TB", "EB": "PB",
    "bytes": "kB", "kbit": "Mbit", "Mbit": "Gbit", "Gbit": "Mbit", "Tbit": "Gbit", "bit": "kbit", "%": "", "x": "%",
    "USD": "EUR", "EUR": "USD",
}  # fmt: skip
WRONG_PERIODS = {"s": "min", "min": "s", "h": "s", "day": "h", "week": "day", "month": "day", "year": "month"}
TARGET = 0.6
OWN = {"EVI001"}
"""The check of value against figure: where both were spoiled alike it is not counted."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One spoiled claim: how it was spoiled, by whom, and the codes that noticed."""

    system: str
    claim: str
    kind: str
    figure_too: bool
    codes: tuple[str, ...]


def scaled(quantity: Quantity, factor: float) -> Quantity:
    """The quantity times a factor, worded alike; a vague magnitude becomes the number in its middle."""
    if quantity.form is Form.VAGUE:
        quantity = replace(quantity.take("mid"), unit=quantity.unit)
    larger = replace(quantity.scaled(factor), form=quantity.form)
    return replace(larger, text=format_quantity(larger, digits=8))


def in_wrong_unit(quantity: Quantity) -> Quantity:
    """The same number in a neighbouring unit or period; a plain count gets a unit it cannot have."""
    head, _, period = quantity.unit.partition("/")
    if not head and not period:
        return parse(f"{quantity.mid:.12g} ms")
    factor = UNITS[head].factor / (PERIODS[period].factor if period in PERIODS else 1.0)
    number = f"{quantity.mid / factor:.10g}"
    if head in WRONG_UNITS:
        unit = f"{WRONG_UNITS[head]}/{period}" if period else WRONG_UNITS[head]
    else:
        unit = f"{head}/{WRONG_PERIODS.get(period, 'day')}"
    return parse(f"{number} {unit}".strip())


def spoiled(quantity: Quantity) -> Iterator[tuple[str, Quantity]]:
    """The three ways."""
    yield KINDS[0], scaled(quantity, 10)
    yield KINDS[1], scaled(quantity, 0.1)
    yield KINDS[2], in_wrong_unit(quantity)


def findings(system: System, reading: list[Finding]) -> set[tuple[str, str]]:
    """Code and path of everything from a warning on."""
    checks = [c for c in all_checks() if c.family in FAMILIES]
    made = [*reading, *check_case(Case(system, TODAY), checks)]
    return {(f.code, f.path) for f in made if f.level.rank >= Level.WARNING.rank}


def outcomes(system: System, source: YamlSource, vocabulary: Vocabulary, every: int = 1) -> list[Outcome]:
    """Every claim of one system that was found (or every so-manieth), spoiled in every way."""
    document = system.document
    clean, problems = resolve(document, source, vocabulary, system.slug)
    before = findings(clean, problems)
    rows = []
    found = [(name, claim) for name, claim in document.claims.items() if claim.verdict == "found"]
    for name, claim in found[::every]:
        for kind, value in spoiled(claim.value):
            for figure_too in (False, True):
                update: dict[str, Any] = {"value": value, **({"figure": value.text} if figure_too else {})}
                claims = {**document.claims, name: claim.model_copy(update=update)}
                other, reading = resolve(
                    document.model_copy(update={"claims": claims}), source, vocabulary, system.slug
                )
                codes = sorted({code for code, _ in findings(other, reading) - before} - (OWN if figure_too else set()))
                rows.append(Outcome(system.slug, name, kind, figure_too, tuple(codes)))
    return rows


def _of_slug(root: Path, slug: str) -> list[Outcome]:
    catalogue = load_catalogue(root)
    system = catalogue.systems[slug]
    return outcomes(system, catalogue.sources[system.file], catalogue.vocabulary)


def share(rows: list[Outcome]) -> float:
    """Share of the outcomes that something noticed."""
    return sum(bool(row.codes) for row in rows) / len(rows) if rows else 0.0


def measure(root: Path = ROOT / "catalogue", processes: int = 2) -> dict[str, Any]:
    """Shares caught, by who mistypes and by how; the checks that caught most; findings of the clean catalogue."""
    catalogue = load_catalogue(root)
    slugs = list(catalogue.systems)
    with ProcessPoolExecutor(processes) as pool:
        rows = [row for part in pool.map(_of_slug, [root] * len(slugs), slugs) for row in part]
    clean = sum(
        len(findings(s, [f for f in catalogue.findings if f.position.file == s.file]))
        for s in catalogue.systems.values()
    )
    value_only = [r for r in rows if not r.figure_too]
    consistent = [r for r in rows if r.figure_too]
    return {
        "claims": len({(r.system, r.claim) for r in rows}),
        "mutations": len(rows) // 2,
        "caught_value_only": share(value_only),
        "caught_value_and_figure": share(consistent),
        "by_kind": {
            kind: {
                "value_only": share([r for r in value_only if r.kind == kind]),
                "value_and_figure": share([r for r in consistent if r.kind == kind]),
            }
            for kind in KINDS
        },
        "by_system": {
            slug: {
                "value_only": share([r for r in value_only if r.system == slug]),
                "value_and_figure": share([r for r in consistent if r.system == slug]),
            }
            for slug in slugs
        },
        "by_check": dict(Counter(code for r in consistent for code in r.codes).most_common()),
        "clean_findings": clean,
        "target": TARGET,
    }


def to_markdown(result: dict[str, Any]) -> str:
    """The section for ``bench/RESULTS.md``."""
    names = {c.code: c.name for c in all_checks()}
    lines = [
        "## Mistyped figures",
        "",
        (
            f"{result['claims']} claims, each ten times too large, ten times too small and in a wrong unit: "
            f"{result['mutations']} mistakes. The clean catalogue gives {result['clean_findings']} findings."
        ),
        "",
        "| mistake | value alone is wrong | value and printed figure agree, other figures must tell |",
        "|---|---|---|",
    ]
    for kind, row in result["by_kind"].items():
        lines.append(f"| {kind} | {row['value_only']:.1%} | {row['value_and_figure']:.1%} |")
    lines += [
        (
            f"| **all** | **{result['caught_value_only']:.1%}** (target {result['target']:.0%})"
            f" | **{result['caught_value_and_figure']:.1%}** |"
        ),
        "",
        "| system | value alone | value and figure |",
        "|---|---|---|",
        *(f"| {s} | {r['value_only']:.1%} | {r['value_and_figure']:.1%} |" for s, r in result["by_system"].items()),
        "",
        "What tells when the figure is wrong in the source itself: "
        + ", ".join(f"{names.get(c, c)} ({n})" for c, n in list(result["by_check"].items())[:12])
        + ".",
        "",
    ]
    return "\n".join(lines)


def main() -> int:
    """Print the section; 1 where the target is missed or the clean catalogue is flagged."""
    result = measure()
    sys.stdout.write(to_markdown(result) + "\n")
    return 0 if result["caught_value_only"] >= TARGET and result["clean_findings"] == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
