"""``datamart rerun`` on this computer: on the server that the run ran on, and on no other one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from local.cli.arguments import command_line
from local.cli.earlier import Earlier
from local.cli.same_server import check_same_server
from local.emulator.ended import Ended
from local.errors import CannotGoOn
from local.history.details import SIMULATOR
from local.history.files import Files
from local.history.home import HOME
from tests.support.run_command import Done, done_by
from tests.unit.report.executions import record

REAL, OTHER = "https://mstr.example.com/MicroStrategyLibrary", "https://other.example.com/MicroStrategyLibrary"
LEFT = [{"kind": "triggerEvent", "id": "E1", "name": "Load done", "outcome": "notDone"}]


def checked(server: str | None, *words: str) -> None:
    """The check of a run that ran on ``server``, for ``datamart rerun city-1`` with these words."""
    arguments = command_line().parse_args(["rerun", "city-1", *words])
    check_same_server(Earlier({"name": "city-1"}, None, server), arguments)


@pytest.mark.parametrize(
    ("server", "words"),
    [
        (REAL, ("--library-url", REAL)),
        (REAL, ("--library-url", f" {REAL}/app/config?x=1#home")),
        (SIMULATOR, ()),
        (None, ()),
        (None, ("--library-url", REAL)),
        (SIMULATOR, ("--library-url", "https://u:planted@h/x")),  # refused where it is read, in other words
    ],
)
def test_it_goes_on_where_it_ran_and_where_nobody_knows_where_that_was(server: str | None, words: list[str]) -> None:
    checked(server, *words)


@pytest.mark.parametrize(
    ("server", "words", "command"),
    [
        (REAL, (), f"datamart rerun city-1 --library-url {REAL}"),
        (REAL, ("--follow-ups", "--force"), f"datamart rerun city-1 --follow-ups --force --library-url {REAL}"),
        (REAL, ("--library-url", OTHER), f"datamart rerun city-1 --library-url {REAL}"),
        (
            SIMULATOR,
            ("--force", "a,b", "--accept", "c d", "--library-url", REAL),
            "datamart rerun city-1 --force a,b --accept 'c d'",
        ),
    ],
)
def test_on_another_server_it_is_refused_with_the_command_to_type(
    server: str, words: tuple[str, ...], command: str
) -> None:
    with pytest.raises(CannotGoOn) as refused:
        checked(server, *words)
    assert str(refused.value).endswith(f", type: {command}")
    named = "the built-in simulator" if server == SIMULATOR else server
    assert str(refused.value).startswith(f"city-1 ran on {named}, and would now run on ")


@pytest.fixture
def datamart(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., Done]:
    monkeypatch.setenv(HOME, str(tmp_path))
    return done_by(capsys)


@pytest.mark.parametrize("words", [(), ("--follow-ups",), ("--force", "--yes")])
def test_a_run_on_a_real_server_does_not_run_again_on_the_simulator(
    datamart: Callable[..., Done], words: tuple[str, ...]
) -> None:
    kept = record(status="FAILED", loaded="yes", error="FollowUpFailed", follow_ups=LEFT)
    described = {"name": kept.id, "executionArn": kept.execution, "status": "FAILED", "startDate": kept.started_at}
    described |= {"input": '{"project": "P", "datamart": "City", "then": [{"triggerEvent": "Load done"}]}'}
    Files().keep(Ended(described, [], kept, Path("/dev/null")), REAL)
    refused = datamart("rerun", kept.id, *words)
    assert refused.code == 2
    assert f"{kept.id} ran on {REAL}, and would now run on the built-in simulator" in refused.err
