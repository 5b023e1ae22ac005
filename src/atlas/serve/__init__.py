"""The built pages live: an API with OpenAPI, and pages that follow the catalogue while it is edited."""

from atlas.serve.error import ServeError
from atlas.serve.server import serve

__all__ = ["ServeError", "serve"]
