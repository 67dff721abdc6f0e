"""Freeing what an ended run still holds: the real command on the emulator's AWS, with leases in the run table."""

import argparse
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from functions import clock
from functions.names import execution_arn
from functions.runs.job_state import JobState
from functions.runs.queue import Queue, SlotHolder
from functions.runs.store.item_format import Item
from functions.runs.store.leases import load_lease, take_away
from functions.runs.store.queues import create_queue
from functions.runs.store.table import RunTable
from local.cli import main
from local.cli.free_lease import free_lease
from tests.integration.conftest import System
from tests.support.cases import exhaustive
from tests.support.cloud import Cloud, answered, deployed, instead_of, refused

PROJECT, DATAMART = "B7CA92F04B9FAE8D941C3E9B7E0CD754", "85000B907B4EAD3B0D9522A9CFD10DBC"
NAME = f"default/{PROJECT}/{DATAMART}"
KEY = f"lease/{NAME}"
UNTIL = 4_000_000_000
SINCE = 1_800_000_000.5


@pytest.fixture
def cloud(system: System, template_path: Path) -> Iterator[Cloud]:
    with deployed(system.emulator, template_path) as cloud:
        yield cloud


class HeldLease:
    """A lease that an execution has, and a person who wants it freed."""

    def __init__(self, cloud: Cloud, capsys: Any) -> None:
        (name,) = cloud.emulator.deployed.tables
        self.table = RunTable(name)
        self.owner = execution_arn(cloud.outputs["StateMachineArn"], f"city-{uuid.uuid4().hex}")
        self.status: str | None = "FAILED"
        self.refusal: tuple[str, str] | None = None
        self.asked: list[str] = []
        self._capsys = capsys
        instead_of("sfn.DescribeExecution", self._describe)

    def _describe(self, params: dict[str, Any], **_: Any) -> Any:
        assert params["body"]
        if self.refusal:
            return refused(*self.refusal)
        return answered(status=self.status) if self.status else refused("ExecutionDoesNotExist", "no such execution")

    def write(self, key: str = KEY, **changes: Any) -> "HeldLease":
        """The lease, with a pending job; a change to None leaves the field out."""
        doubt = {"until": UNTIL, "jobId": "4711"}
        lease = {"owner": self.owner, "attempt": 1, "since": SINCE, "uncertain": doubt} | changes
        self.table.change(
            key,
            put={name: value for name, value in lease.items() if value is not None},
            condition="attribute_not_exists({owner})",
        )
        return self

    def write_run(self, **attempt: Any) -> "HeldLease":
        """The item of the execution that has it, which nobody has cleaned up yet."""
        self.table.create({"executionArn": self.owner, "attempt": 1, "attempts": {"1": attempt}})
        return self

    def free(self, answer: str | None = None, **options: Any) -> int:
        arguments = {"lease": NAME, "stage": "dev", "yes": False, "json": False} | options

        def confirm(question: str) -> str:
            self.asked.append(question)
            return str(answer)

        return free_lease(argparse.Namespace(**arguments), None if answer is None else confirm)

    def said(self) -> Any:
        return self._capsys.readouterr()

    def report(self, answer: str | None = None, **options: Any) -> tuple[int, dict[str, Any]]:
        code = self.free(answer, json=True, **options)
        return code, dict(json.loads(self.said().out))

    def holder(self, key: str = KEY) -> str | None:
        found = load_lease(self.table, key)
        return found.owner if found else None


@pytest.fixture
def held(cloud: Cloud, capsys: Any) -> Iterator[HeldLease]:
    held = HeldLease(cloud, capsys)
    yield held
    for key in (KEY, "slot/default/0"):
        if (left := load_lease(held.table, key)) is not None:
            take_away(held.table, left)


def test_a_lease_with_a_pending_job_is_freed_after_a_person_confirmed_that_the_job_has_ended(held: HeldLease) -> None:
    assert held.write().free("y") == 0
    assert held.holder() is None
    assert held.asked == ["Has its job ended, as you saw on the Intelligence Server? [y/N] "]


