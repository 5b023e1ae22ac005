"""What is called linearizable is read where it was written.

Formula: read quorum + write quorum > copies, or a consensus or synchronous primary.
Bounds: exact, for stores without a primary (Cassandra and its relatives). Asynchronous copies with R + W ≤ N give
eventual consistency, whatever the label says.

Fails: G-LIN on a store with 3 copies, mode async, W 1, R 1.
Mend: label it G-EVE or G-BND, or correct the quorums.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

STRONG = frozenset({"G-LIN", "G-SEQ"})
LEADERLESS = frozenset({"cassandra", "scylladb", "voldemort", "riak", "dynamo", "aerospike"})
"""Stores without a primary; elsewhere reads and writes of a record meet at its primary, whatever the copies do."""


def _promised_at(case: Case) -> Iterator[tuple[str, str]]:
    """Component and the path of the promise."""
    for name, component in case.document.components.items():
        if component.consistency in STRONG:
            yield name, f"components.{name}.consistency"
    for index, use in enumerate(case.document.guarantees):
        if use.id in STRONG:
            for target in use.on:
                yield target.partition(".")[0], f"guarantees.{index}"


def run(case: Case) -> Iterator[Breach]:
    """Each strong promise on a replicated component with both quorums."""
    for name, path in _promised_at(case):
        component = case.document.components.get(name)
        if component is None or component.replication is None or component.replication.mode != "async":
            continue
        if component.technology not in LEADERLESS:
            continue
        base = f"components.{name}.replication"
        numbers = [case.value(f"{base}.{key}") for key in ("read_quorum", "write_quorum", "factor")]
        if any(n is None for n in numbers):
            continue
        read, write, copies = (n.quantity.mid for n in numbers if n is not None)
        if read + write <= copies:
            yield Breach(
                path,
                f"{name} is called linearizable, but its read and write quorums need not meet",
                actual=f"R {read:g} + W {write:g}",
                expected=f"more than {copies:g}",
                tip="Label it G-EVE or G-BND, or correct the quorums.",
            )


CHECK = Check("PHY036", "quorum_overlap", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
