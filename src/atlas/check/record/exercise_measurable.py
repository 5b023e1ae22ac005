"""The exercise can be started and its goal can be measured.

Fact: `try_it.minimal` is a compose file (YAML with `services`), and `try_it.success` holds a number.
Bounds: none; a published system has a `try_it`.

Fails: success "it works".
Mend: name what is measured and the number that counts as success: "p99 below 50 ms at 200 messages a second".
"""

import re
from collections.abc import Iterator

from atlas.catalogue import parse_yaml
from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level


def is_compose(text: str) -> bool:
    """Whether a text is a compose file."""
    source = parse_yaml(text, "compose.yaml")
    return not source.findings and isinstance(source.data, dict) and isinstance(source.data.get("services"), dict)


def run(case: Case) -> Iterator[Breach]:
    """The exercise of a system."""
    exercise = case.document.try_it
    if exercise is None:
        if case.is_published:
            yield Breach("try_it", "there is no exercise", "absent", "a goal, a measure and a compose file")
        return
    if exercise.minimal is not None and not is_compose(exercise.minimal):
        yield Breach("try_it.minimal", "not a compose file", expected="YAML with services")
    if case.is_published and exercise.minimal is None:
        yield Breach("try_it.minimal", "there is no compose file", "absent", "YAML with services")
    if not re.search(r"\d", exercise.success):
        yield Breach("try_it.success", "success cannot be measured", exercise.success, "a number and what it is of")


CHECK = Check("REC009", "exercise_measurable", Scope.SYSTEM, Level.ERROR, Family.RECORD, run)
