"""Discovery: how right extraction is, and how many pages a second it reads, on one core and on two, up to 10,000."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path

from atlas.discover.article import article_text
from atlas.discover.crew import Crew
from atlas.discover.reading import Page, read_page
from atlas.discover.triage import decode
from bench import extraction
from bench.calibration import Calibration
from bench.measure import ROOT, TODAY, Say, Section, timed

MANY = 10_000
FEW = 1_000
DATA = "ATLAS_SHARED_DATA"
"""Where others' data lies; ``--data DIR`` sets it."""


def measure(calibration: Calibration, _scratch: Path, say: Say) -> Section:
    """Labelled sentences, then feeds, texts and speed on data of others where it lies beside the repository."""
    section = Section("Discovery")
    _claims(section, say)
    data = extraction.data_folder(os.environ.get(DATA))
    if data is None or not (data / "articles").is_dir() or not (data / "feeds").is_dir():
        section.missing("feeds, article text, pages per second", "", "shared/data is not beside the repository")
        return section
    _feeds_and_texts(section, data, say)
    _speed(section, data, calibration, say)
    return section


def _claims(section: Section, say: Say) -> None:
    say("reading labelled sentences")
    rows = []
    for half, files in (("open", extraction.OPEN), ("held_out", extraction.HELD_OUT)):
        labelled = extraction.sentences(*files)
        for name, extract in (("Atlas", extraction.atlas), ("quantulum3", extraction.quantulum)):
            found = extraction.score(labelled, extract)
            rows.append(
                f"| {half} | {name} | {found.precision:.3f} | {found.recall:.3f} |"
                + (f" {found.metric_precision:.3f} | {found.metric_recall:.3f} |" if name == "Atlas" else " – | – |")
            )
            section.data[f"{half}_{name.lower()}"] = [round(found.precision, 4), round(found.recall, 4)]
            if half == "held_out" and name == "Atlas":
                section.at_least("held-out sentences: value and dimension, precision", 0.95, found.precision, "")
                section.at_least("held-out sentences: value and dimension, recall", 0.88, found.recall, "")
                section.at_least("held-out sentences: with the metric, precision", 0.92, found.metric_precision, "")
                section.at_least("held-out sentences: with the metric, recall", 0.85, found.metric_recall, "")
    head = [
        "| sentences | reader | precision | recall | with metric: precision | recall |",
        "|---|---|---|---|---|---|",
    ]
    section.text = "\n".join([*head, *rows])


def _feeds_and_texts(section: Section, data: Path, say: Say) -> None:
    say("reading feeds and pages of others")
    feeds = extraction.feeds(data)
    section.at_least(f"of {feeds.feeds:,} well-formed feeds, read", 95, 100 * feeds.read / feeds.feeds, "%")
    pages, true = extraction.articles(data)
    precision, recall, f1 = extraction.text_agreement(true, [article_text(decode(p)) for p in pages])
    section.at_least(f"text of {len(pages)} articles, F1 over runs of four words", 0.95, f1, "")
    section.data["article_text"] = [round(precision, 4), round(recall, 4), round(f1, 4)]


def _speed(section: Section, data: Path, calibration: Calibration, say: Say) -> None:
    """Pages per second of the whole reading: triage, text, date, fingerprint, claims, mentions, relevance."""
    bodies, _ = extraction.articles(data)
    catalogue, today = ROOT / "catalogue", dt.date.fromisoformat(TODAY)
    pages = [Page(f"https://bench.example/{i}", body) for i, body in enumerate(bodies)]
    read_page(pages[0], catalogue, today)
    say("reading pages on one core")
    one = timed(calibration, lambda: [read_page(p, catalogue, today) for p in pages])
    section.at_least("pages per second and core", 25, len(pages) / one.reference_s, "", f" ({one.wall_s:.1f} s here)")
    section.data["pages_per_s"] = round(len(pages) / one.reference_s, 1)

    def pool(jobs: int) -> Crew:
        return Crew(catalogue, today, lambda: _pool(jobs), jobs)

    rate: dict[tuple[int, int], float] = {}
    for jobs, count in ((1, FEW), (2, FEW), (2, MANY)):
        say(f"reading {count:,} pages in {jobs} processes")
        began = time.perf_counter()
        read = sum(1 for _ in pool(jobs).read_all(_repeated(bodies, count)))
        rate[jobs, count] = read / (time.perf_counter() - began)
    section.at_least("two processes against one", 1.7, rate[2, FEW] / rate[1, FEW], "x")
    section.at_least(f"rate at {MANY:,} pages of that at {FEW:,}", 0.9, rate[2, MANY] / rate[2, FEW], "x")
    section.data["crew_pages_per_s"] = {f"{jobs}x{count}": round(r, 1) for (jobs, count), r in rate.items()}


def _repeated(bodies: list[bytes], count: int) -> Iterator[Page]:
    for i in range(count):
        yield Page(f"https://bench.example/{i}", bodies[i % len(bodies)])


def _pool(jobs: int) -> Executor:
    return ProcessPoolExecutor(jobs)
