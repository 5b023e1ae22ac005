"""A published system has two request types with timeouts and retries.

Fact: at least two flows, each with at least one timeout, and at least two with a retry (of the client or of a call).
Bounds: two, at status published.

Fails: one flow without any timeout.
Mend: add the second most important request, and say how long each caller waits.
"""

from collections.abc import Iterator

from atlas.check.call_tree import attempts
from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level
from atlas.model.flow import CallSettings

LEAST = 2


def settings(case: Case, name: str) -> list[CallSettings]:
    """The client and every call of a flow."""
    flow = case.document.flows[name]
    calls: list[CallSettings] = [p.call for p in case.calls if p.flow == name]
    return [*calls, flow.client] if flow.client is not None else calls


def run(case: Case) -> Iterator[Breach]:
    """The flows of a published system."""
    if not case.is_published:
        return
    each = [settings(case, name) for name in case.document.flows]
    full = [s for s in each if any(c.timeout is not None for c in s) and any(attempts(c) > 1 for c in s)]
    if len(full) < LEAST:
        yield Breach(
            "flows",
            "too few request types with timeouts and retries",
            actual=str(len(full)),
            expected=f"at least {LEAST}",
            tip="Add the second most important request, and say how long each caller waits.",
        )


CHECK = Check("REC004", "enough_flows", Scope.SYSTEM, Level.ERROR, Family.RECORD, run)
