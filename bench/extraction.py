"""Extraction of claims, dates, texts and feeds: how much of what people found is found, and how much else.

The sentences are labelled by people who had not seen the grammar; one set was never seen by those who wrote it and is
reported alone. quantulum3 reads the same sentences in the same run. Pages, texts and feeds are those of others: they
lie in a data folder beside the repository (``--data DIR``), and what is absent is said by name.
"""

from __future__ import annotations

import gzip
import json
import re
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from atlas.discover.claim import claims
from atlas.discover.feed import FeedError, parse_feed
from atlas.quantity import Form
from bench.measure import ROOT

LABELS = ROOT / "tests" / "assets" / "extraction"
NGRAM = 4
BESIDE = ROOT.parent / "shared" / "data"
"""Where data of others lies if it lies anywhere: beside the repository."""
TOLERANCE = 0.001


@dataclass(frozen=True, slots=True)
class Found:
    """A figure that an extractor found: SI value or range, dimension and metric of the vocabulary, and where."""

    value: float | tuple[float, float]
    dimension: str
    start: int
    end: int
    metric: str | None = None
    stat: str | None = None
    qualifier: str | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one half: figures labelled, found and right; the same for those with a metric."""

    labelled: int
    found: int
    right: int
    labelled_metric: int = 0
    found_metric: int = 0
    right_metric: int = 0
    right_stat: int = 0
    right_qualifier: int = 0

    @property
    def precision(self) -> float:
        """Share of what was found that is right, value and dimension."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of what was labelled that was found."""
        return self.right / self.labelled if self.labelled else 0.0

    @property
    def metric_precision(self) -> float:
        """Share of the figures given a metric that have the right one; a metric where none fits is wrong."""
        return self.right_metric / self.found_metric if self.found_metric else 0.0

    @property
    def metric_recall(self) -> float:
        """Share of the labelled figures with a metric that were found with it."""
        return self.right_metric / self.labelled_metric if self.labelled_metric else 0.0


Extractor = Callable[[str], Sequence[Found]]


def data_folder(given: str | None = None) -> Path | None:
    """The folder of others' data: the one given, else the one beside the repository; ``None`` where there is none."""
    folder = Path(given) if given else BESIDE
    return folder if folder.is_dir() else None


OPEN = ("open", "held_out", "more", "late")
"""Files that the grammar is developed against; ``held_out`` was blind once and was scored too often to stay so."""
HELD_OUT = ("fresh",)
"""Files that nobody who works on the grammar reads: what is reported is measured on them."""


def sentences(*files: str) -> list[dict[str, Any]]:
    """The labelled sentences of some files, in their order."""
    loaded = [yaml.safe_load((LABELS / f"{name}.yaml").read_text(encoding="utf-8")) for name in files]
    return [sentence for file in loaded for sentence in file["sentences"]]


def score(labelled: Iterable[dict[str, Any]], extract: Extractor) -> Score:
    """Compare an extractor with the labels: each found figure may be one labelled figure, and the other way round."""
    total: Counter[str] = Counter()
    for sentence in labelled:
        left = list(extract(sentence["text"]))
        total["found"] += len(left)
        total["found_metric"] += sum(f.metric is not None for f in left)
        for label in sentence["claims"]:
            total["labelled"] += 1
            total["labelled_metric"] += label["metric"] is not None
            start = sentence["text"].find(label["figure"])
            end = start + len(label["figure"])
            hit = next((f for f in left if f.start < end and start < f.end and _agrees(f, label)), None)
            if hit is not None:
                left.remove(hit)
                _count_right(total, hit, label)
    return Score(**{name: total[name] for name in Score.__dataclass_fields__})


def _count_right(total: Counter[str], hit: Found, label: dict[str, Any]) -> None:
    total["right"] += 1
    total["right_metric"] += label["metric"] is not None and hit.metric == label["metric"]
    total["right_stat"] += hit.stat == label["stat"]
    bounds = {"under": "up_to"}
    wanted, given = label["qualifier"], hit.qualifier
    total["right_qualifier"] += bounds.get(str(wanted), wanted) == bounds.get(str(given), given)


def _agrees(found: Found, label: dict[str, Any]) -> bool:
    if found.dimension != label["dimension"]:
        return False
    wanted = label["value"] if isinstance(label["value"], list) else [label["value"]]
    given = list(found.value) if isinstance(found.value, tuple) else [found.value]
    return len(wanted) == len(given) and all(_close(g, w) for g, w in zip(given, wanted, strict=True))


def _close(given: float, wanted: float) -> bool:
    return abs(given - wanted) <= TOLERANCE * abs(wanted)


def atlas(text: str) -> list[Found]:
    """What Atlas finds in a sentence."""
    found = []
    for claim in claims(text):
        quantity = claim.value
        value = (quantity.low, quantity.high) if quantity.form is Form.RANGE else quantity.mid
        found.append(Found(value, claim.dimension, claim.start, claim.end, claim.metric, claim.stat, claim.qualifier))
    return found


