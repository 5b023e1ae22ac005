"""Every id a document refers to exists: sources, claims, components, flows, eras, vocabulary words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import get_close_matches

from atlas.catalogue.yaml_source import YamlSource
from atlas.diagnostic import Finding, Level
from atlas.diagnostic.code import CYCLE, DANGLING, UNKNOWN_WORD
from atlas.model.document import Document
from atlas.model.flow import Call
from atlas.model.number import Number
from atlas.model.vocabulary import Vocabulary
from atlas.model.walk import Place
from atlas.quantity import QuantityError, references

Report = Callable[[str, str, str, Iterable[str]], None]
_BARE_MECHANISM = re.compile(r"^[PM]-?P?\d+$")
_BARE_TIP = "the numbers mean different things in different lists: write the slug, such as p7_idempotency"


def check_references(
    document: Document, source: YamlSource, vocabulary: Vocabulary, written: Sequence[Place]
) -> list[Finding]:
    """A finding for each id that leads nowhere, with the nearest id that exists."""
    findings: list[Finding] = []

    def report(path: str, what: str, ident: str, known: Iterable[str], code: str = DANGLING) -> None:
        known = list(known)
        near = get_close_matches(ident, known, n=1, cutoff=0.5)
        tip = f"did you mean {near[0]!r}?" if near else ""
        if code == UNKNOWN_WORD and _BARE_MECHANISM.match(ident):
            tip = _BARE_TIP
        elif not tip and 0 < len(known) <= 12:
            tip = f"there are: {', '.join(known)}"
        message = f"there is no {what} {ident!r}"
        findings.append(Finding(code, Level.ERROR, message, source.position(path), path, actual=ident, tip=tip))

    for place in written:
        _check_word(place, vocabulary, report)
        _check_id(place, document, report)
    for path, ident, what, known in _structural(document):
        if ident not in known:
            report(path, what, ident, known)
    _check_paths(document, source, report)
    findings += _call_cycles(document, source)
    findings += _rings(document, source, "cache.of", "the cache stands in front of itself")
    findings += _rings(document, source, "queue.to", "what is diverted comes back")
    return findings


def _check_word(place: Place, vocabulary: Vocabulary, report: Callable[..., None]) -> None:
    if place.words is None or not isinstance(place.value, str):
        return
    if vocabulary.canonical(place.words, place.value) is None:
        what = place.words.rstrip("s").replace("categorie", "category").replace("technologie", "technology")
        report(place.path, f"{what} called", place.value, vocabulary.known(place.words), UNKNOWN_WORD)


def _check_id(place: Place, document: Document, report: Callable[..., None]) -> None:
    if isinstance(place.value, Number):
        _check_number(place.path, place.value, document, report)
    elif place.field == "source" and isinstance(place.value, str):
        if place.value not in document.sources:
            report(place.path, "source", place.value, document.sources)
    elif place.field == "era" and isinstance(place.value, str):
        eras = [e.id for e in document.timeline]
        if place.value not in eras and eras:
            report(place.path, "era (timeline id)", place.value, eras)


def _check_number(path: str, number: Number, document: Document, report: Callable[..., None]) -> None:
    if number.claim is not None and number.claim not in document.claims:
        report(f"{path}.claim", "claim", number.claim, document.claims)
    if number.derived is not None:
        try:
            names = references(number.derived)
        except QuantityError:
            return  # said when the expression is evaluated
        for name in names:
            if "." not in name and name not in document.claims:
                report(f"{path}.derived", "claim", name, document.claims)


def _structural(document: Document) -> Iterator[tuple[str, str, str, list[str]]]:
    """(path, id, what it should be, what there is) for references that the keys alone do not tell."""
    components, flows = list(document.components), list(document.flows)
    targets = [*components, *(f"{c}.{o}" for c, v in document.components.items() for o in v.operations)]
    claims = list(document.claims)
    for name, claim in document.claims.items():
        yield f"claims.{name}.of", claim.of, "component, operation or flow", [*targets, *flows, "system"]
    yield from _called(document, targets)
    for name, component in document.components.items():
        if component.cache is not None:
            yield f"components.{name}.cache.of", component.cache.of, "component", components
        if component.queue is not None and component.queue.to is not None:
            yield f"components.{name}.queue.to", component.queue.to, "component", components
    for index, link in enumerate(document.links):
        yield f"links.{index}.from", link.from_, "component", components
        yield f"links.{index}.to", link.to, "component", components
    yield from _claims_named(document, claims)
    yield from _failures(document, components, flows, targets)
    if document.costs is not None:
        for name in document.costs.by:
            yield f"costs.by.{name}", name, "component", components


def _called(document: Document, targets: list[str]) -> Iterator[tuple[str, str, str, list[str]]]:
    for path, call in calls(document):
        if call.call is not None:
            yield f"{path}.call", call.call, "component or operation", targets
        if call.fallback is not None and call.fallback.call is not None:
            yield f"{path}.fallback.call", call.fallback.call, "component or operation", targets
        if call.pool is not None and call.target in document.components:
            yield f"{path}.pool", call.pool, "pool", list(document.components[call.target].pools)


def _claims_named(document: Document, claims: list[str]) -> Iterator[tuple[str, str, str, list[str]]]:
    if document.scale is not None:
        for bar, ident in document.scale.bar.items():
            yield f"scale.bar.{bar}", ident, "claim", claims
        for index, ident in enumerate(document.scale.show):
            yield f"scale.show.{index}", ident, "claim", claims
    for index, era in enumerate(document.timeline):
        for place, ident in enumerate(era.scale):
            yield f"timeline.{index}.scale.{place}", ident, "claim", claims
    for index, member in enumerate(document.team):
        if isinstance(member, str):
            yield f"team.{index}", member, "claim", claims
    for index, guarantee in enumerate(document.guarantees):
        if guarantee.claim is not None:
            yield f"guarantees.{index}.claim", guarantee.claim, "claim", claims


def _failures(
    document: Document, components: list[str], flows: list[str], targets: list[str]
) -> Iterator[tuple[str, str, str, list[str]]]:
    for index, incident in enumerate(document.incidents):
        if incident.failure is not None:
            yield f"incidents.{index}.failure", incident.failure, "failure", [f.id for f in document.failures]
    links = [f"{link.from_} -> {link.to}" for link in document.links]
    regions = list(document.regions.names) if document.regions else []
    for index, failure in enumerate(document.failures):
        path = f"failures.{index}"
        for place, ident in enumerate(failure.blast_radius):
            yield f"{path}.blast_radius.{place}", ident, "component or flow", [*targets, *flows]
        if failure.drill is None:
            continue
        for place, fault in enumerate(failure.drill.fault):
            known, what = [*targets, *flows], "component or flow"
            if fault.kind == "region_loss":
                known, what = regions, "region"
            elif fault.kind == "partition":
                pairs = [f"{a} -> {b}" for a in components for b in components]
                known, what = [*links, *pairs], "link (a -> b)"
            yield f"{path}.drill.fault.{place}.on", fault.on, what, known
        for place, expectation in enumerate(failure.drill.expect):
            yield f"{path}.drill.expect.{place}.flow", expectation.flow, "flow", flows


def calls(document: Document) -> Iterator[tuple[str, Call]]:
    """Every call of every flow with its path, callers before callees."""
    for name, flow in document.flows.items():
        yield from _below(flow.steps, f"flows.{name}.steps")


def _below(steps: tuple[Call, ...], path: str) -> Iterator[tuple[str, Call]]:
    for index, call in enumerate(steps):
        here = f"{path}.{index}"
        yield here, call
        for form in ("parallel", "choose", "then"):
            yield from _below(getattr(call, form), f"{here}.{form}")


def _check_paths(document: Document, source: YamlSource, report: Callable[..., None]) -> None:
    """Paths of counterfactuals and variants must be written in the document: removing nothing proves nothing."""
    paths = [
        (f"failures.{i}.drill.without.{path}", path)
        for i, failure in enumerate(document.failures)
        if failure.drill is not None
        for path in failure.drill.without
    ]
    paths += [(f"variants.{name}.set.{path}", path) for name, v in document.variants.items() for path in v.set]
    for place, path in paths:
        if path not in source.marks:
            siblings = [m for m in source.marks if m.startswith(path.rpartition(".")[0])]
            report(place, "path", path, siblings[:200] or list(source.marks)[:200])


def _call_cycles(document: Document, source: YamlSource) -> list[Finding]:
    """A call that waits for a component which is itself waiting above it would wait for ever."""
    findings = []

    def visit(steps: tuple[Call, ...], path: str, waiting: tuple[str, ...]) -> None:
        for index, call in enumerate(steps):
            here = f"{path}.{index}"
            above = () if call.async_ else waiting
            if call.call is not None and call.call in above:
                ring = " -> ".join([*above[above.index(call.call) :], call.call])
                findings.append(
                    Finding(CYCLE, Level.ERROR, f"the call waits for itself: {ring}", source.position(here), here)
                )
                continue
            inner = (*above, call.call) if call.call is not None else above
            for form in ("parallel", "choose", "then"):
                visit(getattr(call, form), f"{here}.{form}", inner)

    for name, flow in document.flows.items():
        visit(flow.steps, f"flows.{name}.steps", ())
    return findings


def _rings(document: Document, source: YamlSource, key: str, message: str) -> list[Finding]:
    """A finding for each component from which the ids at ``key`` lead back to it."""
    what, _, field = key.partition(".")
    parts = {ident: getattr(component, what) for ident, component in document.components.items()}
    leads = {ident: getattr(part, field) for ident, part in parts.items() if part is not None}
    findings = []
    for ident, first in leads.items():
        ring, following = [ident], first
        while following in leads and following not in ring:
            ring.append(following)
            following = leads[following]
        if following == ident:
            path = f"components.{ident}.{key}"
            said = f"{message}: {' -> '.join([*ring, ident])}"
            findings.append(Finding(CYCLE, Level.ERROR, said, source.position(path), path))
    return findings
