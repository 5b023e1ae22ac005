"""Files → Document → System: reading, validating, referring, resolving a catalogue."""

from atlas.catalogue.evidence import overall_confidence
from atlas.catalogue.load import Catalogue, LoadedFile, load_catalogue, load_file, load_system, load_text
from atlas.catalogue.location import CatalogueNotFoundError, find_catalogue, system_files
from atlas.catalogue.references import calls
from atlas.catalogue.vocabulary import load_vocabulary
from atlas.catalogue.yaml_source import YamlSource, parse_yaml, read_yaml

__all__ = [
    "Catalogue",
    "CatalogueNotFoundError",
    "LoadedFile",
    "YamlSource",
    "calls",
    "find_catalogue",
    "load_catalogue",
    "load_file",
    "load_system",
    "load_text",
    "load_vocabulary",
    "overall_confidence",
    "parse_yaml",
    "read_yaml",
    "system_files",
]
