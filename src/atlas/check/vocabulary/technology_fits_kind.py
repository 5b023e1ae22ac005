"""A component's technology can do what its kind says.

Fact: the kind is among the kinds that the technology serves as (`technologies.yaml`), where it lists any.
Bounds: a warning: products grow new uses.

Fails: a wide-column store built with nginx.
Mend: correct the kind or the technology, or add the kind to the technology.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

LANGUAGES = frozenset({"language", "runtime", "protocol"})
"""Families that say how something is written, not what it is."""


def run(case: Case) -> Iterator[Breach]:
    """Each component with a known technology."""
    vocabulary = case.system.vocabulary
    for name, component in case.document.components.items():
        ident = vocabulary.canonical("technologies", component.technology or "")
        entry = vocabulary.technologies.get(ident or "")
        if entry is None or entry.family in LANGUAGES:
            continue
        if entry.kinds and component.kind not in entry.kinds:
            yield Breach(
                f"components.{name}.kind",
                f"{entry.name} is not known as a {component.kind}",
                actual=component.kind,
                expected=" or ".join(entry.kinds),
                tip="Correct the kind or the technology, or add the kind to the technology.",
            )


CHECK = Check("VOC005", "technology_fits_kind", Scope.SYSTEM, Level.INFO, Family.VOCABULARY, run)