def test_a_lease_with_a_pending_job_is_shown_with_owner_time_and_job(held: HeldLease) -> None:
    assert held.write().free("yes") == 0
    assert held.said().out.splitlines() == [
        f"Lease:    {KEY}",
        f"Owner:    since 2027-01-15T08:00:00.500Z by {held.owner}",
        "Run:      FAILED",
        f"Pending:  until {clock.timestamp(UNTIL)}",
        "Job:      4711",
        "Freed; the next run takes it.",
    ]


@pytest.mark.parametrize("answer", ["", exhaustive("n"), exhaustive("no"), "yep", exhaustive("Y?")])
def test_a_lease_with_a_pending_job_stays_without_a_yes(held: HeldLease, answer: str) -> None:
    code, said = held.write().report(answer)
    assert (code, said["freed"], held.holder()) == (1, False, held.owner)
    assert said["problem"] == "not confirmed; nothing was freed."


def test_a_lease_with_a_pending_job_is_freed_without_a_question_if_the_command_says_yes(held: HeldLease) -> None:
    code, said = held.write().report(yes=True)
    assert (code, held.holder()) == (0, None)
    assert said == {
        "freed": True,
        "lease": {
            "key": KEY,
            "owner": held.owner,
            "since": SINCE,
            "status": "FAILED",
            "uncertain": {"until": UNTIL, "jobId": "4711"},
        },
        "problem": None,
    }


def test_a_lease_with_a_pending_job_stays_where_there_is_no_terminal_to_ask_on(held: HeldLease) -> None:
    code, said = held.write().report()
    assert (code, held.holder()) == (2, held.owner)
    assert said["problem"] == "there is no terminal to ask on; --yes says that what the run left has ended."


def test_a_lease_whose_pending_job_must_have_ended_is_said_to_be_free_in_any_case(held: HeldLease) -> None:
    assert held.write(uncertain={"until": 5, "jobId": None}).free(yes=True) == 0
    said = held.said().out
    assert "Pending:  until 1970-01-01T00:00:05.000Z (passed: the next run takes it in any case)" in said
    assert "Job:      its id is not known" in said


@pytest.mark.parametrize("gone", [KeyboardInterrupt, EOFError])
def test_a_lease_with_a_pending_job_stays_when_the_question_is_broken_off(
    held: HeldLease, gone: type[BaseException]
) -> None:
    def broken(_: str) -> str:
        raise gone

    held.write()
    arguments = argparse.Namespace(lease=NAME, stage="dev", yes=False, json=False)
    assert free_lease(arguments, broken) == {KeyboardInterrupt: 130, EOFError: 1}[gone]
    assert held.holder() == held.owner


def test_a_lease_may_be_free_already(held: HeldLease) -> None:
    assert held.report() == (0, {"freed": True, "lease": {"key": KEY}, "problem": None})


@pytest.mark.parametrize("status", ["RUNNING", "PENDING_REDRIVE"])
def test_a_lease_stays_while_its_run_goes_on(held: HeldLease, status: str) -> None:
    held.write(uncertain=None).status = status
    code, said = held.report(yes=True)
    assert (code, held.holder(), said["lease"]["status"]) == (1, held.owner, status)
    assert f"aws stepfunctions stop-execution --execution-arn {held.owner}" in said["problem"]


@pytest.mark.parametrize(("status", "told"), [("ABORTED", "ABORTED"), (None, "UNKNOWN")])
def test_a_lease_is_freed_when_its_run_has_ended(held: HeldLease, status: str | None, told: str) -> None:
    held.write(uncertain=None).status = status
    code, said = held.report(yes=True)
    assert (code, held.holder(), said["lease"]["status"]) == (0, None, told)


def test_a_lease_shows_what_a_run_left_that_was_never_cleaned_up(held: HeldLease) -> None:
    held.write(uncertain=None).write_run(job=JobState.ACCEPTED.value, jobId="4712", postedAt=3_900_000_000)
    code, said = held.report("n")
    assert (code, said["lease"]["uncertain"]) == (1, {"until": 3_900_086_400, "jobId": "4712"})


