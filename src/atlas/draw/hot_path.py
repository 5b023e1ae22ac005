"""The hot path: the call chain of the main flow from the client to its deepest store, hop by hop."""

from __future__ import annotations

from atlas.draw.architecture import Architecture, Step

MOST_HOPS = 6


def hot_path(architecture: Architecture) -> list[Step]:
    """The deepest chain of calls that the main request waits for; among equally deep ones the last (usually a write)."""
    if architecture.main is None:
        return []
    best: list[Step] = []
    chain: list[Step] = []
    for step in architecture.steps(architecture.main[0]):
        if step.is_async or step.call.target not in architecture.components:
            continue
        chain = [*chain[: step.depth], step]
        if len(chain) >= len(best):
            best = chain
    return best[:MOST_HOPS]
