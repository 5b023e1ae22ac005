"""The one error of the server."""

from __future__ import annotations


class ServeError(Exception):
    """The site cannot be served; the message says why, ``tip`` what would mend it."""

    def __init__(self, message: str, tip: str = "") -> None:
        super().__init__(message)
        self.tip = tip
