"""Where the entries of a plan come from: reading numbers of a system, and noting each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from atlas.model.system import Distribution, System
from atlas.quantity import Quantity

EntryOrigin = Literal["claim", "derived", "sized", "assumed", "default", "design", "compiled"]
"""As for numbers of a document; ``compiled``: it follows from the document's structure."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a plan: ``part.name.field`` holds ``value``, which the document has at ``path``.

    ``value`` is in the plan's units (seconds, calls per second, shares). ``path`` is empty where the compiler set it,
    and ``because`` then says why.
    """

    part: str
    name: str
    field: str
    value: float
    origin: EntryOrigin
    path: str = ""
    claims: tuple[str, ...] = ()
    because: str = ""

    @property
    def place(self) -> str:
        """``stations.messages.instances``."""
        return f"{self.part}.{self.name}.{self.field}"

    @property
    def is_published(self) -> bool:
        """Whether it is a published figure, or worked out from some."""
        return self.origin in ("claim", "derived")


class Ledger:
    """Reads a system's numbers, notes where each went, and collects what the plan does not express."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.entries: list[Entry] = []
        self._not_modelled: dict[str, None] = {}

    @property
    def not_modelled(self) -> tuple[str, ...]:
        """What the plan leaves out, each once, in the order of discovery."""
        return tuple(self._not_modelled)

    def leave_out(self, what: str) -> None:
        """Say that something is not in the plan."""
        self._not_modelled.setdefault(what)

    def mid(self, path: str) -> float | None:
        """The middle of the number at a path, not noted; ``None`` where there is none."""
        value = self.system.value(path)
        return None if value is None else value.mid

    def note(
        self,
        part: str,
        name: str,
        field: str,
        value: float,
        path: str = "",
        *,
        origin: EntryOrigin | None = None,
        because: str = "",
    ) -> float:
        """Note that an entry has this value because of the number (or distribution) at ``path``; the value."""
        source = self.system.value(path) if path else None
        spread = self.system.dist(path) if path and source is None else None
        if source is not None:
            given = Entry(part, name, field, value, source.origin, path, source.claims, because or source.because)
        elif spread is not None:
            given = _of_distribution(Entry(part, name, field, value, spread.origin, path, (), because), spread)
        else:
            given = Entry(part, name, field, value, "design" if path else "compiled", path, (), because)
        if origin is not None:
            given = Entry(part, name, field, value, origin, path, given.claims, because or given.because)
        self.entries.append(given)
        return value

    def setting(self, name: str, field: str, quantity: Quantity | None, path: str) -> float:
        """Note a design setting of a call (timeouts, budgets ...); 0 where it is not written."""
        return 0.0 if quantity is None else self.note("sites", name, field, quantity.mid, path)


def _of_distribution(entry: Entry, spread: Distribution) -> Entry:
    """The claims and reasons of the figures a distribution is made from."""
    figures = [v for n, v in spread.written.items() if n != "cv"]
    claims = tuple(dict.fromkeys(c for v in figures for c in v.claims))
    because = entry.because or "; ".join(dict.fromkeys(v.because for v in figures if v.because))
    return Entry(entry.part, entry.name, entry.field, entry.value, spread.origin, entry.path, claims, because)
