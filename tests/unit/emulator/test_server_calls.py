"""What the integration tests read out of the failure of a step, to hold it against the table of functions."""

import pytest

from functions.errors import LibraryError, ServerBusy, ServerUnavailable
from tests.support.server_calls import failed_call


def failure(error: LibraryError) -> dict[str, str]:
    return {"errorType": type(error).__name__, "errorMessage": str(error)}


@pytest.mark.parametrize("status", [None, 503])
def test_a_step_that_ends_because_the_server_is_unavailable_names_its_call(status: int | None) -> None:
    error = ServerUnavailable("down (for now)", step="get_definition", http_status=status)
    assert failed_call(failure(error)) == "get_definition"


def test_another_error_or_another_service_is_not_a_call_that_a_state_repeats() -> None:
    assert failed_call(failure(ServerBusy("busy", step="get_definition"))) is None
    assert failed_call(failure(ServerUnavailable("the secret cannot be read"))) is None
