"""Files to systems: read, validate, refer, resolve. Every problem is a finding with its place."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import jsonschema_rs
from pydantic import ValidationError

from atlas.catalogue.completeness import check_completeness
from atlas.catalogue.location import (
    find_catalogue,
    misplaced_files,
    packaged_schema,
    system_files,
    vocabulary_folder,
)
from atlas.catalogue.references import check_references
from atlas.catalogue.resolve import resolve
from atlas.catalogue.validation import to_findings
from atlas.catalogue.vocabulary import load_vocabulary
from atlas.catalogue.yaml_source import YamlSource, collection_paused, parse_yaml, read_yaml
from atlas.diagnostic import Finding, Level, Position, sort_findings
from atlas.diagnostic.code import BAD_PATH, DUPLICATE_ID, SCHEMA
from atlas.model.document import Document
from atlas.model.schema import published_schema, system_schema
from atlas.model.system import System
from atlas.model.vocabulary import Vocabulary
from atlas.model.walk import walk

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MOST_LETTERS = 60
"""Of a slug."""
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Catalogue:
    """All systems of a folder, their vocabulary, and what was wrong with the files."""

    root: Path
    vocabulary: Vocabulary
    systems: Mapping[str, System]
    findings: tuple[Finding, ...] = ()
    sources: Mapping[str, YamlSource] = field(default_factory=dict, repr=False)

    def by_id(self, ident: str) -> System | None:
        """The system with an id such as ``CS-DISCORD``."""
        return next((s for s in self.systems.values() if s.id == ident), None)


@dataclass(frozen=True)
class LoadedFile:
    """One file: its system, or none where it could not be built, and its findings."""

    source: YamlSource
    system: System | None
    findings: tuple[Finding, ...]


def load_catalogue(root: Path | None = None, *, progress: Progress | None = None) -> Catalogue:
    """Load every system file below a catalogue's root; broken files are left out and reported."""
    folder = find_catalogue(root)
    vocabulary, findings = load_vocabulary(vocabulary_folder(folder))
    findings += misplaced(folder)
    files = system_files(folder)
    systems: dict[str, System] = {}
    sources: dict[str, YamlSource] = {}
    for index, path in enumerate(files):
        loaded = load_file(path, vocabulary, folder)
        findings += loaded.findings
        sources[loaded.source.file] = loaded.source
        if loaded.system is not None:
            findings += _duplicate(loaded.system, systems)
            systems.setdefault(loaded.system.slug, loaded.system)
        if progress is not None:
            progress(index + 1, len(files), path.stem)
    return Catalogue(folder, vocabulary, systems, tuple(sort_findings(findings)), sources)


def misplaced(root: Path) -> list[Finding]:
    """A finding for each file that looks like a document and that no command reads."""
    tip = "move it to systems/<category>/<slug>.yaml"
    return [
        Finding(
            BAD_PATH, Level.ERROR, "no command reads a document that stands here", Position(_name(path, root)), tip=tip
        )
        for path in misplaced_files(root)
    ]


def load_system(path: Path, vocabulary: Vocabulary | None = None) -> LoadedFile:
    """Load one file, with the vocabulary of the catalogue it stands in."""
    folder = find_catalogue(start=path.parent)
    words = vocabulary or load_vocabulary(vocabulary_folder(folder))[0]
    return load_file(path, words, folder)


def load_file(path: Path, vocabulary: Vocabulary, root: Path) -> LoadedFile:
    """One system file of the catalogue at ``root``."""
    try:
        name = str((path.parent.resolve() / path.name).relative_to(root.resolve().parent))
    except ValueError:
        name = str(path)
    with collection_paused():
        loaded = build(read_yaml(path, name), vocabulary, path.stem)
    return replace(loaded, findings=(*loaded.findings, *_path_findings(path, root, loaded)))


def _name(path: Path, root: Path) -> str:
    """A file as findings name it: from the folder in which the catalogue stands, links not followed."""
    try:
        return str((path.parent.resolve() / path.name).relative_to(root.resolve().parent))
    except ValueError:
        return str(path)


