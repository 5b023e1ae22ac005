"""The title block: what a drawing has to say beside its picture, set as names and texts in columns under a rule."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree as ET

from atlas.draw import theme
from atlas.draw.diagram import Note
from atlas.draw.text import width, wrap

LEAST_WIDTH = 880
"""A drawing with notes is at least this wide, unless it is a narrow one for phones."""
NARROW = 560

_SVG = "{http://www.w3.org/2000/svg}"
_LINE, _GAP, _PAD, _GUTTER = 20.0, 10.0, 16.0, 40.0


@dataclass(frozen=True, slots=True)
class _Row:
    note: Note
    lines: list[str]

    @property
    def height(self) -> float:
        return len(self.lines) * _LINE + _GAP


def typeset(root: ET.Element, notes: tuple[Note, ...], total: float, top: float) -> float:
    """Write ``notes`` below ``top`` over ``total`` px; returns the height they take."""
    columns = 2 if total > 760 and len(notes) > 1 else 1
    room = (total - 2 * _PAD - _GUTTER * (columns - 1)) / columns
    side = 0.0 if total <= NARROW else min(190.0, max(width(n.name, theme.SMALL, bold=True) for n in notes) + 14)
    rows = [_Row(note, _lines(note, room, side)) for note in notes]
    group = ET.SubElement(root, _SVG + "g", {"class": "notes", "font-size": str(theme.SMALL)})
    rule = {"class": "rule", "d": f"M{_PAD:g},{top + 12:g}H{total - _PAD:g}", "stroke": theme.RULE, "fill": "none"}
    ET.SubElement(group, _SVG + "path", rule)
    tallest = 0.0
    for number, column in enumerate(_split(rows, columns)):
        left, y = _PAD + number * (room + _GUTTER), top + 36
        for row in column:
            _write(group, row, left, y, side)
            y += row.height
        tallest = max(tallest, y)
    return tallest - top - _GAP


def _lines(note: Note, room: float, side: float) -> list[str]:
    texts = wrap(note.text, room - side, theme.SMALL)
    return texts if side else [note.name, *texts]


def _split(rows: list[_Row], columns: int) -> list[list[_Row]]:
    """Rows in columns of about equal height, in reading order down each column."""
    if columns == 1:
        return [rows]
    best = min(
        range(1, len(rows)), key=lambda cut: (max(sum(r.height for r in rows[:cut]), sum(r.height for r in rows[cut:])), cut)
    )
    return [rows[:best], rows[best:]]


def _write(group: ET.Element, row: _Row, left: float, y: float, side: float) -> None:
    name_at = {"class": "notes-name", "x": f"{left:g}", "y": f"{y:g}", "font-weight": "600"}
    ET.SubElement(group, _SVG + "text", name_at).text = wrap(row.note.name, side or 9999, theme.SMALL, 1, bold=True)[0]
    skipped = 0 if side else 1
    for number, line in enumerate(row.lines[skipped:], start=skipped):
        at = {"class": "notes-value", "x": f"{left + side:g}", "y": f"{y + number * _LINE:g}", "fill": theme.INK_2}
        ET.SubElement(group, _SVG + "text", at).text = line
