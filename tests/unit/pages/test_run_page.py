"""The page of a run: its outcome, what to do, its steps over time and its answers."""

import re
from dataclasses import replace
from html import unescape
from itertools import pairwise

from markupsafe import escape

from functions import clock
from functions.errors import NotFound
from local.pages.run_page import RunPage, run_page
from local.report.events import seconds_of
from local.report.report import Answer, StepFailure
from tests.unit.pages.reports import run_report
from tests.unit.report.executions import BEGIN


def command_in(page: str) -> str:
    """What a person copies from the first command of the page, with the words before it."""
    (found,) = re.findall('<p class="command">(.*?)</p>', page)
    return unescape(re.sub("<[^<>]*>", "", found))


def test_it_begins_with_the_outcome_and_what_to_do() -> None:
    page = run_page(run_report(status="FAILED", loaded="no", error="NotFound", cause='no datamart "Citty".'), 0)
    assert "City failed; its table was not loaded." in page
    assert "no datamart &#34;Citty&#34;." in page
    assert escape(NotFound.advice) in page
    assert command_in(page) == "To repeat it: datamart rerun city-1 --stage dev"


def test_what_may_be_repeated_has_its_command() -> None:
    page = run_page(run_report(status="FAILED", loaded="unknown", error="OutcomeUnknown", cause="It crashed."), 0)
    assert command_in(page) == "To repeat it after a look at the table: datamart rerun city-1 --stage dev --force"


def test_an_option_of_the_command_does_not_break_at_its_hyphens() -> None:
    left = [{"kind": "triggerEvent", "id": "E", "name": "Load done", "outcome": "failed"}]
    changes = {"status": "FAILED", "loaded": "yes", "error": "FollowUpFailed", "cause": "x", "follow_ups": left}
    report = replace(run_report(**changes), console=None, server="https://mstr.example.com/a?b=<i>")
    page = run_page(report, 0)
    assert ' <span class="option">--follow-ups</span> <span class="option">--library-url</span> ' in page
    assert "<i>" not in page
    command = "datamart rerun city-1 --follow-ups --library-url 'https://mstr.example.com/a?b=<i>'"
    assert command_in(page) == f"To repeat what is missing, without a load: {command}"


def test_waits_and_work_have_their_place_on_the_time_axis() -> None:
    page = RunPage(run_report(), 0)
    (group,) = page.groups
    rows = {row.name: row for row in group.rows}
    assert round(page.scale.seconds, 1) == 331.3
    (queue,) = rows["WaitInQueue"].bands
    assert (queue.kind, queue.x, queue.width) == ("wait", 0.03, 27.17)
    wait, work = rows["GetStatus ×3"].bands
    assert (wait.kind, work.kind) == ("wait", "work")
    assert wait.x < work.x <= wait.end


def test_looking_is_the_end_of_a_wait_for_the_next_look() -> None:
    report = run_report()
    looks = replace(report.steps[8], seconds=180.0, waited_seconds=120.0)
    steps = (*report.steps[:8], looks, *report.steps[9:])
    wait, work = RunPage(replace(report, steps=steps), 0).groups[0].rows[8].bands
    assert round(wait.width / work.width, 2) == 3.0
    failed = replace(looks, failures=(StepFailure(looks.started_at, "DatamartFailed", "no such column"),))
    steps = (*report.steps[:8], failed, *report.steps[9:])
    bands = RunPage(replace(report, steps=steps), 0).groups[0].rows[8].bands
    assert [band.kind for band in bands] == ["wait", "failed"]


def test_a_run_that_was_stopped_while_it_waited_for_its_job_waited() -> None:
    report = run_report(status="ABORTED", loaded="unknown")
    looks = next(place for place, step in enumerate(report.steps) if step.state == "GetStatus")
    waiting = replace(report.steps[looks], state="WaitForStatus", waited_seconds=None, calls=())
    page = RunPage(replace(report, steps=(*report.steps[:looks], waiting)), 0)
    assert [band.kind for band in page.groups[0].rows[-1].bands] == ["wait"]


def test_the_statuses_of_the_job_are_bands_that_touch() -> None:
    bands = [look.band for look in RunPage(run_report(), 0).looks]
    assert [band.kind for band in bands] == ["job-running", "job-prompts", "job-running", "job-succeeded"]
    assert all(abs(band.end - following.x) < 0.1 for band, following in pairwise(bands[:3]))


def test_the_last_status_of_an_attempt_ends_with_its_last_look() -> None:
    report = run_report()
    *first, last = report.job
    again = replace(last, attempt=2, at=clock.timestamp(BEGIN + 1_000))
    page = RunPage(replace(report, job=(*first[:2], again)), 0)
    looks = [step for step in report.steps if step.state == "GetStatus"]
    assert looks[-1].seconds is not None
    assert page.looks[1].band.end == page.scale.at(seconds_of(looks[-1].started_at) + looks[-1].seconds)


def test_values_that_the_stage_hides_are_not_in_the_page() -> None:
    report = run_report()
    hidden = replace(report, prompts=(Answer(1, "Country", "ELEMENTS", "answers", None),))
    assert "USA" in run_page(report, 0)
    assert "USA" not in run_page(hidden, 0)
    assert "(hidden)" in run_page(hidden, 0)


def test_a_run_that_goes_on_has_a_band_until_now() -> None:
    report = run_report(status="RUNNING", loaded="unknown", finished_at=None)
    last = replace(report.steps[-1], seconds=None)
    page = RunPage(replace(report, steps=(*report.steps[:-1], last)), BEGIN + 1_000)
    assert page.scale.end == BEGIN + 1_000
    assert page.groups[0].rows[-1].bands[0].end == 100
    assert "City is running." in run_page(page.report, BEGIN + 1_000)


def test_attempts_are_told_apart_where_there_were_several() -> None:
    report = run_report()
    second = replace(report.attempts[0], number=2, end="Fail", error="ServerBusy", started_at=clock.timestamp(BEGIN))
    page = run_page(replace(report, attempts=(*report.attempts, second)), 0)
    assert "<h3>Attempt 1: Succeed" in page


def test_a_record_of_which_nothing_else_is_kept_has_a_page() -> None:
    report = run_report()
    bare = replace(report, steps=(), attempts=(), job=(), waits=(), prompts=(), cleaned_up=(), cost=None, console=None)
    page = run_page(bare, 0)
    assert "City is loaded: DM_CITY was replaced in 4 min 5 s." in page
    assert "Over time" not in page
