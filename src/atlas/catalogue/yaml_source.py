"""A YAML file as plain data with the place of every node; hostile input becomes a finding, never a traceback."""

from __future__ import annotations

import errno
import gc
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from atlas.diagnostic import Finding, Level, Position
from atlas.diagnostic.code import ALIAS, DUPLICATE_KEY, NOT_READABLE, NOT_YAML, TOO_DEEP

MAX_BYTES = 5_000_000
MAX_DEPTH = 40
MAX_NODES = 200_000

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CORE = "tag:yaml.org,2002:"
_STR, _MAP, _SEQ, _INT, _FLOAT = (_CORE + kind for kind in ("str", "map", "seq", "int", "float"))
_CONTAINERS = (_STR, _MAP, _SEQ)
_WORDS = {
    "true": _CORE + "bool",
    "false": _CORE + "bool",
    "~": _CORE + "null",
    "null": _CORE + "null",
    "": _CORE + "null",
}
_BRACKETS = re.compile(r"[\[\]{}]")
_DASHES = re.compile(r"\n *[-?] (?:[-?] )+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
"""What no page and no drawing can hold, and what a terminal would obey; YAML has it only as an escape."""
_NUMERIC = frozenset("-+0123456789.")
_IS_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_IS_FLOAT = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)?\.[0-9]+(?:[eE][-+]?[0-9]+)?|[0-9]+\.?[eE][-+]?[0-9]+)")


class _Loader(_Base):  # type: ignore[misc]
    """YAML 1.2 words: only true and false are booleans; dates, times and octals stay text."""

    def resolve(self, kind: type[yaml.Node], value: str, implicit: tuple[bool, bool]) -> str:
        """The tag of a node that is written without one."""
        if kind is yaml.ScalarNode:
            if not implicit[0]:
                return _STR
            return _numeric_tag(value) if value[:1] in _NUMERIC else _WORDS.get(value, _STR)
        return _MAP if kind is yaml.MappingNode else _SEQ


def _numeric_tag(text: str) -> str:
    if _IS_INT.fullmatch(text):
        return _INT
    return _FLOAT if _IS_FLOAT.fullmatch(text) else _STR


@dataclass
class YamlSource:
    """Plain data, the place of each value (``marks``) and of each key (``key_marks``), and what was wrong."""

    file: str
    text: str = ""
    data: Any = None
    marks: dict[str, tuple[int, int]] = field(default_factory=dict)
    key_marks: dict[str, tuple[int, int]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def position(self, path: str, *, of_key: bool = False) -> Position:
        """Where a dotted path stands; the nearest written ancestor for one that is not written."""
        marks = self.key_marks if of_key else self.marks
        while path and path not in marks:
            path = path.rpartition(".")[0]
            marks = self.marks
        line, column = marks.get(path, (1, 1))
        return Position(self.file, line, column)

    def report(self, code: str, message: str, line: int = 1, column: int = 1, *, path: str = "", tip: str = "") -> None:
        """Add an error at a place."""
        self.findings.append(Finding(code, Level.ERROR, message, Position(self.file, line, column), path=path, tip=tip))


@contextmanager
def collection_paused() -> Iterator[None]:
    """No garbage collection meanwhile: a document is some 50,000 objects, all still in use when a collector looks."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def read_yaml(path: Path, name: str | None = None) -> YamlSource:
    """Read a file; what cannot be read is a finding in the result, whose ``data`` is then ``None``."""
    source = YamlSource(name or str(path))
    try:
        raw = read_bounded(path)
        if len(raw) > MAX_BYTES:
            message, tip = f"the file has {path.stat().st_size:,} bytes", f"a document has at most {MAX_BYTES:,} bytes"
            source.report(NOT_READABLE, message, tip=tip)
            return source
    except OSError as error:
        source.report(NOT_READABLE, f"cannot read the file: {error.strerror or error}")
        return source
    return parse_yaml(raw, source.file)


def read_bounded(path: Path) -> bytes:
    """The bytes of a file, of a longer one than ``MAX_BYTES`` only one more.

    Raises OSError where there is none, and where it is a folder, a pipe or a device, which might never end.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "it is a folder, a pipe or a device")
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def parse_yaml(raw: bytes | str, name: str = "<text>") -> YamlSource:
    """The same for bytes or text in memory."""
    source = YamlSource(name)
    try:
        source.text = raw if isinstance(raw, str) else raw.decode("utf-8-sig")
        source.text.encode("utf-8")
    except UnicodeError as error:
        before = raw[: error.start] if isinstance(raw, bytes) and hasattr(error, "start") else b""
        line = before.count(b"\n") + 1
        column = len(before) - (before.rfind(b"\n") + 1) + 1
        source.report(
            NOT_READABLE,
            f"the text is not UTF-8 ({getattr(error, 'reason', error)})",
            line,
            column,
            tip="save the file as UTF-8",
        )
        return source
    if _nesting(source.text) > MAX_DEPTH * 4:
        source.report(TOO_DEEP, "the text nests too deeply to be a document")
        return source
    node = _compose(source)
    if node is None:
        return source
    if not isinstance(node, yaml.MappingNode):
        source.report(NOT_YAML, "the document is not a map of keys", *_mark(node))
        return source
    _Reader(source).read(node)
    return source