def load_text(text: str | bytes, vocabulary: Vocabulary, name: str = "document.yaml") -> LoadedFile:
    """A document that is not (yet) a file of a catalogue."""
    return build(parse_yaml(text, name), vocabulary, Path(name).stem)


def build(source: YamlSource, vocabulary: Vocabulary, slug: str) -> LoadedFile:
    """Validate, refer and resolve a document that has been read."""
    with collection_paused():
        return _build(source, vocabulary, slug)


def _build(source: YamlSource, vocabulary: Vocabulary, slug: str) -> LoadedFile:
    if not isinstance(source.data, dict):
        return LoadedFile(source, None, tuple(source.findings))
    findings = list(source.findings)
    try:
        document = Document.model_validate(source.data)
    except ValidationError as error:
        findings += to_findings(error.errors(), source, Document)
        return LoadedFile(source, None, tuple(_named(findings, str(source.data.get("id", "")))))
    written = walk(document)
    findings += check_references(document, source, vocabulary, written)
    findings += check_completeness(document, source)
    system, problems = resolve(document, source, vocabulary, slug, written)
    findings += _schema_findings(source, vocabulary, [*findings, *problems])
    digest = hashlib.sha256(source.text.encode()).hexdigest()
    return LoadedFile(source, replace(system, text_hash=digest), tuple(_named([*findings, *problems], document.id)))


def _named(findings: Iterable[Finding], system: str) -> list[Finding]:
    return [replace(f, system=system) for f in findings]


_last_validator: tuple[Vocabulary, Any] | None = None


def _validator(vocabulary: Vocabulary) -> Any:
    """What runs the schema with these words; the last one is kept beside its vocabulary."""
    global _last_validator  # noqa: PLW0603
    known = _last_validator
    if known is not None and known[0] is vocabulary:
        return known[1]
    path = packaged_schema()
    schema = published_schema(path.read_text(encoding="utf-8"), vocabulary) if path is not None else None
    validator = jsonschema_rs.validator_for(schema or system_schema(vocabulary))
    _last_validator = (vocabulary, validator)
    return validator


def _schema_findings(source: YamlSource, vocabulary: Vocabulary, said: list[Finding]) -> list[Finding]:
    """What an editor would say: the same schema that is published, run on the same data.

    Places about which something better has been said already are left out.
    """
    places = {f.path for f in said}
    validator = _validator(vocabulary)
    findings = []
    for error in validator.iter_errors(source.data):
        path = ".".join(str(part) for part in error.instance_path)
        missing = path == "" and "then" in [str(p) for p in error.schema_path]
        if (missing and said) or any(p == path or p.startswith(f"{path}.") for p in places if path):
            continue
        message = str(error.message)
        findings.append(Finding(SCHEMA, Level.ERROR, message[:200], source.position(path), path))
    return findings


def is_slug(name: str) -> bool:
    """Whether a file name without its ending can name a system, its folder on the site and its address."""
    return _SLUG.fullmatch(name) is not None and len(name) <= MOST_LETTERS


def _path_findings(path: Path, root: Path, loaded: LoadedFile) -> list[Finding]:
    if loaded.system is None:
        return []
    place = Position(loaded.source.file, 1, 1)
    system = loaded.system.id
    findings = []
    if not is_slug(path.stem):
        tip = "name the file in small ASCII letters, digits and hyphens"
        findings.append(Finding(BAD_PATH, Level.ERROR, f"{path.stem!r} is not a slug", place, "id", system, tip=tip))
    category = loaded.system.document.category
    inside = root.resolve() in path.resolve().parents and (root / "systems").is_dir()
    if inside and (root / "systems") in path.parents and path.parent.name != category:
        message = f"the file stands in {path.parent.name}/ but its category is {category}"
        where = loaded.source.position("category")
        findings.append(Finding(BAD_PATH, Level.ERROR, message, where, "category", system, tip="move the file"))
    return findings


def _duplicate(system: System, systems: Mapping[str, System]) -> list[Finding]:
    place = system.position("id")
    for other in systems.values():
        if other.id == system.id or other.slug == system.slug:
            message = f"{system.id} ({system.slug}) is already described in {other.file}"
            return [Finding(DUPLICATE_ID, Level.ERROR, message, place, "id", system.id)]
    return []
