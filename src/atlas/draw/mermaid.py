"""A small typed writer of Mermaid text. Callers give plain text; every label leaves here quoted or encoded.

Each chart has ``title`` and ``description`` (written as ``accTitle`` and ``accDescr`` where the type knows them, as
comments where it does not) and a method ``text(notes)``: the Mermaid text, with notes (a name and words) where the
type of chart has a place for them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence as Series
from dataclasses import dataclass, field
from enum import StrEnum

from atlas.draw.text import encode, folded, plain, wrap

Notes = Series[tuple[str, str]]
_NOTE_WIDTH = 420.0


class Shape(StrEnum):
    """Outline of a node, as the pair of brackets Mermaid writes it with."""

    BOX = "[ ]"
    STORE = "[( )]"
    ROUND = "([ ])"
    HEXAGON = "{{ }}"


class Line(StrEnum):
    """An edge: NORMAL, THICK on the critical path, DASHED outside the request, HIDDEN for order only."""

    NORMAL = "-->"
    THICK = "==>"
    DASHED = "-.->"
    HIDDEN = "~~~"


class Arrow(StrEnum):
    """A message of a sequence: CALL and ANSWER, HANDOFF that nobody waits for, and one that is LOST."""

    CALL = "->>"
    ANSWER = "-->>"
    HANDOFF = "-)"
    LOST = "-x"


def identifier(text: str, prefix: str = "n") -> str:
    """A Mermaid id that no keyword can equal: ``n_guild_ring`` for ``guild-ring``; injective over kebab-case."""
    safe = "".join(c if c.isascii() and c.isalnum() else "_" if c == "-" else f"_{ord(c):x}_" for c in text)
    return f"{prefix}_{safe}"


def label(name: str, *facts: str) -> str:
    """A quoted label: the name in bold (on two lines where it has a line break), facts below; empty ones left out."""
    rows = [f"<b>{encode(part)}</b>" for part in name.split("\n") if part]
    rows += [encode(fact) for fact in facts if fact]
    return _quoted("<br/>".join(row for row in rows if row != "<b></b>"))


def _quoted(encoded: str) -> str:
    """Encoded text in quotes; Mermaid refuses an empty label, so that one is a space that takes no word."""
    return f'"{encoded}"' if encoded.replace("\u00a0", "").strip() else '"#160;"'


def _config(kind: str, settings: dict[str, int | bool | str]) -> list[str]:
    rows = [f"    {key}: {str(value).lower() if isinstance(value, bool) else value}" for key, value in settings.items()]
    return ["---", "config:", f"  {kind}:", *rows, "---"] if rows else []


def _accessible(title: str, description: str) -> list[str]:
    """Title and description; an empty one would swallow the line below it and is left out."""
    rows = (("accTitle", encode(title)), ("accDescr", encode(description)))
    return [f"  {name}: {text}" for name, text in rows if text]


def _commented(title: str, description: str) -> list[str]:
    return [f"  %% {encode(title)}", f"  %% {encode(description)}"]


def _note_comments(notes: Notes) -> list[str]:
    return [f"  %% {encode(name)}: {encode(words)}" for name, words in notes]


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a flowchart: ``lines[0]`` is its name, the rest are facts."""

    id: str
    lines: tuple[str, ...]
    shape: Shape = Shape.BOX
    classes: tuple[str, ...] = ()
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Zone:
    """A box around nodes, with the direction in which they run inside it (empty: as the chart runs)."""

    id: str
    name: str
    classes: tuple[str, ...] = ()
    direction: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow between two nodes (or zones), by their ids."""

    source: str
    target: str
    line: Line = Line.NORMAL
    words: str = ""


@dataclass
class Flowchart:
    """A flowchart; ``direction`` is LR or TB; ``settings`` are Mermaid's own for flowcharts."""

    title: str
    description: str = ""
    direction: str = "LR"
    settings: dict[str, int | bool | str] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    zones: dict[str, Zone] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)

    def node(
        self, key: str, *lines: str, shape: Shape = Shape.BOX, classes: tuple[str, ...] = (), zone: str = ""
    ) -> str:
        """Add a node and return its id; ``zone`` is an id that :meth:`zone` gave."""
        node = Node(identifier(key), lines, shape, classes, zone)
        self.nodes[node.id] = node
        return node.id

    def zone(self, key: str, name: str, classes: tuple[str, ...] = (), direction: str = "", parent: str = "") -> str:
        """Add a zone and return its id."""
        zone = Zone(identifier(key, "z"), name, classes, direction, parent)
        self.zones[zone.id] = zone
        return zone.id

    def edge(self, source: str, target: str, line: Line = Line.NORMAL, words: str = "") -> None:
        """Add an arrow; ``words`` stand on it."""
        self.edges.append(Edge(source, target, line, words))

    def text(self, notes: Notes = ()) -> str:
        """The Mermaid text, notes as a column of nodes. Zones without nodes are not written."""
        rows = _config("flowchart", self.settings)
        rows += [f"flowchart {self.direction}", *_accessible(self.title, self.description)]
        rows += [*self._inside("", "  "), *_note_nodes(notes)]
        rows += [f"  {e.source} {e.line}{_on_edge(e.words)} {e.target}" for e in self.edges]
        rows += [f"  class {n.id} {c}" for n in self.nodes.values() for c in n.classes]
        rows += [f"  class {z.id} {c}" for z in self.zones.values() if self._has_nodes(z.id) for c in z.classes]
        return "\n".join(rows) + "\n"

    def _inside(self, zone: str, indent: str) -> list[str]:
        rows = [indent + _node(node) for node in self.nodes.values() if node.zone == zone]
        for inner in self.zones.values():
            if inner.parent != zone or not self._has_nodes(inner.id):
                continue
            rows.append(f"{indent}subgraph {inner.id}[{_quoted(encode(inner.name))}]")
            rows += [f"{indent}  direction {inner.direction}"] if inner.direction else []
            rows += [*self._inside(inner.id, indent + "  "), f"{indent}end"]
        return rows

    def _has_nodes(self, zone: str) -> bool:
        inner = (z.id for z in self.zones.values() if z.parent == zone)
        return any(n.zone == zone for n in self.nodes.values()) or any(self._has_nodes(z) for z in inner)


