"""Comparing: like with like, and the reason where not."""

from __future__ import annotations

from atlas.site.digest import ClaimDigest, Digest
from atlas.site.pages.compare import Pair, figures_table, joined_figures, plots, related_pairs, verdict

from .conftest import Built


def _claim(
    ident: str, *, stat: str = "peak", scope: str = "", year: int | None = 2024, key: str = "rate|system"
) -> ClaimDigest:
    return ClaimDigest(
        id=ident,
        metric="rate",
        stat=stat,
        about="system",
        what="rate",
        text="5/s",
        written="5/s",
        low=5,
        mid=5,
        high=5,
        dimension="count/time",
        quote="5 per second",
        scope=scope,
        held=str(year or ""),
        year=year,
        age=None,
        confidence="A",
        is_primary=True,
        is_usable=True,
        verdict="found",
        source="s",
        source_title="S",
        source_url="",
        access="the original",
        compare_key=key,
        compare_label="Rate, whole system",
    )


def test_a_figure_without_an_equal_stands_alone() -> None:
    """What only one side published is one side only."""
    assert verdict(_claim("a"), None)[0] == "one side only"


def test_statistics_are_not_mixed() -> None:
    """A peak is not compared with an average."""
    assert verdict(_claim("a"), _claim("b", stat="average")) == ("not the same thing", "old", "peak against average")


def test_scopes_are_not_mixed() -> None:
    """A figure of one event is not compared with one of all days."""
    assert verdict(_claim("a", scope="Prime Day"), _claim("b"))[2] == "different scopes"


def test_years_may_be_two_apart() -> None:
    """Two years apart is comparable, three is not."""
    assert verdict(_claim("a", year=2022), _claim("b", year=2024))[0] == "comparable"
    assert verdict(_claim("a", year=2021), _claim("b", year=2024)) == ("other years", "old", "3 years apart")


def test_the_best_match_is_taken(site: Built) -> None:
    """Of several figures of one fact, the pair of like statistic and near years is put side by side."""
    base = next(iter(site.report.digests.values()))
    left = base.model_copy(
        update={"claims": (_claim("a", year=2015), _claim("b", year=2023), _claim("c", stat="average"))}
    )
    right = base.model_copy(
        update={"slug": "other", "claims": (_claim("d", year=2024), _claim("e", stat="average", year=2010))}
    )
    (a, b), *rest = joined_figures(left, right)
    assert (a and a.id, b and b.id) == ("b", "d")
    assert rest == []


def test_of_equal_matches_the_newest_is_shown(site: Built) -> None:
    """Figures of this year are put side by side, though two of ten years ago lie closer together."""
    base = next(iter(site.report.digests.values()))
    left = base.model_copy(update={"claims": (_claim("old", year=2016), _claim("new", year=2025))})
    right = base.model_copy(
        update={"slug": "other", "claims": (_claim("oldest", year=2016), _claim("newest", year=2024))}
    )
    assert [(a.id, b.id) for a, b in joined_figures(left, right) if a and b] == [("new", "newest")]


def test_each_related_pair_has_one_page(site: Built) -> None:
    """Pairs are unordered and unique, and each has a page."""
    digests = list(site.report.digests.values())
    pairs = related_pairs(digests)
    assert len({frozenset((p.left.slug, p.right.slug)) for p in pairs}) == len(pairs)
    for pair in pairs:
        assert (site.out / pair.path / "index.html").is_file()


def test_only_comparable_figures_are_plotted(site: Built) -> None:
    """A bar is drawn only for figures that the table calls comparable."""
    drawn = 0
    for pair in related_pairs(list(site.report.digests.values())):
        states = [row.cells[-1].parts[0].text for row in figures_table(pair).rows]
        assert len(plots(pair)) <= states.count("comparable")
        drawn += len(plots(pair))
    assert drawn


def test_a_system_compared_with_a_poor_one_still_has_a_table(site: Built) -> None:
    """No figures on one side gives rows of one side only."""
    base = next(iter(site.report.digests.values()))
    poor: Digest = base.model_copy(update={"slug": "poor", "claims": ()})
    table = figures_table(Pair(base, poor, ""))
    assert {row.cells[-1].text for row in table.rows} == {"one side only"}
