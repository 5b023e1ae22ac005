"""What the API says, typed: the schemas of its OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, Field

from atlas.diagnostic import Finding
from atlas.site.digest import ClaimDigest, Digest, HeatDigest, SourceDigest

BASE = "/api/v1"


class Problem(BaseModel, frozen=True):
    """Why there is no answer, and what would mend it."""

    error: str = Field(examples=["there is no system called 'discrod'"])
    mend: str = Field(examples=["did you mean discord?"])


class SystemEntry(BaseModel, frozen=True):
    """A system in the list."""

    slug: str
    id: str
    name: str
    org: str
    category: str
    status: str
    summary: str
    confidence: str
    last_verified: str
    published_figures: int = Field(description="Claims that count as published.")
    findings: dict[str, int] = Field(description="How many findings of each level its page shows.")
    page: str


class SystemList(BaseModel, frozen=True):
    """One page of the list; ``total`` counts all that match."""

    total: int
    systems: tuple[SystemEntry, ...]


class DiagramEntry(BaseModel, frozen=True):
    """A diagram of a system. ``state``: drawn, partly (some of its content is not public), not public."""

    code: str
    name: str
    state: str
    gaps: tuple[str, ...]
    svg: str
    mermaid: str


class SystemDetail(SystemEntry, frozen=True):
    """One system, without its claims."""

    challenge: str
    tier: int | None
    aliases: tuple[str, ...]
    sources: tuple[SourceDigest, ...]
    planes: tuple[HeatDigest, ...]
    diagrams: tuple[DiagramEntry, ...]
    patterns: tuple[str, ...]
    mechanisms: tuple[str, ...]
    guarantees: tuple[str, ...]
    technologies: dict[str, tuple[str, ...]]
    related: dict[str, str]
    not_public: tuple[str, ...]
    components: int


class ClaimList(BaseModel, frozen=True):
    """One page of a system's claims; bounds are in SI units, ``high`` is null where the end is open."""

    system: str
    total: int
    claims: tuple[ClaimDigest, ...]


class DiagramText(DiagramEntry, frozen=True):
    """One diagram with its Mermaid text."""

    system: str
    text: str


class FindingEntry(BaseModel, frozen=True):
    """What a check says about one place of a document."""

    code: str
    level: Literal["error", "warning", "info"]
    message: str
    file: str
    line: int
    column: int
    path: str
    actual: str
    expected: str
    because: tuple[str, ...]
    tip: str
    fixable: bool


class FindingList(BaseModel, frozen=True):
    """The findings of one document, in the order of its lines. ``is_broken``: its last good page is shown."""

    system: str
    is_broken: bool
    findings: tuple[FindingEntry, ...]


class CheckEntry(BaseModel, frozen=True):
    """A check, with the text that ``atlas explain`` prints."""

    code: str
    name: str
    family: str
    scope: str
    level: str
    text: str


class CheckList(BaseModel, frozen=True):
    """Every check and every code of the reader."""

    checks: tuple[CheckEntry, ...]


class Hit(BaseModel, frozen=True):
    """Something whose text holds all words of a search."""

    kind: Literal["system", "component", "claim"]
    system: str
    id: str
    title: str
    text: str
    page: str


class HitList(BaseModel, frozen=True):
    """The best hits first; ``total`` counts all."""

    query: str
    total: int
    hits: tuple[Hit, ...]


def entry(digest: Digest) -> SystemEntry:
    """A system as the list shows it."""
    return SystemEntry.model_validate(_shared(digest))


def detail(digest: Digest) -> SystemDetail:
    """A system with all but its claims."""
    fields = {name: getattr(digest, name) for name in SystemDetail.model_fields if hasattr(digest, name)}
    drawn = tuple(diagram(digest.slug, one.code, one.name, one.state, one.gaps) for one in digest.drawings)
    return SystemDetail.model_validate({**fields, **_shared(digest), "planes": digest.heat, "diagrams": drawn})


def diagram(slug: str, code: str, name: str, state: str, gaps: tuple[str, ...]) -> DiagramEntry:
    """A diagram and where its forms are."""
    place = f"{BASE}/systems/{slug}/diagrams/{code.lower()}"
    return DiagramEntry(code=code, name=name, state=state, gaps=gaps, svg=f"{place}.svg", mermaid=f"{place}.mmd")


def finding(found: Finding) -> FindingEntry:
    """A finding, its place flattened."""
    place = found.position
    names = ("code", "message", "path", "actual", "expected", "because", "tip", "fixable")
    fields = {name: getattr(found, name) for name in names}
    return FindingEntry(level=found.level.value, file=place.file, line=place.line, column=place.column, **fields)


def _shared(digest: Digest) -> Mapping[str, object]:
    own = ("slug", "id", "name", "org", "category", "status", "summary", "confidence", "last_verified", "findings")
    counted = {"published_figures": len(digest.usable), "page": f"/systems/{digest.slug}/"}
    return {**{name: getattr(digest, name) for name in own}, **counted}
