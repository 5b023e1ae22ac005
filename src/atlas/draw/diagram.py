"""What a diagram is before it is drawn: Mermaid text, notes, and words for those who do not see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Variant = Literal["wide", "tall"]
"""For pages, and for phones."""

SHOWN = "shown"
NOT_PUBLIC = "not public"


@dataclass(frozen=True, slots=True)
class Note:
    """A line of the title block under a drawing: a name and what is to be said; ``is_gap`` when nothing is public."""

    name: str
    text: str

    @property
    def is_gap(self) -> bool:
        """Whether the note only says that nothing is public."""
        return self.text == NOT_PUBLIC


@dataclass(frozen=True, slots=True)
class Picture:
    """What is laid out for one variant: Mermaid text, and the notes that are set under it."""

    mermaid: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagram:
    """One diagram of a system.

    ``code`` is ``L0`` or ``FM-hot-partition``; ``id`` is ``cs-discord-l0`` and prefixes every id in the SVG;
    ``mermaid`` is the whole text a reader can copy, notes included; ``nodes`` maps a node of the drawing to the
    component it stands for; ``classes`` are those of elements whose type of diagram cannot carry any, by id or label;
    ``shows`` says of every required content item whether it is shown or not public.
    """

    code: str
    id: str
    name: str
    title: str
    description: str
    mermaid: str
    wide: Picture
    tall: Picture | None = None
    nodes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    classes: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    shows: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def variants(self) -> tuple[Variant, ...]:
        """The variants that :func:`atlas.draw.render` knows for it."""
        return ("wide", "tall") if self.tall else ("wide",)

    @property
    def is_mainly_not_public(self) -> bool:
        """Whether more than half of what the diagram must show is not public."""
        gaps = sum(state == NOT_PUBLIC for state in self.shows.values())
        return 2 * gaps > len(self.shows)
