"""What a reader does: open evidence, change diagrams, zoom, search, compare, read without a script."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser) -> Generator[Page]:
    """A tab of a reader with a script."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    made = context.new_page()
    errors: list[str] = []
    made.on("pageerror", lambda error: errors.append(str(error)))
    yield made
    assert errors == []
    context.close()


@pytest.fixture
def plain(browser: Browser) -> Generator[Page]:
    """A tab of a reader without any script."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def test_evidence_opens_by_mouse_beside_its_figure(page: Page, address: str) -> None:
    """A click on a figure opens its evidence near it; Escape closes it."""
    page.goto(address + "systems/discord/")
    figure = page.locator("button.figure").first
    figure.click()
    popover = page.locator(".evidence:popover-open")
    expect(popover).to_contain_text("Source")
    expect(figure).to_have_attribute("aria-expanded", "true")
    at, box = figure.bounding_box(), popover.bounding_box()
    assert at is not None
    assert box is not None
    assert abs(box["x"] - at["x"]) < 40
    page.keyboard.press("Escape")
    expect(popover).to_have_count(0)
    expect(figure).to_have_attribute("aria-expanded", "false")


def test_evidence_of_a_figure_in_a_table_opens_by_keyboard(page: Page, address: str) -> None:
    """Enter on a figure in a table shows the words of the evidence page; Escape gives the focus back."""
    page.goto(address + "systems/discord/")
    figure = page.locator("#tables a.num").first
    figure.focus()
    page.keyboard.press("Enter")
    popover = page.locator("#evidence:popover-open")
    expect(popover).to_be_visible()
    expect(popover.locator("h3")).to_contain_text(figure.inner_text().strip())
    expect(popover.locator("a", has_text="Permalink")).to_be_visible()
    page.keyboard.press("Escape")
    expect(popover).to_have_count(0)
    expect(figure).to_be_focused()


def test_a_permalink_leads_to_the_figure(page: Page, address: str) -> None:
    """The permalink of a figure opens the page of evidence at its place."""
    page.goto(address + "systems/discord/")
    page.locator("button.figure").first.click()
    page.locator(".evidence:popover-open a", has_text="Permalink").click()
    page.wait_for_url("**/systems/discord/evidence/#claim-*")
    anchor = page.evaluate("decodeURIComponent(location.hash.slice(1))")
    expect(page.locator(f"article[id='{anchor}']")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("section", ["run", "timeline"])
def test_an_address_with_a_place_leads_there(browser: Browser, address: str, width: int, section: str) -> None:
    """On a phone the first diagram is another drawing, which takes its place late: what is below it stays put."""
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(f"{address}systems/stripe/#{section}", wait_until="networkidle")
    page.wait_for_function(
        """id => {
            const top = document.getElementById(id).getBoundingClientRect().top, still = top === window.before;
            window.before = top;
            return still && top >= 0 && top < 150;
        }""",
        arg=section,
        polling=300,
        timeout=6000,
    )
    page.close()


def test_a_tab_shows_another_diagram(page: Page, address: str) -> None:
    """Arrows move between tabs; the drawing, its words, its source and its files follow."""
    page.goto(address + "systems/discord/")
    first = page.locator("[role=tab]").first
    first.focus()
    page.keyboard.press("ArrowRight")
    second = page.locator("[role=tab]").nth(1)
    expect(second).to_be_focused()
    code = second.locator(".id").inner_text()
    page.wait_for_selector(f".panel[data-shown='{code}'] svg[data-code='{code}']")
    words = page.locator("[data-words]").text_content()
    assert words
    page.locator("summary", has_text="Mermaid source").click()
    expect(page.locator("[data-source]")).to_contain_text("accTitle")
    assert (page.locator("[data-get=svg]").get_attribute("href") or "").endswith(f"{code.lower()}.svg")


def test_the_address_names_the_diagram(page: Page, address: str) -> None:
    """The address of a chosen tab, opened anew, shows the same drawing."""
    page.goto(address + "systems/discord/")
    page.locator("[role=tab]", has_text="MR").first.click()
    assert page.url.endswith("#tab-mr")
    page.goto("about:blank")
    page.goto(address + "systems/discord/#tab-mr")
    page.wait_for_selector(".panel[data-shown='MR'] svg[data-code='MR']")
    expect(page.locator("[role=tab][aria-selected=true]")).to_contain_text("MR")


def test_a_diagram_zooms_and_pans(page: Page, address: str) -> None:
    """Buttons and keys zoom between 100 and 600 per cent, and 0 fits again."""
    page.goto(address + "systems/discord/")
    page.wait_for_selector("[role=tab]")
    shown = page.locator(".panel output")
    page.locator("[data-do=in]").click()
    expect(shown).to_have_text("140 %")
    page.locator(".stage").focus()
    for _ in range(10):
        page.keyboard.press("+")
    expect(shown).to_have_text("600 %")
    page.keyboard.press("ArrowRight")
    assert "translate" in (page.locator(".sheet").get_attribute("style") or "")
    page.keyboard.press("0")
    expect(shown).to_have_text("100 %")


def test_search_finds_a_system_by_its_technology(page: Page, address: str) -> None:
    """A word of the data leads to the page that holds it."""
    page.goto(address + "search/")
    page.locator("#search").fill("ScyllaDB")
    expect(page.locator("#hits a", has_text="Discord").first).to_be_visible(timeout=10_000)
    page.locator("#hits a", has_text="Discord").first.click()
    page.wait_for_url("**/atlas/systems/discord/**")


def test_search_says_when_no_page_has_a_word(page: Page, address: str) -> None:
    """Words that merely begin alike are no answer."""
    page.goto(address + "search/?q=xqzzv")
    expect(page.locator("#hit-count")).to_have_text("No page has these words.", timeout=10_000)
    expect(page.locator("#hits li")).to_have_count(0)


def test_any_two_systems_are_compared_as_the_built_page_does(page: Page, address: str) -> None:
    """The browser's comparison has the rows and verdicts of the page that was built for the pair."""
    rows = """trs => trs.map(
        tr => `${tr.querySelector("th").textContent.trim()} | ${tr.querySelector(".tag").textContent.trim()}`)"""
    page.goto(address + "compare/discord-vs-slack/")
    built = page.locator("section:has(> .head > #h-figs) tbody tr").evaluate_all(rows)
    page.goto(address + "compare/")
    page.locator("#left").select_option("discord")
    page.locator("#right").select_option("slack")
    page.locator("#compare button").click()
    expect(page.locator("#compared table")).to_have_count(2)
    live = page.locator("#compared table").first.locator("tbody tr").evaluate_all(rows)
    assert live == built
    assert len(built) > 3


