"""Tables that extraction made flat: ``Requests/s 410,000 Regions 6 Uptime 99.98%``; the header says what a cell is."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

from atlas.discover.figure import Figure
from atlas.discover.lexicon import is_known
from atlas.discover.unit_words import PERIOD_NAMES, TIME_NAMES
from atlas.quantity.unit import UNITS

MOST_WORDS = 5
"""Of a label or of a header beside the figures; more are a sentence."""

_PROSE_WORDS = """
the a an is are was were be been has have had of and or but in on at to from by with for we our it its
this that they their per than as about around nearly over under roughly between after before while which
who can could will would did does do not every each
"""
_PROSE = frozenset(_PROSE_WORDS.split())
_HEAD_UNIT = re.compile(
    r"^(?P<name>.*?)\s?(?:/\s?(?P<period>[A-Za-z]+)|[(\[,]\s?(?P<unit>[A-Za-zµ%]+(?:/[A-Za-z]+)?)\s?[)\]]?)$"
)
_MEASURE = re.compile(
    r"(?i)\b(?:p\d\d|latency|uptime|availability|storage|memory|ram|disk|cost|price|bill|rpo"
    r"|rto|lag|ratio|rate|share|throughput|bandwidth"
    r"|traffic|qps|rps|tps|iops|retention|duration|time|size|users|data|ingest|cpu|load|volume"
    r"|delay|rtt|ping|count|depth)\b|[/(%]"
)
_HEAD_MAGNITUDE = {
    "millions": 1e6,
    "million": 1e6,
    "mio": 1e6,
    "m": 1e6,
    "thousands": 1e3,
    "k": 1e3,
    "billions": 1e9,
    "bn": 1e9,
    "b": 1e9,
}
_EACH = re.compile(r"(?i)\b(?:RAM|memory|disk|SSD|NVMe|heap)\b")
_PAIR = re.compile(r"\b(?:Before After|Old New|Then Now|Was Is|From To)\s")
ROW_WORDS = 3
"""Of a row's label where no header stands before it: ``Size (TB) 3.2 0.9 14``."""
_OF_GROUPS = re.compile(r"(?i)\W*(?:clusters?|regions?|fleets?|sites?|zones?|cells?|env(?:ironment)?|pools?|teams?)\b")
"""Tables whose rows are groups of nodes: what a row says is the group's."""
_SHARES = re.compile(r"%|(?i:\b(?:uptime|availability|hit (?:ratio|rate)|share|utili[sz]ation|cpu)\b)")


def with_headers(text: str, found: list[Figure]) -> list[Figure]:
    """Figures of a flat table with the noun or unit of their header; others as they are."""
    cells = [_bare_again(text, f) for f in found]
    gaps = _gaps(text, cells)
    if len(cells) < 2 or not _is_table(text, cells, gaps):
        return found
    if all(gaps):
        header = _header(gaps)
        if header:
            return [_named(text, cell, header) for cell in cells]
        return [_named(text, cell, gap) for cell, gap in zip(cells, gaps, strict=True)]
    return _by_columns(text, cells, gaps)


def _bare_again(text: str, figure: Figure) -> Figure:
    """In a table the word behind a number is the next label, not its noun."""
    if figure.kind != "count":
        return figure
    number = re.match(r"[\d.,'’]+(?:\s?(?:[kKMBT]|bn|million|billion|thousand)(?![A-Za-z]))?\+?", text[figure.start :])
    rest = text[figure.start + (number.end() if number else 0) : figure.end]
    if number is None or rest.startswith("/") or re.match(r"(?i)\s?(?:[qrt]ps|iops|ops/|req/)", rest):
        return figure
    return replace(figure, end=figure.start + number.end(), kind="bare", noun="", unit="", period="", thing="")


def _gaps(text: str, cells: list[Figure]) -> list[str]:
    """What stands before each cell, since the one before it."""
    starts = [0, *(c.end for c in cells)]
    return [text[a : c.start].strip(" |\t:;·*•-") for a, c in zip(starts, cells, strict=False)]


def _is_table(text: str, cells: list[Figure], gaps: list[str]) -> bool:
    if text.rstrip().endswith((".", "!", "?")) or any(cell.is_worded for cell in cells):
        return False  # a sentence, however short of small words
    tail = text[cells[-1].end :].strip(" .|")
    if tail and (len(tail.split()) > 1 or _is_headline(tail, gaps)):
        return False
    words = [w.strip(",.;:()") for gap in gaps for w in gap.split() if w != "|"]
    words = [w.lower() for w in words if w not in ("Before", "After")]
    words = [w for w in words if w != "a"]  # a row may be called so
    if any(w in _PROSE for w in words) or any(re.search(r"[,;]\s|[.!?]$", gap) for gap in gaps) or not gaps[0]:
        return False
    return all(len(gap.split()) <= MOST_WORDS for gap in gaps[1:]) and len(gaps[0].split()) <= 4 * MOST_WORDS


def _is_headline(tail: str, gaps: list[str]) -> bool:
    """``How 3 engineers run 11,000 topics``: the last number counts what is behind it, no label has a capital."""
    return tail[:1].islower() and is_known(tail) and len(gaps) > 1 and not any(g[:1].isupper() for g in gaps[1:])


_RULE = re.compile(r"[:\s]*-{2,}[-:\s]*")


def _between_bars(header: str) -> list[str]:
    """The cells of a header that is printed with bars, the first row's label last; rules of dashes left out."""
    cells = (cell.strip() for cell in header.split("|"))
    return [cell for cell in cells if cell and not _RULE.fullmatch(cell)]


