"""Takes the pictures of local/pages/README.md in a browser: ``python -m tests.browser.screenshots``."""

import json
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from local.pages.batch_page import batch_page
from local.pages.history_page import history_page
from local.pages.run_page import run_page
from local.report.report import NotRun, RunReport
from tests.browser.conftest import FLAGS, NAMES
from tests.unit.pages.reports import batch_report, month, run_report

ROOT = Path(__file__).parents[2]

TARGET = ROOT / "local" / "pages" / "pictures"

JOBS = ("board", "categories", "cities", "customers", "daily-sales", "margins", "returns", "stock")


def sample_batch() -> RunReport:
    """The batch of events/batch.json, in which one item failed, and the last one was therefore skipped."""
    items = json.loads((ROOT / "events" / "batch.json").read_text("utf-8"))["batch"]["items"]
    names = [item["name"] for item in items]
    after = [[names.index(name) for name in item.get("after", ())] for item in items]
    report = batch_report(after, failed=(names.index("stock cube"),))
    called = {item.item: names[int(str(item.item).split()[1])] for item in report.items}
    runs = [replace(item, item=called[item.item], id=f"{called[item.item]}-1") for item in report.items]
    cause = (
        '2 of 14 items are not loaded: "stock cube" (failed DatamartFailed), "board" (skipped because of "stock cube").'
    )
    counts = {"items": 14, "loaded": 12, "failed": 1, "skipped": 1}
    return replace(
        report,
        run=replace(report.run, counts=counts, cause=cause, trigger="schedule", started_by="nightly-1"),
        notes=(),
        console=None,
        problem=None if report.problem is None else replace(report.problem, cause=cause),
        items=tuple(item for item in runs if item.item != "board"),
        not_run=(NotRun("board", "skipped", "stock cube"),),
        after={called[item]: tuple(called[each] for each in named) for item, named in report.after.items()},
    )


def pages() -> dict[str, tuple[str, ViewportSize, str]]:
    """The page, the size of the screen, and light or dark, by the name of the picture."""
    nights = [replace(each, job=JOBS[int(str(each.job).split("-")[1])]) for each in month(len(JOBS))]
    expected = {job: {"timeZone": "UTC", "expectBy": "03:50"} for job in ("returns", "stock")}
    run, history = replace(run_report(), console=None), history_page(nights, "Stage prod", expected, is_deployed=True)
    return {
        "batch": (batch_page(sample_batch(), 0), {"width": 1000, "height": 1060}, "light"),
        "history": (history, {"width": 1180, "height": 640}, "dark"),
        "run-on-a-phone": (run_page(run, 0), {"width": 390, "height": 844}, "light"),
    }


def take(browser: Browser) -> None:
    """Write the pictures."""
    TARGET.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, (page, screen, scheme) in pages().items():
            path = Path(folder) / f"{name}.html"
            path.write_text(page, "utf-8")
            opened = browser.new_page(viewport=screen, color_scheme="dark" if scheme == "dark" else "light")
            opened.goto(path.as_uri())
            opened.screenshot(path=TARGET / f"{name}.png")


if __name__ == "__main__":
    with sync_playwright() as playwright:
        found = next(filter(None, map(shutil.which, NAMES)))
        take(playwright.chromium.launch(executable_path=Path(found), args=list(FLAGS)))
