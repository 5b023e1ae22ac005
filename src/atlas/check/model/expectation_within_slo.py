"""A drill does not expect less than the flow promises, unless it says why.

Fact: `expect.goodput` against `slo.availability` of the flow, `expect.p99` against `slo.p99`.
Bounds: no looser, or `because` beside the expectation.

Fails: a drill that is content with 95 % good answers of a flow that promises 99.9 %, and gives no reason.
Mend: expect what is promised, or say why the fault may cost more: an error budget, a minute until the failover.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level
from atlas.model.failure import Expectation
from atlas.model.system import Value


def run(case: Case) -> Iterator[Breach]:
    """Each expectation without a reason."""
    for index, failure in enumerate(case.document.failures):
        for place, expected in enumerate(failure.drill.expect if failure.drill else ()):
            if expected.because is None:
                for message, actual, promised in _looser(case, expected):
                    path = f"failures.{index}.drill.expect.{place}"
                    said = f"{failure.id} expects {message}, and does not say why"
                    yield Breach(path, said, actual, promised.text, promised.claims, "Say why: because.")


def _looser(case: Case, expected: Expectation) -> Iterator[tuple[str, str, Value]]:
    share = case.value(f"flows.{expected.flow}.slo.availability")
    if expected.goodput is not None and share is not None and expected.goodput.bound.mid < share.quantity.low - 1e-9:
        yield f"fewer good answers of {expected.flow} than it promises", expected.goodput.text, share
    late = case.value(f"flows.{expected.flow}.slo.p99")
    if expected.p99 is not None and late is not None and expected.p99.bound.mid > late.quantity.high * (1 + 1e-9):
        yield f"later answers of {expected.flow} than it promises", expected.p99.text, late


CHECK = Check("MOD003", "expectation_within_slo", Scope.SYSTEM, Level.WARNING, Family.MODEL, run)
