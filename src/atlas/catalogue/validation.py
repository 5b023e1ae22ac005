"""What pydantic says of a document, as findings with places and suggestions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel

from atlas.catalogue.yaml_source import YamlSource
from atlas.diagnostic import Finding, Level
from atlas.diagnostic.code import BAD_QUANTITY, BAD_VALUE, MISSING_KEY, UNKNOWN_KEY
from atlas.model.annotation import below, is_model


def to_findings(errors: Iterable[Mapping[str, Any]], source: YamlSource, model: type[BaseModel]) -> list[Finding]:
    """One finding for each error; alternatives of a union collapse into the most telling one."""
    findings: dict[tuple[str, str], Finding] = {}
    for error in errors:
        path = _path(error["loc"], source.data)
        finding = _finding(error, path, source, model)
        findings.setdefault((path, finding.code), finding)
    return list(findings.values())


def _path(location: Sequence[Any], data: Any) -> str:
    """The dotted path in the file; parts that pydantic adds for unions and validators are left out."""
    parts: list[str] = []
    for position, part in enumerate(location):
        last = position == len(location) - 1
        if isinstance(data, dict) and (part in data or (last and isinstance(part, str))):
            data = data.get(part)
            parts.append(str(part))
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
            parts.append(str(part))
    return ".".join(parts)


def _finding(error: Mapping[str, Any], path: str, source: YamlSource, model: type[BaseModel]) -> Finding:
    kind, context = error["type"], error.get("ctx") or {}
    name = str(error["loc"][-1]) if error["loc"] else ""
    if kind == "extra_forbidden":
        place = source.position(path, of_key=True)
        return Finding(
            UNKNOWN_KEY, Level.ERROR, f"unknown key {name!r}", place, path, tip=_did_you_mean(name, error["loc"], model)
        )
    if kind == "missing":
        parent = path.rpartition(".")[0]
        return Finding(
            MISSING_KEY, Level.ERROR, f"the key {name!r} is missing", source.position(parent), path, tip=f"add {name}:"
        )
    code = BAD_QUANTITY if kind == "quantity_form" else BAD_VALUE
    tip = str(context.get("tip", "")) if kind == "quantity_form" else _tip(error, context)
    return Finding(
        code,
        Level.ERROR,
        _message(error, path),
        source.position(path),
        path,
        actual=_shown(error.get("input")),
        tip=tip,
    )


def _message(error: Mapping[str, Any], path: str) -> str:
    message = str(error["msg"])
    return f"{path or 'the document'}: {message[0].lower()}{message[1:]}" if message else path


def _shown(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _tip(error: Mapping[str, Any], context: Mapping[str, Any]) -> str:
    if error["type"] == "literal_error":
        words = [w.strip(" '") for w in str(context.get("expected", "")).replace(" or ", ", ").split(",")]
        near = get_close_matches(str(error.get("input")), words, n=1)
        return f"did you mean {near[0]!r}?" if near else f"one of {', '.join(words)}"
    if error["type"] == "string_pattern_mismatch" and "a-z" in str(context.get("pattern", "")):
        return "ids are kebab-case: small letters, digits and single hyphens"
    return ""


def _did_you_mean(name: str, location: Sequence[Any], model: type[BaseModel]) -> str:
    if " " in name:
        return "quote text that contains a comma or a colon: the rest of it became a key"
    known = _keys_at(location[:-1], model)
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"known here: {', '.join(known)}" if 0 < len(known) <= 30 else ""


def _keys_at(location: Sequence[Any], model: type[BaseModel]) -> list[str]:
    """The keys that may stand where ``location`` points to."""
    here: list[Any] = [model]
    for part in location:
        following: list[Any] = []
        for annotation in here:
            following += below(annotation, part)
        here = following or here
    return [f.alias or n for m in here if is_model(m) for n, f in m.model_fields.items() if n != "literal"]
