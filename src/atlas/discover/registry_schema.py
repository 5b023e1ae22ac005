"""The JSON Schema of the source registry, generated from its model and the vocabularies."""

from __future__ import annotations

import json
from typing import Any

from atlas.discover.registry import Registry
from atlas.model.schema import schema_of
from atlas.model.vocabulary import Vocabulary

SCHEMA_FILE = "sources.schema.json"
SCHEMA_LINE = f"# yaml-language-server: $schema=../schemas/{SCHEMA_FILE}"
"""First line of the registry: tells editors where the schema is."""


def registry_schema(vocabulary: Vocabulary) -> dict[str, Any]:
    """The schema that editors run on the registry; organisations become an enumeration.

    What a feed and a publisher must have besides their types stands in it too. That addresses are of the web, days are
    days and organisations stand once is asked by ``atlas sources lint`` only.
    """
    schema = schema_of(Registry, vocabulary, "Atlas source registry")
    parts = schema["$defs"]
    named, elsewhere = {"required": ["url"]}, [{"required": ["channel"]}, {"required": ["playlist"]}]
    parts["Feed"]["if"] = {"properties": {"type": {"const": "youtube"}}, "required": ["type"]}
    parts["Feed"]["then"] = {"anyOf": [named, *elsewhere]}
    parts["Feed"]["else"] = {**named, "not": {"anyOf": elsewhere}}
    feeds = {"required": ["feeds"], "properties": {"feeds": {"minItems": 1}}}
    parts["Publisher"]["oneOf"] = [feeds, {"required": ["no_feed"]}]
    return schema


def registry_schema_text(vocabulary: Vocabulary) -> str:
    """The schema file as committed: two spaces, one newline at the end."""
    return json.dumps(registry_schema(vocabulary), indent=2, ensure_ascii=False) + "\n"
