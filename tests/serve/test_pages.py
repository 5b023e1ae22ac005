"""Files as answers: types, entity tags, compression, and no way out of the folder."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.serve.pages import Pages, file_name
from atlas.serve.workshop import Workshop

from .conftest import Client


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with a few files, a hidden one, and a secret beside it."""
    folder = tmp_path / "site"
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "embed").mkdir()
    (folder / "index.html").write_text("<html><head></head>home</html>")
    (folder / "a" / "index.html").write_text("<html><head></head>" + "a" * 2000 + "</html>")
    (folder / "embed" / "index.html").write_text("<html><head></head>embed</html>")
    (folder / "404.html").write_text("<html><head></head>nothing here</html>")
    (folder / "a" / "b" / "data.bin").write_bytes(b"\x00" * 2000)
    (folder / ".atlas-site").write_text("marker")
    (tmp_path / "secret").write_text("secret")
    (folder / "way-out").symlink_to(tmp_path / "secret")
    return folder


@pytest.fixture
def pages(site: Path) -> Client:
    """Requests to the pages of that folder."""
    return Client(Pages(site))


@pytest.mark.parametrize(
    ("path", "type_"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/systems/tiny/", "text/html; charset=utf-8"),
        ("/assets/atlas.css", "text/css; charset=utf-8"),
        ("/assets/atlas.js", "text/javascript; charset=utf-8"),
        ("/assets/icon.svg", "image/svg+xml"),
        ("/assets/noto-sans-400.woff2", "font/woff2"),
        ("/api/v1/systems.json", "application/json"),
        ("/api/v1/systems/tiny.json", "application/json"),
        ("/api/v1/claims.csv", "text/csv; charset=utf-8"),
        ("/systems/tiny/diagrams/l0.mmd", "text/vnd.mermaid; charset=utf-8"),
        ("/sitemap.xml", "application/xml"),
        ("/robots.txt", "text/plain; charset=utf-8"),
    ],
)
def test_every_kind_of_file_has_its_type(client: Client, path: str, type_: str) -> None:
    """The files of a real site are answered with the type that browsers need, since they may not guess."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    assert answer.headers["content-type"] == type_
    assert answer.content


def test_a_folder_without_its_slash_is_redirected(client: Client) -> None:
    """Relative links work only with the slash."""
    answer = client.get("/systems/tiny")
    assert (answer.status_code, answer.headers["location"]) == (308, "/systems/tiny/")


def test_an_unknown_address_gets_the_site_s_own_page(client: Client, built: Workshop) -> None:
    """A reader who went wrong stands in the site, with status 404."""
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert answer.content == (built.site / "404.html").read_bytes()


def test_an_unchanged_page_is_not_sent_again(client: Client) -> None:
    """The entity tag of a page, given back, is answered with 304 and nothing else."""
    first = client.get("/systems/tiny/")
    again = client.get("/systems/tiny/", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    weak = client.get("/systems/tiny/", headers={"If-None-Match": f'W/"x", W/{first.headers["etag"]}'})
    assert weak.status_code == 304
    assert client.get("/systems/tiny/", headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_changed_page_is_sent_again(pages: Client, site: Path) -> None:
    """What is kept in memory follows the file."""
    first = pages.get("/a/")
    (site / "a" / "index.html").write_text("changed")
    again = pages.get("/a/", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.text) == (200, "changed")


def test_text_is_compressed_where_asked_and_other_files_are_not(site: Path, pages: Client) -> None:
    """Compression only for those who take it, for files it helps, and with another tag."""
    plain = pages.get("/a/", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    for refused in ("br", "gzip;q=0", "gzip; q=0.0"):
        assert "content-encoding" not in pages.get("/a/", headers={"Accept-Encoding": refused}).headers
    zipped = pages.get("/a/", headers={"Accept-Encoding": "br, gzip;q=0.5"})
    assert zipped.headers["content-encoding"] == "gzip"
    assert zipped.headers["vary"] == "Accept-Encoding"
    assert zipped.text == plain.text
    assert zipped.headers["etag"] != plain.headers["etag"]
    assert int(zipped.headers["content-length"]) == len(gzip.compress((site / "a" / "index.html").read_bytes(), 6))
    assert "content-encoding" not in pages.get("/", headers={"Accept-Encoding": "gzip"}).headers
    assert "content-encoding" not in pages.get("/a/b/data.bin", headers={"Accept-Encoding": "gzip"}).headers


def test_only_reading_is_allowed(pages: Client) -> None:
    """Other methods are refused with what is allowed."""
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        answer = pages.request(method, "/")
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", ["/.atlas-site", "/a/.hidden", "/way-out", "/a//b/data.bin", "/a/b"])
def test_hidden_files_and_ways_out_are_not_pages(pages: Client, path: str) -> None:
    """Markers, links out of the folder, empty parts and folders without a page are answered with 404."""
    answer = pages.get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text
    assert "marker" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/../secret", "/a/../../secret", "//secret", "/a/..\\..\\secret", "/C:/secret", "/\x00", "/a/\x00/b",
        "/.", "/..", "/a/...", "/a\n", "/a/ ok\t",
    ],
)  # fmt: skip
def test_no_trick_names_a_file(path: str) -> None:
    """Dots, double slashes, backslashes, drives and control characters mean no file."""
    assert file_name(path) is None


@given(st.text(alphabet="/.\\%:ab \x00é", max_size=12))
def test_whatever_is_asked_stays_in_the_folder(path: str) -> None:
    """A name that is accepted has no part that a file system reads as a way up or a way out."""
    name = file_name(f"/{path}")
    if name is not None:
        assert not name.startswith("/")
        assert all(part and not part.startswith(".") and not set(part) & set("\\:\x00") for part in name.split("/"))


def test_the_script_of_an_edited_site_goes_into_pages_but_not_into_embeds(site: Path) -> None:
    """Pages of other sites that hold a diagram get no stream of changes."""
    pages = Client(Pages(site, head=b"<script></script>"))
    assert "<script></script></head>" in pages.get("/").text
    assert "<script>" not in pages.get("/embed/").text


def test_memory_is_bounded(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files used longest ago are forgotten first."""
    monkeypatch.setattr("atlas.serve.pages._KEPT_BYTES", 2500)
    pages = Pages(site)
    assert pages.body("a/b/data.bin")
    assert pages.body("a/index.html")
    assert list(pages._kept) == ["a/index.html"]


def test_a_name_too_long_for_the_file_system_is_not_found(pages: Client) -> None:
    """No error of the system reaches the reader."""
    assert pages.get("/" + "a" * 300).status_code == 404


def test_a_long_address_in_any_script_is_no_page(pages: Client) -> None:
    """File systems count bytes, not letters: a name of two-byte letters is too long at half the number."""
    assert file_name("/" + "é" * 100) == "é" * 100
    assert file_name("/" + "é" * 150) is None
    assert pages.get("/" + "é" * 200).status_code == 404
