"""Read the vocabularies of a catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from atlas.catalogue.validation import to_findings
from atlas.catalogue.yaml_source import YamlSource, collection_paused, read_yaml
from atlas.diagnostic import Finding
from atlas.model.vocabulary import Vocabulary


def load_vocabulary(folder: Path) -> tuple[Vocabulary, list[Finding]]:
    """All vocabularies of a folder, one file each; a broken entry is left out and reported with its place."""
    with collection_paused():
        return _load(folder)


def _load(folder: Path) -> tuple[Vocabulary, list[Finding]]:
    findings: list[Finding] = []
    tables: dict[str, Any] = {}
    for name in Vocabulary.model_fields:
        path = folder / f"{name}.yaml"
        if not path.is_file():
            continue
        source = read_yaml(path, f"vocabulary/{name}.yaml")
        findings += source.findings
        if isinstance(source.data, dict):
            data = source.data.get("pairs", []) if name == "region_latency" else source.data
            tables[name] = _valid(name, data, source, findings)
    return Vocabulary(**tables), findings


def _valid(name: str, data: Any, source: YamlSource, findings: list[Finding]) -> Any:
    """The table without its broken entries, which are reported."""
    try:
        Vocabulary.model_validate({name: data})
    except ValidationError as error:
        prefix = "pairs" if name == "region_latency" else ""
        errors = [{**e, "loc": (*([prefix] if prefix else []), *e["loc"][1:])} for e in error.errors()]
        findings += to_findings(errors, source, Vocabulary)
        broken = {e["loc"][1] for e in error.errors() if len(e["loc"]) > 1}
        if isinstance(data, dict):
            return {k: v for k, v in data.items() if k not in broken}
        return [v for i, v in enumerate(data) if i not in broken]
    return data
