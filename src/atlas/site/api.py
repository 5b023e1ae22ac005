"""The static data files: all systems, one system, the document as written, all claims."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from atlas.model import System, Vocabulary
from atlas.site.digest import ClaimDigest, Digest
from atlas.site.frame import Site, page_url
from atlas.site.pages.compare import MOST_ALONE, comparable, traits
from atlas.site.pages.index_tables import leading
from atlas.site.table import dump, inert

VERSION = "v1"
_CLAIM_COLUMNS = (
    "system", "claim", "metric", "stat", "of", "value", "low", "mid", "high", "dimension", "held", "scope",
    "confidence", "verdict", "first_hand", "source", "source_url", "printed",
)  # fmt: skip


def system_files(digest: Digest, system: System, vocabulary: Vocabulary) -> dict[str, str]:
    """The data of one system, and its document."""
    own = digest.model_dump(mode="json", exclude={"global_flow", "claims", "pages"})
    own["claims"] = [_claim(c) for c in digest.claims]
    own["comparable"] = [_comparable(c) for c in comparable(digest)]
    own["leading"] = [c.id for c in leading(digest, MOST_ALONE)]
    own["traits"] = traits(digest, vocabulary)
    folder = f"api/{VERSION}/systems/{digest.slug}"
    document = system.document.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return {f"{folder}.json": dump(own), f"{folder}/document.json": dump(document)}


def index_files(systems: Sequence[Digest], site: Site) -> dict[str, str]:
    """The list of systems, and every claim as CSV."""
    entries = [_entry(system, site) for system in sorted(systems, key=lambda s: s.slug)]
    listing = {"version": VERSION, "data_date": site.data_date, "licence": "CC BY 4.0", "systems": entries}
    return {f"api/{VERSION}/systems.json": dump(listing), f"api/{VERSION}/claims.csv": claims_csv(systems)}


def claims_csv(systems: Sequence[Digest]) -> str:
    """One line for each claim; struck ones too, with their verdict."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_CLAIM_COLUMNS)
    for system in sorted(systems, key=lambda s: s.slug):
        for c in system.claims:
            high = "" if c.high is None else repr(c.high)
            line = [
                system.id,
                c.id,
                c.metric,
                c.stat,
                c.about,
                c.text,
                repr(c.low),
                repr(c.mid),
                high,
                c.dimension,
                c.held,
            ]
            line += [c.scope, c.confidence, c.verdict, str(c.is_primary).lower(), c.source_title, c.source_url, c.quote]
            writer.writerow([inert(text) for text in line])
    return out.getvalue()


def _entry(system: Digest, site: Site) -> dict[str, Any]:
    path = f"systems/{system.slug}/"
    return {
        "slug": system.slug,
        "id": system.id,
        "name": system.name,
        "org": system.org,
        "category": system.category,
        "status": system.status,
        "summary": system.summary,
        "confidence": system.confidence,
        "last_verified": system.last_verified,
        "published_figures": len(system.usable),
        "diagrams": [d.code for d in system.drawings],
        "page": page_url(site, path) or path,
        "data": f"api/{VERSION}/systems/{system.slug}.json",
    }


def _claim(claim: ClaimDigest) -> dict[str, Any]:
    return claim.model_dump(mode="json", exclude={"compare_label", "written", "access", "source_title"})


def _comparable(claim: ClaimDigest) -> dict[str, Any]:
    """What the browser needs to put a figure beside another."""
    return {
        "id": claim.id,
        "compare_key": claim.compare_key,
        "label": claim.compare_label,
        "text": claim.text,
        "year": claim.year,
        "held": claim.held,
        "scope": claim.scope,
        "stat": claim.stat,
        "what": claim.what,
    }
