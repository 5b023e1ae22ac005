"""Mend what is mechanical: text in, text out, the same meaning, and a second time changes nothing.

Fixers run in the order of ``FIXERS``. Comments survive (ruamel.yaml round trip). After all of them the
text is read again: if anything but the mended spellings differs, the file is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from atlas.catalogue.key_order import is_ordered, put_in_order
from atlas.catalogue.template import SCHEMA_LINE
from atlas.catalogue.yaml_source import parse_yaml

WIDTH = 120


class FixError(Exception):
    """Why a text was left alone."""


@dataclass(frozen=True, slots=True)
class Fixer:
    """A mechanical mend."""

    name: str
    meaning: str
    run: Callable[[str], str]


def fix_text(text: str, *, only: Collection[str] = ()) -> str:
    """The mended text; raises ``FixError`` where the text cannot be read or its meaning would change."""
    before = parse_yaml(text)
    if before.findings:
        first = before.findings[0]
        raise FixError(f"line {first.position.line}: {first.message}")
    mended = text
    for fixer in FIXERS.values():
        if not only or fixer.name in only:
            mended = fixer.run(mended)
    after = parse_yaml(mended)
    if after.findings or _normal(before.data) != _normal(after.data):
        raise FixError("the mended text would not mean the same")
    return mended


def _normal(value: Any) -> Any:
    """Data with the spellings that fixers may mend made equal; maps compare without order."""
    if isinstance(value, dict):
        return {k: _normal(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_normal(v) for v in value]
    return spell_address(spell_unit(value)) if isinstance(value, str) else value


# -- lines ------------------------------------------------------------------------------------------

_LINE_END = re.compile(r"[ \t]+$", re.M)


def _fix_ends(text: str) -> str:
    """No tabs or blanks at line ends outside block texts, one newline at the end."""
    body = text.replace("\r\n", "\n").replace("\r", "\n")
    if not re.search(r"[|>][+-]?\d?\s*$", body, re.M):
        body = _LINE_END.sub("", body)
    return body.rstrip("\n") + "\n"


def _fix_schema_line(text: str) -> str:
    """The first line tells editors where the schema is."""
    lines = text.split("\n")
    rest = [line for line in lines if not line.startswith("# yaml-language-server:")]
    return "\n".join([SCHEMA_LINE, *rest])


# -- scalars ----------------------------------------------------------------------------------------

_QUANTITY = re.compile(
    r"(?P<number>(?:[a-z ]+ )?\d[\d.,]*(?: to \d[\d.,]*)?)\s?(?P<suffix>[kMBT])?\s?"
    r"(?P<unit>KB|[kMGT]bps|secs?|seconds?|minutes?|hours?|hrs?|µs|μs)(?P<per>/[a-z]+)?"
)
_UNITS = {
    "KB": "kB", "kbps": "kbit/s", "Mbps": "Mbit/s", "Gbps": "Gbit/s", "Tbps": "Tbit/s",
    "sec": "s", "secs": "s", "second": "s", "seconds": "s", "minute": "min", "minutes": "min",
    "hour": "h", "hours": "h", "hr": "h", "hrs": "h",
    "µs": "us", "μs": "us",
}  # fmt: skip
_TRACKING = re.compile(r"[?&](?:utm_[a-z]+|ref|source|fbclid|gclid)=[^&#]*")


def spell_unit(text: str) -> str:
    """The house spelling of a quantity; any other text stays as it is."""
    match = _QUANTITY.fullmatch(text)
    if match is None:
        return text
    unit = _UNITS.get(match["unit"], match["unit"])
    return f"{match['number'].rstrip()}{match['suffix'] or ''} {unit}{match['per'] or ''}"


def spell_address(text: str) -> str:
    """A web address without tracking parameters and without an empty fragment; any other text as it is."""
    if not re.fullmatch(r"https?://\S+", text):
        return text
    bare = _TRACKING.sub("", text)
    if "?" not in bare and "&" in bare and "?" in text:
        bare = bare.replace("&", "?", 1)
    scheme, _, rest = bare.rstrip("#").partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.lower()}{slash}{path}"


def _fix_scalars(spell: Callable[[str], str], places: Callable[[str, str], bool]) -> Callable[[str], str]:
    """A fixer that respells scalars in place: only the characters of a changed scalar are touched."""

    def run(text: str) -> str:
        lines = text.split("\n")
        for line, column, value, path in reversed(list(_scalars(text))):
            mended = spell(value)
            name = path.rpartition(".")[2]
            if mended == value or not places(name, path):
                continue
            row = lines[line]
            if row[column : column + len(value)] == value:
                lines[line] = row[:column] + mended + row[column + len(value) :]
        return "\n".join(lines)

    return run


def _scalars(text: str) -> Iterator[tuple[int, int, str, str]]:
    """(line, column, value, path) of every plain scalar on one line."""
    source = parse_yaml(text)

    def visit(value: Any, path: str) -> Iterator[tuple[int, int, str, str]]:
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for name, item in items:
            below = f"{path}.{name}" if path else str(name)
            if isinstance(item, str) and "\n" not in item:
                line, column = source.marks[below]
                row = text.split("\n")[line - 1]
                quoted = row[column - 1 : column] in ("'", '"')
                yield line - 1, column - (0 if quoted else 1), item, below
            yield from visit(item, below)

    yield from sorted(visit(source.data, ""), key=lambda s: (s[0], s[1]))


_PROSE = ("figure", "title", "name", "text", "because", "scope", "note", "near", "version")


def _is_quantity_place(_name: str, path: str) -> bool:
    parts = path.split(".")
    return not ({*parts} & {*_PROSE}) and parts[0] not in ("variants", "sources") and "without" not in parts


def _is_address_place(name: str, _path: str) -> bool:
    return name == "url"


# -- order ------------------------------------------------------------------------------------------


def _fix_key_order(text: str) -> str:
    """Keys in the order of DOCUMENT; a text that is in order already is not touched at all."""
    if is_ordered(parse_yaml(text).data):
        return text
    return _round_trip(text, put_in_order)


def _fix_long_lines(text: str) -> str:
    """Block style instead of braces wherever a line passes the width."""
    long_lines = {n for n, row in enumerate(text.split("\n")) if len(row) > WIDTH and re.search(r"[\[{]", row)}
    if not long_lines:
        return text
    return _round_trip(text, lambda data: _unfold(data, long_lines))


def _unfold(value: Any, rows: set[int]) -> None:
    """Turn the outermost bracketed collection on each of these rows into a block."""
    if not isinstance(value, CommentedMap | CommentedSeq):
        return
    if value.fa.flow_style() and value.lc.line in rows:
        value.fa.set_block_style()
        return
    for item in value.values() if isinstance(value, CommentedMap) else value:
        _unfold(item, rows)


def _round_trip(text: str, change: Callable[[Any], None]) -> str:
    """Load with comments, change, dump in the house layout."""
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 100_000  # prose keeps its own folds; addresses are never broken
    yaml.indent(mapping=2, sequence=4, offset=2)
    try:
        data = yaml.load(text)
    except YAMLError as error:
        raise FixError(f"the text cannot be rewritten: {error}") from None
    change(data)
    out = StringIO()
    yaml.dump(data, out)
    return out.getvalue()


FIXERS = {
    fixer.name: fixer
    for fixer in (
        Fixer("line-ends", "no blanks at line ends, one newline at the end", _fix_ends),
        Fixer("schema-line", "the first line names the schema for editors", _fix_schema_line),
        Fixer("unit-spelling", "Gbps becomes Gbit/s, KB kB, seconds s", _fix_scalars(spell_unit, _is_quantity_place)),
        Fixer("address-form", "addresses lose tracking parameters", _fix_scalars(spell_address, _is_address_place)),
        Fixer("long-lines", "bracketed maps and lists become blocks where a line passes 120 columns", _fix_long_lines),
        Fixer("key-order", "keys stand in the order of the document reference", _fix_key_order),
    )
}
