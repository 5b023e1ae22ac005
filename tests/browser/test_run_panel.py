"""The run panel on a page of the static build: the same numbers as Python, and a page that stays at hand."""

from __future__ import annotations

import base64
import re
from collections.abc import Generator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from atlas.catalogue import load_catalogue
from atlas.compile import Conditions, case_of, load_drills, plan_drill, run_drill
from atlas.compile.run import Settings
from atlas.sim import simulate
from atlas.sim.build_kernel import BuildError, wasm_bytes

from .conftest import ROOT
from .test_accessibility import OUTSIDE, WATCH, violations

pytestmark = pytest.mark.browser

DRILL, SEED, LOAD = "auth-zone-loss", 11, 1.2
RUN_MS = 120_000
LONGEST_GAP_MS = 100
TICKS = """() => {
  window.gaps = []; let last = performance.now();
  window.ticking = setInterval(() => { const now = performance.now(); window.gaps.push(now - last); last = now; }, 10);
}"""


@pytest.fixture(scope="session", autouse=True)
def kernel() -> bytes:
    """The kernel as WebAssembly; skipped by name where it can neither be found nor built."""
    try:
        return wasm_bytes()
    except BuildError:  # wheels of ziglang do not exist for every machine; the panel itself then says so
        pytest.skip("ziglang is not installed, and the kernel was not built before")


