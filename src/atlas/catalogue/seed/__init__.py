"""The founding specification's format, read into drafts."""

from atlas.catalogue.seed.importer import Draft, SeedError, import_seed

__all__ = ["Draft", "SeedError", "import_seed"]
