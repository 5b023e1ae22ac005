"""Table 3, the failure playbook: how each failure is noticed, answered, ended and practised."""

from __future__ import annotations

from typing import Any

from atlas.model import System
from atlas.model.failure import Expectation, Failure, Fault
from atlas.quantity import format_quantity
from atlas.site.figure import EvidenceBook
from atlas.site.parts import Given, Words, cell, joined, parts_of
from atlas.site.table import Row, Table, columns
from atlas.site.tables.said import basis, component_names


def failures(book: EvidenceBook) -> Table:
    """One row for each failure, five at most."""
    rows = tuple(_row(book, index, failure) for index, failure in enumerate(book.system.document.failures))
    return Table(
        "failures",
        "Failure playbook",
        columns("Failure", "Detection", "Mitigation", "Recovery", "Drill"),
        rows,
        number=3,
    )


def _row(book: EvidenceBook, index: int, failure: Failure) -> Row:
    system = book.system
    radius = component_names(system, failure.blast_radius)
    tags = basis(system, failure)
    touched = parts_of("; touches " if tags else "touches ", radius) if radius else ()
    times: list[Given] = []
    for name, label in (("rto", "back within"), ("rpo", "loses at most")):
        figure = book.value(f"failures.{index}.{name}", f"{label}, {failure.name}")
        if figure:
            times.append((f"{label} ", figure))
    return Row(
        (
            cell(failure.name, sub=(tags, touched)),
            cell(failure.detection),
            cell(failure.mitigation),
            cell(failure.recovery, sub=joined(times)),
            cell(_drill(system, failure), sub=_expected(system, failure), empty=Words("none written", "nil")),
        ),
        f"failure-{failure.id}",
    )


def _drill(system: System, failure: Failure) -> Given:
    if failure.drill is None:
        return None
    cadence = "" if failure.drill.cadence == "none" else f"{failure.drill.cadence}: "
    return cadence + "; ".join(fault_words(system, fault) for fault in failure.drill.fault)


def fault_words(system: System, fault: Fault) -> str:
    """A fault in one line: ``spike × 3 on Send a message at 40 s for 20 s``."""
    how = ""
    if fault.factor:
        how = f" × {format_quantity(fault.factor)}"
    elif fault.share:
        how = f" {format_quantity(fault.share)}"
    elif fault.rate:
        how = f" {format_quantity(fault.rate)}"
    lasts = f" for {format_quantity(fault.for_)}" if fault.for_ else ""
    target = component_names(system, [fault.on])
    return f"{fault.kind.replace('_', ' ')}{how} on {target} at {format_quantity(fault.at)}{lasts}"


def _expected(system: System, failure: Failure) -> Given:
    if failure.drill is None:
        return None
    return "expect " + "; ".join(_expectation(system, e) for e in failure.drill.expect)


def _expectation(system: System, expected: Expectation) -> str:
    wanted: list[Any] = [
        ("goodput", expected.goodput),
        ("degraded", expected.degraded),
        ("back", expected.recover),
        ("p99", expected.p99),
    ]
    text = ", ".join(f"{name} {_sign(c.text)}" for name, c in wanted if c)
    return f"{component_names(system, [expected.flow])}: {text}"


def _sign(text: str) -> str:
    return text.replace(">=", "≥").replace("<=", "≤")
