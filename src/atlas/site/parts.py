"""What a cell or a line is made of: words, figures with an origin, links. Data first; the templates draw it.

Tables as HTML, CSV and JSON are all written from these, so they cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

ORIGIN_WORDS = {
    "published": "published",
    "derived": "derived from published",
    "sized": "sized to a utilisation",
    "default": "default of the technology",
    "design": "design setting",
    "assumed": "assumed",
    "none": "not public",
}
"""The seven origins and the words that label their marks."""


@dataclass(frozen=True, slots=True)
class Words:
    """Plain text; ``look`` is a CSS class of the stylesheet (``nil``, ``quiet``, ``tag old``) or empty."""

    text: str
    look: str = ""
    kind: ClassVar[str] = "words"


@dataclass(frozen=True, slots=True)
class Link:
    """Text that leads somewhere; ``href`` is absolute, or relative to the root of the site."""

    text: str
    href: str
    kind: ClassVar[str] = "link"

    @property
    def is_outside(self) -> bool:
        """Whether the link leaves the site."""
        return self.href.startswith(("https://", "http://"))


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its origin; ``evidence`` is the place of its evidence, relative to the root of the site, or empty.

    ``bounds`` are low, middle and high in SI units (seconds, bytes, counts), for the data files.
    """

    text: str
    origin: str
    evidence: str = ""
    claims: tuple[str, ...] = ()
    is_struck: bool = False
    bounds: tuple[float, float, float] | None = None
    kind: ClassVar[str] = "figure"


Part = Words | Link | Figure
BREAK = Words("; ", "br")
"""A new line inside a cell; a semicolon in data files."""

NOT_PUBLIC = Words("not public", "nil")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: a line of parts, and at most one quiet line under it."""

    parts: tuple[Part, ...]
    sub: tuple[Part, ...] = ()

    @property
    def text(self) -> str:
        """Both lines as plain text."""
        lines = ["".join(p.text for p in line).strip() for line in (self.parts, self.sub)]
        return "; ".join(line for line in lines if line)

    @property
    def is_bare(self) -> bool:
        """Whether it says nothing but a dash: in a grid that is a place, in a list of a phone only noise."""
        return self.text in ("", "–")

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The figures of both lines."""
        return tuple(p for p in self.parts + self.sub if isinstance(p, Figure))


Given: TypeAlias = "str | Part | Iterable[Given] | None"
"""Whatever can stand in a line: text, parts, nothing, or any nesting of them."""


def parts_of(*given: Given) -> tuple[Part, ...]:
    """Strings, parts and lists of them as one flat line; ``None`` and empty strings vanish."""
    line: list[Part] = []
    for item in given:
        if item is None or item == "":
            continue
        if isinstance(item, str):
            line.append(Words(item))
        elif isinstance(item, Words | Link | Figure):
            line.append(item)
        else:
            line.extend(parts_of(*item))
    return tuple(line)


def cell(*given: Given, sub: Given = None, empty: Part = NOT_PUBLIC) -> Cell:
    """A cell; one with nothing in it says ``empty``, because a gap is content."""
    return Cell(parts_of(*given) or (empty,), parts_of(sub))


def joined(items: Iterable[Given], between: str | Words = ", ") -> tuple[Part, ...]:
    """The items as one line with words between them; ``BREAK`` puts each on a line of its own."""
    line: list[Part] = []
    for item in items:
        if line:
            line.append(Words(between) if isinstance(between, str) else between)
        line.extend(parts_of(item))
    return tuple(line)
