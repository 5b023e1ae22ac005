"""A figure as a button, and the evidence that it opens.

The book of a system collects the evidence of every figure that its pages show, once each; one page per system,
``systems/<slug>/evidence/``, holds all of it. A figure is a link to its place there; the script opens the same
words beside the figure. So a page stays small, and every figure has a permalink.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from atlas.catalogue.visits import Visited
from atlas.diagnostic import Finding
from atlas.model import ClaimView, Source, System, Value
from atlas.quantity import Quantity, format_quantity
from atlas.site.names import CONFIDENCE_WORDS, age_part, held, of_what, printed, verdict_words
from atlas.site.parts import Figure, Given, Link, Part, Words, joined, parts_of

ACCESS_WORDS = {
    "original": "the original",
    "copy": "a public copy of the original",
    "secondary": "a third party's summary",
    "unread": "its title only",
}
VISIT_WORDS = {
    "unchanged": ("found again", "tag good"),
    "moved": ("found elsewhere", "tag"),
    "value changed": ("prints another value", "tag bad"),
    "vanished": ("no longer printed", "tag bad"),
    "unreachable": ("out of reach", "tag old"),
}
"""What a visit to a source found, and how that looks."""
_BASIS = {
    "derived": "Computed from published figures.",
    "sized": "As many as give the stated utilisation at the peak.",
    "default": "A planning value of the technology or the kind.",
    "design": "A setting chosen for the model.",
    "assumed": "Nobody published it.",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a figure opens: heading, printed words, labelled rows, permalink and id; ``kind`` is its origin."""

    id: str
    heading: str
    quote: str
    rows: tuple[tuple[str, tuple[Part, ...]], ...]
    permalink: str
    ident: str
    kind: str


