"""Document to System: every number worked out, with its origin; what cannot be is a finding."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from atlas.catalogue.evidence import claim_views, used_claims
from atlas.catalogue.traffic import TrafficModel
from atlas.catalogue.yaml_source import YamlSource
from atlas.diagnostic import Finding, Level
from atlas.diagnostic.code import BAD_EXPRESSION, BAD_VALUE, CYCLE, NOT_A_NUMBER_HERE, WRONG_DIMENSION
from atlas.model.component import Component
from atlas.model.document import Document
from atlas.model.number import Dist, Number
from atlas.model.system import ClaimView, Distribution, Origin, System, Value
from atlas.model.text import Comparison
from atlas.model.vocabulary import Vocabulary
from atlas.model.walk import Place, walk
from atlas.physics.distribution import from_figures
from atlas.quantity import Form, Quantity, QuantityError, evaluate, parse

DEFAULT_UTILISATION = 0.5
DEFAULT_CV = 1.0
MOST_IN_A_ROW = 40
"""Numbers of which each is derived from the next."""
_UNLIMITED = ("third_party", "customer")
_DIST_FIGURES = ("mean", "p50", "p95", "p99", "cv")
_NAMES = {"count": "count", "ratio": "count", "time/time": "count", "money/count": "money"}


def resolve(
    document: Document,
    source: YamlSource,
    vocabulary: Vocabulary,
    slug: str,
    written: Sequence[Place] | None = None,
) -> tuple[System, list[Finding]]:
    """The resolved system, as far as it can be resolved, and what stood in the way.

    ``written`` are the places of the document, where they are known already.
    """
    resolver = _Resolver(document, source, vocabulary, walk(document) if written is None else written)
    system = resolver.system(slug)
    return system, resolver.findings


class _Resolver:
    """Resolves numbers on demand, each once; a number that needs itself is a cycle."""

    def __init__(
        self, document: Document, source: YamlSource, vocabulary: Vocabulary, written: Sequence[Place]
    ) -> None:
        self.findings: list[Finding] = []
        self._document = document
        self._source = source
        self._vocabulary = vocabulary
        self._claims: dict[str, ClaimView] = claim_views(document, vocabulary)
        self._numbers: dict[str, Place] = {}
        self._dists: dict[str, Dist] = {}
        self._values: dict[str, Value | None] = {}
        self._distributions: dict[str, Distribution | None] = {}
        self._pending: list[str] = []
        self._traffic = TrafficModel(document, vocabulary, self.value, self.dist)
        self._others: list[Place] = []
        self._written = tuple(written)
        for place in self._written:
            if isinstance(place.value, Number):
                self._numbers[place.path] = place
            elif isinstance(place.value, Dist):
                self._dists[place.path] = place.value
            elif isinstance(place.value, Quantity | Comparison) and place.dimension:
                self._others.append(place)

    def system(self, slug: str) -> System:
        for path in self._numbers:
            self.value(path)
        for path in self._dists:
            self.dist(path)
        for name, component in self._document.components.items():
            self._complete(name, component)
        self._check_claims()
        self._check_quantities()
        return System(
            document=self._document,
            slug=slug,
            file=self._source.file,
            vocabulary=self._vocabulary,
            values={k: v for k, v in self._values.items() if v is not None},
            distributions={k: d for k, d in self._distributions.items() if d is not None},
            claims=self._claims,
            traffic=self._traffic.traffic(),
            used_claims=used_claims(self._document, self._written),
            written=self._written,
            marks=self._source.marks,
        )

    def value(self, path: str) -> Value | None:
        """The number at a path, or ``None`` where nothing is written and no default exists."""
        if path in self._values:
            return self._values[path]
        if path in self._pending:
            ring = " -> ".join([*self._pending[self._pending.index(path) :], path])
            self._report(CYCLE, path, f"the number depends on itself: {ring}")
            return None
        if len(self._pending) >= MOST_IN_A_ROW:
            self._report(BAD_EXPRESSION, path, f"more than {MOST_IN_A_ROW} numbers in a row wait for this one")
            return None
        self._pending.append(path)
        try:
            value = self._resolve(path)
        finally:
            self._pending.pop()
        self._values.setdefault(path, value)
        return self._values[path]

    def dist(self, path: str) -> Distribution | None:
        """The distribution at a path, after defaults of technology and kind."""
        if path not in self._distributions:
            self._distributions[path] = self._resolve_dist(path)
        return self._distributions[path]

    def _resolve(self, path: str) -> Value | None:
        place = self._numbers.get(path)
        if place is None:
            return self._default(path)
        number: Number = place.value
        value = self._from_number(path, number, place)
        if value is None:
            return None
        if number.take != "mid":
            value = replace(value, quantity=value.quantity.take(number.take))
        self._check_dimension(path, value.quantity, place.dimension)
        return value

    def _from_number(self, path: str, number: Number, place: Place) -> Value | None:
        because = number.because or ""
        if number.claim is not None:
            return self._from_claim(path, number, because)
        if number.derived is not None:
            return self._from_expression(path, number.derived, because)
        if number.sized is not None:
            return self._from_sized(path, number.sized, because)
        if number.assumed is not None:
            return Value(path, number.assumed, "assumed", because=because)
        assert number.literal is not None  # a number has exactly one origin  # noqa: S101
        return Value(path, number.literal, "design")

    def _from_claim(self, path: str, number: Number, because: str) -> Value | None:
        view = self._claims.get(number.claim or "")
        if view is None:
            return None
        if view.quantity.form is Form.VAGUE and number.take == "mid":
            self._report(
                NOT_A_NUMBER_HERE,
                path,
                f"{view.text!r} is too vague to be an input",
                tip="take low or high, with because",
            )
        origin: Origin = "claim" if view.is_usable else "assumed"
        return Value(path, view.quantity, origin, (view.id,), because=because)

    def _from_expression(self, path: str, expression: str, because: str) -> Value | None:
        claims: dict[str, None] = {}
        published = False

        def lookup(name: str) -> Quantity:
            nonlocal published
            if name in self._claims:
                claims[name] = None
                published = published or self._claims[name].is_usable
                return self._claims[name].quantity
            value = self.value(name) or self._mean_of(name)
            if value is None:
                raise QuantityError(f"{name!r} is neither a claim nor the path of a number")
            claims.update(dict.fromkeys(value.claims))
            published = published or value.origin in ("claim", "derived")
            return value.quantity

        try:
            quantity = evaluate(expression, lookup)
        except QuantityError as error:
            self._report(BAD_EXPRESSION, path, f"{expression!r}: {error}", tip=error.tip)
            return None
        origin: Origin = "derived" if published else "assumed"
        return Value(path, quantity, origin, tuple(claims), expression, because)

    def _mean_of(self, path: str) -> Value | None:
        distribution = self.dist(path) if path in self._dists else None
        return distribution.value("mean") if distribution else None

    def _from_sized(self, path: str, target: Quantity, because: str) -> Value | None:
        name, _, what = path.removeprefix("components.").partition(".")
        if what not in ("instances", "bandwidth") or name not in self._document.components:
            self._report(BAD_VALUE, path, "only instances and bandwidth of a component can be sized")
            return None
        if not 0 < target.mid <= 1:
            self._report(BAD_VALUE, path, "a utilisation lies between 0 and 1", tip="write sized: 60 %")
            return None
        quantity = self._sized(name, what, target.mid)
        return None if quantity is None else Value(path, quantity, "sized", because=because)

    def _sized(self, name: str, what: str, target: float) -> Quantity | None:
        if what == "bandwidth":
            needed = self._traffic.bandwidth_needed(name) / target
            return Quantity(needed, needed, needed, parse("1 bit/s").dimension)
        slots = self.value(f"components.{name}.concurrency")
        if slots is None or slots.mid <= 0:
            return None
        exact = self._traffic.busy_slots(name) / (target * slots.mid)
        count = float(max(1, math.ceil(exact - 1e-9))) if math.isfinite(exact) else 1.0
        return Quantity(count, count, count)

    # -- defaults ---------------------------------------------------------------------------------

    def _complete(self, name: str, component: Component) -> None:
        """Defaults for what a component leaves open."""
        for what in ("concurrency", "instances"):
            self.value(f"components.{name}.{what}")
        self.dist(f"components.{name}.service")
        hit = self.value(f"components.{name}.cache.hit")
        if hit is not None and hit.quantity.low > 1:
            self._report(BAD_VALUE, hit.path, "a hit ratio lies between 0 and 1", tip="write 95 %")

    def _default(self, path: str) -> Value | None:
        parts = path.split(".")
        if len(parts) != 3 or parts[0] != "components" or parts[1] not in self._document.components:
            return None
        name, what = parts[1], parts[2]
        component = self._document.components[name]
        if component.owner in _UNLIMITED:
            return None
        if what == "concurrency":
            return self._default_concurrency(path, component)
        if what == "instances":
            quantity = self._sized(name, "instances", DEFAULT_UTILISATION)
            because = f"as many as run at {DEFAULT_UTILISATION:.0%} at peak"
            return None if quantity is None else Value(path, quantity, "sized", because=because)
        return None

    def _default_concurrency(self, path: str, component: Component) -> Value | None:
        cited = self._cited(path, component, "concurrency")
        if cited is not None:
            return cited
        kind = self._vocabulary.kinds.get(component.kind)
        return None if kind is None else Value(path, parse(kind.concurrency), "default", because=kind.because)

    def _cited(self, path: str, component: Component, what: str) -> Value | None:
        name = self._vocabulary.canonical("technologies", component.technology or "")
        technology = self._vocabulary.technologies[name] if name else None
        default = technology.defaults.get(what) if technology else None
        if default is None or technology is None:
            return None
        because = f"planning value of {technology.name}"
        return Value(path, default.value, "default", because=because, source=default.source)

    # -- distributions ----------------------------------------------------------------------------

    def _resolve_dist(self, path: str) -> Distribution | None:
        dist = self._dists.get(path)
        if dist is None:
            return self._default_dist(path)
        written = {
            n: v for n in _DIST_FIGURES if getattr(dist, n) and (v := self.value(f"{path}.{n}") or self.value(path))
        }
        return self._distribution(path, dist.shape, written)

    def _default_dist(self, path: str) -> Distribution | None:
        parts = path.split(".")
        if len(parts) != 3 or parts[0] != "components" or parts[2] != "service":
            return None
        component = self._document.components.get(parts[1])
        if component is None:
            return None
        cited = {f: v for f in _DIST_FIGURES if (v := self._cited(f"{path}.{f}", component, f"latency-{f}"))}
        if any(f != "cv" for f in cited):
            return self._distribution(path, "lognormal", cited)
        kind = self._vocabulary.kinds.get(component.kind)
        if kind is None or kind.latency is None:
            return None
        cv = parse(kind.latency.cv)
        written = {
            "mean": Value(f"{path}.mean", kind.latency.mean, "default", because=kind.because),
            "cv": Value(f"{path}.cv", cv, "default", because=kind.because),
        }
        return self._distribution(path, "lognormal", written)

    def _distribution(self, path: str, shape: str, written: dict[str, Value]) -> Distribution | None:
        figures = {n: v.mid for n, v in written.items() if v.mid > 0 or n == "cv"}
        if not any(n != "cv" for n in figures):
            return None
        try:
            moments = from_figures(shape, figures, self._default_cv(path))  # type: ignore[arg-type]
        except ValueError as error:
            self._report(BAD_VALUE, path, f"no {shape} distribution has these figures: {error}")
            return None
        p50, p95, p99 = (moments.quantile(level) for level in (0.5, 0.95, 0.99))
        origin = min((v.origin for n, v in written.items() if n != "cv"), key=_ORIGIN_ORDER.index)
        return Distribution(path, shape, written, moments.mean, moments.cv, p50, p95, p99, origin)

    def _default_cv(self, path: str) -> float:
        parts = path.split(".")
        component = self._document.components.get(parts[1]) if parts[0] == "components" and len(parts) > 1 else None
        kind = self._vocabulary.kinds.get(component.kind) if component else None
        return kind.latency.cv if kind and kind.latency else DEFAULT_CV

    # -- checks -----------------------------------------------------------------------------------

    def _check_dimension(self, path: str, quantity: Quantity, expected: str | None) -> None:
        if expected is None:
            return
        actual = quantity.dimension.name
        if actual != _NAMES.get(expected, expected):
            self._report(
                WRONG_DIMENSION,
                path,
                f"{path.rpartition('.')[2]} measures {expected}, not {actual}",
                actual=quantity.text or actual,
                expected=expected,
            )

    def _check_claims(self) -> None:
        for ident, view in self._claims.items():
            if view.metric is None:
                continue
            path = f"claims.{ident}.value"
            self._check_dimension(path, view.quantity, view.metric.dimension)
            if view.metric.dimension == "count" and view.quantity.unit in ("%", "x"):
                self._report(
                    WRONG_DIMENSION,
                    path,
                    f"{view.claim.metric} counts things: it has no {view.quantity.unit}",
                    actual=view.quantity.text,
                    expected="count",
                )

    def _check_quantities(self) -> None:
        for place in self._others:
            quantity = place.value.bound if isinstance(place.value, Comparison) else place.value
            self._check_dimension(place.path, quantity, place.dimension)

    def _report(
        self, code: str, path: str, message: str, *, actual: str = "", expected: str = "", tip: str = ""
    ) -> None:
        place = self._source.position(path)
        self.findings.append(
            Finding(code, Level.ERROR, message, place, path, actual=actual, expected=expected, tip=tip)
        )


_ORIGIN_ORDER: list[Origin] = ["assumed", "default", "design", "sized", "derived", "claim"]
