"""The API: what the site holds, for programs. Every answer is typed, every error says what would mend it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from starlette.convertors import Convertor, register_url_convertor

from atlas.check import all_checks, explain
from atlas.diagnostic import CODES
from atlas.serve import answers as a
from atlas.serve.finder import Finder
from atlas.serve.workshop import Workshop
from atlas.site.api import claims_csv
from atlas.site.digest import Digest

SLUG = "[a-z0-9]+(?:-[a-z0-9]+)*"
CODE = "[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*"
_MOST = 500
_LONGEST = 100


class _Slug(Convertor[str]):
    """A system in an address; other forms (``discord.json``) are files of the built site."""

    regex = SLUG

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class _Code(_Slug):
    """A diagram in an address, without the ending that says the form."""

    regex = CODE


register_url_convertor("slug", _Slug())
register_url_convertor("code", _Code())

SlugPath = Annotated[str, Path(pattern=f"^{SLUG}$", max_length=_LONGEST, examples=["discord"])]
CodePath = Annotated[str, Path(pattern=f"^{CODE}$", max_length=_LONGEST, examples=["L0"])]
Limit = Annotated[int, Query(ge=1, le=_MOST, description="At most so many.")]
Offset = Annotated[int, Query(ge=0, le=1_000_000, description="Leave out so many at the beginning.")]
Word = Annotated[str, Query(max_length=_LONGEST)]
_ERRORS: dict[int | str, dict[str, Any]] = {
    404: {"model": a.Problem, "description": "There is no such thing."},
    422: {"model": a.Problem, "description": "A parameter is not what it must be."},
}
_TEXT = {"schema": {"type": "string"}}


def router(workshop: Workshop) -> APIRouter:
    """The routes over the site of a workshop."""
    made = APIRouter(prefix=a.BASE, responses=_ERRORS)
    _add_systems(made, workshop)
    _add_claims(made, workshop)
    _add_diagrams(made, workshop)
    _add_checks(made, workshop)
    _add_search(made, workshop)
    return made


def _add_systems(made: APIRouter, workshop: Workshop) -> None:
    @made.get("/systems", tags=["systems"])
    def systems(category: Word = "", status: Word = "", limit: Limit = 100, offset: Offset = 0) -> a.SystemList:
        """All systems by slug, or those of a category or a status."""
        found = [
            one
            for _, one in sorted(workshop.state.digests.items())
            if category in {"", one.category} and status in {"", one.status}
        ]
        return a.SystemList(total=len(found), systems=tuple(a.entry(d) for d in found[offset : offset + limit]))

    @made.get("/systems/{slug:slug}", tags=["systems"])
    def system(slug: SlugPath) -> a.SystemDetail:
        """One system: its sources, planes, diagrams, patterns."""
        return a.detail(_digest(workshop, slug))


def _add_claims(made: APIRouter, workshop: Workshop) -> None:
    shown = {"content": {"application/json": {}, "text/csv": _TEXT}, "description": "JSON, or CSV where asked for."}

    @made.get("/systems/{slug:slug}/claims", tags=["claims"], response_model=a.ClaimList, responses={200: shown})
    def claims(
        request: Request, slug: SlugPath, metric: Word = "", limit: Limit = _MOST, offset: Offset = 0
    ) -> a.ClaimList | Response:
        """The published figures of a system, struck ones too. CSV by the header ``Accept: text/csv``."""
        digest = _digest(workshop, slug)
        found = tuple(c for c in digest.claims if metric in {"", c.metric})
        page = found[offset : offset + limit]
        if prefers_csv(request.headers.get("accept", "")):
            return _csv(digest.model_copy(update={"claims": page}))
        return a.ClaimList(system=slug, total=len(found), claims=page)

    csv = {"content": {"text/csv": _TEXT}, "description": "One line for each claim."}

    @made.get("/systems/{slug:slug}/claims.csv", tags=["claims"], response_class=Response, responses={200: csv})
    def claims_as_csv(slug: SlugPath) -> Response:
        """All claims of a system as CSV."""
        return _csv(_digest(workshop, slug))


def _add_diagrams(made: APIRouter, workshop: Workshop) -> None:
    @made.get("/systems/{slug:slug}/diagrams/{code:code}", tags=["diagrams"])
    def diagram(slug: SlugPath, code: CodePath) -> a.DiagramText:
        """One diagram: what it shows, where its drawing is, and its Mermaid text."""
        found = _diagram(workshop, slug, code)
        text = _file(workshop, slug, code, "mmd").decode()
        return a.DiagramText(**found.model_dump(), system=slug, text=text)

    for suffix, kind, what in (("svg", "image/svg+xml", "drawing"), ("mmd", "text/vnd.mermaid", "Mermaid text")):
        _add_form(made, workshop, suffix, kind, what)


def _add_form(made: APIRouter, workshop: Workshop, suffix: str, kind: str, what: str) -> None:
    shown = {"content": {kind: _TEXT}, "description": f"The {what}."}
    place = "/systems/{slug:slug}/diagrams/{code:code}." + suffix

    @made.get(place, tags=["diagrams"], response_class=Response, responses={200: shown}, name=f"diagram_{suffix}")
    def form(slug: SlugPath, code: CodePath) -> Response:
        _diagram(workshop, slug, code)
        return Response(_file(workshop, slug, code, suffix), media_type=kind)

    form.__doc__ = f"One diagram as {what}."


def _add_checks(made: APIRouter, workshop: Workshop) -> None:
    @made.get("/systems/{slug:slug}/findings", tags=["checks"])
    def findings(slug: SlugPath) -> a.FindingList:
        """What the checks say about a system's document as it stands now, broken or whole."""
        is_broken = slug in workshop.state.broken
        if not is_broken:
            _digest(workshop, slug)
        try:
            found = workshop.findings(slug)
        except KeyError:
            raise _unknown("document", slug, []) from None
        return a.FindingList(system=slug, is_broken=is_broken, findings=tuple(a.finding(f) for f in found))

    @made.get("/checks", tags=["checks"])
    def checks() -> a.CheckList:
        """Every check with its explanation."""
        codes = [*(c.code for c in all_checks()), *CODES]
        known = (explain(code) for code in codes)
        return a.CheckList(checks=tuple(a.CheckEntry.model_validate(e, from_attributes=True) for e in known if e))


