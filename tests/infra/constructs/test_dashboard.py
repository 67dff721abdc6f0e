"""The dashboard and the saved queries, as the template has them."""

import json
import re
from typing import Any

import pytest

from functions.metric_names import NAMESPACE, SERVICE, STEP_DONE, WITHOUT_JOB
from infra.build.quotas import MOST_WIDGETS
from infra.constructs.function_table import EVERY
from infra.constructs.queries import QUERIES
from infra.costs.prices import price
from tests.infra.template import Template


def body(template: Template) -> dict[str, Any]:
    """What CloudWatch gets, each reference by its logical id."""
    _, parts = template.one("AWS::CloudWatch::Dashboard")["DashboardBody"]["Fn::Join"]
    text = "".join(part if isinstance(part, str) else json.dumps(part).replace('"', "'") for part in parts)
    found: dict[str, Any] = json.loads(text)
    return found


def widgets(template: Template, kind: str) -> list[dict[str, Any]]:
    return [widget["properties"] for widget in body(template)["widgets"] if widget["type"] == kind]


def metrics(template: Template) -> list[list[Any]]:
    return [metric for widget in widgets(template, "metric") for metric in widget["metrics"]]


def test_the_dashboard_shows_every_metric_of_ours_and_none_of_them_is_of_a_single_job(template: Template) -> None:
    ours = [metric for metric in metrics(template) if metric[0] == NAMESPACE]
    assert {metric[1] for metric in ours} == set(WITHOUT_JOB) - {STEP_DONE}
    assert {tuple(metric[2:4]) for metric in ours} == {("service", SERVICE)}


@pytest.mark.parametrize(
    "title",
    [
        "Runs and batches by outcome",
        "Tables loaded, and unknown",
        "Looks at jobs, and steps that failed",
        "Queue: length, and longest wait in minutes",
        "Sessions in use (slots taken)",
        "Clean-ups",
        "Dead letters",
        "What state transitions cost a day",
        "How long each datamart takes",
    ],
)
def test_the_dashboard_answers_what_a_person_asks_in_the_morning(template: Template, title: str) -> None:
    titles = {widget["title"] for kind in ("metric", "log") for widget in widgets(template, kind)}
    assert title in titles


def test_the_dashboard_has_every_alarm_of_the_stack(everything: Template) -> None:
    (shown,) = widgets(everything, "alarm")
    alarms = everything.resources("AWS::CloudWatch::Alarm")
    assert {name for name in alarms if any(f"'{name}'" in one for one in shown["alarms"])} == set(alarms)


def test_the_dashboard_has_every_queue_of_dead_letters(everything: Template) -> None:
    shown = [str(metric) for metric in metrics(everything) if "ApproximateNumberOfMessagesVisible" in metric]
    queues = [name for name in everything.resources("AWS::SQS::Queue") if "DeadLetters" in name]
    assert len(queues) >= 3
    assert all(any(f"'{name}'" in metric for metric in shown) for name in queues)


def test_the_dashboard_prices_each_function_by_its_memory_and_each_table_by_what_it_takes(template: Template) -> None:
    title = "What functions and tables cost an hour, in dollars (state transitions are below)"
    (cost,) = [widget for widget in widgets(template, "metric") if widget["title"] == title]
    expressions = {metric[0]["label"]: metric[0]["expression"] for metric in cost["metrics"] if len(metric) == 1}
    used = [metric for metric in cost["metrics"] if len(metric) > 1]
    assert set(expressions) == {"functions", "tables"}
    for metric in used:
        assert re.search(rf"\b{metric[-1]['id']}\b", " ".join(expressions.values())), metric
        assert metric[-1]["visible"] is False
    assert [metric[1] for metric in used].count("Duration") == len(EVERY)
    assert sum(str(metric[1]).startswith("Consumed") for metric in used) == 4
    assert f"{1024 / 1024 / 1000:g}" in expressions["functions"]
    assert f"{price('lambda_gb_second'):.10f}" in expressions["functions"]


def test_three_hundred_jobs_have_no_larger_dashboard_than_one(template: Template, full_stage: Template) -> None:
    assert len(body(full_stage)["widgets"]) == len(body(template)["widgets"]) < MOST_WIDGETS / 10
    of_lineage = len(full_stage.resources("AWS::SQS::Queue")) - len(template.resources("AWS::SQS::Queue"))
    assert len(metrics(full_stage)) == len(metrics(template)) + of_lineage


def test_a_stage_that_wants_none_has_no_dashboard(other_triggers: Template) -> None:
    assert other_triggers.resources("AWS::CloudWatch::Dashboard") == {}
    assert "DashboardName" not in other_triggers.content["Outputs"]


def test_ten_questions_are_saved_in_the_folder_of_the_stage_with_the_logs_that_answer_them(template: Template) -> None:
    saved = list(template.resources("AWS::Logs::QueryDefinition").values())
    assert {query["Name"] for query in saved} == {f"datamart-runner-dev/{query.name}" for query in QUERIES}
    assert len(saved) == 10
    groups = template.resources("AWS::Logs::LogGroup")
    for query in saved:
        assert query["LogGroupNames"]
        assert all(name["Ref"] in groups for name in query["LogGroupNames"]), query["Name"]
