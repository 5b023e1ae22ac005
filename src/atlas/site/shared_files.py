"""The files that all pages share: stylesheet, scripts, icon, fonts, the engine of the run panel."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from atlas.sim.build_kernel import BuildError, source_hash, wasm_bytes
from atlas.sim.packed import shared
from atlas.site import fonts
from atlas.site.frame import ASSETS, asset
from atlas.site.output import write_whole
from atlas.site.table import dump


def assets(cache: Path) -> dict[str, str | bytes]:
    """The stylesheet, the scripts, the icon and the two fonts."""
    found: dict[str, str | bytes] = {f"assets/{name}": asset(name) for name in ASSETS}
    found["assets/icon.svg"] = files("atlas.site").joinpath("assets", "icon.svg").read_text("utf-8")
    for weight in fonts.WEIGHTS:
        found[f"assets/noto-sans-{weight}.woff2"] = _font(weight, cache)
    return found | engine()


def engine() -> dict[str, str | bytes]:
    """The kernel as WebAssembly, and what all runs share; without the kernel where it cannot be built.

    ``kernel`` is the hash of its source, empty where it is missing: the panel then says so.
    """
    try:
        kernel = wasm_bytes()
    except (BuildError, OSError):
        return {"assets/run.json": dump({**shared(), "kernel": ""})}
    told = {**shared(), "kernel": f"{source_hash():016x}"}
    return {"assets/run.json": dump(told), "assets/kernel.wasm": kernel}


def warm_assets(cache: Path) -> None:
    """Make what takes long, so that it is in the cache when the assets are asked for."""
    for weight in fonts.WEIGHTS:
        _font(weight, cache)


def _font(weight: int, cache: Path) -> bytes:
    kept = cache / f"noto-sans-{weight}-{fonts.EDITION}.woff2"
    if kept.is_file():
        return kept.read_bytes()
    data = fonts.subset(weight)
    cache.mkdir(parents=True, exist_ok=True)
    write_whole(kept, data)
    return data
