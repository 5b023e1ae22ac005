"""The JSON Schema of the system document, generated from the model and the vocabularies."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from atlas.model.document import Document
from atlas.model.field import STATUS_RANK, Model
from atlas.model.vocabulary import Vocabulary

_HEAD = ("confidence", "confidence_because", "challenge", "model", "verified_by", "license", "attribution")
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def system_schema(vocabulary: Vocabulary) -> dict[str, Any]:
    """The schema that editors and ``atlas check`` run on every system file.

    Words from a vocabulary become enumerations, so that an editor completes them; sections required at a
    status become conditions on ``status``.
    """
    schema = schema_of(Document, vocabulary, "Atlas system document")
    schema["$comment"] = _model_digest()
    schema["allOf"] = [_required_at(status) for status in ("draft", "published")]
    return schema


def schema_of(model: type[Model], vocabulary: Vocabulary, title: str) -> dict[str, Any]:
    """The schema of a file's model: its keys with their meanings, its words as enumerations."""
    schema = model.model_json_schema(by_alias=True, schema_generator=GenerateJsonSchema)
    _enumerate_words(schema, vocabulary)
    _without_titles(schema)
    return schema | {"$schema": DIALECT, "title": title}


def published_schema(text: str, vocabulary: Vocabulary) -> dict[str, Any] | None:
    """The same from the text of the committed file, in a tenth of the time; ``None`` where another model wrote it.

    Its words are those of ``vocabulary``, whatever vocabulary it was written with.
    """
    try:
        schema = json.loads(text)
    except ValueError:
        return None
    if not isinstance(schema, dict) or schema.get("$comment") != _model_digest():
        return None
    _enumerate_words(schema, vocabulary)
    return schema


@cache
def _model_digest() -> str:
    """Which model wrote a schema: a hash of the modules it is generated from."""
    state = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        state.update(path.read_bytes())
    return f"model {state.hexdigest()[:16]}"


def schema_text(vocabulary: Vocabulary) -> str:
    """The schema file as committed: sorted definitions, two spaces, one newline at the end."""
    return json.dumps(system_schema(vocabulary), indent=2, ensure_ascii=False) + "\n"


def _enumerate_words(node: Any, vocabulary: Vocabulary) -> None:
    if isinstance(node, dict):
        words = node.get("x-vocabulary")
        if isinstance(words, str):
            _put_enumeration(node, vocabulary.known(words))
        for value in node.values():
            _enumerate_words(value, vocabulary)
    elif isinstance(node, list):
        for value in node:
            _enumerate_words(value, vocabulary)


def _put_enumeration(node: dict[str, Any], words: list[str]) -> None:
    """Put the words where the text is: at the key itself, in its alternatives, or in its items."""
    if node.get("type") == "string":
        node["enum"] = words
    for place in (*node.get("anyOf", ()), node.get("items"), node.get("additionalProperties")):
        if isinstance(place, dict) and place.get("type") in ("string", "array"):
            _put_enumeration(place, words)


def _required_at(status: str) -> dict[str, Any]:
    names = [
        field.alias or name
        for name, field in Document.model_fields.items()
        if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("x-required-at") == status
    ]
    at_least = [s for s, rank in STATUS_RANK.items() if rank >= STATUS_RANK[status]]
    # A section may be named in not_public instead, which a schema cannot say well: only the keys of the
    # head, which can never be "not public", are required here; `atlas check` asks for the rest.
    always = [n for n in names if n in _HEAD]
    condition = {"properties": {"status": {"enum": at_least}}, "required": ["status"]}
    return {"if": condition, "then": {"required": always}}


def _without_titles(node: Any) -> None:
    """Remove the titles pydantic derives from names: they repeat the key and only make the file long."""
    if isinstance(node, dict):
        if isinstance(node.get("title"), str):
            del node["title"]
        for value in node.values():
            _without_titles(value)
    elif isinstance(node, list):
        for value in node:
            _without_titles(value)