def open_tab(browser: Browser, width: int = 1280, theme: Any = "light", **options: Any) -> Page:
    """A tab that watches the policy and errors."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme, **options)
    context.add_init_script(WATCH)
    page = context.new_page()
    page.on("pageerror", lambda error: page.evaluate("(text) => (window.broken ??= []).push(text)", str(error)))
    return page


def close_tab(page: Page) -> None:
    """Nothing was refused by the policy and no script failed."""
    assert page.evaluate("window.refused ?? []") == []
    assert page.evaluate("window.broken ?? []") == []
    page.context.close()


@pytest.fixture
def page(browser: Browser) -> Generator[Page]:
    """A wide, light tab."""
    made = open_tab(browser)
    yield made
    close_tab(made)


def finish(page: Page) -> None:
    """Press the button that runs, and wait for the verdict."""
    page.locator(".run .acts button").click()
    page.locator(".run .verdict b").wait_for(timeout=RUN_MS)


def result(page: Page) -> list[dict[str, Any]]:
    """What the page has recorded in each of its runs, arrays as base64."""
    found: list[dict[str, Any]] = page.evaluate("""() => document.querySelector("#run").atlasRun.results.map((one) => ({
      flows: one.flows,
      record: Object.fromEntries(Object.entries(one.record).map(([name, buffer]) => {
        let text = ""; const bytes = new Uint8Array(buffer);
        for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
        return [name, btoa(text)];
      })),
    }))""")
    return found


def test_a_drill_has_the_numbers_of_python(page: Page, address: str) -> None:
    """Both runs of a drill leave Python's record to the bit; percentiles, goodput and verdicts are Python's."""
    page.goto(f"{address}systems/discord/?run={DRILL}&seed={SEED}&load={LOAD}")
    finish(page)
    command = page.locator(".run .fidelity code").inner_text()
    slice_ = re.search(r"--slice (\S+)", command)
    assert slice_
    assert f"atlas run discord --drill {DRILL} --engine discrete" in command
    case = case_of(load_catalogue(ROOT / "catalogue"), "discord")
    settings = Settings(engine="discrete", seed=SEED)
    given = Conditions(load=LOAD, share=float(slice_[1]))
    drilled = run_drill(case, load_drills(case)[DRILL], given, settings)
    assert drilled.run is not None
    assert drilled.without is not None
    for told, run in zip(result(page), (drilled.run, drilled.without), strict=True):
        for flow, trace in run.trace.flows.items():
            assert told["flows"][flow]["latency"] == [trace.latency[level] for level in (0.5, 0.95, 0.99, 0.999)]
            for part in ("arrived", "good", "degraded", "failed"):
                assert told["flows"][flow][part] == getattr(trace, part).tolist(), (flow, part)
    plan, window = plan_drill(case, load_drills(case)[DRILL], given, settings)
    record = simulate(plan.plan, SEED, window.for_s, warmup_s=window.start_s).records[0]
    for name, text in result(page)[0]["record"].items():
        assert base64.b64decode(text) == getattr(record, name).tobytes(), name
    assert int(np.sum(record.flow_latency)) > 100_000
    tags = page.locator(".run .answers .tag").all_inner_texts()
    judged = zip(drilled.judgements, drilled.without_judgements, strict=True)
    assert tags == [("holds" if one.holds else "missed") for pair in judged for one in pair]


def test_the_page_stays_at_hand_while_it_runs(page: Page, address: str) -> None:
    """A timer of the page goes on ticking during a run, and stopping answers at once and leaves what was seen."""
    page.goto(f"{address}systems/discord/?run=celebrity-storm")
    page.locator(".run .acts button").wait_for()
    page.evaluate(TICKS)
    page.locator(".run .acts button").click()
    page.wait_for_timeout(4000)
    gaps = page.evaluate("() => { clearInterval(window.ticking); return window.gaps; }")
    assert sorted(gaps)[-3] <= LONGEST_GAP_MS, sorted(gaps)[-5:]
    assert len(gaps) > 100
    page.locator(".run .acts button").click()
    expect(page.locator(".run .progress")).to_contain_text("Stopped at")
    assert page.locator(".run .line.main").first.get_attribute("d")
    expect(page.locator(".run .acts button")).to_have_text("Run again")


def test_settings_are_in_the_address(page: Page, address: str) -> None:
    """What is chosen can be sent on: the address brings the same settings, and nothing runs by itself."""
    page.goto(f"{address}systems/discord/")
    page.locator("#run button").click()
    page.get_by_label("Mass reconnect").check()
    page.get_by_label("Load").fill("1.5")
    page.get_by_label("Seed", exact=True).fill("77")
    page.locator("#run-mitigation").uncheck()
    page.goto(page.url)
    page.locator(".run").wait_for()
    expect(page.get_by_label("Mass reconnect")).to_be_checked()
    expect(page.get_by_label("Load")).to_have_value("1.5")
    expect(page.get_by_label("Seed", exact=True)).to_have_value("77")
    expect(page.locator("#run-mitigation")).not_to_be_checked()
    assert "run=reconnect-storm" in page.url
    expect(page.locator(".run .progress")).to_contain_text("Nothing has been run")
    assert page.locator(".run .chart text").filter(has_text="e-").count() == 0
    assert not [text for text in page.locator(".run .chart text").all_text_contents() if "0.000" in text]


def test_nonsense_in_the_address_means_the_defaults(page: Page, address: str) -> None:
    """An address that asks for what there is not opens the panel with what there is."""
    page.goto(f"{address}systems/discord/?run=<b>x&load=1e9&seed=-3&flow=none&at=nan&mitigation=off")
    page.locator(".run").wait_for()
    expect(page.get_by_label("Load")).to_have_value("1")
    expect(page.get_by_label("Seed", exact=True)).to_have_value("1")
    assert page.locator(".run .choices input:checked").count() == 1


def test_it_is_used_with_the_keyboard_alone(page: Page, address: str) -> None:
    """Opened, changed, run and read without a mouse; the focus is never lost."""
    page.goto(f"{address}systems/stripe/")
    page.locator("#run button").focus()
    page.keyboard.press("Enter")
    page.locator(".run .choices input:checked:focus").wait_for()
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.name") == "run-run"
    for _ in range(12):
        if page.evaluate("document.activeElement.matches('.run .acts button')"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator(".run .verdict b").wait_for(timeout=RUN_MS)
    assert page.evaluate("document.activeElement.matches('.run .acts button')")
    page.locator("#run-time").focus()
    before = page.locator("#run-time").input_value()
    page.keyboard.press("ArrowLeft")
    assert page.locator("#run-time").input_value() != before
    expect(page.locator(".run .sr[role=status]")).to_contain_text("Done.")


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 360), ("dark", 360)])
def test_the_open_panel_is_accessible(browser: Browser, address: str, axe: str, theme: str, width: int) -> None:
    """Before and after a run, in both themes and at two widths, axe finds nothing and nothing sticks out."""
    page = open_tab(browser, width, theme, reduced_motion="reduce")
    page.goto(f"{address}systems/stripe/?run=zone-lost")
    page.locator(".run .map svg").wait_for()
    assert violations(page, axe) == []
    finish(page)
    for closed in page.locator(".run details").all():
        closed.locator("summary").click()
    assert violations(page, axe) == []
    page.locator("#run-mitigation").uncheck()
    page.locator("#run-time").fill("60")
    assert violations(page, axe) == []
    assert page.evaluate(OUTSIDE) <= 0
    close_tab(page)


def test_the_diagram_says_in_words_what_its_colours_say(page: Page, address: str) -> None:
    """A coloured component has its utilisation as text; the mitigation off shows the other run's."""
    page.goto(f"{address}systems/discord/?run={DRILL}")
    finish(page)
    page.locator("#run-time").fill("100")
    store = page.locator(".run .cmp-auth-db")
    expect(store.locator(".fact")).to_have_text(re.compile(r"^[\d.]+ %"))
    said = store.locator(".fact").text_content() or ""
    page.locator("#run-mitigation").uncheck()
    expect(store.locator(".fact")).not_to_have_text(said)
    assert re.search(r"\bu[45]\b", store.get_attribute("class") or "")
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
    assert len(ids) == len(set(ids))


def test_without_the_engine_the_panel_says_so(browser: Browser, address: str) -> None:
    """Where a file cannot be fetched, the page says what, and can be tried again."""
    page = open_tab(browser)
    page.route("**/kernel.wasm*", lambda route: route.fulfill(status=404, body=""))
    page.goto(f"{address}systems/stripe/?run=zone-lost")
    page.locator(".run .acts button").click()
    expect(page.locator(".run [role=alert]")).to_contain_text("engine could not be fetched")
    page.unroute("**/kernel.wasm*")
    finish(page)
    close_tab(page)


def test_the_moment_in_an_address_is_the_moment_shown(page: Page, address: str) -> None:
    """What is seen can be sent on: the run that an address asks for ends at the moment it names."""
    page.goto(f"{address}systems/stripe/?run=zone-lost&at=7.6")
    finish(page)
    expect(page.locator("output[for=run-time]")).to_have_text("7 s")
    page.locator(".run .acts button").click()
    page.locator(".run .verdict b").wait_for(timeout=RUN_MS)
    expect(page.locator("output[for=run-time]")).to_have_text("7 s")
