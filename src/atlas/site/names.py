"""Ids to the names that readers see, and dates to the words that pages use."""

from __future__ import annotations

import datetime as dt

from atlas.catalogue import overall_confidence
from atlas.model import Claim, ClaimView, System, Vocabulary
from atlas.quantity import format_quantity
from atlas.site.parts import Link, Part, Words

OLD_YEARS = 5
"""From this age on, in years, a figure's date carries a tag."""

DIGITS = 9
"""Significant digits of a published figure: more than anybody prints, so that none is lost."""

_SECTIONS = {
    "operations.mttr": "mean time to restore",
    "costs.purchase": "how capacity is bought",
    "multi_region.rpo": "data lost with a region",
    "multi_region.rto": "time until another region serves",
    "team": "size of the team",
}
"""Paths that documents name as not public, in a reader's words."""

TOPOLOGY = {"single": "one region", "multi_region": "several regions", "global_edge": "global edge"}
"""How the topology of regions reads on a page."""

CONFIDENCE_WORDS = {"A": "definitive, first hand", "B": "strong, some second hand", "C": "partial"}
"""What the three grades mean; A, B, C stand for high, medium, low."""


def term(vocabulary: Vocabulary, words: str, ident: str) -> str:
    """The display name of an entry of a vocabulary; an unknown id shows itself."""
    known = vocabulary.canonical(words, ident)
    return str(getattr(vocabulary, words)[known].name) if known else ident


def term_link(vocabulary: Vocabulary, words: str, ident: str) -> Part:
    """The name as a link to the entry's place on its index page."""
    known = vocabulary.canonical(words, ident)
    return Link(term(vocabulary, words, ident), f"{words}/#{known}") if known else Words(ident)


def technology(vocabulary: Vocabulary, ident: str) -> str:
    """The display name of a technology."""
    return term(vocabulary, "technologies", ident)


def organisation(system: System) -> str:
    """The display name of who runs the system."""
    return term(system.vocabulary, "organisations", system.document.org)


def subject(system: System, of: str) -> str:
    """What a claim is about: ``Message store, read``, ``Send a message`` or the system's name."""
    document = system.document
    head, _, operation = of.partition(".")
    if of == "system":
        return document.name
    if head in document.components:
        name = document.components[head].name
        return f"{name}, {operation.replace('-', ' ')}" if operation else name
    return document.flows[head].name if head in document.flows else of


def measure(view: ClaimView) -> str:
    """What a claim measures: ``p99 latency``, ``nodes``, ``peak rate``."""
    metric = view.metric.name if view.metric else view.claim.metric
    stat = view.claim.stat
    return metric if stat in ("total", "unstated") else f"{'p99.9' if stat == 'p999' else stat} {metric}"


def of_what(system: System, view: ClaimView) -> str:
    """What a claim measures and of what: ``p99 latency, Message store, read``; the whole system goes without saying."""
    about = "" if view.claim.of == "system" else f", {subject(system, view.claim.of)}"
    return measure(view) + about


def printed(view: ClaimView) -> str:
    """The value in display form with every digit that was printed: 99.999 % is not 100 %."""
    return format_quantity(view.quantity, DIGITS)


def held(view: ClaimView) -> str:
    """When the figure held, as written; a span reads ``2017 to 2022``."""
    return "" if view.as_of in ("", "unknown") else view.as_of


def held_year(view: ClaimView) -> int | None:
    """The year in which the figure held, for tags and comparisons."""
    return view.as_of_span.end.year if view.as_of_span else None


def age_part(view: ClaimView, today: dt.date) -> Words | None:
    """``9 years old`` for a figure beyond ``OLD_YEARS``; nothing for a younger one."""
    age = view.age_years(today)
    return Words(f"{int(age)} years old", "tag old") if age is not None and age >= OLD_YEARS else None


def verdict_words(claim: Claim) -> str:
    """Why a figure is struck out: what was found when its source was sought."""
    return {"unfound": "in no source that was read", "contradicted": "contradicted by other figures"}.get(
        claim.verdict, ""
    )


def capital(text: str) -> str:
    """The text with its first letter in upper case, the rest as it is."""
    return text[:1].upper() + text[1:]


def grade(system: System) -> str:
    """The overall confidence that the claims in use give; C where there are none."""
    return overall_confidence(system.claims.values(), system.used_claims) or "C"


def plain(section: str) -> str:
    """The name of a section or a path as words: ``multi_region.rpo`` reads *data lost with a region*."""
    return _SECTIONS.get(section) or (section.replace("_", " ").replace(".", " ") if " " not in section else section)


def sentence(text: str) -> str:
    """The text with a capital letter and a full stop."""
    return capital(text).rstrip(".") + "."
