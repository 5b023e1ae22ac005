"""What is retried may safely happen twice.

Fact: a call or a client that tries more than once belongs to an idempotent flow, or the system has
`p7_idempotency` among its mechanisms or G-IDE, G-EXO among its guarantees.
Bounds: none.

Fails: a charge with `idempotent: false` retried by the client, and no idempotency key anywhere.
Mend: name the mechanism where it is, or retry only what may be repeated.
"""

from collections.abc import Iterator

from atlas.check.call_tree import attempts
from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

SAFE_GUARANTEES = frozenset({"G-IDE", "G-EXO"})


def run(case: Case) -> Iterator[Breach]:
    """Each flow that is declared not to be idempotent."""
    document = case.document
    if any(m.id.startswith("p7_") for m in document.mechanisms):
        return
    if any(g.id in SAFE_GUARANTEES for g in document.guarantees):
        return
    retried = {p.flow: f"{p.path}.retry" for p in case.calls if attempts(p.call) > 1}
    for name, flow in document.flows.items():
        if flow.idempotent is not False:
            continue
        path = f"flows.{name}.client.retry" if attempts(flow.client) > 1 else retried.get(name)
        if path:
            yield Breach(
                path,
                f"{name} is not idempotent, and is retried without p7_idempotency",
                tip="Add p7_idempotency to mechanisms with where it acts, or drop the retry.",
            )


CHECK = Check("PHY034", "retry_is_safe", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
