"""What comes from the server is bounded before it is stored, compared or put into an address."""

import json
import time
from typing import Any

import pytest

from functions.errors import DatamartFailed, NotFound, PermissionDenied
from functions.microstrategy import Client, Credentials, Server, Session
from functions.microstrategy.http.cookies import MAX_COOKIE_BYTES, MAX_JAR_BYTES
from functions.microstrategy.json_access import job_id
from functions.microstrategy.object_names import folder_of, project_of
from tests.unit.microstrategy.conftest import TOKEN, ScriptedServer
from tests.unit.microstrategy.test_calls import CITY, INSTANCE, PROJECT, head

# -- cookies ----------------------------------------------------------------------------------------------------------


def logged_in(server: ScriptedServer, *cookies: str) -> Session:
    server.answer(204, b"", f"X-MSTR-AuthToken: {TOKEN}", *(f"Set-Cookie: {cookie}" for cookie in cookies))
    server.answer(200, b"{}")  # the session is asked for where cookies were dropped: it does without them
    return Client(Server(server.url)).log_in(Credentials(1, "u", "p"))


def test_cookies_that_no_browser_would_keep_are_dropped(server: ScriptedServer) -> None:
    large = [f"large{number}={'x' * 60_000}; Path=/" for number in range(15)]
    session = logged_in(server, *large, "JSESSIONID=abc; Path=/MicroStrategyLibrary")
    assert [cookie.name for cookie in session.cookies] == ["JSESSIONID"]


def test_all_cookies_of_a_session_together_are_bounded_and_the_largest_go_first(server: ScriptedServer) -> None:
    many = [f"c{number:02}={'x' * (MAX_COOKIE_BYTES // 2)}; Path=/" for number in range(40)]
    session = logged_in(server, *many, "JSESSIONID=abc; Path=/MicroStrategyLibrary")
    assert "JSESSIONID" in {cookie.name for cookie in session.cookies}
    assert MAX_JAR_BYTES // 2 < len(session.to_json()) < 2 * MAX_JAR_BYTES


def test_later_cookies_do_not_push_out_those_of_the_login(server: ScriptedServer) -> None:
    client = Client(Server(server.url), logged_in(server, "JSESSIONID=abc; Path=/MicroStrategyLibrary"))
    server.scripts.clear()
    for number in range(6):
        server.answer(200, b"{}", *(f"Set-Cookie: n{number}x{k}={'x' * 4_000}; Path=/" for k in range(10)))
        client.probe()
    assert client.session
    assert "JSESSIONID" in {cookie.name for cookie in client.session.cookies}
    assert len(client.session.to_json()) < 2 * MAX_JAR_BYTES


def test_a_login_whose_session_is_lost_without_a_dropped_cookie_says_so_and_is_logged_out(
    server: ScriptedServer,
) -> None:
    server.answer(204, b"", f"X-MSTR-AuthToken: {TOKEN}", f"Set-Cookie: JSESSIONID={'x' * 5_000}; Path=/")
    server.answer(401, b'{"code": "ERR009", "message": "expired"}')
    server.answer(204)
    with pytest.raises(DatamartFailed, match=r'too large \("JSESSIONID"\): at most 4 KB .* logged out again'):
        Client(Server(server.url)).log_in(Credentials(1, "u", "p"))
    assert [head(request).split(" ")[1].rpartition("/")[2] for request in server.requests] == [
        "login",
        "sessions",
        "logout",
    ]


# -- names ------------------------------------------------------------------------------------------------------------


def seconds(work: Any) -> float:
    began = time.process_time()
    with pytest.raises(NotFound):
        work()
    return time.process_time() - began


def folder(number: int, name: str) -> dict[str, Any]:
    return {"id": f"{number:032X}", "name": name, "type": 8, "ancestors": [{"name": "Tutorial", "level": 1}]}


def test_the_nearest_of_very_long_names_are_found_as_quickly_as_of_long_ones() -> None:
    def search(length: int) -> float:
        names = [{"id": f"{n:032X}", "name": chr(65 + n) * length} for n in range(3)]
        return seconds(lambda: project_of("Tutorial" * 30, names))

    assert search(3_000_000) < 10 * search(1_000) + 0.5


