"""Atlas: the architecture of the world's largest systems as data you can check, draw, run and learn from."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from atlas.compile import Handle

__version__ = "0.1.0"


def load(slug: str, catalogue: Path | None = None) -> Handle:
    """A system to run from Python: ``atlas.load("discord").run(drill="celebrity-storm")``.

    ``catalogue`` is a folder; default: the nearest, else the packaged one. Raises ``KeyError`` for another slug.
    """
    from atlas.compile import load as load_system  # noqa: PLC0415 - ``atlas --help`` answers at once

    return load_system(slug, catalogue)
