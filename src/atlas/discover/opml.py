"""Lists of feeds (OPML 2.0): read with care, merged into the source registry, nothing overwritten."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from atlas.catalogue.key_edit import scalar
from atlas.catalogue.yaml_source import parse_yaml
from atlas.check.evidence.canonical_host import is_at
from atlas.discover.registry import FILE, Registry, parse_registry
from atlas.discover.registry_lint import same_address
from atlas.model import Vocabulary

MOST_BYTES = 5_000_000


class OpmlError(Exception):
    """The file is not a list that can be read."""


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of a list, as printed."""

    title: str
    url: str
    page: str


@dataclass(frozen=True, slots=True)
class Merge:
    """What became of the feeds of a list: added (organisation and feed), known, and left out with the reason."""

    added: tuple[tuple[str, Outline], ...]
    known: tuple[Outline, ...]
    left: tuple[tuple[str, Outline], ...]


def read_opml(path: Path) -> list[Outline]:
    """The feeds of a list, in its order, however deep its folders are; raises ``OpmlError``."""
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise OpmlError(f"cannot read {path}: {error.strerror or error}") from None
    if len(raw) > MOST_BYTES:
        raise OpmlError(f"{path} is longer than {MOST_BYTES:,} bytes")
    return parse_opml(raw)


def parse_opml(raw: bytes) -> list[Outline]:
    """The same for bytes in memory. A document type is refused: it is how XML reads files and fills memory."""
    found: list[Outline] = []
    roots: list[str] = []

    def begin(name: str, attributes: dict[str, str]) -> None:
        roots.append(name)
        url = attributes.get("xmlUrl", "").strip()
        if name == "outline" and url:
            title = attributes.get("title") or attributes.get("text") or url
            found.append(Outline(title.strip(), url, attributes.get("htmlUrl", "").strip()))

    def refuse(*_: object) -> None:
        raise OpmlError("a list of feeds needs no document type")

    parser = expat.ParserCreate()
    parser.StartElementHandler = begin
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        raise OpmlError(f"not XML: {error}") from None
    if roots[:1] != ["opml"]:
        raise OpmlError(f"not OPML: the root is {roots[0] if roots else 'missing'}")
    return found


def plan_merge(outlines: Iterable[Outline], registry: Registry, vocabulary: Vocabulary) -> Merge:
    """What a list would add: feeds of known organisations over https that the registry does not have yet."""
    have = {same_address(f.address) for f in registry.followed()}
    closed = {p.org for p in registry.sources if p.no_feed}
    added: list[tuple[str, Outline]] = []
    known: list[Outline] = []
    left: list[tuple[str, Outline]] = []
    for outline in outlines:
        address = same_address(outline.url)
        org = _owner(outline, vocabulary)
        if address in have:
            known.append(outline)
        elif not outline.url.startswith("https://"):
            left.append(("not over https", outline))
        elif org is None:
            left.append(("no organisation of the vocabulary", outline))
        elif org in closed:
            left.append((f"the registry says why {org} has none", outline))
        else:
            have.add(address)
            added.append((org, outline))
    return Merge(tuple(added), tuple(known), tuple(left))


def _owner(outline: Outline, vocabulary: Vocabulary) -> str | None:
    """The organisation at whose host the feed or its page stands, else the one that bears its title."""
    for org, entry in vocabulary.organisations.items():
        if any(is_at(url, host) for host in entry.hosts for url in (outline.url, outline.page) if url):
            return org
    title = outline.title.casefold()
    return next((org for org, entry in vocabulary.organisations.items() if entry.name.casefold() == title), None)


def merged_text(text: str, merge: Merge, seen: str) -> str:
    """The registry's file with the added feeds below their organisations; every other line to the letter.

    ``seen`` names the list in which the addresses stood. Raises ``OpmlError`` where the file is written in a way that
    cannot be added to line by line (everything in one line, say).
    """
    before = parse_registry(parse_yaml(text, FILE))
    for org, outline in merge.added:
        text = _with_feed(text, org, _block(outline, seen))
    _prove(text, before, merge)
    return text


def _with_feed(text: str, org: str, block: list[str]) -> str:
    source = parse_yaml(text, FILE)
    registry = parse_registry(source)
    orgs = [publisher.org for publisher in registry.sources]
    if org in orgs:
        index = orgs.index(org)
        last = source.position(f"sources.{index}.feeds.{len(registry.sources[index].feeds) - 1}")
    elif orgs:
        last = source.position(f"sources.{len(orgs) - 1}")
        block = [f"  - org: {org}", "    feeds:", *block]
    else:
        raise OpmlError("the registry has no sources: to add to")
    lines = text.splitlines()
    end = _end_of_item(lines, last.line - 1)
    return "\n".join([*lines[:end], *block, *lines[end:]]) + "\n"


def _end_of_item(lines: Sequence[str], start: int) -> int:
    """The line after a list item that begins at ``start``: the first that is indented no deeper than its dash."""
    dash = len(lines[start]) - len(lines[start].lstrip())
    end = start + 1
    for number in range(start + 1, len(lines)):
        line = lines[number]
        if not line.strip():
            continue
        if len(line) - len(line.lstrip()) <= dash:
            break
        end = number + 1
    return end


def _block(outline: Outline, seen: str) -> list[str]:
    values = {"url": outline.url}
    if outline.page.startswith("https://"):
        values["page"] = outline.page
    values["seen"] = seen
    return ["      - type: rss", *(f"        {key}: {scalar(value)}" for key, value in values.items())]


def _prove(text: str, before: Registry, merge: Merge) -> None:
    """Read the new text again: it holds what it held, and what was added, and nothing else."""
    after = parse_registry(parse_yaml(text, FILE))
    have = {(f.owner, f.address) for f in after.followed()}
    expected = {(f.owner, f.address) for f in before.followed()} | {(org, o.url) for org, o in merge.added}
    kept = {p.org: p for p in after.sources}
    is_kept = all(
        p.org in kept and kept[p.org].feeds[: len(p.feeds)] == p.feeds and kept[p.org].systems == p.systems
        for p in before.sources
    )
    if have != expected or not is_kept or after.aggregators != before.aggregators:
        raise OpmlError("the registry is written in a way that cannot be added to; write it in blocks")
