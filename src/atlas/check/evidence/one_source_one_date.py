"""One address has one title and one date in the whole catalogue.

Fact: sources of different systems with the same address agree in `published`.
Bounds: dates of different precision agree where one contains the other.

Fails: the same post dated 2023-03-06 in one system and 2023-03-08 in another.
Mend: open the page and correct the other entry.
"""

from collections.abc import Iterator

from atlas.check.case import Survey
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level


def agree(a: str, b: str) -> bool:
    """Whether two dates of any precision can be the same day."""
    return "unknown" in (a, b) or a.startswith(b) or b.startswith(a)


def run(survey: Survey) -> Iterator[Breach]:
    """Each address that two systems cite."""
    first: dict[str, tuple[str, str, str]] = {}
    for slug, system in survey.systems.items():
        for ident, source in system.sources.items():
            if not source.url:
                continue
            url = source.url.rstrip("/").lower()
            other, name, published = first.setdefault(url, (slug, ident, source.published))
            if other != slug and not agree(published, source.published):
                yield Breach(
                    f"{slug}:sources.{ident}.published",
                    f"{other} dates the same address {published} (sources.{name})",
                    actual=source.published,
                    expected=published,
                    tip="Open the page and correct the wrong entry.",
                )


CHECK = Check("EVI019", "one_source_one_date", Scope.CATALOGUE, Level.ERROR, Family.EVIDENCE, run)
