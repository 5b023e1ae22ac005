"""The same document with some paths set otherwise, resolved again: counterfactuals and what-if questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from atlas.catalogue import Catalogue, YamlSource, read_yaml
from atlas.catalogue.resolve import resolve
from atlas.diagnostic import Level
from atlas.model.document import Document
from atlas.model.system import System

REMOVED = "none"
"""The value that takes a path out of the document."""


class OverlayError(ValueError):
    """A path that is not there, or a value that the document cannot have there."""


@dataclass(frozen=True)
class Case:
    """A resolved system with the plain data of its document, from which variants of it can be made."""

    system: System
    data: Mapping[str, Any]

    def overlaid(self, changes: Mapping[str, Any]) -> Case:
        """The same system with some paths set (``none``: removed), resolved again.

        Raises ``OverlayError`` where a path leads nowhere or the changed document is not valid.
        """
        if not changes:
            return self
        data = _plain(self.data)
        for path, value in changes.items():
            _set(data, path, value)
        try:
            document = Document.model_validate(_reusing(self.system.document, data, changes))
        except ValidationError as error:
            first = error.errors()[0]
            raise OverlayError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
        source = YamlSource(self.system.file, data=data, marks=dict(self.system.marks))
        system, findings = resolve(document, source, self.system.vocabulary, self.system.slug)
        errors = [f for f in findings if f.level is Level.ERROR]
        if errors:
            raise OverlayError(f"{errors[0].path}: {errors[0].message}")
        return Case(system, data)


def case_of(catalogue: Catalogue, slug: str) -> Case:
    """The case of a system of a catalogue. Raises ``KeyError`` for a slug that it does not have."""
    system = catalogue.systems[slug]
    return Case(system, catalogue.sources[system.file].data)


def case_in(file: Path, system: System) -> Case:
    """The case of a system that was loaded from a file."""
    return Case(system, read_yaml(file).data)


def _reusing(document: Document, data: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The data, in which entries that no change touches are the models that they were found to be before.

    Those are not validated again, which is most of the work; the document as a whole is.
    """
    touched = {tuple(path.split(".")[:2]) for path in changes}
    found = dict(data)
    for field, info in Document.model_fields.items():
        section, known, written = info.alias or field, getattr(document, field), data.get(info.alias or field)
        if isinstance(known, Mapping) and isinstance(written, Mapping) and written.keys() == known.keys():
            models = {k: v for k, v in known.items() if isinstance(v, BaseModel) and (section, k) not in touched}
            found[section] = {**written, **models}
    return found


def _plain(value: Any) -> Any:
    """A copy of maps and lists all the way down."""
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list) else value


def _set(data: Any, path: str, value: Any) -> None:
    *way, last = path.split(".")
    here = data
    for step in way:
        here = _below(here, step, path)
    if isinstance(here, dict):
        if value == REMOVED:
            if last not in here:
                raise OverlayError(f"{path}: there is nothing to remove")
            del here[last]
        else:
            here[last] = value
    elif isinstance(here, list) and last.isdigit() and int(last) < len(here) and value != REMOVED:
        here[int(last)] = value
    else:
        raise OverlayError(f"{path}: {last!r} cannot be set here")


def _below(here: Any, step: str, path: str) -> Any:
    if isinstance(here, dict) and step in here:
        return here[step]
    if isinstance(here, list) and step.isdigit() and int(step) < len(here):
        return here[int(step)]
    raise OverlayError(f"{path}: the document has no {step!r} there")
