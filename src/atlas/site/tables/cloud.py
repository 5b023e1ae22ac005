"""Table 7, cloud mapping: what each component would be in a public cloud."""

from __future__ import annotations

from atlas.model.component import Component
from atlas.model.vocabulary import Vocabulary
from atlas.site.figure import EvidenceBook
from atlas.site.names import technology
from atlas.site.parts import Words, cell
from atlas.site.table import Row, Table, columns

_PROVIDERS = ("aws", "gcp", "azure", "oss")
NONE = Words("–", "nil")


def cloud(book: EvidenceBook) -> Table:
    """A row for each component that has an equivalent somewhere, written down or known of its technology."""
    vocabulary = book.system.vocabulary
    rows = []
    for component in book.system.document.components.values():
        services, basis = equivalents(vocabulary, component)
        if not any(services[:3]):
            continue
        name = technology(vocabulary, component.technology) if component.technology else None
        rows.append(
            Row((cell(component.name, sub=name), *(cell(s, empty=NONE) for s in services), cell(Words(basis, "tag"))))
        )
    return Table(
        "cloud",
        "Cloud mapping",
        columns("Component", "AWS", "GCP", "Azure", "Open source", "Confidence"),
        tuple(rows),
        number=7,
        note="Components with a known equal in some public cloud. A dash: none known.",
    )


def equivalents(vocabulary: Vocabulary, component: Component) -> tuple[tuple[str | None, ...], str]:
    """Services by provider, and how they are known: the document's own words before the technology's."""
    known = vocabulary.canonical("technologies", component.technology) if component.technology else None
    default = vocabulary.technologies[known].cloud if known else None
    own = component.cloud
    services = tuple((own and getattr(own, p)) or (default and getattr(default, p)) or None for p in _PROVIDERS)
    return services, own.basis if own else "inferred"
