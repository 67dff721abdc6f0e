"""What a run costs, as tables: the measured counts (run_counts) at the prices of one dated file (prices.toml)."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from functions.metric_names import WITHOUT_JOB
from functions.runs.polling import LONGEST_UNTOLD, seconds_until_next_look
from infra.costs.batch_counts import BatchWork
from infra.costs.batch_counts import counts_of as batch_counts_of
from infra.costs.history_counts import year_of_history
from infra.costs.prices import MEMORY_GB, PRICES, SECONDS_A_CALL, price, usd
from infra.costs.run_counts import Work, counts_of, transitions
from infra.documents.markdown import table

BATCHES = (10, 50, 200, 300, 1_000)
"""Items of the batches of the table."""


RUNS_A_DAY = (10, 100, 300, 1_000)
"""Runs a day of the table of the history."""


class Example(NamedTuple):
    """A run of the table: what it is, and what it does."""

    name: str
    work: Work


def looks(seconds: float, history: tuple[float, ...] = ()) -> int:
    """How often a job of that duration is looked at until it is seen to have ended."""
    elapsed, count = 0, 0
    while elapsed < seconds:
        elapsed += seconds_until_next_look(elapsed, count, history, longest=LONGEST_UNTOLD)
        count += 1
    return count


def examples() -> list[Example]:
    """Runs whose jobs take as long as the twenty before, and first runs of a datamart."""
    nightly = tuple(1_800.0 * share for share in (0.85, 0.95, 1.0, 1.05, 1.15)) * 4
    learned = looks(1_800, nightly)
    return [
        Example("2 seconds, the first run", Work(looks(2))),
        Example("half an hour, the first run, one round of prompts", Work(looks(1_800), rounds=1)),
        Example("half an hour (σ 10 %), after 20 runs, one round of prompts", Work(learned, rounds=1)),
        Example("the same, after two hours in the queue", Work(learned, rounds=1, waits=1)),
        Example("the same, looking after it all the time", Work(learned, rounds=1, waits=1, looks_as_first=12)),
        Example("two hours in a queue of 200 with 20 slots", Work(learned, rounds=1, waits=1, others=200, slots=20)),
        Example("the same without waiting, asking people once", Work(learned + 1, rounds=1, questions=1)),
        Example("three hours, the first run", Work(looks(10_800))),
        Example(
            "half an hour, after 20 runs, then a cube of two minutes and an event",
            Work(learned, events=1, cubes=1, cube_looks=looks(120, tuple(one / 15 for one in nightly))),
        ),
    ]


def cost_table() -> str:
    """A row for each example: its looks and transitions, and US dollars for 1,000 such runs."""
    rows = []
    for name, work in examples():
        costs = usd(counts_of(work))
        each = [f"{1_000 * cost:.2f}" for cost in costs.values()]
        rows.append((name, str(work.looks), str(transitions(work)), *each, f"**{1_000 * sum(costs.values()):.2f}**"))
    head = (
        "1,000 runs of",
        "looks each",
        "transitions each",
        *(f"{what}, $" for what in usd(counts_of(Work(1)))),
        "**sum, $**",
    )
    return f"{table(head, rows)}\n\n{_assumptions()}"


def batch_table() -> str:
    """A row for each size of a batch: what it takes beyond its runs, and its share of the whole."""
    nightly = sum(usd(counts_of(examples()[2].work)).values())
    rows = []
    for items in BATCHES:
        counts = batch_counts_of(BatchWork(items))
        cost = sum(usd(counts).values())
        taken = (counts.transitions, counts.lambda_calls, counts.write_units, counts.read_units)
        share = cost / (cost + items * nightly)
        rows.append((f"{items:,}", *(f"{each:,}" for each in taken), f"{100 * cost:.2f}", f"{100 * share:.1f} %"))
    head = ("items", "transitions", "Lambda calls", "write units", "read units", "US cents", "of the whole night")
    return table(head, rows)


def history_table() -> str:
    """A row for each number of runs a day: what a year of the history costs."""
    rows = []
    for runs in RUNS_A_DAY:
        year = year_of_history(runs)
        costs = [f"{cost:.2f}" for cost in year[:-1]]
        rows.append((f"{runs:,}", *costs, f"**{year.sum:.2f}**", f"{year.each_index:.2f}"))
    head = ("runs a day", "writes, $", "storage, $", "reads, $", "**a year, $**", "of that for each index, $")
    return table(head, rows)


def _assumptions() -> str:
    listed = [price for price in PRICES.values() if isinstance(price, dict)]
    dates = sorted(price["as_of"] for price in listed)
    pages = sorted({f"<{price['page']}>" for price in listed})
    return (
        f"Prices of {PRICES['region']} without free tiers, of {dates[0]:%-d %B %Y} to {dates[-1]:%-d %B %Y}: "
        f"{', '.join(pages)}; `infra/costs/prices.toml` has the date and the source of each. The counts are those "
        "of real runs in the emulator (`tests/integration/test_lean_runs.py`). An invocation is taken to last "
        f"{SECONDS_A_CALL} s with {MEMORY_GB:g} GB. A retry of a state is a transition, too. Logs are those of the "
        "functions, of Lambda and of Step Functions; keeping them is not counted."
    )


def cost_in_short() -> str:
    """The same in a sentence."""
    found = {example.name: sum(usd(counts_of(example.work)).values()) for example in examples()}
    short, first, nightly = list(found.values())[:3]
    return (
        f"A run of half an hour costs about {100 * first:.2f} US cents the first time and {100 * nightly:.2f} once its "
        f"durations are known, nearly all of it state transitions; a run of two seconds costs {100 * short:.2f}."
    )


def monthly_costs(template: Path) -> str:
    """What a deployment costs each month, whether it runs anything or not: alarms, metrics, secrets."""
    resources = json.loads(template.read_text("utf-8"))["Resources"].values()
    alarms = [each["Properties"] for each in resources if each["Type"] == "AWS::CloudWatch::Alarm"]
    looked_at = sum(map(metrics_of, alarms))
    secrets = [resource["Type"] for resource in resources].count("AWS::SecretsManager::Secret")
    rows = [
        (f"{len(alarms)} alarms, by the metrics that they look at", looked_at, "alarm_month"),
        ("metrics, at most", len(WITHOUT_JOB), "metric_month"),
        ("secrets", secrets, "secret_month"),
    ]
    costs = [(what, str(number), f"{number * price(charged):.2f}") for what, number, charged in rows]
    return table(("of the stage that the emulator runs", "number", "$ a month"), costs)


def metrics_of(alarm: dict[str, Any]) -> int:
    """How many metrics an alarm looks at: AWS charges each of them."""
    return sum("Expression" not in each for each in alarm.get("Metrics", [alarm]))
