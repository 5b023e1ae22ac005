"""Addresses and the frame of a page."""

from __future__ import annotations

import pytest

from atlas.site.frame import Site, address, asset, page_url, render, root_of


@pytest.mark.parametrize(
    ("path", "root"), [("index.html", "./"), ("systems/index.html", "../"), ("systems/a/tables/x.csv", "../../../")]
)
def test_the_root_is_as_many_steps_up_as_the_page_is_deep(path: str, root: str) -> None:
    """A page finds the root of the site by its own depth."""
    assert root_of(path) == root


def test_addresses_outside_stay_as_they_are() -> None:
    """Only addresses of the site are made relative."""
    assert address("../", "https://discord.com/x") == "https://discord.com/x"
    assert address("../", "#here") == "#here"
    assert address("../", "systems/") == "../systems/"


def test_a_page_names_its_address_only_where_it_is_known() -> None:
    """Without a base address there is no canonical link."""
    assert page_url(Site(), "systems/index.html") == ""
    assert page_url(Site("https://a.example/atlas/"), "systems/index.html") == "https://a.example/atlas/systems/"


@pytest.mark.parametrize(
    ("base", "path"), [("", "/"), ("https://a.example", "/"), ("https://a.example/atlas", "/atlas/")]
)
def test_the_error_page_knows_the_path_of_the_site(base: str, path: str) -> None:
    """Its links begin at the root of the host, sub-path included."""
    assert Site(base).base_path == path


def test_text_is_escaped_in_the_frame() -> None:
    """A title cannot end its element."""
    page = render("404.html", "404.html", Site(), title="</title><script>", description='"><x>')
    assert "</title><script>" not in page
    assert '"><x>' not in page


def test_assets_lose_their_comments_only() -> None:
    """The shortened stylesheet and script keep their rules and statements."""
    assert "/*" not in asset("atlas.css")
    assert ".evidence" in asset("atlas.css")
    assert ".pele" in asset("atlas.css")
    assert "\n//" not in asset("atlas.js")
    assert "https://" not in asset("atlas.css") + asset("atlas.js") + asset("diagrams.js") + asset("finding.js")