def test_a_lease_is_freed_only_after_its_run_can_send_no_execution_request_any_more(held: HeldLease) -> None:
    held.write(uncertain=None).write_run(session="secret").free(yes=True)
    item: Item = held.table.load(held.owner) or {}
    assert "closing" in item["attempts"]["1"]
    assert "secret" not in held.said().out


@pytest.mark.parametrize("change", [{"owner": "arn:another"}, {"since": SINCE + 1}])
def test_a_run_that_took_the_lease_meanwhile_keeps_it(held: HeldLease, change: Item) -> None:
    def confirm(_: str) -> str:
        held.table.change(KEY, put=change)
        return "y"

    held.write()
    arguments = argparse.Namespace(lease=NAME, stage="dev", yes=False, json=True)
    assert free_lease(arguments, confirm) == 1
    assert (
        json.loads(held.said().out)["problem"] == "another run or person changed it meanwhile; run the command again."
    )
    assert held.holder() is not None


@pytest.mark.parametrize("name", [NAME, exhaustive(KEY), NAME.lower()])
def test_a_lease_is_freed_by_the_name_that_the_error_message_shows(held: HeldLease, name: str) -> None:
    assert held.write().free(yes=True, lease=name) == 0
    assert held.holder() is None


def test_a_slot_whose_session_may_live_is_freed_by_its_name(held: HeldLease) -> None:
    assert held.write("slot/default/0").free("y", lease="slot/default/0") == 0
    assert held.holder("slot/default/0") is None
    assert "Has its session ended" in held.asked[0]


def test_a_slot_that_is_kept_in_the_queue_is_freed_by_its_number(held: HeldLease) -> None:
    kept = SlotHolder(held.owner, SINCE, 1, UNTIL)
    create_queue(held.table, "default", Queue(1, {"run": kept}), 0)
    assert held.free("y", lease="slot/default/0") == 0
    assert "Has its session ended" in held.asked[0]
    assert (held.table.load("queue/default") or {})["holders"] == {}


@pytest.mark.parametrize(
    "name",
    [
        exhaustive(""),
        exhaustive("default"),
        "slot/default",
        exhaustive(f"x/{NAME}"),
        f"default/{PROJECT}",
        exhaustive("slot/a/x"),
    ],
)
def test_a_name_that_is_not_a_lease_and_no_slot_is_bad_usage(held: HeldLease, name: str) -> None:
    code, said = held.report(lease=name, yes=True)
    assert (code, said["freed"], said["lease"]) == (2, False, None)
    assert "invalid lease" in said["problem"]


def test_freeing_a_lease_of_a_stage_that_is_not_deployed_says_so(held: HeldLease) -> None:
    code, said = held.report(stage="staging")
    assert (code, said["freed"]) == (2, False)
    assert "there is no stack DatamartRunner-staging" in said["problem"]


def test_a_lease_stays_if_aws_refuses_to_say_whether_its_run_goes_on(held: HeldLease) -> None:
    held.write().refusal = "AccessDeniedException", "User me may not"
    code, said = held.report(yes=True)
    assert (code, held.holder()) == (2, held.owner)
    assert said["problem"] == "a permission is missing: User me may not"


def test_the_free_lease_command_takes_the_lease_and_the_stage(held: HeldLease) -> None:
    held.write()
    assert main._main(["free-lease", NAME, "--stage", "dev", "--yes", "--json"]) == 0
    assert json.loads(held.said().out)["freed"] is True


def test_the_free_lease_command_reports_bad_usage_in_the_same_json(capsys: Any) -> None:
    with pytest.raises(SystemExit) as ended:
        main._main(["free-lease", "--json"])
    assert ended.value.code == 2
    assert json.loads(capsys.readouterr().out) == {
        "freed": False,
        "lease": None,
        "problem": "The command line is not understood.",
    }
