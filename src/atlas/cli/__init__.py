"""The command ``atlas``: arguments in, text out, no logic."""

from atlas.cli.main import main

__all__ = ["main"]
