"""What the flows do to the components: rates, shares, work in progress."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Edge:
    """Calls of one flow from one component to another, at the average rate of the flow.

    ``caller`` is empty for what the client calls; ``per_request`` is the expected number of calls for one
    request of the flow; ``path`` is the call in the document.
    """

    flow: str
    caller: str
    callee: str
    operation: str
    path: str
    per_request: float
    average: float
    peak: float
    is_async: bool
    is_implied: bool = False


@dataclass(frozen=True, slots=True)
class FlowRate:
    """Requests a second of a flow."""

    average: float
    peak: float


@dataclass(frozen=True, slots=True)
class Load:
    """What arrives at a component: operations a second, and work in progress by Little's law.

    ``busy`` is the mean number of slots taken at peak, L = λ·W, where W is the time a slot is held;
    ``slots`` is instances × concurrency, ``utilisation`` their ratio (``None`` where slots are unknown or
    unlimited). ``claimed`` is the published rate of the component and ``explained`` the share of it that
    the described flows account for.
    """

    average: float = 0.0
    peak: float = 0.0
    hold_s: float = 0.0
    busy: float = 0.0
    slots: float | None = None
    utilisation: float | None = None
    claimed: float | None = None
    explained: float | None = None


@dataclass(frozen=True, slots=True)
class Traffic:
    """Rates through the whole system, from the call trees alone (no queueing, no retries)."""

    flows: Mapping[str, FlowRate] = field(default_factory=dict)
    edges: tuple[Edge, ...] = ()
    components: Mapping[str, Load] = field(default_factory=dict)
    operations: Mapping[str, FlowRate] = field(default_factory=dict)
    plane_share: Mapping[str, float] = field(default_factory=dict)