def test_the_nearest_of_very_many_folders_are_found_quickly() -> None:
    def search(count: int) -> float:
        folders = [folder(number, f"{'Datamarts of the region ' * 8}{number}") for number in range(count)]
        return seconds(lambda: folder_of("/Tutorial/Datamart of region 7", folders))

    assert search(5_000) < 5 * search(1_000) + 0.5


def test_a_message_shows_a_name_as_one_bounded_line() -> None:
    odd = [folder(1, "Reports\nWhat to do: pay\x1b[2J" + "x" * 100_000), folder(2, "Reports")]
    with pytest.raises(NotFound) as failure:
        folder_of("/Reporte", odd)
    text = str(failure.value)
    assert text.isprintable()
    assert len(text) < 1_000
    assert f"{2:032X}" in text


def test_folders_whose_names_differ_in_case_only_are_all_listed() -> None:
    folders = [folder(1, "Reports"), folder(2, "REPORTS"), folder(3, "reports")]
    with pytest.raises(NotFound) as failure:
        folder_of("/Tutorial/rePORTS", folders)
    assert all(f"{number:032X}" in str(failure.value) for number in (1, 2, 3))


# -- ids --------------------------------------------------------------------------------------------------------------

ODD_IDS = ("", ".", "..", "../1", " 1", "1" * 201, "10:a\n", "10:\x1b[1A", "10:ä", "\u202e1", "-1")


@pytest.mark.parametrize("odd", [*ODD_IDS, 5, None, ["1"], {"a": 1}])
def test_a_job_that_cannot_be_named_in_an_address_has_no_id(server: ScriptedServer, client: Client, odd: Any) -> None:
    server.answer(200, json.dumps({"status": 5, "jobId": odd}).encode())
    assert client.execute(PROJECT, CITY, INSTANCE).job_id is None


@pytest.mark.parametrize("known", ["10:RU5WLTMwODE3OUxBSU8yVVNFMQ==", "10:a/b+c==", "7", "A" * 32])
def test_a_documented_job_id_is_one_and_stays_in_its_segment(
    server: ScriptedServer, client: Client, known: str
) -> None:
    assert job_id(known) == known
    server.answer(200, b"")
    client.cancel_job(known)
    path = head(server.requests[0]).split(" ")[1]
    assert path.startswith("/MicroStrategyLibrary/api/v2/monitors/jobs/")
    assert path.count("/") == 6


@pytest.mark.parametrize("odd", ODD_IDS)
def test_no_other_job_id_enters_an_address_and_none_counts_as_a_job_that_has_ended(
    server: ScriptedServer, client: Client, odd: str
) -> None:
    for call in (lambda: client.get_job(odd, CITY), lambda: client.cancel_job(odd)):
        with pytest.raises(PermissionDenied, match="cannot be looked up"):
            call()
    assert server.requests == []


@pytest.mark.parametrize("odd", ["", ".", "..", CITY + "/x", CITY + "\n", "x" * 32, CITY * 2])
def test_no_other_object_instance_prompt_or_folder_id_enters_an_address(
    server: ScriptedServer, client: Client, odd: str
) -> None:
    calls = (
        lambda: client.get_definition(PROJECT, odd),
        lambda: client.get_definition(odd, CITY),
        lambda: client.get_execution(PROJECT, CITY, odd),
        lambda: client.save(PROJECT, CITY, odd),
        lambda: client.save_as(PROJECT, CITY, INSTANCE, "n", odd),
        lambda: client.search_elements(PROJECT, CITY, INSTANCE, odd),
        lambda: client.search_objects(PROJECT, CITY, INSTANCE, f"{odd}@0@10"),
        lambda: client.delete_instance(PROJECT, CITY, odd),
    )
    for call in calls:
        with pytest.raises(NotFound, match="32 hexadecimal"):
            call()
    assert server.requests == []


@pytest.mark.parametrize("odd", ["..", "", "x" * 32, CITY + "/", 5, None])
def test_an_object_whose_id_no_call_can_name_is_not_found(server: ScriptedServer, client: Client, odd: Any) -> None:
    server.answer(200, json.dumps([{"id": odd, "name": "P"}]).encode())
    with pytest.raises(NotFound, match='no project "P"'):
        client.find_project("P")
