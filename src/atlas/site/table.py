"""A table as data: columns and rows of cells, and its CSV and JSON forms."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from atlas.site.parts import Cell, Figure

_FORMULA = ("=", "+", "-", "@", "\t", "\n")


@dataclass(frozen=True, slots=True)
class Column:
    """A column; ``is_number`` aligns it to the right."""

    label: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row; its first cell is the header, ``anchor`` an id to link to.

    One that ``goes_on`` has the first and the last cell of the row before, which a page tells once.
    """

    cells: tuple[Cell, ...]
    anchor: str = ""
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """``id`` names the files and the anchor; ``number`` is set for the seven standard tables.

    ``is_wordy`` tables become one block per row on a phone; narrow ones (``is_narrow``) just fit.
    """

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    number: int = 0
    note: str = ""
    is_wordy: bool = True
    is_narrow: bool = False

    @property
    def spans(self) -> tuple[int, ...]:
        """How many rows the first and the last cell of each row stand for: 0 where the row goes on."""
        found = [0] * len(self.rows)
        start = 0
        for index, row in enumerate(self.rows):
            start = start if row.goes_on else index
            found[start] += 1
        return tuple(found)

    @property
    def claims(self) -> tuple[str, ...]:
        """Every claim that some figure of the table rests on, in order of appearance."""
        found = (c for row in self.rows for one in row.cells for f in one.figures for c in f.claims)
        return tuple(dict.fromkeys(found))


def columns(*labels: str) -> tuple[Column, ...]:
    """Columns from labels; a leading ``#`` marks a column of numbers."""
    return tuple(Column(label.removeprefix("#"), label.startswith("#")) for label in labels)


def data_files(folder: str, tables: Iterable[Table], system: str = "") -> dict[str, str]:
    """The CSV and the JSON of each table, in a folder (``""`` or with its slash); ``system`` is a slug."""
    files = {}
    for table in tables:
        files[f"{folder}{table.id}.csv"] = to_csv(table)
        files[f"{folder}{table.id}.json"] = to_json(table, system)
    return files


def to_csv(table: Table) -> str:
    """The table as CSV with two more columns: where its numbers come from, and the claims behind them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*(inert(c.label) for c in table.columns), "origin", "claims"])
    for row in table.rows:
        figures = [f for one in row.cells for f in one.figures]
        origins = dict.fromkeys(f.origin for f in figures)
        claims = dict.fromkeys(c for f in figures for c in f.claims)
        cells = [inert(one.text) for one in row.cells]
        writer.writerow([*cells, " ".join(origins), " ".join(claims)])
    return out.getvalue()


def to_json(table: Table, system: str = "") -> str:
    """The table as JSON; every figure with its origin, claims and bounds in SI units."""
    document: dict[str, Any] = {"table": table.id, "title": table.title}
    if system:
        document["system"] = system
    document["columns"] = [c.label for c in table.columns]
    document["rows"] = [[_cell(one) for one in row.cells] for row in table.rows]
    return dump(document)


def dump(document: Any) -> str:
    """JSON as every data file of the site is written: UTF-8, short, keys in the order given."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"


def bounds(figure: Figure) -> list[float | None] | None:
    """Low, middle, high; an open end is ``null``, because JSON knows no infinity."""
    if figure.bounds is None:
        return None
    return [value if math.isfinite(value) else None for value in figure.bounds]


def _cell(one: Cell) -> dict[str, Any]:
    entry: dict[str, Any] = {"text": one.text}
    figures = [_figure(f) for f in one.figures]
    if figures:
        entry["figures"] = figures
    return entry


def _figure(figure: Figure) -> dict[str, Any]:
    entry: dict[str, Any] = {"text": figure.text, "origin": figure.origin}
    if figure.claims:
        entry["claims"] = list(figure.claims)
    if figure.is_struck:
        entry["not_supported"] = True
    if (ends := bounds(figure)) is not None:
        entry["low_mid_high"] = ends
    return entry


def inert(text: str) -> str:
    """A text that a spreadsheet would run as a formula is kept as text; a lone carriage return would end its line."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{lines}" if lines.startswith(_FORMULA) else lines
