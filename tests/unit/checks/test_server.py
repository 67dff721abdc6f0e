"""What is found out about the server: address, TLS, versions, login, privileges, the scope of a logout."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from infra.settings.settings import Settings
from local.server_access import stage
from tests.support.tls import Authority, server_context, tls_server
from tests.unit.checks.conftest import Person


def test_everything_in_order_ends_with_code_0_and_nothing_but_what_is_closed_again(person: Person) -> None:
    report = person.check()
    assert (report.code, report.problems) == (0, [])
    assert [finding["check"] for finding in report.findings] == [
        *("secret", "url", "server", "login mode", "login", "privileges"),
        *("project", "datamart", "target", "prompts", "logout scope"),
    ]
    methods = {(r["method"], r["step"]) for r in person.simulator.state()["requests"] if r["method"] != "GET"}
    assert methods == {
        *{("POST", "log_in"), ("POST", "log_out")},
        *{("POST", "create_instance"), ("DELETE", "delete_instance")},
    }
    assert "11.6.1000.0101" in report.only("server")[1]


def test_two_logins_one_logout_one_probe_and_a_logout_tell_that_a_logout_ends_one_session(person: Person) -> None:
    result, text = person.check().only("logout scope")
    assert result == "ok"
    assert "maxConcurrentRuns of this connection is 1, and may be raised." in text
    sessions = [step for step in person.steps() if step in ("log_in", "log_out", "probe")]
    assert sessions == ["log_in", "log_in", "log_out", "probe", "log_out"]


def test_a_logout_that_ends_all_sessions_is_reported_in_plain_words(new_person: Callable[..., Person]) -> None:
    report = new_person("logout-ends-all-sessions").check()
    result, text = report.only("logout scope")
    assert (report.code, result) == (0, "note")
    assert "ends ALL sessions" in text
    assert "Leave maxConcurrentRuns at 1" in text


@pytest.fixture
def two_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stage's settings let the connection have two runs at once."""
    monkeypatch.setattr(stage, "settings_of", lambda name: Settings(name, max_concurrent_runs={"default": 2}))


@pytest.mark.usefixtures("two_at_once")
def test_several_runs_at_once_are_safe_where_a_logout_ends_one_session(person: Person) -> None:
    result, text = person.check().only("logout scope")
    assert result == "ok"
    assert "maxConcurrentRuns of this connection is 2, and that is safe." in text


@pytest.mark.usefixtures("two_at_once")
def test_several_runs_at_once_are_a_problem_where_a_logout_ends_all_sessions(
    new_person: Callable[..., Person],
) -> None:
    report = new_person("logout-ends-all-sessions").check()
    assert (report.code, report.problems) == (1, ["logout scope"])
    text = report.only("logout scope")[1]
    assert "maxConcurrentRuns of this connection is 2: set it to 1." in text


@pytest.mark.usefixtures("two_at_once")
def test_several_runs_at_once_are_advised_against_where_the_scope_is_unknown(person: Person) -> None:
    person.simulator.inject("probe", status=503, body="<html>proxy</html>", times=3)
    result, text = person.check().only("logout scope")
    assert result == "note"
    assert "So the scope of a logout is not known. maxConcurrentRuns of this connection is 2: set it to 1." in text


def test_a_scope_that_cannot_be_found_out_is_said_to_be_unknown(person: Person) -> None:
    person.simulator.inject("log_in", status=500, json={"code": "ERR013", "message": "busy"}, skip=1)
    assert person.check().only("logout scope")[0] == "note"
    person.simulator.inject("probe", status=503, body="<html>proxy</html>", times=3)
    report = person.check()
    assert report.code == 0
    assert "Leave maxConcurrentRuns at 1" in report.only("logout scope")[1]


def test_a_wrong_password_is_tried_once_and_the_jobs_are_reported(person: Person) -> None:
    person.environment(MSTR_PASSWORD="wrong-pass-phrase")
    report = person.check()
    assert (report.code, report.problems) == (1, ["login"])
    assert "CredentialsRejected" in report.only("login")[1]
    assert person.steps().count("log_in") == 1
    assert "is valid" in report.only("job", "city")[1]
    assert "wrong-pass-phrase" not in "".join(person.written)


def test_a_server_that_is_down_is_reported_and_so_are_the_jobs(person: Person) -> None:
    url = person.simulator.base_url
    person.started.clear()
    person.simulator.stop()
    report = person.check("--library-url", url)
    assert (report.code, report.problems) == (1, ["server"])
    assert "refused" in report.only("server")[1]
    assert report.only("job", "city")[0] == "note"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"status": 302, "headers": {"Location": "https://elsewhere.invalid/login"}}, "elsewhere.invalid"),
        ({"status": 404, "body": "<html>no such page</html>"}, "no such page"),
        ({"status": 200, "body": "<html>welcome</html>"}, "not from a Library server"),
        ({"kind": "gzip garbage"}, "decompressed"),
        ({"kind": "reset before"}, "closed"),
    ],
)
def test_no_password_is_sent_to_what_is_not_a_library(person: Person, answer: dict[str, Any], sentence: str) -> None:
    person.simulator.inject("server_status", **answer, times=3)
    report = person.check()
    assert (report.code, report.problems) == (1, ["server"])
    assert sentence in report.only("server")[1]
    assert set(person.steps()) == {"server_status"}


def test_a_server_that_keeps_its_status_to_itself_is_still_logged_in_to(person: Person) -> None:
    person.simulator.inject("server_status", status=401, json={"code": "ERR009", "message": "no"})
    report = person.check()
    assert report.code == 0
    assert report.only("server")[0] == "note"
    assert report.only("login")[0] == "ok"


