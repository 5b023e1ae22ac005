"""What a drawing says of what it must show: in the picture, in a note under it, or as "not public" in its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from atlas.draw.diagram import NOT_PUBLIC, SHOWN, Note
from atlas.draw.text import plain


@dataclass
class Content:
    """Notes in the order they were said, and the state of every required item."""

    notes: list[Note] = field(default_factory=list)
    shows: dict[str, str] = field(default_factory=dict)

    def say(self, items: str | Iterable[str], name: str, text: str | None) -> None:
        """Put a note under the drawing for required items; ``None`` or empty text becomes "not public"."""
        keys = [items] if isinstance(items, str) else list(items)
        said = plain(text or "")
        self.notes.append(Note(name, said or NOT_PUBLIC))
        for key in keys:
            self.shows[key] = SHOWN if said else NOT_PUBLIC

    def drawn(self, item: str, is_there: bool, name: str) -> None:
        """The picture itself shows a required item; where it has nothing to show, a note says so."""
        if is_there:
            self.shows[item] = SHOWN
        else:
            self.say(item, name, None)

    def drawn_gap(self, item: str, is_there: bool) -> None:
        """As :meth:`drawn`, where the picture itself carries the words "not public"."""
        self.shows[item] = SHOWN if is_there else NOT_PUBLIC

    def add(self, name: str, text: str | None) -> None:
        """A note beyond what is required; nothing is said where there is nothing."""
        if text and plain(text):
            self.notes.append(Note(name, plain(text)))
