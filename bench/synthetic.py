"""Synthetic catalogues: N invented systems of published status that pass every check, the same for the same seed.

Each is ``template.yaml`` with words, figures and technologies of its own: 20 components on five planes, three flows
as call trees, 21 claims, five failures with drills, and every section of a published document.
"""

from __future__ import annotations

import argparse
import math
import random
import shutil
from collections.abc import Mapping
from pathlib import Path
from string import Template

from atlas.catalogue.location import packaged_catalogue

TODAY = "2026-11-21"
"""The day on which all sources were read; measures take it as their ``today``."""

SEED = 20_261_121
_RELATED = 3
_STEMS = ("Amber", "Beacon", "Cedar", "Delta", "Ember", "Fathom", "Garnet", "Harbor", "Indigo", "Juniper", "Kestrel",
          "Lumen", "Meadow", "Nimbus", "Orchard", "Prairie", "Quarry", "Ridge", "Summit", "Timber")  # fmt: skip
_THINGS = {
    "social": "post",
    "messaging": "message",
    "media": "title",
    "mobility": "trip",
    "commerce": "order",
    "fintech": "transfer",
    "cloud": "machine",
    "data": "record",
    "search": "page",
    "graph": "node",
    "ml": "example",
    "edge": "route",
    "developer": "commit",
}
_TECHNOLOGIES = {
    "dns": ("route53", "cloudflare"),
    "cdn": ("cloudfront", "cloudflare", "fastly", "akamai"),
    "balancer": ("elb", "haproxy", "nginx"),
    "gateway": ("envoy", "nginx", "kong"),
    "language": ("java", "go", "rust", "python"),
    "log": ("kafka", "pulsar", "kinesis"),
    "processor": ("flink", "spark", "samza"),
    "cache": ("redis", "valkey", "memcached"),
    "store": ("cassandra", "scylladb", "hbase"),
    "database": ("postgres", "mysql", "cockroachdb", "aurora"),
    "index": ("elasticsearch", "opensearch", "solr"),
    "blobs": ("s3", "gcs"),
    "coordination": ("zookeeper", "etcd", "consul"),
    "scheduler": ("kubernetes", "nomad"),
    "monitoring": ("prometheus", "datadog", "cloudwatch"),
}
_ORGANISATION = """
loadworks:
  name: Loadworks
  hosts: [posts.loadworks.example]
"""


def write_catalogue(folder: Path, systems: int, seed: int = SEED) -> Path:
    """Write a catalogue of ``systems`` documents with the project's vocabulary; returns its root."""
    root = folder / "catalogue"
    words = packaged_catalogue()
    if words is None:
        raise FileNotFoundError("the vocabulary of the project is not here")
    shutil.copytree(words / "vocabulary", root / "vocabulary")
    with (root / "vocabulary" / "organisations.yaml").open("a", encoding="utf-8") as file:
        file.write(_ORGANISATION)
    for path, text in documents(systems, seed).items():
        target = root / "systems" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return root


def documents(systems: int, seed: int = SEED) -> dict[str, str]:
    """Relative path to text. The first systems of a larger catalogue are those of a smaller one, but for relations."""
    template = Template(Path(__file__).with_name("template.yaml").read_text(encoding="utf-8"))
    names = [_name(number) for number in range(systems)]
    written = {}
    for number, name in enumerate(names):
        rng = random.Random(seed + number)
        category = list(_THINGS)[number % len(_THINGS)]
        others = [names[(number + step) % systems] for step in range(1, _RELATED + 1)]
        words = {**_words(name, category), **_figures(rng), **_chosen(rng)}
        related = _related([other for other in others if other != name])
        written[f"{category}/{name.lower()}.yaml"] = template.substitute(words, related=related)
    return written


def _name(number: int) -> str:
    """A pronounceable name for each number: ``Amber``, then ``Amber-b``."""
    round_, stem = divmod(number, len(_STEMS))
    letters = ""
    while round_:
        round_, letter = divmod(round_, 26)
        letters = chr(ord("a") + letter) + letters
    return _STEMS[stem] + (f"-{letters}" if letters else "")


def _words(name: str, category: str) -> dict[str, str]:
    thing = _THINGS[category]
    return {
        "ident": f"CS-{name.upper()}",
        "name": name,
        "slug": name.lower(),
        "category": category,
        "thing": thing,
        "things": f"{thing}s",
        "Thing": thing.capitalize(),
        "today": TODAY,
    }


def _figures(rng: random.Random) -> dict[str, str]:
    """Figures that agree with each other: one size, and everything else in proportion."""
    millions = 40 * math.exp(rng.gauss(0, 0.4))
    writes = millions * rng.uniform(0.6, 1.2)  # thousands a second
    reads = writes * rng.uniform(6, 12)
    item = rng.choice((1, 2, 4))
    nodes = max(24, round((reads * 0.15 + writes) * 1000 * 0.004 / 64 / 0.25 / 3) * 3)
    return {
        "users_words": f"{round(millions)} million users",
        "peak_words": f"{round(writes * 2.5)} thousand",
        "users_2023": f"{round(millions * 0.7)}M",
        "users_2025": f"{round(millions)}M",
        "at_once": f"{round(millions * 0.08, 1)}M",
        "writes": f"{round(writes)}k",
        "writes_peak": f"{round(writes * 2.5)}k",
        "reads": f"{round(reads)}k",
        "reads_peak": f"{round(reads * 2.2)}k",
        "searches": f"{round(writes * 0.5, 1)}k",
        "nodes": str(nodes),
        "stored": str(round(nodes * rng.uniform(1.5, 4))),
        "item": str(item),
        "read_p99": str(rng.randint(12, 20)),
        "write_p99": str(rng.randint(6, 11)),
        "hit": str(rng.randint(88, 97)),
        "staff": str(rng.randint(60, 220)),
        "outage": str(rng.randint(18, 95)),
    }


def _chosen(rng: random.Random) -> dict[str, str]:
    return {role: rng.choice(choice) for role, choice in _TECHNOLOGIES.items()}


def _related(names: list[str]) -> str:
    if not names:
        return "  systems: []"
    rows = [f"    - {{id: CS-{name.upper()}, because: the same load on another store}}" for name in names]
    return "\n".join(["  systems:", *rows])


def main(arguments: Mapping[str, object] | None = None) -> None:
    """Command line: ``python -m bench.synthetic FOLDER --systems 125``."""
    parser = argparse.ArgumentParser(description="Write a synthetic catalogue.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--systems", type=int, default=125)
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args() if arguments is None else argparse.Namespace(**arguments)
    print(write_catalogue(given.folder, given.systems, given.seed))


if __name__ == "__main__":
    main()