_ENTITIES = {
    "time": ("time", 1.0),
    "data storage": ("bytes", 0.125),
    "dimensionless": ("count", 1.0),
    "currency": ("money", 1.0),
    "frequency": ("count/time", 1.0),
    "data transfer rate": ("bytes/time", 0.125),
}
_TIMES = {
    "second": 1.0, "millisecond": 1e-3, "microsecond": 1e-6, "nanosecond": 1e-9, "minute": 60.0, "hour": 3600.0,
    "day": 86400.0, "week": 604800.0, "month": 31536000.0 / 12, "year": 31536000.0, "hertz": 1.0, "kilohertz": 1e3,
}  # fmt: skip
_PREFIXES = {
    "kilo": 1e3,
    "mega": 1e6,
    "giga": 1e9,
    "tera": 1e12,
    "peta": 1e15,
    "exa": 1e18,
    "kibi": 2.0**10,
    "mebi": 2.0**20,
    "gibi": 2.0**30,
    "tebi": 2.0**40,
}


def quantulum(text: str) -> list[Found]:
    """What quantulum3 finds, its units read with every benefit of the doubt; a metric it does not know."""
    from quantulum3 import parser  # noqa: PLC0415 - an extra of development, and slow to load

    found = []
    for quantity in parser.parse(text):
        converted = _converted(quantity)
        if converted is not None:
            value, dimension = converted
            found.append(Found(value, dimension, quantity.span[0], quantity.span[1]))
    return found


def _converted(quantity: Any) -> tuple[float, str] | None:
    value, unit = float(quantity.value), quantity.unit.name
    if unit == "percentage":
        return value / 100, "ratio"
    if unit in ("dollar", "united states dollar", "euro"):
        return value, "money"
    top, _, bottom = unit.partition(" per ")
    factor, dimension = _factor(top)
    if bottom and bottom in _TIMES:
        return value * factor / _TIMES[bottom], f"{dimension}/time"
    if bottom:
        return None
    return value * factor, dimension


def _factor(unit: str) -> tuple[float, str]:
    if unit in _TIMES:
        return _TIMES[unit], "count/time" if "hertz" in unit else "time"
    for size, name in ((1.0, "byte"), (0.125, "bit")):
        if unit.endswith(name) and (prefix := unit.removesuffix(name)) in ("", *_PREFIXES):
            return size * _PREFIXES.get(prefix, 1.0), "bytes"
    return (1.0, "money") if unit in ("dollar", "euro") else (1.0, "count")


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Runs of four words with how often they occur; a text shorter than that is one run."""
    words = re.findall(r"\w+", text)
    if not words:
        return Counter()
    return Counter(tuple(words[i : i + NGRAM]) for i in range(max(1, len(words) - NGRAM + 1)))


def text_agreement(true: Sequence[str], found: Sequence[str]) -> tuple[float, float, float]:
    """Precision, recall and F1 over runs of four words, each page counted the same.

    The measure of the article-extraction benchmark that the pages come from: means over pages of the share of found
    runs that are true and of true runs that are found, and the harmonic mean of the two means.
    """
    precisions, recalls = [], []
    for wanted, given in zip(map(shingles, true), map(shingles, found), strict=True):
        both = (wanted & given).total()
        if given.total():
            precisions.append(both / given.total())
        if wanted.total():
            recalls.append(both / wanted.total())
    precision, recall = statistics.mean(precisions), statistics.mean(recalls)
    return precision, recall, 2 * precision * recall / (precision + recall)


def articles(data: Path) -> tuple[list[bytes], list[str]]:
    """The pages of the data folder and their texts."""
    truth = json.loads((data / "articles" / "ground-truth.json").read_text(encoding="utf-8"))
    pages = [gzip.decompress((data / "articles" / "html" / f"{name}.html.gz").read_bytes()) for name in truth]
    return pages, [entry["articleBody"] for entry in truth.values()]


_EXPECT = re.compile(r"entries\[(?P<n>\d)\]\['(?P<key>title|link)'\]\s*==\s*u?(?P<q>['\"])(?P<value>[^'\"\\<&]*)(?P=q)")


@dataclass(frozen=True, slots=True)
class FeedScore:
    """Feeds read of all, and of what their authors say about titles and links how much came out."""

    feeds: int
    read: int
    expectations: int
    kept: int


def feeds(data: Path) -> FeedScore:
    """Read every well-formed feed; the first comment of many says what a right reading gives."""
    paths = sorted((data / "feeds" / "tests" / "wellformed").rglob("*.xml"))
    read = expectations = kept = 0
    for path in paths:
        body = path.read_bytes()
        try:
            entries = parse_feed(body, "http://example.com/").entries
            read += 1
        except FeedError:
            continue
        for match in _EXPECT.finditer(body.decode("utf-8", "replace")):
            expectations += 1
            entry = entries[int(match["n"])] if int(match["n"]) < len(entries) else None
            got = {"title": entry.title, "link": entry.url}[match["key"]] if entry else None
            kept += got is not None and (got == match["value"].strip() or got.endswith(match["value"]))
    return FeedScore(len(paths), read, expectations, kept)
