"""API tokens, identity tokens and shared sessions (API.md 2.3 and 2.4)."""

from collections.abc import Callable

import requests

from tests.unit.simulator.conftest import Person


def log_in_with(person: Person, api_token: str) -> tuple[Person, int]:
    other = Person(person.simulator, person.clock)
    return other, other.log_in(loginMode=4096, username=api_token).status_code


def shared(person: Person, identity_token: str) -> tuple[Person, requests.Response]:
    other = Person(person.simulator, person.clock)
    answer = other.call("POST", "/auth/delegate", json={"loginMode": "-1", "identityToken": identity_token})
    if answer.ok:
        other.http.headers["X-MSTR-AuthToken"] = answer.headers["X-MSTR-AuthToken"]
    return other, answer


def test_a_new_api_token_replaces_the_old_one(person: Person) -> None:
    answer = person.call("POST", "/auth/apiTokens")
    assert (answer.status_code, set(answer.json())) == (201, {"apiToken", "createTime", "expireTime"})
    assert log_in_with(person, answer.json()["apiToken"])[1] == 204
    assert log_in_with(person, person.simulator.api_token)[1] == 401
    assert answer.json()["apiToken"] in person.simulator.secrets()


def test_an_api_token_lives_as_long_as_was_asked(person: Person) -> None:
    token = person.call("POST", "/auth/apiTokens", json={"lifeTimeInMinutes": 10}).json()["apiToken"]
    person.pass_time(599)
    assert log_in_with(person, token)[1] == 204
    person.pass_time(1)
    assert log_in_with(person, token)[1] == 401


def test_a_revoked_api_token_ends_the_sessions_that_it_opened(person: Person) -> None:
    other, status = log_in_with(person, person.simulator.api_token)
    assert status == 204
    assert person.call("DELETE", "/auth/apiTokens").status_code == 204
    assert other.call("GET", "/sessions").status_code == 401
    assert person.call("GET", "/sessions").status_code == 200
    assert person.call("DELETE", "/auth/apiTokens").status_code == 404


def test_an_api_token_for_somebody_else_needs_an_administrator(person: Person) -> None:
    answer = person.call("POST", "/auth/apiTokens", json={"userId": "0" * 32})
    assert (answer.status_code, answer.json()["code"]) == (403, "ERR014")


def test_a_delegated_session_is_the_same_one_and_ends_with_it(person: Person) -> None:
    made = person.call("POST", "/auth/identityToken")
    assert made.status_code == 201
    token = made.headers["X-MSTR-IdentityToken"]
    headers = {"X-MSTR-IdentityToken": token}
    assert person.call("GET", "/auth/identityToken", headers=headers).status_code == 200
    other, answer = shared(person, token)
    assert (answer.status_code, set(answer.cookies.keys())) == (204, {"JSESSIONID", "iSession"})
    assert len(person.simulator.state()["sessions"]) == 1
    assert other.call("POST", "/auth/logout").status_code == 204
    assert person.call("GET", "/sessions").json()["code"] == "ERR009"


def test_an_identity_token_dies_with_its_session(person: Person) -> None:
    token = person.call("POST", "/auth/identityToken").headers["X-MSTR-IdentityToken"]
    person.call("POST", "/auth/logout")
    _, answer = shared(person, token)
    assert (answer.status_code, answer.json()["code"]) == (401, "ERR003")


def test_a_wrong_identity_token_is_err003(person: Person) -> None:
    assert shared(person, "wrong")[1].json()["code"] == "ERR003"
    headers = {"X-MSTR-IdentityToken": "wrong"}
    assert person.call("GET", "/auth/identityToken", headers=headers).json()["code"] == "ERR003"


def test_the_helper_cookie_turns_back_into_a_token(meet: Callable[..., Person]) -> None:
    person = meet()
    token = person.http.headers.pop("X-MSTR-AuthToken")
    assert person.call("GET", "/auth/token").headers["X-MSTR-AuthToken"] == token
    person.http.cookies.clear()
    assert person.call("GET", "/auth/token").status_code == 401
