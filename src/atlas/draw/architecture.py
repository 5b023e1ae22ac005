"""Reading a system for drawing: its parts and edges, the main path, mechanisms, and the words for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from atlas.draw import figure
from atlas.draw.layout import MOST_NODES
from atlas.draw.mermaid import Shape
from atlas.draw.text import shorten, two_lines
from atlas.model import Call, Flow, System
from atlas.model.architecture import GuaranteeUse
from atlas.model.component import Component
from atlas.model.number import GuaranteeLabel
from atlas.model.record import Era
from atlas.quantity import Quantity

CLIENTS = "Clients"
"""The key of who calls from outside; no component id equals it, because ids are in lower case."""


@dataclass(frozen=True, slots=True)
class Step:
    """A call of a flow where it stands in the tree; ``caller`` is empty for what the client calls."""

    caller: str
    call: Call
    depth: int
    is_async: bool
    path: str


@dataclass(frozen=True, slots=True)
class Way:
    """All calls from one part to another.

    ``is_main``: the main request waits for it; ``is_in_main``: the main flow makes it, waited for or not;
    ``is_async``: always handed over.
    """

    caller: str
    callee: str
    is_main: bool
    is_in_main: bool
    is_async: bool
    guarantee: str
    operations: tuple[str, ...]
    average: float


class Architecture:
    """A system as the diagrams see it. Everything is computed once and in the author's order.

    ``most_nodes`` is how many nodes an overview may have, the clients included.
    """

    def __init__(self, system: System, most_nodes: int = MOST_NODES) -> None:
        self.system = system
        self.most_nodes = most_nodes
        self.document = system.document
        self.components = system.document.components

    @cached_property
    def main(self) -> tuple[str, Flow] | None:
        """The main flow: the first one."""
        return next(iter(self.document.flows.items()), None)

    def steps(self, flow_id: str) -> list[Step]:
        """The calls of a flow in the order in which they are made."""
        flow = self.document.flows[flow_id]
        return list(_walk(flow.steps, Place("", 0, False, f"flows.{flow_id}.steps", self.components.keys())))

    @cached_property
    def ways(self) -> tuple[Way, ...]:
        """Who calls whom, over all flows, in order of first mention."""
        return self._ways(frozenset())

    @cached_property
    def overview_ways(self) -> tuple[Way, ...]:
        """The same between the components of the overview: what runs through others leads to the next one drawn."""
        return self._ways(frozenset(self.folded))

    def _ways(self, hidden: frozenset[str]) -> tuple[Way, ...]:
        found: dict[tuple[str, str], Way] = {}
        for number, (flow_id, flow) in enumerate(self.document.flows.items()):
            for step in _walk(
                flow.steps, Place("", 0, False, f"flows.{flow_id}.steps", self.components.keys(), hidden)
            ):
                if step.call.target not in self.components or step.caller == step.call.target:
                    continue
                if step.call.target not in hidden:
                    key = (step.caller, step.call.target)
                    found[key] = self._merged(found.get(key), step, number == 0)
        averages = self._averages()
        return tuple(replace(way, average=averages.get(key, 0.0)) for key, way in found.items())

    def _merged(self, before: Way | None, step: Step, is_in_main: bool) -> Way:
        label = self.guarantee(step.call.guarantee)
        operations = (step.call.operation,) if step.call.operation else ()
        is_main = is_in_main and not step.is_async
        if before is None:
            return Way(step.caller, step.call.target, is_main, is_in_main, step.is_async, label, operations, 0.0)
        return replace(
            before,
            is_main=before.is_main or is_main,
            is_in_main=before.is_in_main or is_in_main,
            is_async=before.is_async and step.is_async,
            guarantee=before.guarantee or label,
            operations=tuple(dict.fromkeys(before.operations + operations)),
        )

    def _averages(self) -> dict[tuple[str, str], float]:
        sums: dict[tuple[str, str], float] = {}
        for edge in self.system.traffic.edges:
            key = (edge.caller, edge.callee)
            sums[key] = sums.get(key, 0.0) + edge.average
        return sums

    @cached_property
    def main_path(self) -> tuple[str, ...]:
        """Components that the main request waits for, in order of first call."""
        if self.main is None:
            return ()
        steps = self.steps(self.main[0])
        return tuple(dict.fromkeys(s.call.target for s in steps if not s.is_async and s.call.target in self.components))

    @cached_property
    def shown(self) -> tuple[str, ...]:
        """Components on the overview: all when they are few, else the path of the main request, one of each plane,
        what the main flow hands over to, and what is most connected.
        """
        room = self.most_nodes - 1
        if len(self.components) <= room:
            return tuple(self.components)
        kept = dict.fromkeys(self._path_and_planes(room))
        main = self.steps(self.main[0]) if self.main else []
        others = sorted(self.components, key=lambda i: -self._degree[i])
        kept |= dict.fromkeys([*(s.call.target for s in main), *others])
        chosen = [i for i in kept if i in self.components][:room]
        return tuple(i for i in self.components if i in chosen)

    def _path_and_planes(self, room: int) -> list[str]:
        """As much of the main path as leaves room for one component of every other plane, and those."""
        planes = dict.fromkeys(c.plane for c in self.components.values())
        for length in range(min(room, len(self.main_path)), -1, -1):
            path = list(self.main_path[:length])
            missing = [p for p in planes if all(self.components[i].plane != p for i in path)]
            if length + len(missing) <= room:
                return [*path, *(self._most_connected(plane) for plane in missing)]
        return []

    @cached_property
    def _degree(self) -> Counter[str]:
        ends = [i for w in self.ways for i in (w.caller, w.callee)]
        return Counter([*ends, *(i for k in self.document.links for i in (k.from_, k.to))])

    def _most_connected(self, plane: str) -> str:
        return max((i for i, c in self.components.items() if c.plane == plane), key=lambda i: self._degree[i])

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """Components that the overview names without drawing them."""
        return tuple(i for i in self.components if i not in self.shown)

    def technology(self, component: Component) -> str:
        """The display name of what it is built with; empty where that is not said."""
        if not component.technology:
            return ""
        entry = self.system.vocabulary.technologies.get(component.technology)
        return entry.name if entry else component.technology.replace("_", " ")

    def kind(self, component: Component) -> str:
        """The display name of what it is."""
        entry = self.system.vocabulary.kinds.get(component.kind)
        return entry.name if entry else component.kind.replace("_", " ")

    def shape(self, component: Component) -> Shape:
        """A cylinder for stores, round for what faces users, else a box."""
        entry = self.system.vocabulary.kinds.get(component.kind)
        shapes = {"cylinder": Shape.STORE, "round": Shape.ROUND}
        return shapes.get(entry.shape, Shape.BOX) if entry else Shape.BOX

    def is_log(self, component: Component) -> bool:
        """Whether it is a durable log."""
        return component.kind == "log"

    def guarantee_use(self, use: GuaranteeUse) -> str:
        """A guarantee of the document in words: ``Linearizability of Ledger, per account``."""
        on = figure.listed(self.name(place) for place in use.on)
        bound = figure.brief(use.bound) if isinstance(use.bound, Quantity) else use.bound
        scope = figure.listed([bound, use.scope])
        return f"{self.guarantee_name(use.id)}{f' of {on}' if on else ''}{f' ({scope})' if scope else ''}"

    def instances(self, ident: str) -> str:
        """``× 72`` where how many is published or follows from it; empty where it is only assumed."""
        value = self.system.value(f"components.{ident}.instances")
        if value is None or value.origin not in ("claim", "derived"):
            return ""
        return "× " + (figure.figure(value) or "").replace("≈ ", "≈").replace("> ", ">").replace("≤ ", "≤")

    def built(self, ident: str) -> str:
        """Technology and how many, else what kind it is; a technology that only repeats the name is left out."""
        component, count = self.components[ident], self.instances(ident)
        technology = self.technology(component)
        if technology.lower() in component.name.lower():
            technology = "" if count else technology
        return f"{technology} {count}".strip() or self.kind(component)

    def built_lines(self, ident: str, limit: int) -> list[str]:
        """The same on one line of ``limit`` characters, or on two where it is longer."""
        built, count = self.built(ident), self.instances(ident)
        if len(built) <= limit or not count:
            return [shorten(built, limit)]
        return [shorten(built.removesuffix(count), limit), count]

    def heading(self, ident: str, limit: int) -> str:
        """The name of a component, on two lines where it is longer than ``limit`` characters."""
        return two_lines(self.components[ident].name, limit)

    def name(self, ident: str) -> str:
        """The name of a component, a flow or a technology, or the id itself."""
        operation = ident.partition(".")[2]
        part = self.components.get(ident.partition(".")[0]) or self.document.flows.get(ident)
        if part is None:
            entry = self.system.vocabulary.technologies.get(ident)
            return entry.name if entry else ident
        return f"{part.name} ({operation})" if operation else part.name

    def guarantee(self, label: GuaranteeLabel | None) -> str:
        """``Bounded staleness 30 s``: the guarantee in words; empty without one."""
        if label is None:
            return ""
        return (
            figure.listed([self.guarantee_name(label.id), figure.brief(label.bound) if label.bound else None], " ")
            or ""
        )

    def guarantee_name(self, ident: str) -> str:
        """The display name of a guarantee."""
        canonical = self.system.vocabulary.canonical("guarantees", ident)
        return self.system.vocabulary.guarantees[canonical].name if canonical else ident

    def mechanism_name(self, ident: str) -> str:
        """The display name of a mechanism."""
        canonical = self.system.vocabulary.canonical("mechanisms", ident)
        return self.system.vocabulary.mechanisms[canonical].name if canonical else ident.replace("_", " ")

    def claim(self, ident: str) -> str | None:
        """A claim with the component it speaks of, where that is not the whole system."""
        text = figure.claim(self.system, ident)
        of = self.document.claims[ident].of if ident in self.document.claims else "system"
        return f"{self.name(of)}: {text}" if text and of not in ("system", "") else text

    def eras(self) -> tuple[Era, ...]:
        """The timeline."""
        return self.document.timeline


@dataclass(frozen=True, slots=True)
class Place:
    """Where a walk through a call tree stands; callers in ``hidden`` are passed over.

    Calls of what is not ``known`` are left out: the check of references has said that there is no such component.
    """

    caller: str
    depth: int
    is_async: bool
    path: str
    known: Collection[str]
    hidden: frozenset[str] = frozenset()


def _walk(calls: tuple[Call, ...], place: Place) -> Iterator[Step]:
    for number, call in enumerate(calls):
        here = f"{place.path}.{number}"
        if not call.call:
            field = "parallel" if call.parallel else "choose"
            yield from _walk(call.parallel or call.choose, replace(place, path=f"{here}.{field}"))
            continue
        if call.target not in place.known:
            yield from _walk(call.then, replace(place, path=f"{here}.then"))
            continue
        detached = place.is_async or call.async_
        yield Step(place.caller, call, place.depth, detached, here)
        caller = place.caller if call.target in place.hidden else call.target
        yield from _walk(
            call.then, replace(place, caller=caller, depth=place.depth + 1, is_async=detached, path=f"{here}.then")
        )