def test_a_slow_answer_does_not_replace_what_was_asked_for_later(page: Page, address: str) -> None:
    """The choice is changed while the data of the first one is still on its way."""
    late: list[Route] = []
    page.route("**/api/v1/systems/uber.json", lambda route: late.append(route))  # noqa: PLW0108 - it is given a mark
    page.goto(address + "compare/")
    page.locator("#left").select_option("discord")
    page.locator("#right").select_option("uber")
    page.locator("#right").select_option("stripe")
    expect(page.locator("#compare-status")).to_contain_text("Stripe")
    with page.expect_response("**/api/v1/systems/uber.json") as answer:
        for route in late:
            route.continue_()
    answer.value.finished()
    page.evaluate("() => new Promise((go) => setTimeout(go, 100))")
    expect(page.locator("#compare-status")).to_contain_text("Stripe")


def test_the_list_of_systems_narrows(page: Page, address: str) -> None:
    """Typing in the filter leaves the matching rows and counts them."""
    page.goto(address)
    page.keyboard.press("/")
    page.keyboard.type("discord")
    expect(page.locator("#systems tbody tr:visible")).to_have_count(1)
    expect(page.locator("output[for=filter]")).to_contain_text("1 of ")


def test_the_theme_is_kept(page: Page, address: str) -> None:
    """The switch goes from auto to light to dark, and the next page knows."""
    page.goto(address)
    page.locator("#theme").click()
    page.locator("#theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto(address + "coverage/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 26)"


def test_the_page_reads_without_a_script(plain: Page, address: str) -> None:
    """Evidence opens, all diagrams are a link away, and nothing that needs a script is shown."""
    plain.goto(address + "systems/discord/")
    plain.locator("button.figure").first.click()
    expect(plain.locator(".evidence:popover-open")).to_contain_text("Source")
    plain.keyboard.press("Escape")
    expect(plain.locator("#theme")).to_be_hidden()
    expect(plain.locator(".stage svg").first).to_be_visible()
    plain.locator(".tabs a").nth(5).click()
    assert "/systems/discord/diagrams/#" in plain.url
    assert plain.locator(".diagrams-all svg:visible").count() >= 15


def test_the_error_page_finds_its_way_at_any_depth(page: Page, address: str) -> None:
    """Links of the error page start at the path of the site."""
    page.goto(address + "404.html")
    page.get_by_role("link", name="All systems").click()
    page.wait_for_url("**/atlas/systems/")