class EvidenceBook:
    """Makes figures of one system, and keeps the evidence of each."""

    def __init__(
        self, system: System, today: dt.date, findings: Sequence[Finding] = (), visits: Sequence[Visited] = ()
    ) -> None:
        self.system = system
        self.today = today
        self._findings = findings
        self._visits = visits
        self._home = evidence_page(system.slug)
        self._found: dict[str, Evidence] = {}

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Everything that some figure can open so far: claims in the order of the document, then by id."""
        order = {f"claim-{claim}": number for number, claim in enumerate(self.system.claims)}
        return tuple(sorted(self._found.values(), key=lambda e: (order.get(e.id, len(order)), e.id)))

    def of_claim(self, claim_id: str) -> Evidence:
        """The evidence of one claim."""
        self.claim(claim_id)
        return self._found[f"claim-{claim_id}"]

    def claim(self, claim_id: str, text: str = "") -> Figure:
        """A published figure; ``text`` replaces its display form. Struck out where it is not supported."""
        view = self.system.claims[claim_id]
        name = f"claim-{claim_id}"
        if name not in self._found:
            self._found[name] = self._of_claim(name, view)
        origin = "published" if view.is_usable else "assumed"
        return Figure(
            text or printed(view),
            origin,
            self._home + name,
            (claim_id,),
            view.claim.verdict != "found",
            _bounds(view.quantity),
        )

    def value(self, path: str, label: str = "") -> Figure | None:
        """The number at a path of the document, or ``None`` where there is none."""
        value = self.system.value(path)
        return self.resolved(value, label or path) if value else None

    def resolved(self, value: Value, label: str) -> Figure:
        """A resolved number; ``label`` says what it is, for the heading of its evidence."""
        if value.origin == "claim" and value.claims:
            taken = value.quantity != self.system.claims[value.claims[0]].quantity
            return self.claim(value.claims[0], value.text if taken else "")
        name = re.sub(r"[^a-z0-9]+", "-", value.path.lower())
        if name not in self._found:
            self._found[name] = self._of_value(name, value, label)
        return Figure(_text(value), value.origin, self._home + name, value.claims, bounds=_bounds(value.quantity))

    def computed(self, text: str, how: str, label: str, key: str, claims: Iterable[str] = ()) -> Figure:
        """A number that pages work out from the model, such as Little's law; ``how`` is shown as written."""
        name = key
        used = tuple(claims)
        if name not in self._found:
            rows: list[tuple[str, tuple[Part, ...]]] = [
                ("Origin", parts_of("Computed from the model.")),
                ("Computed", parts_of(how)),
            ]
            self._found[name] = Evidence(
                name, f"{text}: {label}", "", (*rows, *self._rests_on(used)), self._home + name, key, "derived"
            )
        return Figure(text, "derived", self._home + name, used)

    def _of_claim(self, name: str, view: ClaimView) -> Evidence:
        claim = view.claim
        about = of_what(self.system, view)
        rows: list[tuple[str, Given]] = [
            ("Verdict", Words(verdict_words(claim), "tag bad") if claim.verdict != "found" else None)
        ]
        for source_id, source in view.sources.items():
            rows += _source_rows(source_id, source)
        rows += [
            (
                "Held",
                [
                    held(view) or Words("not stated", "nil"),
                    _if(view.as_of_is_source_date, " (date of the source)"),
                    _gap(age_part(view, self.today)),
                ],
            ),
            ("Scope", claim.scope),
            ("Confidence", f"{view.confidence}, {CONFIDENCE_WORDS[view.confidence]}"),
            ("Checked", self._checked(view)),
            ("Visited", self._visited(view)),
            ("Note", claim.note),
        ]
        kept = tuple((label, parts) for label, given in rows if (parts := parts_of(given)))
        return Evidence(
            name,
            f"{printed(view)}: {about}",
            claim.figure or "",
            kept,
            self._home + name,
            f"{self.system.id}/{view.id}",
            "published",
        )

    def _of_value(self, name: str, value: Value, label: str) -> Evidence:
        rows: list[tuple[str, Given]] = [
            ("Origin", _BASIS.get(value.origin, value.origin)),
            ("Computed", Words(value.expression, "id") if value.expression else None),
            ("Because", value.because),
            ("Source", value.source),
        ]
        kept = tuple((head, parts) for head, given in rows if (parts := parts_of(given)))
        return Evidence(
            name,
            f"{value.text}: {label}",
            "",
            (*kept, *self._rests_on(value.claims)),
            self._home + name,
            value.path,
            value.origin,
        )

    def _rests_on(self, claims: Iterable[str]) -> tuple[tuple[str, tuple[Part, ...]], ...]:
        known = [c for c in claims if c in self.system.claims]
        links = joined(Link(f"{c} = {printed(self.system.claims[c])}", f"{self._home}claim-{c}") for c in known)
        return (("Rests on", links),) if links else ()

    @property
    def visits(self) -> tuple[Visited, ...]:
        """The last visits that still speak of the claims as they stand."""
        claims, sources = self.system.document.claims, self.system.document.sources
        known = (v for v in self._visits if v.claim in claims and v.source in sources)
        return tuple(v for v in known if v.is_about(claims[v.claim], sources[v.source].accessed))

    def _visited(self, view: ClaimView) -> Given:
        """When the figure was last looked for in its source, and what was found."""
        lines: list[Given] = []
        for visit in (v for v in self.visits if v.claim == view.id):
            words, look = VISIT_WORDS.get(visit.state, (visit.state, "tag"))
            now = f": “{visit.now}”" if visit.now and visit.is_gone else ""
            lines.append((Words(words, look), f" {visit.day}{now}"))
        return joined(lines, "; ") if lines else None

    def _checked(self, view: ClaimView) -> tuple[Part, ...]:
        own = f"claims.{view.id}"
        against = [f for f in self._findings if view.id in f.because or f"{f.path}.".startswith(f"{own}.")]
        if against:
            return joined((Words(f"{f.code}: {f.message}") for f in against), "; ")
        if view.claim.verdict != "found":
            return parts_of("not used as published")
        used = "used by the model" if view.id in self.system.used_claims else "shown, not used by the model"
        return parts_of(f"no check speaks against it; {used}")


def evidence_page(slug: str) -> str:
    """Where the evidence of a system stands, ready for an id."""
    return f"systems/{slug}/evidence/#"


def _source_rows(source_id: str, source: Source) -> list[tuple[str, Given]]:
    title: Part = Link(source.title, source.url) if source.url else Words(source.title)
    role = {"primary": "first hand", "supporting": "second hand", "seed": "a statement to be checked"}[source.role]
    return [
        ("Source", [title, f" ({role})"]),
        ("Published", source.published if source.published != "unknown" else Words("date unknown", "nil")),
        ("Read in", f"{ACCESS_WORDS[source.access]}, {source.accessed}"),
        *([("Archived", Link("a copy", source.archived))] if source.archived else []),
    ]


def _if(condition: bool, text: str) -> str:
    return text if condition else ""


def _gap(part: Part | None) -> Given:
    return [" ", part] if part else None


def _text(value: Value) -> str:
    """The display form; machines come whole, whatever an expression gives."""
    if value.path.endswith(".instances") and value.mid >= 10:
        return format_quantity(value.quantity, len(str(int(value.mid))))
    return value.text


def _bounds(quantity: Quantity) -> tuple[float, float, float]:
    return (quantity.low, quantity.mid, quantity.high)
