"""One key written into a map of a file, every other character as it was.

Files of the catalogue are written by people: a program that adds an address or a day leaves their order, their comments
and their line breaks alone. The new text is read again: it says what it said, and the key, or it is not given out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from atlas.catalogue.yaml_source import YamlSource, parse_yaml


class KeyEditError(Exception):
    """The text is written in a way in which the key cannot be put there."""


def with_key(text: str, path: str, key: str, value: str, after: Sequence[str]) -> str:
    """The text with ``key: value`` in the map at ``path``, in place of the value it has there.

    A new key stands behind the last of ``after`` that the map has, in a line of its own or within the braces. Raises
    ``KeyEditError``.
    """
    source = parse_yaml(text)
    expected = deepcopy(source.data)
    here = _at(expected, path)
    names = [key] if key in here else [name for name in reversed(after) if isinstance(here.get(name), str)]
    here[key] = value
    for name in names:
        edited = _replaced(source, path, key, value) if name == key else _inserted(source, f"{path}.{name}", key, value)
        after_it = parse_yaml(edited)
        if not after_it.findings and after_it.data == expected:
            return edited
    raise KeyEditError(f"{key} cannot be written at {path}; write it by hand: {key}: {scalar(value)}")


def write_whole(path: Path, text: str) -> None:
    """Write a file in one step: a process that ends meanwhile leaves the old text, never half of the new one."""
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def scalar(text: str) -> str:
    """A text as YAML: plain where that is safe, else in quotes."""
    is_simple = all(c.isalnum() or c in "/:._-?=&%~+@" for c in text)
    is_plain = is_simple and parse_yaml(f"x: {text}").data == {"x": text}
    return text if is_plain else json.dumps(text, ensure_ascii=False)


def _at(data: Any, path: str) -> dict[str, Any]:
    for part in path.split("."):
        try:
            data = data[int(part)] if isinstance(data, list) else data[part]
        except (KeyError, IndexError, ValueError, TypeError):
            data = None
    if not isinstance(data, dict):
        raise KeyEditError(f"there is no map at {path}")
    return data


def _replaced(source: YamlSource, path: str, key: str, value: str) -> str:
    lines = source.text.split("\n")
    row, start, end = _span(source, lines, f"{path}.{key}")
    lines[row] = lines[row][:start] + scalar(value) + lines[row][end:]
    return "\n".join(lines)


def _inserted(source: YamlSource, neighbour: str, key: str, value: str) -> str:
    """The key behind its neighbour: in the next line, or behind a comma where the map stands in braces."""
    lines = source.text.split("\n")
    row, _, end = _span(source, lines, neighbour)
    rest = lines[row][end:].strip()
    if not rest or rest.startswith("#"):
        indent = source.position(neighbour, of_key=True).column - 1
        lines.insert(row + 1, f"{' ' * indent}{key}: {scalar(value)}")
    else:
        lines[row] = f"{lines[row][:end]}, {key}: {scalar(value)}{lines[row][end:]}"
    return "\n".join(lines)


def _span(source: YamlSource, lines: Sequence[str], path: str) -> tuple[int, int, int]:
    """Line, start and end of a scalar with its quotes, counted from 0; a folded one spans nothing that fits."""
    place = source.position(path)
    row, start = place.line - 1, place.column - 1
    line = lines[row]
    quote = line[start : start + 1]
    if quote in ("'", '"'):
        end = line.find(quote, start + 1) + 1
        return row, start, end or len(line)
    end = start
    while end < len(line) and not (line[end] in ",}]" or line.startswith(" #", end)):
        end += 1
    return row, start, start + len(line[start:end].rstrip())
