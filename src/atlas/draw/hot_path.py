"""The hot path: the call chain of the main flow from the client to its deepest store, hop by hop."""

from __future__ import annotations

from atlas.draw.architecture import Architecture, Step

MOST_HOPS = 6


def hot_path(architecture: Architecture, flow: str = "") -> list[Step]:
    """The deepest chain of calls that a request of ``flow`` (the main one) waits for.

    Among equally deep ones the last, which usually writes; empty for a flow that is not there.
    """
    ident = flow or (architecture.main[0] if architecture.main else "")
    if ident not in architecture.document.flows:
        return []
    best: list[Step] = []
    chain: list[Step] = []
    for step in architecture.steps(ident):
        if step.is_async or step.call.target not in architecture.components:
            continue
        chain = [*chain[: step.depth], step]
        if len(chain) >= len(best):
            best = chain
    return best[:MOST_HOPS]


def path_to(architecture: Architecture, ident: str, flows: tuple[str, ...] = ()) -> list[str]:
    """Components from the first one the client calls down to ``ident``, along a flow that reaches it.

    ``flows`` are tried first; a path that is waited for is preferred to one that is handed over. Only ``ident`` itself
    where no flow reaches it.
    """
    order = dict.fromkeys([*(f for f in flows if f in architecture.document.flows), *architecture.document.flows])
    handed_over: list[str] = []
    for flow_id in order:
        chain: list[Step] = []
        for step in architecture.steps(flow_id):
            chain = [*chain[: step.depth], step]
            if step.call.target != ident:
                continue
            path = list(dict.fromkeys(s.call.target for s in chain if s.call.target in architecture.components))
            if not step.is_async:
                return path
            handed_over = handed_over or path
    return handed_over or [ident]
