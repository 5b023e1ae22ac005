"""A title and the address it stands at speak of the same document.

Fact: where the last part of an address is a slug of three words or more, the title shares at least one word of
weight with it, and no number in the slug contradicts a number in the title.
Bounds: a third of the slug's weighty words must stand in the title (one is enough for short slugs).

Fails: "Voice Infrastructure at Scale" at …/how-discord-handles-two-and-half-million-concurrent-users.
Mend: copy title and address from the same page; a renamed page keeps its old slug: say so in `note`.
"""

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

COMMON = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "by",
        "for",
        "from",
        "how",
        "in",
        "into",
        "is",
        "it",
        "its",
        "of",
        "on",
        "or",
        "our",
        "part",
        "that",
        "the",
        "their",
        "this",
        "to",
        "under",
        "using",
        "was",
        "we",
        "what",
        "when",
        "where",
        "why",
        "with",
        "your",
        "you",
        "html",
        "htm",
        "php",
        "index",
        "blog",
        "post",
        "posts",
        "engineering",
        "tech",
        "techblog",
        "introducing",
        "about",
        "at",
    ]
)
LEAST_WORDS = 3
SHARE = 0.3
EXPLAINED = re.compile(r"\b(?:renamed|slug|address|title)\b", re.IGNORECASE)


def words(text: str) -> list[str]:
    """Lower-case words and numbers, without accents and without common words."""
    plain = unicodedata.normalize("NFKD", unquote(text)).encode("ascii", "ignore").decode().lower().replace("'", "")
    plain = re.sub(r"(?<=\d)[,.](?=\d{3})", "", plain)
    found = re.findall(r"[a-z]+|\d+", plain)
    return [w for w in found if w not in COMMON]


def slug_words(url: str, org: str) -> list[str]:
    """The weighty words of the last part of an address that is a slug; none where there is no slug."""
    parts = [p for p in urlsplit(url).path.split("/") if p]
    if not parts or "-" not in parts[-1]:
        return []
    slug = re.sub(r"\.(?:html?|php|aspx?|pdf)$", "", parts[-1])
    slug = re.sub(r"-[0-9a-f]{10,}$", "", slug)
    own = set(words(org))
    found = [w for w in words(slug) if not (w.isdigit() and len(w) < 2) and w not in own]
    return found if len(found) >= LEAST_WORDS else []


def _stem(word: str) -> str:
    return word[:4]


def shared(slug: list[str], title: list[str]) -> float:
    """Share of the slug's words that stand in the title, by their first letters."""
    stems = {_stem(w) for w in title}
    joined = "".join(title)
    return sum(1 for w in slug if _stem(w) in stems or w in joined) / len(slug)


def run(case: Case) -> Iterator[Breach]:
    """Each source whose address ends in a slug."""
    vocabulary = case.system.vocabulary
    org = vocabulary.organisations.get(vocabulary.canonical("organisations", case.document.org) or "")
    for ident, source in case.document.sources.items():
        slug = slug_words(source.url or "", org.name if org else case.document.org)
        if slug and shared(slug, words(source.title)) < SHARE and not EXPLAINED.search(source.note or ""):
            yield Breach(
                f"sources.{ident}.title",
                "title and address speak of different documents",
                actual=source.title,
                expected="words such as " + ", ".join(slug[:5]),
                tip="Copy both from the same page; if the page was renamed, say so in note.",
            )


CHECK = Check("EVI006", "title_matches_url", Scope.SYSTEM, Level.ERROR, Family.EVIDENCE, run)
