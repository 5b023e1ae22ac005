"""The files that all pages share: stylesheet, scripts, icon, fonts."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from atlas.site import fonts
from atlas.site.frame import ASSETS, asset


def assets(cache: Path) -> dict[str, str | bytes]:
    """The stylesheet, the scripts, the icon and the two fonts."""
    found: dict[str, str | bytes] = {f"assets/{name}": asset(name) for name in ASSETS}
    found["assets/icon.svg"] = files("atlas.site").joinpath("assets", "icon.svg").read_text("utf-8")
    for weight in fonts.WEIGHTS:
        found[f"assets/noto-sans-{weight}.woff2"] = _font(weight, cache)
    return found


def _font(weight: int, cache: Path) -> bytes:
    kept = cache / f"noto-sans-{weight}-{fonts.EDITION}.woff2"
    if kept.is_file():
        return kept.read_bytes()
    data = fonts.subset(weight)
    cache.mkdir(parents=True, exist_ok=True)
    partial = kept.with_suffix(".partial")
    partial.write_bytes(data)
    partial.replace(kept)
    return data
