"""The title block: what a drawing has to say beside its picture, set as names and texts in columns under a rule."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree as ET

from atlas.draw import theme
from atlas.draw.diagram import Note
from atlas.draw.layout import WIDEST
from atlas.draw.text import width, wrap

LEAST_WIDTH = 880
"""A drawing with notes is at least this wide, unless it is a narrow one for phones."""
NARROW = 560
WIDEST_BESIDE = 880.0
"""A drawing up to this wide, and high enough, has its notes beside it."""
_BESIDE = (420.0, 580.0)
_PHONE = 360.0

_MOST_LINES = 14
"""The description carries the whole of a longer note."""

_SVG = "{http://www.w3.org/2000/svg}"
_LINE, _GAP, _PAD, _GUTTER = 20.0, 10.0, 16.0, 40.0


@dataclass(frozen=True, slots=True)
class _Row:
    note: Note
    lines: list[str]

    @property
    def height(self) -> float:
        return len(self.lines) * _LINE + _GAP


@dataclass(frozen=True, slots=True)
class Block:
    """Where a title block stands: its left and top edge, its width, and its number of columns."""

    left: float
    top: float
    width: float
    columns: int


def below(notes: tuple[Note, ...], width_px: float, height: float) -> Block:
    """A block under a drawing of that size: two columns where there is room for them."""
    return Block(0.0, height, width_px, 2 if width_px > 760 and len(notes) > 1 else 1)


def for_phones(width_px: float, height: float) -> Block:
    """A block under a drawing for phones: no wider than a phone, so that it is read without scrolling sideways."""
    return Block(0.0, height, min(width_px, _PHONE), 1)


def beside(width_px: float) -> Block:
    """A block to the right of a narrow drawing."""
    least, most = _BESIDE
    return Block(width_px + 8, 0.0, max(least, min(most, WIDEST - width_px - 8)), 1)


def typeset(root: ET.Element, notes: tuple[Note, ...], block: Block) -> float:
    """Write ``notes`` into ``block``; returns the height they take."""
    room = (block.width - 2 * _PAD - _GUTTER * (block.columns - 1)) / block.columns
    side = 0.0 if block.width <= NARROW else min(190.0, max(width(n.name, theme.SMALL, bold=True) for n in notes) + 14)
    rows = [_Row(note, _lines(note, room, side)) for note in notes]
    group = ET.SubElement(root, _SVG + "g", {"class": "notes", "font-size": str(theme.SMALL)})
    ET.SubElement(group, _SVG + "path", {"class": "rule", "d": _rule(block), "stroke": theme.RULE, "fill": "none"})
    tallest = 0.0
    for number, column in enumerate(_split(rows, block.columns)):
        left, y = block.left + _PAD + number * (room + _GUTTER), block.top + 36
        for row in column:
            _write(group, row, left, y, side)
            y += row.height
        tallest = max(tallest, y)
    return tallest - block.top - _GAP


def _rule(block: Block) -> str:
    """A thin rule above the block, without its side margins."""
    return f"M{block.left + _PAD:g},{block.top + 12:g}H{block.left + block.width - _PAD:g}"


def _lines(note: Note, room: float, side: float) -> list[str]:
    texts = wrap(note.text, room - side, theme.SMALL, _MOST_LINES)
    return texts if side else [note.name, *texts]


def _split(rows: list[_Row], columns: int) -> list[list[_Row]]:
    """Rows in columns of about equal height, in reading order down each column."""
    if columns == 1:
        return [rows]
    best = min(
        range(1, len(rows)),
        key=lambda cut: (max(sum(r.height for r in rows[:cut]), sum(r.height for r in rows[cut:])), cut),
    )
    return [rows[:best], rows[best:]]


def _write(group: ET.Element, row: _Row, left: float, y: float, side: float) -> None:
    name_at = {"class": "notes-name", "x": f"{left:g}", "y": f"{y:g}", "font-weight": "600"}
    ET.SubElement(group, _SVG + "text", name_at).text = wrap(row.note.name, side or 9999, theme.SMALL, 1, bold=True)[0]
    skipped = 0 if side else 1
    for number, line in enumerate(row.lines[skipped:], start=skipped):
        at = {"class": "notes-value", "x": f"{left + side:g}", "y": f"{y + number * _LINE:g}", "fill": theme.INK_2}
        ET.SubElement(group, _SVG + "text", at).text = line
