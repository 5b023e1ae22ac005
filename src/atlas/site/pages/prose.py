"""Pages of words: method, checks, data and API, search, the error page, and ways from old names."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from atlas.check import all_checks, explain
from atlas.diagnostic.code import CODES
from atlas.site.digest import Digest
from atlas.site.frame import CONTENT_SECURITY_POLICY, Site, render
from atlas.site.pages import engines
from atlas.site.pages.vocabulary import Group
from atlas.site.parts import Given, Link, Part, parts_of
from atlas.site.sections import Entry
from atlas.site.table import Table, data_files

Block = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Prose:
    """A titled part of a page of words.

    Blocks are ``("p", line)``, ``("ul", lines)``, ``("pre", text)``, ``("table", Table)`` or ``("key", None)`` for
    the key of origins.
    """

    id: str
    title: str
    content: tuple[Block, ...]


def method_pages(systems: Sequence[Digest], site: Site) -> dict[str, str]:
    """How figures are gathered, checked and shown, and what the model cannot do."""
    checks = Counter(c.family.value for c in all_checks())
    families = [f"{n} on {name}" for name, n in sorted(checks.items(), key=lambda item: -item[1])]
    struck = sum(s.struck for s in systems)
    sections = (
        Prose("figures", "A figure and its evidence", _figures(struck)),
        Prose("origins", "Where a number comes from", _origins()),
        Prose("checks", "How figures are checked against each other", _checks(sum(checks.values()), families)),
        Prose("confidence", "Confidence", _confidence()),
        Prose("engines", "The engines", (("table", engines.engines()), *_drills())),
        Prose("agreement", "How far the engines agree", tuple(("table", table) for table in _agreement())),
        Prose("limits", "What this cannot do", _limits()),
    )
    lead = "How a figure gets onto these pages, what it has to pass, and what the pages cannot tell you."
    files = _prose("method", "Method", lead, sections, site)
    return {**files, **data_files("method/", (engines.engines(), *_agreement()))}


def check_pages(site: Site) -> dict[str, str]:
    """Every code a check or the reader of documents can give, with its argument."""
    families: dict[str, list[Entry]] = {}
    for check in all_checks():
        known = explain(check.code)
        families.setdefault(check.family.value, []).append(
            _check(
                check.code,
                known.name if known else check.name,
                f"{check.scope}; gives: {check.level}",
                known.text if known else "",
            )
        )
    reading = [_check(c.code, c.name, "file; gives: error", c.explanation) for c in CODES.values()]
    groups = [Group(_FAMILIES.get(name, name), tuple(found), f"{len(found)}") for name, found in families.items()]
    groups.append(Group("Reading a document", tuple(reading), f"{len(reading)}"))
    heading, lead = (
        "Checks",
        (
            "Each check asserts one fact. Its code never changes its meaning; the command line explains "
            "it too: atlas explain CODE."
        ),
    )
    path = "checks/index.html"
    return {
        path: render(
            "entries.html", path, site, title=heading, description=lead, heading=heading, lead=lead, groups=groups
        )
    }


def api_pages(site: Site) -> dict[str, str]:
    """What data files there are, and how to embed a diagram."""
    base = site.base_url.rstrip("/") or "https://your.host"
    frame = f'<iframe src="{base}/embed/discord/l0/" width="100%" height="600" title="Global flow"></iframe>'
    embedding = (_p("Each diagram has a page of its own for other sites:"), ("pre", frame))
    sections = (
        Prose("files", "Static JSON", (_p(_CHANGES), ("ul", tuple(parts_of(a, f": {b}") for a, b in _FILES)))),
        Prose("numbers", "Numbers", (_p(_BOUNDS),)),
        Prose("tables", "Tables", (_p(_BESIDE),)),
        Prose("embed", "Embedding a diagram", embedding),
        Prose("policy", "Security", (_p("All pages work under this policy:"), ("pre", CONTENT_SECURITY_POLICY))),
        Prose("rights", "Rights", (_p(_RIGHTS),)),
    )
    return _prose("api", "Data and API", "The same data as on the pages, for programs.", sections, site)


def plain_pages(systems: Sequence[Digest], site: Site) -> dict[str, str]:
    """Search, the error page, and a way from every former name of a system."""
    ordered = sorted(systems, key=lambda s: s.name.lower())
    files = {
        "search/index.html": render(
            "search.html", "search/index.html", site, title="Search", description="Search all pages.", systems=ordered
        ),
        "404.html": _not_found(site),
    }
    for system in systems:
        for old in system.aliases:
            path = f"systems/{old}/index.html"
            target = f"systems/{system.slug}/"
            files[path] = render(
                "moved.html",
                path,
                site,
                title="Moved",
                description=f"Now {system.name}.",
                target=target,
                name=system.name,
            )
    return files


def _not_found(site: Site) -> str:
    """The error page is shown at any depth, so its links start at the root of the host."""
    page = render("404.html", "404.html", site, title="No such page", description="Nothing stands at this address.")
    return page.replace('href="./', f'href="{site.base_path}').replace('src="./', f'src="{site.base_path}')


def _prose(name: str, heading: str, lead: str, sections: Sequence[Prose], site: Site) -> dict[str, str]:
    path = f"{name}/index.html"
    return {
        path: render(
            "prose.html", path, site, title=heading, description=lead, heading=heading, lead=lead, sections=sections
        )
    }


_FAMILIES = {
    "physics": "Physics",
    "evidence": "Evidence",
    "vocabulary": "Vocabulary",
    "record": "Completeness of the record",
    "diagrams": "Diagrams",
    "legal": "Rights",
    "model": "The model, run",
}


def _check(code: str, name: str, what: str, text: str) -> Entry:
    """A check with the labelled paragraphs of its argument (``Fact:``, ``Bounds:``, ``Fails:`` …) as rows."""
    first, _, rest = inspect.cleandoc(text).partition("\n\n")
    rows: list[tuple[str, tuple[Part, ...]]] = [("Looks at", parts_of(what))]
    for line in rest.replace("``", "").replace("`", "").splitlines():
        label, colon, said = line.partition(": ")
        if colon and label.isalpha() and label[0].isupper():
            rows.append((label, parts_of(said)))
        elif line.strip():
            last, parts = rows[-1]
            rows[-1] = (last, (*parts, *parts_of(" " + line.strip())))
    title = f"{code} · {name.replace('_', ' ').replace('-', ' ')}"
    return Entry(title, lead=parts_of(" ".join(first.replace("*", "").split())), rows=tuple(rows), anchor=code)


def _p(*given: Given) -> Block:
    return ("p", parts_of(*given))


def _ul(*lines: Given) -> Block:
    return ("ul", tuple(parts_of(line) for line in lines))


_CHANGES = "Every page is made from files that anybody may fetch. They change only when the site is built."
_BOUNDS = (
    "Bounds are in seconds, bytes, US dollars or plain counts; a rate is per second. An open end is null. "
    "A figure that no source supports carries not_supported."
)
_BESIDE = (
    "Every table on a page has its CSV and JSON beside its title. Both carry the origin of each number and the "
    "claims behind it."
)
_RIGHTS = "Data: CC BY 4.0. Name Atlas and link to the page. The words quoted from sources stay theirs."
_FILES = (
    (Link("api/v1/systems.json", "api/v1/systems.json"), "all systems, with counts and addresses"),
    (
        "api/v1/systems/<slug>.json",
        "one system: its claims, sources, shares of the planes, diagrams, and what can be compared",
    ),
    ("api/v1/systems/<slug>/document.json", "the document itself, as its curators wrote it"),
    (Link("api/v1/claims.csv", "api/v1/claims.csv"), "every claim of every system, one a line"),
    ("systems/<slug>/tables/<table>.csv and .json", "every table of a system's page"),
    ("systems/<slug>/diagrams/<code>.svg and .mmd", "every diagram as a drawing and as Mermaid text"),
)


def _figures(struck: int) -> tuple[Block, ...]:
    return (
        _p(
            "A published figure is a claim: what was measured, of what, the value as printed, the day"
            " it held, and the few words in which it was printed. Its source is read, and the page "
            "says what was read: the original, a copy, a summary, or only a title."
        ),
        _p(
            "An underlined number opens its evidence. The evidence has an address of its own, so that"
            " a figure can be cited."
        ),
        _p(
            f"Figures that circulate without a source are looked for. {struck} on these pages were not"
            " found or are contradicted: they stay in sight, struck out, and no model uses them as "
            "published."
        ),
        _p(
            "A figure says how exact it is. A range, an inequality or a word such as nearly is kept "
            "as an interval; a check fails only when no value inside the intervals satisfies it."
        ),
    )


def _origins() -> tuple[Block, ...]:
    return (
        ("key", None),
        _ul(
            "Published: a claim with a source.",
            "Derived: a small expression over claims, kept as it was written.",
            "Sized: as many machines as give a stated utilisation at the peak.",
            "Default: the planning value of a technology or of a kind of component, itself cited.",
            "Design: a setting that somebody chooses, such as a timeout.",
            "Assumed: nobody published it; the document says why this value.",
        ),
    )


def _checks(number: int, families: Sequence[str]) -> tuple[Block, ...]:
    return (
        _p(
            f"{number} checks run over the data: ",
            ", ".join(families),
            ". ",
            Link("All of them, with their arguments", "checks/"),
            ".",
        ),
        _p(
            "Physics is the strongest: the peak of a rate is not below its average; an average times "
            "a day is the day's count; work in progress is rate times time held; a fleet's disks hold"
            " what is said to be stored; percentiles come in order; a hop takes no longer than the "
            "whole."
        ),
        _p("Figures of different eras or scopes are different facts and are never compared."),
    )


def _confidence() -> tuple[Block, ...]:
    return (
        _ul(
            "A: definitive. At least 80 % of the claims in use are first hand and were read.",
            "B: strong. At least 80 % are first or second hand.",
            "C: partial.",
        ),
    )


def _agreement() -> tuple[Table, Table]:
    return engines.steady_agreement(), engines.fault_agreement()


def _drills() -> tuple[Block, ...]:
    return (
        _p(
            "A drill injects a fault into the model and asks whether what was promised still holds; then the same "
            "without the mitigation, which must miss it, and without both, which must be well. ",
            Link("All drills, as they were run", "drills/"),
            ".",
        ),
        _ul(*engines.LIMITS),
    )


def _limits() -> tuple[Block, ...]:
    return (
        _ul(
            "A diagram is our reading of public sources, not the operator's drawing.",
            "The rates on the pages follow from call trees alone: no waiting, no retries. The engines have both.",
            (
                "A published figure may have been rounded, chosen or wrong before it was printed. Checks "
                "find contradictions, not lies."
            ),
            "What is not public is named, not guessed; a large part of every system is not public.",
        ),
    )
