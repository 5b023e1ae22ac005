"""Table 4, the strategy over several regions."""

from __future__ import annotations

from atlas.site.figure import EvidenceBook
from atlas.site.names import term_link
from atlas.site.parts import Given, Words, cell, joined
from atlas.site.table import Row, Table, columns
from atlas.site.tables.said import basis

_COLUMNS = ("What", "Write placement", "Replication", "RPO, RTO", "What a client may rely on", "Failover")


def regions(book: EvidenceBook) -> Table:
    """One row for the system as a whole; where nothing is public the row says so."""
    system = book.system
    multi = system.document.multi_region
    if multi is None:
        row = Row((cell(system.document.name), *(cell() for _ in _COLUMNS[1:])))
        return Table("regions", "Multi-region strategy", columns(*_COLUMNS), (row,), number=4, note=_note(book))
    promises: list[Given] = []
    for one in multi.ux:
        scope = f" ({one.scope})" if one.scope else ""
        promises.append((term_link(system.vocabulary, "guarantees", one.id), scope))
    rpo, rto = book.value("multi_region.rpo", "recovery point"), book.value("multi_region.rto", "recovery time")
    row = Row(
        (
            cell(system.document.name, sub=basis(system, multi)),
            cell(multi.writes, sub=multi.ownership),
            cell(multi.replication),
            cell(rpo or Words("not public", "nil"), ", ", rto or Words("not public", "nil")),
            cell(joined(promises, "; ")),
            cell(multi.failover),
        )
    )
    return Table("regions", "Multi-region strategy", columns(*_COLUMNS), (row,), number=4)


def _note(book: EvidenceBook) -> str:
    verified = book.system.document.last_verified
    return f"Looked for and not found, {verified}." if "multi_region" in book.system.document.not_public else ""
