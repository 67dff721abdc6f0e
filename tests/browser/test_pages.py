"""Pages in a real browser: nothing leaves them, everybody can read them, on any screen."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page

from local.pages.batch_page import batch_page
from local.pages.history_page import history_page
from local.pages.run_page import run_page
from tests.unit.pages.reports import batch_report, month, night_of_300, run_report
from tests.unit.pages.test_hostile_texts import batch_with, history_with, run_with

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")

FINDINGS = "axe.run().then(found => found.violations.map(each => [each.id, each.nodes.map(node => node.html)]))"

OPEN_ALL = "document.querySelectorAll('details').forEach(each => each.open = true)"

PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1200, "height": 900}

EXPECTED = {f"load-{job}": {"timeZone": "UTC", "expectBy": "03:30"} for job in range(10)}

FOCUSED = "document.activeElement.getAttribute('href') || document.activeElement.tagName"


def _pages() -> dict[str, str]:
    failed = run_report(status="FAILED", loaded="no", error="NotFound", cause='no datamart "Citty".')
    return {
        "run": run_page(run_report(), 0),
        "failed": run_page(failed, 0),
        "batch": batch_page(batch_report([[], [], [0, 1], [1], [2, 3]], slots=2, failed=(4,)), 0),
        "history": history_page(month(), "Stage prod", EXPECTED, is_deployed=True),
        "hostile run": run_page(run_with(), 0),
        "hostile batch": batch_page(batch_with(), 0),
        "hostile history": history_page(history_with(), "Stage prod", {}, is_deployed=True),
    }


PAGES = _pages()


class Opened:
    """A page that is open in the browser, with what it asked for and complained about."""

    def __init__(self, page: Page, path: Path) -> None:
        self.page = page
        self.address = path.as_uri()
        self.requests: list[str] = []
        self.said: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("dialog", lambda dialog: self.said.append(dialog.message))
        page.goto(self.address)

    def findings(self) -> Any:
        """What axe has against it, with the elements; a debugger may run scripts, which the page's policy forbids."""
        self.page.evaluate(AXE)
        return self.page.evaluate(FINDINGS)


@pytest.fixture
def opened(browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Opened]:
    """The page of a name or of a text, on a screen and in light or dark."""
    name, screen, scheme = request.param
    path = tmp_path / "page.html"
    path.write_text(batch_page(night_of_300(), 0) if name == "300" else PAGES[name], "utf-8")
    context = browser.new_context(viewport=screen, color_scheme=scheme)
    yield Opened(context.new_page(), path)
    context.close()


ON_PHONES = [(name, PHONE, "light") for name in PAGES]
IN_THE_DARK = [(name, DESKTOP, "dark") for name in PAGES if not name.startswith("hostile")]


def names(cases: list[Any]) -> list[str]:
    return [name for name, *_ in cases]


@pytest.mark.parametrize("opened", ON_PHONES, ids=names(ON_PHONES), indirect=True)
def test_no_request_leaves_a_page_and_nothing_runs_in_it(opened: Opened) -> None:
    opened.page.wait_for_load_state("networkidle")
    assert opened.requests == [opened.address]
    assert opened.said == []
    assert opened.page.evaluate("document.scripts.length") == 0


@pytest.mark.parametrize("opened", ON_PHONES, ids=names(ON_PHONES), indirect=True)
def test_on_a_phone_nothing_is_wider_than_the_screen_and_axe_finds_nothing(opened: Opened) -> None:
    opened.page.evaluate(OPEN_ALL)
    assert opened.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert opened.findings() == []


@pytest.mark.parametrize("opened", IN_THE_DARK, ids=names(IN_THE_DARK), indirect=True)
def test_in_the_dark_axe_finds_nothing(opened: Opened) -> None:
    opened.page.evaluate(OPEN_ALL)
    assert opened.findings() == []


@pytest.mark.parametrize("opened", [("300", DESKTOP, "light")], indirect=True)
def test_every_one_of_300_items_is_reached_by_the_keyboard(opened: Opened) -> None:
    reached = []
    for _ in range(330):
        opened.page.keyboard.press("Tab")
        reached.append(opened.page.evaluate(FOCUSED))
        if reached[-1] == "BODY":
            break
    assert [each for each in reached if each.startswith("#")] == [f"#item-{number}" for number in range(300)]


@pytest.mark.parametrize(
    ("opened", "links"),
    [(("batch", DESKTOP, "light"), ".names a"), (("history", PHONE, "light"), "td a")],
    ids=["batch", "history"],
    indirect=["opened"],
)
def test_a_cell_opens_its_entry_and_the_entry_closes_again(opened: Opened, links: str) -> None:
    page = opened.page
    link = page.locator(links).last
    entry = page.locator(str(link.get_attribute("href")))
    assert not entry.is_visible()
    link.press("Enter")
    assert entry.is_visible()
    assert opened.findings() == []
    entry.get_by_text("Close").press("Enter")
    assert not entry.is_visible()


@pytest.mark.parametrize("opened", [("history", PHONE, "light")], ids=["history"], indirect=True)
def test_a_table_that_is_wider_than_a_phone_shows_the_newest_night_and_no_cell_over_a_name(opened: Opened) -> None:
    newest = opened.page.locator("tbody tr").first.locator("td").last.bounding_box()
    assert newest is not None
    assert newest["x"] + newest["width"] <= PHONE["width"]
    on_top = """() => [...document.querySelectorAll("tbody th")].map(name => {
        const place = name.getBoundingClientRect();
        return document.elementsFromPoint(place.x + place.width / 2, place.y + place.height / 2)[0].closest("th, td");
    }).map(cell => cell && cell.tagName)"""
    opened.page.locator("tbody").scroll_into_view_if_needed()
    assert set(opened.page.evaluate(on_top)) == {"TH"}


@pytest.mark.parametrize("opened", [("history", DESKTOP, "light")], indirect=True)
def test_on_paper_a_history_lists_what_was_not_loaded_as_usual(opened: Opened) -> None:
    page = opened.page
    assert page.locator(".card:visible").count() == 0
    page.emulate_media(media="print")
    told = page.locator(".card:visible").all_inner_texts()
    assert 0 < len(told) < page.locator(".card").count()
    assert any("DatamartFailed" in text for text in told)


@pytest.mark.parametrize("opened", [("run", DESKTOP, "dark")], ids=["run"], indirect=True)
def test_on_paper_a_run_has_its_details_and_the_colours_of_paper(opened: Opened) -> None:
    call = opened.page.get_by_text("POST /auth/login")
    assert not call.is_visible()
    opened.page.emulate_media(media="print")
    assert call.is_visible()
    assert opened.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert opened.findings() == []
