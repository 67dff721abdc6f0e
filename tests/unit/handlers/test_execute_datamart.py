"""What a failed execution request says of the job: refused, not sent, or unknown, which is never sent again."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from functions.errors import (
    DatamartFailed,
    InstanceLost,
    LibraryError,
    NotFound,
    OutcomeUnknown,
    PermissionDenied,
    ServerBusy,
    ServerUnavailable,
    SessionLost,
)
from functions.microstrategy import Client
from tests.support.interleaving_simulator import InterleavingSimulator, Run, SteppedTable, clear_clients
from tests.support.invocations import Invocation
from tests.unit.runs.tables import new_table

CITY = "A" * 32
ERR = {"code": "ERR001"}
NO_TEMPLATE = -2147205459

_numbers = count(1)


@pytest.fixture(scope="module")
def table() -> Iterator[str]:
    with new_table() as name:
        yield name


@pytest.fixture
def system(table: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[InterleavingSimulator]:
    made = InterleavingSimulator(table, f"e{next(_numbers)}", limit=1, longest=600, monitor=False)
    made.patched(monkeypatch)
    yield made
    assert made.flaws == []
    clear_clients()


def ready(system: InterleavingSimulator) -> Run:
    """A run that is about to execute its datamart."""
    run = system.begin(CITY)
    while run.step != "execute_datamart":
        system.invoke(run).go_on()
        system.settle()
    return run


def invoked(system: InterleavingSimulator, run: Run) -> Invocation:
    invocation = system.invoke(run)
    invocation.go_on()
    return invocation


def job_of(system: InterleavingSimulator, run: Run) -> str | None:
    """The state of the job of the run's first attempt."""
    state: str | None = system.item(run.arn)["attempts"]["1"].get("job")
    return state


def executed(
    system: InterleavingSimulator, patch: pytest.MonkeyPatch, error: LibraryError
) -> tuple[str | None, BaseException | None]:
    """The state of the job after the server failed an execution request with ``error``, and what the step raised."""
    run = ready(system)

    def fail(*_: object) -> None:
        raise error

    patch.setattr(Client, "execute", fail)
    raised = invoked(system, run).error
    return job_of(system, run), raised


def test_an_accepted_execution_request_says_how_far_the_job_is(system: InterleavingSimulator) -> None:
    run = ready(system)
    assert invoked(system, run).result == {"phase": "running", "waitSeconds": 1}
    assert job_of(system, run) == "accepted"


def test_a_step_that_is_invoked_twice_sends_one_execution_request(system: InterleavingSimulator) -> None:
    run = ready(system)
    invoked(system, run)
    assert type(invoked(system, run).error) is OutcomeUnknown
    assert len(system.server.requests) == 1


@pytest.mark.parametrize(
    ("error", "written"),
    [
        (ClientError({"Error": {"Code": "InternalServerError"}}, "UpdateItem"), False),
        (EndpointConnectionError(endpoint_url="https://dynamodb"), False),
        (ReadTimeoutError(endpoint_url="https://dynamodb"), True),
    ],
    ids=["refused", "not sent", "response lost"],
)
def test_nothing_is_executed_if_the_intent_may_not_have_been_recorded(
    system: InterleavingSimulator, monkeypatch: pytest.MonkeyPatch, error: Exception, written: bool
) -> None:
    run = ready(system)
    real = SteppedTable.update_item

    def fail(table: SteppedTable, **given: Any) -> dict[str, Any]:
        if "postedAt" not in given["ExpressionAttributeNames"].values():
            return real(table, **given)
        if written:
            real(table, **given)
        raise error

    monkeypatch.setattr(SteppedTable, "update_item", fail)
    raised = invoked(system, run).error
    assert type(raised) is ServerUnavailable
    assert "the datamart was not executed" in str(raised)
    assert job_of(system, run) == ("not sent" if written else None)
    assert all(request.on_its_way for request in system.server.requests), "a request was sent"


@pytest.mark.parametrize(
    "error",
    [
        ServerBusy("too many jobs", i_server_code=-2147209054, **ERR),
        PermissionDenied("no privilege", code="ERR014"),
        NotFound("no such datamart", code="ERR004"),
        SessionLost("who are you", code="ERR009"),
        DatamartFailed("no template", i_server_code=NO_TEMPLATE, http_status=500, **ERR),
        DatamartFailed("not like this", http_status=400, **ERR),
        InstanceLost("no such instance", i_server_code=-2147072200, **ERR),
    ],
    ids=lambda error: f"{error.name} {error.i_server_code}",
)
def test_an_execution_request_that_the_server_refuses_has_started_no_job(
    system: InterleavingSimulator, monkeypatch: pytest.MonkeyPatch, error: LibraryError
) -> None:
    assert executed(system, monkeypatch, error) == ("refused", error)


@pytest.mark.parametrize(
    "error",
    [
        ServerUnavailable("the response was lost", delivery="unknown"),
        ServerBusy("a proxy is busy", http_status=503),
        PermissionDenied("a proxy forbids it", http_status=403),
        InstanceLost("the Library does not know the instance", **ERR),
        DatamartFailed("the server failed", http_status=500, **ERR),
        DatamartFailed("too late", http_status=408, **ERR),
        ServerUnavailable("the response was lost after a code", delivery="unknown", i_server_code=NO_TEMPLATE, **ERR),
    ],
    ids=lambda error: f"{error.name} {error.http_status} {error.delivery}",
)
def test_an_execution_request_without_a_clear_refusal_may_have_started_a_job(
    system: InterleavingSimulator, monkeypatch: pytest.MonkeyPatch, error: LibraryError
) -> None:
    job, raised = executed(system, monkeypatch, error)
    assert job == "posting"
    assert type(raised) is OutcomeUnknown
    assert error.message in str(raised)


def test_an_execution_request_that_was_not_sent_may_be_sent_again(
    system: InterleavingSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = ServerUnavailable("no connection", delivery="not sent")
    assert executed(system, monkeypatch, error) == ("not sent", error)
