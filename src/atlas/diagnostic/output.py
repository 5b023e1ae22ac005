"""Findings as text for people, JSON for programs, and GitHub workflow commands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from atlas.diagnostic.finding import Finding


def to_text(findings: Iterable[Finding]) -> str:
    """One finding a paragraph: place, code, message; then what was found, the claims used and the mend."""
    return "\n".join(_paragraph(f) for f in findings)


def _paragraph(finding: Finding) -> str:
    lines = [f"{finding.position}: {finding.level.value} {finding.code}: {finding.message}"]
    if finding.actual or finding.expected:
        lines.append(f"    found {finding.actual or '–'}, expected {finding.expected or '–'}")
    if finding.because:
        lines.append(f"    from {', '.join(finding.because)}")
    if finding.tip:
        lines.append(f"    mend: {finding.tip}" + (" (atlas fix does this)" if finding.fixable else ""))
    return "\n".join(lines)


def to_dict(finding: Finding) -> dict[str, Any]:
    """A finding as plain data, its position flattened to file, line and column."""
    data = asdict(finding)
    place = data.pop("position")
    return {**place, **data, "level": finding.level.value, "because": list(finding.because)}


def to_json(findings: Sequence[Finding]) -> str:
    """A JSON array of findings, each with file, line and column."""
    return json.dumps([to_dict(f) for f in findings], indent=2, ensure_ascii=False)


def to_github(findings: Iterable[Finding]) -> str:
    """Workflow commands that annotate a pull request on GitHub."""
    return "\n".join(_annotation(f) for f in findings)


def _annotation(finding: Finding) -> str:
    command = {"error": "error", "warning": "warning", "info": "notice"}[finding.level.value]
    place = finding.position
    text = finding.message + (f" (found {finding.actual}, expected {finding.expected})" if finding.actual else "")
    file, title = (_escape(t).replace(":", "%3A").replace(",", "%2C") for t in (place.file, finding.code))
    return f"::{command} file={file},line={place.line},col={place.column},title={title}::{_escape(text)}"


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
