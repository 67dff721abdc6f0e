"""What a stage costs a month, with and without each option of its settings: measured counts at dated prices."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from functions.metric_names import WITHOUT_JOB
from infra.costs.history_counts import year_of_history
from infra.costs.prices import MEMORY_GB, SECONDS_A_CALL, price, usd
from infra.costs.run_counts import counts_of
from infra.documents.cost_table import examples, metrics_of
from infra.documents.markdown import table

RUNS, DAYS = 30, 30
"""Runs a night, each of half an hour after 20 others, and nights of a month."""

FAILURES = 2
"""Notifications a night: failures, and what is late or longer than usual."""

LOOKS_AT_DASHBOARD = 4
"""How often a day somebody opens the dashboard, whose answers each read the logs of a day."""

SWEEPS = 24 + 24 * 12
"""Calls of ``sweep`` a day: every hour, and every five minutes for the queues."""


class Part(NamedTuple):
    """What a part costs: ``setting`` is the key that asks for it, None for what every stage has."""

    name: str
    setting: str | None
    usd: float


def parts(template: Path) -> list[Part]:
    """Every part of a stage with one connection and no job with ``expectBy``."""
    resources = json.loads(template.read_text("utf-8"))["Resources"].values()
    alarms: list[dict[str, Any]] = [each for each in resources if each["Type"] == "AWS::CloudWatch::Alarm"]
    of_alarms = sum(metrics_of(alarm["Properties"]) for alarm in alarms) * price("alarm_month")
    nightly = counts_of(examples()[2].work)
    logs_of_a_day = RUNS * nightly.log_bytes / 1e9
    runs = DAYS * RUNS * sum(usd(nightly).values())
    a_call = SECONDS_A_CALL * MEMORY_GB * price("lambda_gb_second") + price("lambda_call")
    opened = DAYS * LOOKS_AT_DASHBOARD * logs_of_a_day * price("log_scan_gb")
    events = DAYS * RUNS * 2 * (price("event_put") + price("api_destination_call"))
    return [
        Part(f"{DAYS * RUNS} runs", None, runs),
        Part("their history", None, year_of_history(RUNS).sum / 12),
        Part(f"{len(alarms)} alarms", None, of_alarms),
        Part(f"{len(WITHOUT_JOB)} metrics", None, len(WITHOUT_JOB) * price("metric_month")),
        Part("the secret of a connection", None, price("secret_month")),
        Part("sweeps, and looks after the queues", None, DAYS * SWEEPS * a_call),
        Part("dashboard and its queries", "dashboard", price("dashboard_month") + opened),
        Part("chat", "chat", DAYS * FAILURES * (price("sns_publish") + price("sns_https"))),
        Part("OpenLineage", "openLineage", events + price("secret_month") + price("alarm_month")),
        Part("a KMS key, without its requests", "customerManagedKey", price("key_month")),
    ]


def option_table(template: Path) -> str:
    """A row for each part, then the sums without any option and with all of them."""
    found = parts(template)
    rows = [(part.name, f"`{part.setting}`" if part.setting else "always", f"{part.usd:.2f}") for part in found]
    least = sum(part.usd for part in found if part.setting is None)
    rows += [
        ("**without any option**", "", f"**{least:.2f}**"),
        ("**with all of them**", "", f"**{sum(part.usd for part in found):.2f}**"),
    ]
    return table((f"a stage with {RUNS} runs a night", "setting", "$ a month"), rows)
