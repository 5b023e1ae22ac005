"""A finding: one statement about one place in a document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much a finding weighs. ``error`` fails a check, ``warning`` and ``info`` do not by default."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """3 for an error, 2 for a warning, 1 for information."""
        return {"error": 3, "warning": 2, "info": 1}[self.value]


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a file; line and column count from 1, as editors do."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, where, and what would mend it.

    ``path`` is the dotted path in the document (``claims.nodes.value``); ``actual`` and ``expected`` are
    short display texts; ``because`` names the claims (or other paths) it was computed from; ``tip`` is the
    mend in one sentence; ``fixable`` says that ``atlas fix`` can do it.
    """

    code: str
    level: Level
    message: str
    position: Position
    path: str = ""
    system: str = ""
    actual: str = ""
    expected: str = ""
    because: tuple[str, ...] = ()
    tip: str = ""
    fixable: bool = False


def sort_findings(findings: Iterable[Finding]) -> list[Finding]:
    """By file, place, weight (heaviest first) and code: the order in which a person mends them."""
    return sorted(findings, key=lambda f: (f.position, -f.level.rank, f.code, f.message))


def at_or_above(findings: Iterable[Finding], level: Level) -> list[Finding]:
    """Those that weigh at least as much as ``level``."""
    return [f for f in findings if f.level.rank >= level.rank]
