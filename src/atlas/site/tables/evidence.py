"""Sources, claims and findings of one system as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from atlas.diagnostic import Finding
from atlas.model import ClaimView, Source
from atlas.site.figure import ACCESS_WORDS, EvidenceBook
from atlas.site.names import age_part, held, of_what, verdict_words
from atlas.site.parts import Given, Link, Words, cell, joined
from atlas.site.table import Row, Table, columns


def sources(book: EvidenceBook) -> Table:
    """Every source in short, with how many claims rest on it."""
    rows = tuple(_source(ident, source, count) for ident, source, count in _counted(book))
    note = "How and when each was read stands on the page of evidence."
    return Table(
        "sources", "Sources", columns("Source", "Published", "Kind", "Role", "#Claims"), rows, note=note, is_wordy=False
    )


def readings(book: EvidenceBook) -> Table:
    """Every source in full: what was read of it, when, and what a reader should know."""
    rows = []
    for ident, source, count in _counted(book):
        known = cell(source.note, empty=Words("–", "quiet"))
        read = cell(ACCESS_WORDS[source.access], sub=source.accessed)
        short = _source(ident, source, count)
        rows.append(Row((*short.cells[:2], read, known), f"reading-{ident}"))
    return Table("readings", "How the sources were read", columns("Source", "Published", "Read", "Note"), tuple(rows))


def _counted(book: EvidenceBook) -> list[tuple[str, Source, int]]:
    used = Counter(ident for view in book.system.claims.values() for ident in view.sources)
    return [(ident, source, used[ident]) for ident, source in book.system.document.sources.items()]


def _source(ident: str, source: Source, claims: int) -> Row:
    title: Given = Link(source.title, source.url) if source.url else source.title
    roles: dict[str, Given] = {
        "primary": "first hand",
        "supporting": "second hand",
        "seed": Words("unchecked", "tag old"),
    }
    published: Given = source.published if source.published != "unknown" else Words("unknown", "nil")
    return Row(
        (cell(title), cell(published), cell(source.type), cell(roles[source.role]), cell(str(claims))),
        f"source-{ident}",
    )


def claims(book: EvidenceBook) -> Table:
    """Every claim; struck out where no source that was read supports it."""
    rows = tuple(_claim(book, view) for view in book.system.claims.values())
    heads = columns("Claim", "#Value", "What", "Held", "Source", "Confidence")
    return Table("claims", "Claims", heads, rows, note="Each value opens its evidence.")


def _claim(book: EvidenceBook, view: ClaimView) -> Row:
    about = of_what(book.system, view)
    wrong = verdict_words(view.claim)
    said = joined((Link(s, f"systems/{book.system.slug}/#source-{s}") for s in view.sources), ", ")
    age = age_part(view, book.today)
    return Row(
        (
            cell(Words(view.id, "id")),
            cell(book.claim(view.id)),
            cell(about, sub=(view.claim.scope, Words(f" {wrong}", "tag bad") if wrong else None)),
            cell(held(view), (" ", age) if age else None, empty=Words("not stated", "nil")),
            cell(said),
            cell(view.confidence),
        )
    )


def findings(found: Sequence[Finding]) -> Table | None:
    """What the checks say about this system, heaviest first."""
    ordered = sorted(found, key=lambda f: (-f.level.rank, f.code, f.path))
    rows = tuple(
        Row(
            (
                cell(Link(f.code, f"checks/#{f.code}")),
                cell(Words(f.level.value, f"tag {f.level.value}")),
                cell(f.message, sub=f.tip),
                cell(Words(f.path, "id")),
            )
        )
        for f in ordered
    )
    return Table("findings", "Findings", columns("Code", "Weight", "What", "Where"), rows) if rows else None
