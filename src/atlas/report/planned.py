"""The systems Atlas means to describe: ``planned.yaml`` of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

FILE = "planned.yaml"


class PlanError(ValueError):
    """The list of planned systems cannot be read; ``str`` says what is wrong."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One system that is, or is to be, described."""

    id: str
    name: str
    category: str


def read_planned(root: Path) -> tuple[Planned, ...]:
    """All planned systems in the file's order; none where there is no file. Raises ``PlanError``."""
    path = root / FILE
    if not path.is_file():
        return ()
    try:
        entries = yaml.safe_load(path.read_text("utf-8")) or {}
        return tuple(Planned(ident, str(entry["name"]), str(entry["category"])) for ident, entry in entries.items())
    except (yaml.YAMLError, UnicodeDecodeError, AttributeError, KeyError, TypeError) as error:
        raise PlanError(
            f"{FILE}: expected entries such as CS-UBER: {{name: Uber, category: mobility}}; {error}"
        ) from error