def _header(gaps: list[str]) -> str:
    """The heading of a table of two columns; empty where each cell has its own label."""
    first = _between_bars(gaps[0]) if "|" in gaps[0] else gaps[0].split()
    heading = re.sub(r"\s\(", "(", " ".join(first[1:-1]))
    if len(first) < 3 or first[1] == "Value" or not heading or not first[0][:1].isupper():
        return ""
    if any(len(gap.split()) != 1 for gap in gaps[1:]) or not (_says_unit(heading) or is_known(heading.split()[-1])):
        return ""
    return heading


def _says_unit(label: str) -> bool:
    return _MEASURE.search(label) is not None


def _by_columns(text: str, cells: list[Figure], gaps: list[str]) -> list[Figure]:
    """Rows of a label and as many cells each; the header's last words are the columns' names."""
    firsts = [i for i, gap in enumerate(gaps) if gap]
    width = (firsts[1] if len(firsts) > 1 else len(cells)) - firsts[0]
    if any(b - a != width for a, b in zip(firsts, [*firsts[1:], len(cells)], strict=False)):
        return cells
    labels = [gaps[i] for i in firsts]
    if width > 1 and _are_rows(labels):
        return [_named(text, cell, labels[(i - firsts[0]) // width]) for i, cell in enumerate(cells)]
    pair = _PAIR.search(gaps[0])
    columns = (
        _columns(gaps[0], width, _words_of_label(labels))
        if pair is None or width != len(("then", "now"))
        else ["Before", "After"]
    )
    rows = [
        gaps[i].split("|")[-1].split()[-1]
        if i == 0 and pair is None
        else gaps[i][pair.end() if i == 0 and pair else 0 :]
        for i in firsts
    ]
    return [
        _in_row(text, cell, columns[(i - firsts[0]) % width], rows[(i - firsts[0]) // width])
        for i, cell in enumerate(cells)
    ]


def _are_rows(labels: list[str]) -> bool:
    """Whether each row begins with what it measures and no header stands before them."""
    told = all(_says_unit(label) or is_known(label.split()[-1]) for label in labels)
    return len(labels) > 1 and told and len(labels[0].split()) <= ROW_WORDS


def _in_row(text: str, cell: Figure, column: str, row: str) -> Figure:
    """A cell named by its column, else by its row; ``Before`` and ``After`` are an order and no name."""
    order = column.lower() if column.lower() in ("before", "after") else ""
    named = _named(text, cell, row if order else column)
    if named.kind == "bare":
        named = _named(text, cell, row)
    told = re.search(r"(?i)\bp\d\d|average|median|peak|max|min|total", row)
    context = f"{named.context} {row}".strip() if told else named.context
    return replace(named, order=order, context=context)


def _words_of_label(labels: list[str]) -> int:
    """Words of a row's label: as many as the rows below the first have, which no header hides."""
    lengths = {len(label.split()) for label in labels[1:]}
    return lengths.pop() if len(lengths) == 1 else 1


def _columns(header: str, width: int, label_words: int) -> list[str]:
    """The names of the columns: without the row's label behind them and the title of the labels before them."""
    if "|" in header:
        names = _between_bars(header)[:-1][-width:]
        return [""] * (width - len(names)) + names
    words = re.sub(r"\s\(", "(", header).split()[:-label_words]
    while len(words) > width + 1 and any(_joins(a, b) for a, b in itertools.pairwise(words)):
        at = next(i for i in range(len(words) - 1) if _joins(words[i], words[i + 1]))
        words[at : at + 2] = [f"{words[at]} {words[at + 1]}"]
    names = words[-width:]
    return [""] * (width - len(names)) + names


def _joins(one: str, other: str) -> bool:
    """``p99 latency``, ``Hit ratio``, ``Daily users``: a capital begins a column."""
    return other[:1].islower() and not is_known(one)


def _named(text: str, cell: Figure, label: str) -> Figure:
    """A cell with its label: what it counts or its unit, and the words by which its metric is judged."""
    if not label:
        return cell
    context = f"each node {label}" if _EACH.search(label) and not _OF_GROUPS.match(text) else label
    match = _HEAD_UNIT.match(label)
    unit, period = (match["unit"] or "", match["period"] or "") if match else ("", "")
    name = match["name"] if match else label
    if cell.kind == "money" and period.lower() in PERIOD_NAMES:
        return replace(cell, period=PERIOD_NAMES[period.lower()], context=name)
    if cell.kind != "bare":
        return replace(cell, context=context)
    if (measured := _with_header_unit(cell, name, unit, period)) is not None:
        return replace(measured, context=name if measured.kind == "count" else context)
    if _SHARES.search(label) and cell.high <= 100:
        return replace(cell, kind="ratio", unit="%", context=context)
    last = label.rsplit(maxsplit=1)[-1]
    if last.lower() in ("qps", "rps", "tps", "iops"):
        return replace(cell, kind="count", noun=last, period="s", context=context)
    return replace(cell, kind="count", noun=label, context=context) if is_known(last) else cell


def _with_header_unit(cell: Figure, name: str, unit: str, period: str) -> Figure | None:
    """A bare cell whose header says ``(millions)``, ``/day``, ``(ms)`` or ``(GB)``."""
    factor = _HEAD_MAGNITUDE.get(unit.lower())
    if factor and is_known(name.rsplit(maxsplit=1)[-1]):
        return replace(cell, kind="count", noun=name, low=cell.low * factor, high=cell.high * factor)
    if period.lower() in PERIOD_NAMES:
        return replace(cell, kind="count", noun=name, period=PERIOD_NAMES[period.lower()])
    if unit.lower() in TIME_NAMES:
        return replace(cell, kind="time", unit=TIME_NAMES[unit.lower()])
    if unit in UNITS and unit.endswith("B"):
        return replace(cell, kind="data", unit=unit)
    return None
