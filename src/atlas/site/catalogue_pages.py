"""The pages about many systems, and the files that all pages share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from atlas.model import Vocabulary
from atlas.site import api, fonts
from atlas.site.digest import Digest
from atlas.site.frame import ASSETS, Site, asset
from atlas.site.pages import compare, coverage, home, prose, vocabulary
from atlas.site.sitemap import sitemap_files

_SYSTEM_PAGES = ("", "diagrams/", "evidence/", "components/")


def catalogue_files(
    digests: Mapping[str, Digest], words: Vocabulary, site: Site, today: dt.date, cache: Path
) -> dict[str, str | bytes]:
    """Everything but the systems' own pages; ``cache`` keeps the two fonts, which take half a second to make."""
    systems = [digests[slug] for slug in sorted(digests)]
    return {**index_pages(systems, words, site, today, cache), **assets(cache)}


def index_pages(systems: list[Digest], words: Vocabulary, site: Site, today: dt.date, cache: Path) -> dict[str, str]:
    """The pages and data files made from digests alone; ``cache`` keeps charts."""
    pairs = compare.related_pairs(systems)
    pages = {
        **home.home_pages(systems, pairs, site, today.year),
        **compare.compare_pages(systems, pairs, words, site),
        **vocabulary.vocabulary_pages(systems, words, site),
        **coverage.coverage_pages(systems, words, site, today.year, cache),
        **coverage.source_pages(systems, site),
        **prose.method_pages(systems, site),
        **prose.check_pages(site),
        **prose.api_pages(site),
        **prose.plain_pages(systems, site),
        **api.index_files(systems, site),
    }
    own = [f"systems/{s.slug}/{page}index.html" for s in systems for page in _SYSTEM_PAGES]
    return {**pages, **sitemap_files([*pages, *own], site)}


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