def _nesting(text: str) -> int:
    """An upper bound of the depth of brackets and of dashes on one line, before anything recursive runs."""
    depth = deepest = 0
    for char in _BRACKETS.findall(text):
        depth = max(0, depth + (1 if char in "[{" else -1))
        deepest = max(deepest, depth)
    dashes = max((len(m[0]) // 2 for m in _DASHES.finditer(f"\n{text}")), default=0)
    return max(deepest, dashes)


def _compose(source: YamlSource) -> yaml.Node | None:
    loader = None
    try:
        loader = _Loader(source.text)
        node: yaml.Node | None = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = " ".join(part for part in (error.problem, error.context) if part)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        code = ALIAS if "alias" in message else NOT_YAML
        source.report(code, f"YAML: {message}", line, column, tip=_tip(message))
        return None
    except (yaml.YAMLError, RecursionError) as error:
        source.report(NOT_YAML, f"YAML: {str(error).splitlines()[0] if str(error) else 'cannot be read'}")
        return None
    finally:
        if loader is not None:
            loader.dispose()
    if node is None:
        source.report(NOT_YAML, "the file is empty")
    return node


def _tip(message: str) -> str:
    if "tab" in message or "cannot start any token" in message:
        return "indent with spaces; quote text that begins with a special character"
    if "mapping values are not allowed" in message:
        return "quote text that contains a colon followed by a space"
    if "expected ',' or" in message:
        return "quote text with a comma or a colon inside { } and [ ]"
    return ""


def _mark(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


class _Reader:
    """Turns nodes into data, noting places; refuses aliases, tags, duplicate keys and excess."""

    def __init__(self, source: YamlSource) -> None:
        self._source = source
        self._marks = source.marks
        self._key_marks = source.key_marks
        self._seen: set[int] = set()
        self._has_escapes = "\\" in source.text

    def read(self, root: yaml.Node) -> None:
        try:
            self._source.data = self._value(root, "", 0)
        except _TooMuchError as error:
            self._source.data = None
            self._source.report(TOO_DEEP, str(error), *error.place)

    def _value(self, node: yaml.Node, path: str, depth: int) -> Any:
        mark = node.start_mark
        place = (mark.line + 1, mark.column + 1)
        if depth > MAX_DEPTH or len(self._seen) >= MAX_NODES:
            limit = f"{MAX_DEPTH} levels" if depth > MAX_DEPTH else f"{MAX_NODES:,} values"
            raise _TooMuchError(f"the document has more than {limit}", place)
        self._marks.setdefault(path, place)
        if id(node) in self._seen:
            self._source.report(
                ALIAS, "an alias repeats another part of the document", *place, path=path, tip="write it out"
            )
            if isinstance(node, yaml.CollectionNode):
                return None
        self._seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            return self._text(node, path) if node.tag == _STR else self._scalar(node, path)
        if node.tag not in _CONTAINERS:
            self._refuse_tag(node, path)
        if isinstance(node, yaml.MappingNode):
            return self._map(node, path, depth + 1)
        items = enumerate(node.value)
        return [self._value(item, f"{path}.{i}" if path else str(i), depth + 1) for i, item in items]

    def _map(self, node: yaml.MappingNode, path: str, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            place = _mark(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                self._source.report(NOT_YAML, "a key is a word, not a list or a map", *place, path=path)
                continue
            name = self._text(key_node, path)
            if name == "<<":
                self._source.report(ALIAS, "merge keys are not used", *place, path=path, tip="write the keys out")
                continue
            below = f"{path}.{name}" if path else name
            if name in result:
                first = self._key_marks.get(below, place)
                self._source.report(
                    DUPLICATE_KEY, f"the key {name!r} stands twice; first at line {first[0]}", *place, path=below
                )
                continue
            self._key_marks[below] = place
            if isinstance(value_node, yaml.CollectionNode):
                self._marks[below] = place
            result[name] = self._value(value_node, below, depth)
        return result

    def _text(self, node: yaml.ScalarNode, path: str) -> str:
        """A text without the control characters that it may have been given by escapes, which are reported."""
        text = str(node.value)
        if not self._has_escapes or not (found := _CONTROL.search(text)):
            return text
        message = f"the text holds the control character U+{ord(found[0]):04X}"
        self._source.report(NOT_READABLE, message, *_mark(node), path=path, tip="remove the escape")
        return _CONTROL.sub("", text)

    def _scalar(self, node: yaml.ScalarNode, path: str) -> Any:
        """A scalar that is not a text: a number, true, false, nothing, or something with a tag."""
        tag, text = node.tag, node.value
        if tag == _INT and _IS_INT.fullmatch(text):
            return int(text) if len(text) < 300 else text
        if tag == _FLOAT and _IS_FLOAT.fullmatch(text):
            return float(text)
        if _WORDS.get(text) == tag:
            return text == "true" if text in ("true", "false") else None
        self._refuse_tag(node, path)
        return text

    def _refuse_tag(self, node: yaml.Node, path: str) -> None:
        self._source.report(
            ALIAS, f"the tag {node.tag!r} is not used here", *_mark(node), path=path, tip="remove the tag"
        )


class _TooMuchError(Exception):
    def __init__(self, message: str, place: tuple[int, int]) -> None:
        super().__init__(message)
        self.place = place
