"""A commented template of a system document, written from the model."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from atlas.catalogue.location import vocabulary_folder
from atlas.catalogue.vocabulary import load_vocabulary
from atlas.model.document import Document

SCHEMA_LINE = "# yaml-language-server: $schema=../../../schemas/system.schema.json"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SHOWN = ("claims", "components", "flows")


class TemplateError(Exception):
    """Why no template was written, and what to do instead."""

    def __init__(self, message: str, tip: str = "") -> None:
        super().__init__(message)
        self.tip = tip


def write_template(root: Path, slug: str, *, category: str, name: str | None, org: str, today: dt.date) -> Path:
    """Write ``systems/<category>/<slug>.yaml``; never overwrites, never leaves the catalogue."""
    if not _SLUG.fullmatch(slug) or len(slug) > 60:
        raise TemplateError(f"{slug!r} is not a slug", "use small ASCII letters, digits and single hyphens")
    vocabulary, _ = load_vocabulary(vocabulary_folder(root))
    if category not in vocabulary.categories:
        raise TemplateError(f"there is no category {category!r}", f"there are: {', '.join(vocabulary.categories)}")
    if any(p.stem == slug for p in (root / "systems").glob("*/*.yaml")):
        raise TemplateError(f"there is a system {slug!r} already", "choose another slug")
    path = root / "systems" / category / f"{slug}.yaml"
    text = template_text(
        slug, category=category, name=name or slug.replace("-", " ").capitalize(), org=org, today=today
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise TemplateError(f"cannot write {path}: {error.strerror}") from None
    return path


def template_text(slug: str, *, category: str, name: str, org: str, today: dt.date) -> str:
    """A stub that loads at once, followed by every further section as a comment with its meaning."""
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    lines = [
        SCHEMA_LINE,
        f"id: CS-{slug.upper()}",
        f'name: "{quoted}"',
        f"org: {org or 'self'}",
        f"category: {category}",
        "status: stub  # stub, then draft, then published: each asks for more",
        f"last_verified: {today.isoformat()}",
        "summary: One sentence that says what the system is.",
        "",
        "# Whoever writes the first line of a section takes its {} away.",
        "",
        "# What was published. Role primary: the organisation's own host.",
        "sources: {}",
        "#  first-post: {type: blog, role: primary, title: …, url: https://…, published: 2026-01,",
        f"#               accessed: {today.isoformat()}, access: original}}",
        "",
        "# Published figures: value as printed, figure in at most eight words.",
        "claims: {}",
        "#  requests: {metric: rate, value: 12k/s, stat: peak, as_of: 2026-01, source: first-post, figure: 12k/s}",
        "",
        "# What it is made of; kinds, technologies and metrics are words of catalogue/vocabulary/.",
        "components: {}",
        "#  api: {name: API, plane: service, kind: service, instances: {assumed: 20, because: …}, service: 5 ms}",
        "",
        "# Request types as call trees; the main one first.",
        "flows: {}",
        "#  read: {name: Read, rate: {claim: requests}, client: {timeout: 2 s}, steps: [{call: api, timeout: 1 s}]}",
        "",
        "# Sections asked for later (status in brackets):",
    ]
    return "\n".join([*lines, *_later()]) + "\n"


def _later() -> list[str]:
    rows = []
    head = ("id", "name", "org", "category", "status", "last_verified", "summary", "sources", "aliases")
    for name, info in Document.model_fields.items():
        if name in head or name in _SHOWN:
            continue
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        rows.append(f"# {info.alias or name}: [{extra.get('x-required-at', 'optional')}] {info.description}")
    return rows
