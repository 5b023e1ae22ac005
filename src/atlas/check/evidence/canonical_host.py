"""A primary source stands where the organisation publishes.

Fact: the host (with its path prefix, for shared hosts) is among the hosts of the organisation or of a venue at which
its engineers speak (`organisations.yaml`, `venues.yaml`).
Bounds: none; a warning for talks and papers. A copy elsewhere is cited by its original address, with `access: copy`.

Fails: role primary with the address of an aggregator.
Mend: use the canonical address; or the role is supporting; or add the host to the organisation.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

SPOKEN = frozenset({"talk", "video", "paper", "book"})
"""What is spoken or printed elsewhere is only worth a warning: slides travel."""


def is_at(url: str, place: str) -> bool:
    """Whether an address is at a host, one of its subdomains, or below a host and path prefix."""
    parts = urlsplit(url)
    host, _, path = place.partition("/")
    found = (parts.hostname or "").lower().removeprefix("www.")
    wanted = host.lower().removeprefix("www.")
    if found != wanted and not found.endswith("." + wanted):
        return False
    return not path or (parts.path.strip("/") + "/").lower().startswith(path.strip("/").lower() + "/")


def run(case: Case) -> Iterator[Breach]:
    """Each primary source with an address, where the organisation is known."""
    vocabulary = case.system.vocabulary
    name = vocabulary.canonical("organisations", case.document.org) or ""
    org = vocabulary.organisations.get(name)
    if org is None:
        return
    venues = [vocabulary.venues[v] for v in org.venues if v in vocabulary.venues]
    hosts = [*org.hosts, *(h for v in venues for h in v.hosts)]
    for ident, source in case.document.sources.items():
        if source.role == "primary" and source.url and not any(is_at(source.url, h) for h in hosts):
            yield Breach(
                f"sources.{ident}.url",
                f"a primary source of {org.name} stands at a host that is not its own",
                actual=urlsplit(source.url).hostname or source.url,
                expected=", ".join(org.hosts[:3]),
                tip="Use the canonical address, make it supporting, or add the host to the organisation.",
                level=Level.WARNING if source.type in SPOKEN else Level.ERROR,
            )


CHECK = Check("EVI004", "canonical_host", Scope.SYSTEM, Level.ERROR, Family.EVIDENCE, run)
