"""What an execution cost: its own transitions and calls, the rest by the formulas of infra/costs. Pure."""

from functions.names import is_batch
from infra.costs.prices import usd
from infra.costs.run_counts import (
    BYTES_AN_EVENT,
    BYTES_OF_LAMBDA,
    BYTES_OF_OURS,
    BYTES_OF_RECORD,
    Counts,
    Work,
    read_units,
    write_units,
)
from local.report.events import Timeline
from local.report.report import Cost


def cost_of(execution_arn: str, timeline: Timeline, events: int) -> Cost:
    """The cost of an execution with so many ``events`` in its history; of a batch without its runs.

    Transitions and calls are those of the execution, and one of ``end_run``. The units of DynamoDB are those of a run
    that does the same without failures; the few of a batch are left out.
    """
    calls = timeline.function_calls + 1
    entered = [entry.state for entry in timeline.entries].count
    work = Work(
        looks=entered("GetStatus"),
        rounds=entered("AnswerPrompts"),
        saves=bool(entered("SaveDatamart") + entered("SaveBeforeFollowUps")),
        questions=entered("AskPerson"),
        waits=int(bool(entered("WaitInQueue"))),
        looks_as_first=max(0, entered("WaitInQueue") - 1),
        events=entered("TriggerEvent"),
        cubes=entered("PublishCube"),
        cube_looks=entered("GetCubeStatus"),
    )
    writes, reads = (0, 0) if is_batch(execution_arn) else (write_units(work), read_units(work))
    logs = BYTES_AN_EVENT * events + (BYTES_OF_OURS + BYTES_OF_LAMBDA) * calls + BYTES_OF_RECORD
    costs = usd(Counts(timeline.transitions, calls, writes, reads, logs))
    return Cost(timeline.transitions, calls, round(sum(costs.values()), 6))