def _note_nodes(notes: Notes) -> list[str]:
    """Notes as one zone, its nodes stacked by hidden edges."""
    if not notes:
        return []
    ids = [f"note{number}" for number in range(len(notes))]
    nodes = [
        f"    {i}[{label(name, *wrap(words, _NOTE_WIDTH, 14))}]" for i, (name, words) in zip(ids, notes, strict=True)
    ]
    stack = [f"    {' ~~~ '.join(ids)}"] if len(ids) > 1 else []
    return ['  subgraph notes["Notes"]', "    direction TB", *nodes, *stack, "  end"]


def _node(node: Node) -> str:
    opening, closing = node.shape.value.split(" ")
    return f"{node.id}{opening}{label(*node.lines)}{closing}"


def _on_edge(words: str) -> str:
    """Words of an edge, on as many lines as they have."""
    lines = [encode(line) for line in words.split("\n") if plain(line)]
    return f'|"{"<br/>".join(lines)}"|' if lines else ""


@dataclass
class Sequence:
    """A sequence diagram, written from top to bottom; blocks are opened and closed by the caller."""

    title: str
    description: str = ""
    participants: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    depth: int = 1

    def participant(self, key: str, *lines: str) -> str:
        """Add a life line and return its id."""
        ident = identifier(key)
        self.participants.append((ident, lines))
        return ident

    def message(self, source: str, target: str, words: str, arrow: Arrow = Arrow.CALL) -> None:
        """An arrow with words above it."""
        self._row(f"{source}{arrow}{target}: {_words(words)}")

    def note(self, over: tuple[str, ...], *lines: str) -> None:
        """A note over one life line, or across from the first to the last of several."""
        places = f"{over[0]},{over[-1]}" if len(over) > 1 else over[0]
        self._row(f"Note over {places}: " + "<br/>".join(_words(line) for line in lines if line))

    def open(self, kind: str, words: str) -> None:
        """Open a block: alt, opt, par, loop or critical."""
        self._row(f"{kind} {_words(words)}")
        self.depth += 1

    def otherwise(self, kind: str, words: str) -> None:
        """The next branch of the open block: ``else`` of alt, ``and`` of par, ``option`` of critical."""
        self.depth -= 1
        self._row(f"{kind} {_words(words)}")
        self.depth += 1

    def close(self) -> None:
        """Close the innermost block."""
        self.depth -= 1
        self._row("end")

    def _row(self, row: str) -> None:
        self.rows.append("  " * self.depth + row)

    def text(self, notes: Notes = ()) -> str:
        """The Mermaid text, notes over the whole width at the end."""
        head = [
            *_config("sequence", {"mirrorActors": False}),
            "sequenceDiagram",
            *_accessible(self.title, self.description),
        ]
        people = [f"  participant {i} as {label(*lines)[1:-1]}" for i, lines in self.participants]
        ends = [self.participants[0][0], self.participants[-1][0]]
        across = ",".join(ends) if len(self.participants) > 1 else ends[0]
        below = [f"  Note over {across}: {_words(name)}<br/>{_words(words)}" for name, words in notes]
        return "\n".join([*head, *people, *self.rows, *below]) + "\n"


