"""Which catalogue a command works on, and where its files stand."""

from __future__ import annotations

from pathlib import Path

FOLDER = "catalogue"
SCHEMA_FILE = "system.schema.json"


class CatalogueNotFoundError(Exception):
    """There is no catalogue where one was asked for."""


def find_catalogue(given: Path | None = None, start: Path | None = None) -> Path:
    """``given``, else the nearest ``catalogue/`` at or above ``start``, else the packaged one.

    Raises ``CatalogueNotFoundError`` with the places that were tried.
    """
    if given is not None:
        root = given / FOLDER if (given / FOLDER / "systems").is_dir() else given
        if not (root / "systems").is_dir() and not (root / "vocabulary").is_dir():
            raise CatalogueNotFoundError(f"{given} holds no catalogue: neither systems/ nor vocabulary/ stands in it")
        return root.resolve()
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        candidate = folder if folder.name == FOLDER else folder / FOLDER
        if (candidate / "systems").is_dir():
            return candidate
    packaged = packaged_catalogue()
    if packaged is None:
        raise CatalogueNotFoundError(f"no catalogue/ at or above {here}, and none is packaged; use --catalogue DIR")
    return packaged


def packaged_catalogue() -> Path | None:
    """The catalogue that came with the installed package, or that of the source tree."""
    package = Path(__file__).resolve().parent.parent
    for candidate in (package / "_catalogue", package.parent.parent / FOLDER):
        if (candidate / "vocabulary").is_dir():
            return candidate
    return None


def packaged_schema() -> Path | None:
    """The schema file that came with the installed package, or that of the source tree."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "_schemas", package.parent.parent / "schemas"):
        if (folder / SCHEMA_FILE).is_file():
            return folder / SCHEMA_FILE
    return None


def vocabulary_folder(root: Path) -> Path:
    """The catalogue's own vocabulary, else the packaged one: a catalogue of one's own need not copy it."""
    own = root / "vocabulary"
    if own.is_dir():
        return own
    packaged = packaged_catalogue()
    if packaged is None:
        raise CatalogueNotFoundError(f"no vocabulary/ in {root}")
    return packaged / "vocabulary"


def system_files(root: Path) -> list[Path]:
    """Every system file, sorted by category and slug; hidden ones are what editors and other tools keep there."""
    found = (root / "systems").glob("*/*.yaml")
    return sorted(path for path in found if not path.name.startswith(".") and not path.parent.name.startswith("."))


def misplaced_files(root: Path) -> list[Path]:
    """YAML files below ``systems/`` that are no system file for where they stand or how they end; sorted."""
    systems = root / "systems"
    known = set(system_files(root))
    found = (path for path in systems.rglob("*") if path.suffix.lower() in (".yaml", ".yml") and path not in known)
    return sorted(path for path in found if not any(part.startswith(".") for part in path.relative_to(systems).parts))
