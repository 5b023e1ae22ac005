"""The map of the site for crawlers, and what they may read."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

from atlas.site.frame import Site

LOCAL = "http://127.0.0.1:8000/"
"""Stands in where nobody said where the site will be: a sitemap needs absolute addresses."""


def sitemap_files(paths: Iterable[str], site: Site) -> dict[str, str]:
    """``sitemap.xml`` of every page of ``paths`` that is not an embed or the error page, and ``robots.txt``."""
    base = (site.base_url or LOCAL).rstrip("/")
    pages = sorted(
        p.removesuffix("index.html") for p in paths if p.endswith("index.html") and not p.startswith("embed/")
    )
    lines = "".join(f"<url><loc>{escape(f'{base}/{page}')}</loc></url>\n" for page in pages)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    robots = f"User-agent: *\nAllow: /\nSitemap: {base}/sitemap.xml\n"
    return {"sitemap.xml": f"{head}{lines}</urlset>\n", "robots.txt": robots}
