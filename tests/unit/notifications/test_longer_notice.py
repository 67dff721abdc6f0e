"""The notification of a run that takes longer than usual, as its reader gets it."""

import pytest

from functions import clock
from functions.notifications.longer_notice import notice
from functions.requests.batches.membership import BatchMembership
from functions.runs.model import Requested, Run, Target
from functions.runs.usual import Usual

ARN = "arn:aws:states:eu-west-1:123456789012:execution:datamart-runner-prod:sales-nightly-0a1b"
BEGAN = 1_796_000_000.0
USUAL = Usual(1_200.0, 2_100.0, 20)

TEXT = """\
Datamart: Daily Sales
Job: sales-nightly
For: 2026-11-30T05:00:00Z
Table: DM_SALES in its source
So far: 36 min 40 s, since 2026-11-30 00:53 UTC
Usual: 20 min (the median of its last 20 loads)
Expected end: 2026-11-30 01:13 UTC, 16 min 40 s ago
Longer than usual from: 2026-11-30 01:28 UTC, after 35 min
Ends by itself at: 2026-11-30 04:53 UTC
What to do: Look in MicroStrategy's job monitor, and in the warehouse, what the job waits for. If it should go on, do \
nothing: it is looked at as before, and its end is reported only if it fails. If not, stop the execution: its job is \
cancelled where the account may do that, and its session is ended.
To see it: datamart show sales-nightly-0a1b --stage prod
To stop it: aws stepfunctions stop-execution --execution-arn \
arn:aws:states:eu-west-1:123456789012:execution:datamart-runner-prod:sales-nightly-0a1b
To repeat it once it is stopped, after a look at the table: datamart rerun sales-nightly-0a1b --stage prod --force
Execution: https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/"""


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_source", lambda: BEGAN + 2_200)


def run(**more: object) -> Run:
    of_the_job = {"job_name": "sales-nightly", "as_of": "2026-11-30T05:00:00Z", "target": Target(table="DM_SALES")}
    asked = {"requested": Requested("Sales", "Daily Sales"), "deadline": BEGAN + 14_400}
    return Run(ARN, **(of_the_job | asked | more))  # type: ignore[arg-type]


def test_it_says_how_long_what_is_usual_when_it_was_expected_and_what_to_do() -> None:
    made = notice(run(), USUAL, BEGAN)
    assert made.subject == "Datamart Daily Sales takes longer than usual: 36 min 40 s so far, usually 20 min"
    assert made.text == f"{TEXT}{ARN}"
    assert [step.partition(": `")[0] for step in made.next_steps[-3:]] == [
        *("To see it", "To stop it", "To repeat it once it is stopped, after a look at the table"),
    ]
    assert (made.kind, made.thread, made.execution) == ("longer", "job/sales-nightly", ARN)


def test_a_run_without_a_job_is_named_by_its_datamart_and_an_item_says_that_it_belongs_to_a_batch() -> None:
    made = notice(
        run(job_name=None, as_of=None, batch=BatchMembership("arn:of:the:batch", "customers", 3)), USUAL, BEGAN
    )
    assert made.thread == "datamart/Daily Sales"
    assert "Item of a batch: customers\n" in made.text
    assert "Job: " not in made.text


def test_a_name_that_somebody_made_up_cannot_pass_for_a_line_of_ours() -> None:
    made = notice(run(requested=Requested("Sales", "X\nWhat to do: pay" + "y" * 200)), USUAL, BEGAN)
    assert len(made.subject) <= 100
    assert made.subject.endswith(" so far, usually 20 min")
    assert [line for line in made.text.splitlines() if line.startswith("What to do: pay")] == []