def _add_search(made: APIRouter, workshop: Workshop) -> None:
    finder = Finder(workshop.site)

    @made.get("/search", tags=["search"])
    def search(
        q: Annotated[str, Query(min_length=1, max_length=200, description="Words; all of them must occur.")],
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> a.HitList:
        """Systems, components and claims whose name or text holds all words."""
        found = finder.find(q, workshop.state)
        return a.HitList(query=q, total=len(found), hits=tuple(found[:limit]))


def _digest(workshop: Workshop, slug: str) -> Digest:
    digests = workshop.state.digests
    if slug not in digests:
        raise _unknown("system", slug, list(digests))
    return digests[slug]


def _diagram(workshop: Workshop, slug: str, code: str) -> a.DiagramEntry:
    drawings = {one.code.lower(): one for one in _digest(workshop, slug).drawings}
    found = drawings.get(code.lower())
    if found is None:
        raise _unknown("diagram", code, [one.code for one in drawings.values()])
    return a.diagram(slug, found.code, found.name, found.state, found.gaps)


def _file(workshop: Workshop, slug: str, code: str, suffix: str) -> bytes:
    """A file of a diagram that the digest names; the site may just be written anew."""
    try:
        return (workshop.site / "systems" / slug / "diagrams" / f"{code.lower()}.{suffix}").read_bytes()
    except FileNotFoundError:
        raise _unknown("drawing", f"{slug} {code}", []) from None


def _unknown(what: str, name: str, known: list[str]) -> HTTPException:
    near = get_close_matches(name.lower(), [k.lower() for k in known], n=1, cutoff=0.5)
    mend = f"did you mean {near[0]}?" if near else f"{a.BASE}/systems lists what there is"
    return HTTPException(404, a.Problem(error=f"there is no {what} called {name!r}", mend=mend).model_dump())


def prefers_csv(accepted: str) -> bool:
    """Whether an Accept header asks for CSV rather than JSON."""
    weights = {"text/csv": 0.0, "application/json": 0.0}
    for one in accepted.lower().split(","):
        kind, _, parameters = one.partition(";")
        if kind.strip() in weights:
            weights[kind.strip()] = _weight(parameters)
    return weights["text/csv"] > weights["application/json"]


def _weight(parameters: str) -> float:
    _, _, text = parameters.replace(" ", "").partition("q=")
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


def _csv(digest: Digest) -> Response:
    name = f'attachment; filename="{digest.slug}-claims.csv"'
    return Response(claims_csv([digest]), media_type="text/csv", headers={"Content-Disposition": name})