def test_a_server_that_is_too_old_for_datamarts_is_a_problem(person: Person) -> None:
    person.simulator.inject("server_status", status=200, json={"webVersion": "11.2.0300.1"})
    report = person.check()
    assert report.problems == ["server"]
    assert "11.3.9" in report.only("server")[1]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"json": {"modes": [16, 1048576]}}, "Mode 1 (standard) is not among the enabled ones: 16 (LDAP), 1048576."),
        ({"json": {"modes": "all"}}, "does not report"),
        ({"json": [1]}, "does not report"),
        ({"status": 404}, "cannot be read"),
    ],
)
def test_the_login_itself_decides_whatever_the_enabled_modes_are_said_to_be(
    person: Person, answer: dict[str, Any], sentence: str
) -> None:
    person.simulator.inject("auth_modes", **({"status": 200} | answer))
    report = person.check()
    assert report.code == 0
    assert report.only("login mode")[0] == "note"
    assert sentence in report.only("login mode")[1]


NAME = "Web execute datamart report"
ELSEWHERE = [{"id": "0" * 32, "isAllowed": True}, {"id": "B7CA92F04B9FAE8D941C3E9B7E0CD754", "isAllowed": False}]
HERE = [{"id": "b7ca92f04b9fae8d941c3e9b7e0cd754", "isAllowed": True}]


@pytest.mark.parametrize(
    ("listed", "result", "problems"),
    [
        ([{"name": NAME, "isUserLevelAllowed": False, "projects": HERE}], "ok", []),
        ([{"name": NAME, "isUserLevelAllowed": False, "projects": ELSEWHERE}], "ok", ["project"]),
        ([{"name": NAME, "isUserLevelAllowed": False, "projects": None}], "problem", ["privileges"]),
        ({"privileges": [{"name": NAME}]}, "ok", []),
        ([{"name": "Web user"}], "problem", ["privileges"]),
        ([{"name": "Anwender"}], "note", []),
        ([], "note", []),
        ("garbage", "note", []),
    ],
)
def test_the_privilege_is_looked_for_in_every_shape_of_the_list(
    person: Person, listed: Any, result: str, problems: list[str]
) -> None:
    person.simulator.inject("privileges", status=200, json=listed, times=3)
    report = person.check()
    assert report.only("privileges")[0] == result
    assert report.problems == problems


def test_privileges_that_may_not_be_read_are_a_note(person: Person) -> None:
    person.simulator.inject("privileges", status=403, json={"code": "ERR014", "message": "no"})
    report = person.check()
    assert (report.code, report.only("privileges")[0]) == (0, "note")


def test_a_logout_that_fails_is_repeated(person: Person) -> None:
    person.simulator.inject("log_out", status=503, skip=1)
    assert person.check().of("logout") == []


def test_a_session_that_cannot_be_logged_out_is_reported(person: Person) -> None:
    person.expect_left = True
    person.simulator.inject("log_out", status=503, times=10)
    report = person.check()
    assert report.code == 0
    assert [result for result, _ in report.of("logout")] == ["note", "note"]


def test_a_login_whose_answer_was_lost_says_that_a_session_may_be_left(person: Person) -> None:
    person.expect_left = True
    person.simulator.inject("log_in", kind="reset after")
    report = person.check()
    assert report.problems == ["login"]
    assert "may be left behind" in report.only("login")[1]


def test_what_a_server_quotes_of_the_password_or_sends_to_the_terminal_is_not_shown(person: Person) -> None:
    quoting = {"code": "ERR001", "message": f"user dm_runner, \x1b[31mpassword {person.simulator.password}"}
    person.simulator.inject("find_project", status=400, json=quoting)
    text = person.check().only("project")[1]
    assert "password ***" in text
    assert "\x1b" not in text


@pytest.mark.parametrize("url", ["http://library.example.com/x", "library", "https://u:planted@h/x", "https://[::1"])
def test_an_address_that_may_not_be_used_is_a_problem_and_the_jobs_are_reported(person: Person, url: str) -> None:
    report = person.check("--library-url", url)
    assert (report.code, report.problems) == (1, ["url"])
    assert report.only("job", "city")[0] == "note"
    assert "planted" not in "".join(person.written)


@pytest.fixture
def untrusted() -> Iterator[int]:
    """Port of a TLS server whose certificate nobody vouches for."""
    with tls_server(server_context(Authority().issue())) as port:
        yield port


def test_a_certificate_that_nobody_vouches_for_is_reported_with_what_to_do(person: Person, untrusted: int) -> None:
    report = person.check("--library-url", f"https://localhost:{untrusted}/MicroStrategyLibrary")
    assert report.problems == ["server"]
    assert "certificate is not trusted" in report.only("server")[1]
    assert "caBundle" in report.only("server")[1]


@pytest.mark.parametrize("path", ["", "/MicroStrategy", "/MicroStrategyLibary/api"])
def test_an_address_without_the_librarys_path_is_a_problem_that_names_it(person: Person, path: str) -> None:
    address = person.simulator.base_url.replace("/MicroStrategyLibrary", path)
    report = person.check("--library-url", address)
    result, text = report.only("server")
    assert (report.code, result, report.problems) == (1, "problem", ["server"])
    assert "there is no Library at that address" in text
    assert "baseUrl must end with the Library's context path, usually /MicroStrategyLibrary" in text
    assert "log_in" not in person.steps()
