"""What nobody published is argued.

Fact: at status published a number that is assumed says `because`; a derived one that multiplies or divides by a plain
number does too.
Bounds: none. Bare numbers are fine for design settings (timeouts, attempts, thresholds, queue bounds, factors).

Fails: `concurrency: {assumed: 64}`.
Mend: add because, even if it says only that the value is a planning value.
"""

import re
from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level
from atlas.model.number import Number

FACTOR = re.compile(r"(?<![\w.-])\d[\d.,]*(?![\w%.-])")


def run(case: Case) -> Iterator[Breach]:
    """Each number of a published system."""
    if not case.is_published:
        return
    for place in case.written:
        number = place.value
        if not isinstance(number, Number) or number.because:
            continue
        if number.assumed is not None:
            yield Breach(place.path, "assumed without a reason", number.assumed.text, "because", tip="Say why.")
        elif number.derived is not None and FACTOR.search(number.derived):
            yield Breach(place.path, "derived with a factor nobody argued", number.derived, "because", tip="Say why.")


CHECK = Check("REC012", "assumptions_argued", Scope.SYSTEM, Level.ERROR, Family.RECORD, run)
