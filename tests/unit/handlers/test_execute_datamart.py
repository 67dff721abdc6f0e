"""What a failed execution request says of the job: refused, not sent, or unknown, which is never sent again."""

from collections.abc import Iterator
from itertools import count

import pytest

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
from tests.support.interleaving_simulator import InterleavingSimulator, forget_clients
from tests.unit.runs.tables import new_table

CITY = "A" * 32
ERR = {"code": "ERR001"}
NO_TEMPLATE = -2147205459

_numbers = count(1)


@pytest.fixture(scope="module")
def table() -> Iterator[str]:
    with new_table() as name:
        yield name


def executed(table: str, patch: pytest.MonkeyPatch, error: LibraryError) -> tuple[str, BaseException | None]:
    """The state of the job after the server failed an execution request with ``error``, and what the step raised."""
    system = InterleavingSimulator(table, f"e{next(_numbers)}", limit=1, longest=600, monitor=False)
    system.patched(patch)
    run = system.begin(CITY)
    while run.step != "execute_datamart":
        system.invoke(run).go_on()
        system.settle()

    def fail(*_: object) -> None:
        raise error

    patch.setattr(Client, "execute", fail)
    invocation = system.invoke(run)
    invocation.go_on()
    forget_clients()
    return system.item(run.arn)["attempts"]["1"]["job"], invocation.error


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
    table: str, monkeypatch: pytest.MonkeyPatch, error: LibraryError
) -> None:
    assert executed(table, monkeypatch, error) == ("refused", error)


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
    table: str, monkeypatch: pytest.MonkeyPatch, error: LibraryError
) -> None:
    job, raised = executed(table, monkeypatch, error)
    assert job == "posting"
    assert type(raised) is OutcomeUnknown
    assert error.message in str(raised)


def test_an_execution_request_that_was_not_sent_may_be_sent_again(table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    error = ServerUnavailable("no connection", delivery="not sent")
    assert executed(table, monkeypatch, error) == ("not sent", error)
