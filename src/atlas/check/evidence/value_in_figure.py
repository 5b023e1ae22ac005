"""The value of a claim can be read in the figure it was taken from.

Fact: every number of the value stands in `figure`, with its magnitude, its unit and its period where they are printed.
Bounds: 6 % for roundings in words (*nearly five million*). A figure without a unit lets the value bring its own; a
figure with one (ms, TB, per cent, per minute) must agree with the value.

Fails: value `32M/s` with the figure "3.2 million per second"; value `15 s` with the figure "15ms p99".
Mend: correct the value, or print the figure as it stands in the source.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.figure import mismatch
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level


def run(case: Case) -> Iterator[Breach]:
    """Each claim that was found and has a figure."""
    for name, view in case.system.claims.items():
        figure = view.claim.figure
        if figure is None or view.claim.verdict == "unfound":
            continue
        if problem := mismatch(view.quantity, figure):
            yield Breach(
                f"claims.{name}.value",
                f"{problem}: {figure!r}",
                actual=view.claim.value.text,
                expected=f"as printed: {figure}",
                because=(name,),
                tip="Correct the value, or write the figure with its number and unit as the source prints it.",
            )


CHECK = Check("EVI001", "value_in_figure", Scope.SYSTEM, Level.ERROR, Family.EVIDENCE, run)