def _words(text: str) -> str:
    """Text of a message; a leading colon word would be read as a setting (``wrap:``), so colons are encoded."""
    return "<br/>".join(encode(line, colons=True) for line in text.split("\n")) or "#32;"


@dataclass
class Timeline:
    """A timeline: periods, each with events, in sections of which the name may be empty."""

    title: str
    description: str = ""
    sections: list[tuple[str, list[tuple[str, list[str]]]]] = field(default_factory=list)

    def section(self, name: str) -> None:
        """Open a section."""
        self.sections.append((name, []))

    def period(self, name: str, events: list[str]) -> None:
        """Add a period to the last section."""
        if not self.sections:
            self.section("")
        self.sections[-1][1].append((name, events))

    def text(self, notes: Notes = ()) -> str:
        """The Mermaid text, notes as periods of a last section."""
        rows = ["timeline", *_accessible(self.title, self.description)]
        for name, periods in self.sections:
            rows += [f"  section {_words(name)}"] if name else []
            for period, events in periods:
                rows.append(f"  {_period(period)}")
                rows += [f"    : {_words(event)}" for event in events if plain(event)]
        rows += ["  section Notes"] if notes else []
        for name, words in notes:
            rows += [f"  {_period(name)}", f"    : {_words(words)}"]
        return "\n".join(rows) + "\n"


def _period(text: str) -> str:
    """A period's name; one that begins like a keyword is led by an invisible character."""
    words = _words(text)
    return f"#8203;{words}" if re.match(r"(?i)section|title|acc|%", words) else words


@dataclass
class Branch:
    """A branch of a mind map: words in a box, and the branches that leave it."""

    words: tuple[str, ...]
    branches: list[Branch] = field(default_factory=list)


@dataclass
class Mindmap:
    """A mind map around one root."""

    title: str
    root: str
    description: str = ""
    branches: list[Branch] = field(default_factory=list)

    def text(self, notes: Notes = ()) -> str:
        """The Mermaid text; mind maps know no accTitle, so title and description are comments."""
        root = _quoted("<br/>".join(encode(line) for line in self.root.split("\n")))
        rows = [
            *_config("mindmap", {"maxNodeWidth": 320}),
            "mindmap",
            *_commented(self.title, self.description),
            f"  root(({root}))",
        ]
        for number, branch in enumerate(self.branches):
            rows += _branch(branch, f"b{number}", "    ")
        for number, (name, words) in enumerate(notes):
            rows += _branch(Branch((name, words)), f"note{number}", "    ")
        return "\n".join(rows) + "\n"


def _branch(branch: Branch, key: str, indent: str) -> list[str]:
    rows = [f"{indent}{key}[{label(*branch.words)}]"]
    for number, inner in enumerate(branch.branches):
        rows += _branch(inner, f"{key}x{number}", indent + "  ")
    return rows


@dataclass
class Sankey:
    """Flows of an amount from one name to another; names are folded to ASCII, the only letters Mermaid takes here."""

    title: str
    description: str = ""
    suffix: str = ""
    flows: list[tuple[str, str, float]] = field(default_factory=list)

    def text(self, notes: Notes = ()) -> str:
        """The Mermaid text; amounts in six significant digits; title, description and notes as comments."""
        settings: dict[str, int | bool | str] = {
            "width": 900,
            "height": 400,
            "showValues": True,
            "suffix": f'"{encode(self.suffix)}"',
        }
        rows = [*_config("sankey", settings), "sankey-beta", *_commented(self.title, self.description)]
        rows += [*_note_comments(notes), ""]
        rows += [f'"{folded(a)}","{folded(b)}",{amount:.6g}' for a, b, amount in self.flows]
        return "\n".join(rows) + "\n"


@dataclass
class Pie:
    """Shares of a whole."""

    title: str
    description: str = ""
    slices: list[tuple[str, float]] = field(default_factory=list)

    def text(self, notes: Notes = ()) -> str:
        """The Mermaid text, notes as comments."""
        rows = ["pie showData", *_accessible(self.title, self.description), *_note_comments(notes)]
        rows += [f"  {_quoted(encode(name))} : {amount:.6g}" for name, amount in self.slices]
        return "\n".join(rows) + "\n"
