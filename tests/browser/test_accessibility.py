"""Every type of page, in both themes and at two widths: axe finds nothing, nothing is refused, nothing sticks out."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser

PAGES = (
    "", "systems/", "systems/discord/", "systems/discord/evidence/", "systems/discord/diagrams/",
    "systems/discord/components/", "systems/discord/performance/", "categories/", "patterns/", "mechanisms/",
    "guarantees/", "technologies/", "sources/", "coverage/", "compare/", "compare/discord-vs-slack/", "method/",
    "drills/", "metrics/", "systems/discord/drills/", "checks/", "glossary/", "api/", "search/?q=scylla",
    "embed/discord/l0/", "404.html",
)  # fmt: skip
OUTSIDE = """() => document.documentElement.scrollWidth - document.documentElement.clientWidth"""
WATCH = """
  document.addEventListener("securitypolicyviolation",
    (event) => (window.refused ??= []).push(`${event.violatedDirective} ${event.blockedURI}`));
"""


@pytest.fixture(scope="module", params=[("light", 1280), ("dark", 1280), ("light", 360), ("dark", 360)], ids=str)
def context(request: pytest.FixtureRequest, browser: Browser) -> Generator[BrowserContext]:
    """A reader with a theme and a width."""
    theme, width = request.param
    made = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce")
    made.add_init_script(WATCH)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Generator[Page]:
    """A tab that fails the test when a script does."""
    made = context.new_page()
    errors: list[str] = []
    made.on("pageerror", lambda error: errors.append(str(error)))
    yield made
    assert errors == []
    assert made.evaluate("window.refused ?? []") == []
    made.close()


def violations(page: Page, axe: str) -> list[str]:
    """What axe finds on the page, as short lines."""
    page.evaluate(axe)
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{v['id']}: {node['html'][:120]}" for v in found["violations"] for node in v["nodes"][:3]]


@pytest.mark.parametrize("path", PAGES)
def test_page_is_accessible_and_fits(page: Page, address: str, axe: str, path: str) -> None:
    """Axe reports no violation, the policy refuses nothing, and the page does not scroll sideways."""
    page.goto(address + path)
    page.wait_for_load_state("networkidle")
    assert violations(page, axe) == []
    assert page.evaluate(OUTSIDE) <= 0


def test_every_tab_of_a_system_is_accessible(page: Page, address: str, axe: str) -> None:
    """Each diagram, shown in its tab, passes axe; so does an open piece of evidence."""
    page.goto(address + "systems/discord/")
    page.wait_for_selector("[role=tab]")
    found = {}
    for number in range(page.locator("[role=tab]").count()):
        tab = page.locator("[role=tab]").nth(number)
        code = tab.locator(".id").inner_text()
        tab.click()
        page.wait_for_selector(f".panel[data-shown='{code}'] svg")
        found[code] = violations(page, axe)
    assert {code: lines for code, lines in found.items() if lines} == {}


def test_open_evidence_is_accessible(page: Page, address: str, axe: str) -> None:
    """The popover of a figure passes axe and stays on the screen."""
    page.goto(address + "systems/discord/")
    page.locator("button.figure").nth(1).click()
    box = page.locator(".evidence:popover-open").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= page.evaluate("innerWidth")
    assert violations(page, axe) == []
