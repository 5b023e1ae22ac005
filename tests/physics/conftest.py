"""Properties here compute; how long one example takes says nothing about whether it is right."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")
