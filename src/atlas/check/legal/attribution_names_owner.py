"""Whoever published the figures is named, and so is the owner of the names.

Fact: at status published, `attribution` and `license` each name the organisation.
Bounds: none.

Fails: attribution "based on public posts".
Mend: name the organisation and what it published.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level


def run(case: Case) -> Iterator[Breach]:
    """The head of a published system."""
    if not case.is_published:
        return
    vocabulary, document = case.system.vocabulary, case.document
    ident = vocabulary.canonical("organisations", document.org) or document.org
    entry = vocabulary.organisations.get(ident)
    written = {ident, document.name, *([entry.name, *entry.aliases] if entry else [])}
    names = {name.strip() for name in written if name.strip()}
    spellings = {n.lower() for n in names} | {n.lower().partition(" ")[0] for n in names}
    for key in ("attribution", "license"):
        text = str(getattr(document, key) or "")
        if text and not any(s in text.lower() for s in spellings):
            yield Breach(
                key,
                f"{key} does not name {entry.name if entry else document.org}",
                actual=text[:60],
                expected=entry.name if entry else document.org,
                tip="Name the organisation and what it published.",
            )


CHECK = Check("LEG003", "attribution_names_owner", Scope.SYSTEM, Level.ERROR, Family.LEGAL, run)
