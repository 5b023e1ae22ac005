"""The frame around every page: templates, relative addresses, and the content security policy."""

from __future__ import annotations

import hashlib
import re
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from atlas.draw.theme import stylesheet
from atlas.site.parts import ORIGIN_WORDS

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'"
)
"""What a page may load. No inline script or style can run, so text from a document stays text."""

_PAGE: ContextVar[str] = ContextVar("page")
"""The path of the page that is being rendered; macros are compiled once and read it here."""

ASSETS = (
    *("atlas.css", "atlas.js", "diagrams.js", "finding.js"),
    *(
        "run-panel.css",
        "run-panel.js",
        "run-form.js",
        "run-settings.js",
        "run-words.js",
        "run-series.js",
        "run-chart.js",
        "run-map.js",
    ),
    *("run-kernel.js", "run-read.js", "run-worker.js"),
)
"""The stylesheets and the scripts; a page names the first two, which load the others where they are needed."""

PLANES = ("edge", "service", "stream", "state", "control")

NAVIGATION = (
    ("systems/", "Systems"),
    ("patterns/", "Patterns"),
    ("technologies/", "Technologies"),
    ("compare/", "Compare"),
    ("coverage/", "Coverage"),
    ("method/", "Method"),
    ("search/", "Search"),
)
FOOT = (
    ("categories/", "Categories"),
    ("mechanisms/", "Mechanisms"),
    ("guarantees/", "Guarantees"),
    ("sources/", "Sources"),
    ("checks/", "Checks"),
    ("glossary/", "Glossary"),
    ("drills/", "Drills"),
    ("metrics/", "Success metrics"),
    ("api/", "Data and API"),
)


@dataclass(frozen=True, slots=True)
class Site:
    """What all pages of one build share.

    ``base_url`` is where the site will stand (empty: unknown, then pages name no canonical address);
    ``data_date`` the newest day on which some system was verified, as ``2026-11-21``.
    """

    base_url: str = ""
    data_date: str = ""

    @property
    def base_path(self) -> str:
        """The path of ``base_url``, with a slash at both ends: what an error page links from."""
        path = re.sub(r"^https?://[^/]*", "", self.base_url)
        return f"/{path.strip('/')}/".replace("//", "/")


@cache
def asset(name: str) -> str:
    """The text of one stylesheet or script, without comments and blank lines."""
    text = files("atlas.site").joinpath("assets", name).read_text("utf-8")
    text = text.replace("/* DRAWINGS */", stylesheet())
    return _shorten_css(text) if name.endswith(".css") else _shorten_js(text)


@cache
def asset_version() -> str:
    """Eight letters that change when a stylesheet or script does, so that no browser keeps an old one."""
    files_of_the_page = "".join(asset(name) for name in ASSETS)
    return hashlib.sha256(files_of_the_page.encode()).hexdigest()[:8]


def render(template: str, path: str, site: Site, **view: Any) -> str:
    """One page. ``path`` is where it will stand (``systems/discord/index.html``); links are made relative to it.

    ``view`` must hold ``title`` and ``description``; the rest is the template's own.
    """
    root = root_of(path)
    token = _PAGE.set(path)
    try:
        return _environment().get_template(template).render(path=path, root=root, site=site, **view)
    finally:
        _PAGE.reset(token)


def root_of(path: str) -> str:
    """From a page to the root of the site: ``../../`` for ``systems/discord/index.html``."""
    return "../" * path.count("/") or "./"


def address(root: str, target: str) -> str:
    """A link from a page: outside addresses and anchors stay as they are."""
    if target.startswith(("https://", "http://", "#", "data:")):
        return target
    return root + target


def page_url(site: Site, path: str) -> str:
    """The absolute address of a page, or an empty string where the site's is unknown."""
    return f"{site.base_url.rstrip('/')}/{path.removesuffix('index.html')}" if site.base_url else ""


def _href(target: str) -> str:
    """A link from the page that is being rendered."""
    page = _PAGE.get()
    folder = page.removesuffix("index.html")
    if folder and target.startswith(folder) and target != folder:
        return target.removeprefix(folder)
    return address(root_of(page), target)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("atlas.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        csp=CONTENT_SECURITY_POLICY,
        version=asset_version(),
        navigation=NAVIGATION,
        foot=FOOT,
        planes=PLANES,
        origins=ORIGIN_WORDS,
        page_url=page_url,
        href=_href,
        svg=_svg,
    )
    return environment


def _svg(text: str) -> Markup:
    """A drawing of our own renderer, which escapes every text it is given: the only markup let through."""
    return Markup(text)  # noqa: S704


def _shorten_css(text: str) -> str:
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    return re.sub(r" ?([{};,>]) ?", r"\1", text).replace(";}", "}").strip() + "\n"


def _shorten_js(text: str) -> str:
    lines = (re.sub(r"(^|\s)//\s.*$", "", line).rstrip() for line in text.splitlines())
    kept = [re.sub(r"^\s+", "", line) for line in lines if line.strip() and not re.match(r"\s*/?\*", line)]
    return "\n".join(kept) + "\n"
