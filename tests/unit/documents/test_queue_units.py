"""The cost of long queues in the documents is computed with what the queue's item takes."""

import pytest

from functions.names import execution_name
from functions.runs.queue import Queue, SlotHolder, Ticket
from functions.runs.slots import run_id
from functions.runs.store.queues import create_queue
from infra.costs.run_counts import BYTES_A_HOLDER, BYTES_A_TICKET, BYTES_OF_QUEUE, queue_units
from tests.support.aws_calls import size_of
from tests.unit.runs.queues import DAY, NOON
from tests.unit.runs.tables import direct_run_table

EXECUTIONS = "arn:aws:states:eu-west-1:123456789012:execution:datamart-runner-prod:"


def size(tickets: int, holders: int) -> int:
    """Bytes of the item of a queue in which runs of a nightly job wait and have slots."""
    arns = [EXECUTIONS + execution_name("nightly-sales", f"{number:032x}") for number in range(tickets + holders)]
    waiting = [
        Ticket(run_id(arn), NOON + 0.123, run_id(arn), NOON + DAY + 0.123, job="nightly-sales", as_of=NOON)
        for arn in arns
    ]
    owners = {run_id(arn): SlotHolder(arn, NOON + 0.123, 1) for arn in arns[tickets:]}
    with direct_run_table() as table:
        create_queue(table, "default", Queue(20, owners, {each.id: each for each in waiting[:tickets]}), 0)
        stored = table._client.get_item(
            TableName=table._name, Key={"executionArn": {"S": "queue/default"}}, ConsistentRead=True
        )
    return size_of(stored["Item"])


def test_the_bytes_of_tickets_and_holders_are_those_of_the_item() -> None:
    empty = size(0, 1)
    assert empty == pytest.approx(BYTES_OF_QUEUE + BYTES_A_HOLDER, rel=0.15)
    assert (size(100, 1) - empty) / 100 == pytest.approx(BYTES_A_TICKET, rel=0.1)
    assert (size(0, 101) - empty) / 100 == pytest.approx(BYTES_A_HOLDER, rel=0.1)


def test_a_write_of_a_long_queue_takes_as_many_units_as_the_documents_say() -> None:
    assert queue_units(200, 20) == -(-size(200, 20) // 1_024) == 14
