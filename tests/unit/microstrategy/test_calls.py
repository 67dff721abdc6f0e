"""What goes over the wire, and what comes back: the vendor's own samples among it."""

import gzip
import json
from typing import Any

import pytest

from functions.errors import DatamartFailed, NotFound
from functions.microstrategy import Client, Credentials, Server
from tests.support import vendor
from tests.unit.microstrategy.conftest import TOKEN, ScriptedServer

PROJECT = "B7CA92F04B9FAE8D941C3E9B7E0CD754"
CITY = "85000B907B4EAD3B0D9522A9CFD10DBC"
INSTANCE = "1C818981C44AC7447B9853B1B7F27200"


def head(request: bytes) -> str:
    return request.partition(b"\r\n\r\n")[0].decode()


def body(request: bytes) -> Any:
    return json.loads(request.partition(b"\r\n\r\n")[2])


# -- login ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("credentials", "sent"),
    [
        (Credentials(1, "u", "p"), {"loginMode": 1, "username": "u", "password": "p"}),
        (Credentials(16, "u", ""), {"loginMode": 16, "username": "u", "password": ""}),
        (Credentials(4096, api_token="t0ken"), {"loginMode": 4096, "username": "t0ken"}),
        (Credentials(8), {"loginMode": 8}),
    ],
)
def test_each_login_mode_sends_its_own_fields(
    server: ScriptedServer, credentials: Credentials, sent: dict[str, Any]
) -> None:
    server.answer(204, b"", f"X-MSTR-AuthToken: {TOKEN}")
    session = Client(Server(server.url)).log_in(credentials)
    assert body(server.requests[0]) == sent | {"applicationType": 35}
    assert session.token == TOKEN


def test_token_and_every_cookie_go_back_on_each_call(server: ScriptedServer) -> None:
    server.answer(
        204,
        b"",
        f"X-MSTR-AuthToken: {TOKEN}",
        "Set-Cookie: JSESSIONID=one; Path=/MicroStrategyLibrary; HttpOnly",
        "Set-Cookie: AWSALB=balancer; Path=/",
    )
    server.answer(200, b"{}")
    client = Client(Server(server.url))
    client.log_in(Credentials(1, "u", "p"))
    client.probe()
    assert f"X-MSTR-AuthToken: {TOKEN}" in head(server.requests[1])
    assert "JSESSIONID=one" in head(server.requests[1])
    assert "AWSALB=balancer" in head(server.requests[1])


def test_cookies_of_later_answers_are_merged_and_removed_ones_go(server: ScriptedServer, client: Client) -> None:
    server.answer(
        200, b"{}", "Set-Cookie: AWSALB=new; Path=/", "Set-Cookie: JSESSIONID=two; Path=/MicroStrategyLibrary"
    )
    server.answer(200, b"{}", "Set-Cookie: AWSALB=; Path=/; Max-Age=0")
    server.answer(200, b"{}")
    for _ in range(3):
        client.probe()
    assert "JSESSIONID=two" in head(server.requests[1])
    assert "AWSALB=new" in head(server.requests[1])
    assert "AWSALB" not in head(server.requests[2])
    assert "JSESSIONID=two" in head(server.requests[2])


def test_a_cookie_of_another_path_is_kept_and_not_sent(server: ScriptedServer, client: Client) -> None:
    server.answer(200, b"{}", "Set-Cookie: other=x; Path=/SomewhereElse")
    server.answer(200, b"{}")
    client.probe()
    client.probe()
    assert "other=x" not in head(server.requests[1])
    assert client.session
    assert {cookie.name for cookie in client.session.cookies} == {"JSESSIONID", "other"}


def test_two_sessions_in_one_process_never_share_a_cookie(server: ScriptedServer, client: Client) -> None:
    server.answer(200, b"{}", "Set-Cookie: mine=secret; Path=/")
    server.answer(200, b"{}")
    client.probe()
    Client(Server(server.url)).server_status()
    assert "Cookie" not in head(server.requests[1])


def test_a_login_that_is_answered_without_a_token_failed(server: ScriptedServer) -> None:
    server.answer(200, b"<html>welcome</html>")
    with pytest.raises(DatamartFailed, match="the login has no token"):
        Client(Server(server.url)).log_in(Credentials(1, "u", "p"))


def test_the_session_survives_the_trip_through_the_run_table(client: Client) -> None:
    assert client.session
    assert type(client.session).from_json(client.session.to_json()) == client.session


# -- the vendor's page ------------------------------------------------------------------------------------------------


def test_the_instance_id_is_taken_from_the_header_of_the_vendors_answer(server: ScriptedServer, client: Client) -> None:
    empty = gzip.compress(b"{}", mtime=0)
    assert len(empty) == 22  # the vendor's sample says content-length: 22
    server.answer(201, empty, "content-encoding: gzip", "x-mstr-ms-instance: 35DCAB983549ECD49FC20F9AB0CC4C28")
    assert client.create_instance(PROJECT, CITY) == "35DCAB983549ECD49FC20F9AB0CC4C28"
    assert f"POST /MicroStrategyLibrary/api/model/datamarts/{CITY}/instances HTTP/1.1" in head(server.requests[0])
    assert f"X-MSTR-ProjectID: {PROJECT}" in head(server.requests[0])


@pytest.mark.parametrize("field", ["id", "instanceId"])
def test_the_instance_id_is_taken_from_the_body_where_the_header_is_missing(
    server: ScriptedServer, client: Client, field: str
) -> None:
    server.answer(201, json.dumps({field: INSTANCE}).encode())
    assert client.create_instance(PROJECT, CITY) == INSTANCE


def test_an_instance_without_an_id_is_a_failure(server: ScriptedServer, client: Client) -> None:
    server.answer(201, b"")
    with pytest.raises(DatamartFailed, match="neither header nor body"):
        client.create_instance(PROJECT, CITY)


def test_the_vendors_execution_answer_is_understood(server: ScriptedServer, client: Client) -> None:
    answer = {"id": CITY, "instanceId": INSTANCE, "status": 5, "jobId": "10:RU5WLTMwODE3OUxBSU8yVVNFMQ=="}
    server.answer(200, json.dumps(answer).encode())
    execution = client.execute(PROJECT, CITY, INSTANCE)
    assert (execution.status, execution.instance_id, execution.job_id) == (5, INSTANCE, answer["jobId"])
    assert server.requests[0].startswith(
        f"POST /MicroStrategyLibrary/api/datamarts/{CITY}/instances/{INSTANCE}/execution/jobs ".encode()
    )


@pytest.mark.parametrize("status", [200, 202])
def test_a_polling_answer_is_read_whether_it_is_200_or_202(server: ScriptedServer, client: Client, status: int) -> None:
    server.answer(status, json.dumps({"id": CITY, "status": 2, "instanceId": INSTANCE}).encode(), "Retry-After: 7")
    execution = client.get_execution(PROJECT, CITY, INSTANCE)
    assert (execution.status, execution.retry_after) == (2, 7.0)


def test_retry_after_may_be_a_date(server: ScriptedServer, client: Client) -> None:
    headers = ("Retry-After: Tue, 24 Nov 2026 10:00:30 GMT", "Date: Tue, 24 Nov 2026 10:00:00 GMT")
    server.answer(202, b'{"status": 5}', *headers)
    assert client.get_execution(PROJECT, CITY, INSTANCE).retry_after == 30.0


@pytest.mark.parametrize("code", ["ERR008", "ERR0008", "ERR08 "])
def test_a_result_that_is_not_ready_is_not_an_error(server: ScriptedServer, client: Client, code: str) -> None:
    server.answer(500, json.dumps({"code": code, "message": "not ready"}).encode(), "Retry-After: 3")
    server.answer(500, b'{"code":"8004cc00","iServerCode":-2147468903,"message":"not ready"}')
    first, second = (client.get_execution(PROJECT, CITY, INSTANCE) for _ in range(2))
    assert (first.status, first.retry_after, second.status) == (None, 3.0, None)


def test_the_vendors_answers_are_sent_as_they_stand(server: ScriptedServer, client: Client) -> None:
    server.answer(204)
    client.answer_prompts(PROJECT, CITY, INSTANCE, [vendor.ANSWER])
    assert server.requests[0].startswith(b"PUT ")
    assert body(server.requests[0]) == {"prompts": [vendor.ANSWER]}


def test_saving_names_the_instance_in_the_header(server: ScriptedServer, client: Client) -> None:
    options = {"saveAsWithAnswers": True, "saveAsFilterWithPrompts": True, "saveAsTemplateWithPrompts": True}
    server.answer(200, json.dumps({"objectId": CITY}).encode())
    server.answer(200, json.dumps({"objectId": INSTANCE}).encode())
    assert client.save(PROJECT, CITY, INSTANCE, options) == CITY
    folder = "8A1831FF494F528D02A4A8BF5FB73459"
    assert client.save_as(PROJECT, CITY, INSTANCE, "City", folder, prompt_options=options) == INSTANCE
    assert f"X-MSTR-MS-Instance: {INSTANCE}" in head(server.requests[0])
    assert body(server.requests[0]) == {"promptOptions": options}
    assert body(server.requests[1]) == {"name": "City", "destinationFolderId": folder, "promptOptions": options}


def test_saving_as_overwrites_only_when_asked_and_leaves_out_what_was_not_said(
    server: ScriptedServer, client: Client
) -> None:
    for _ in range(3):
        server.answer(200, json.dumps({"objectId": INSTANCE}).encode())
    client.save_as(PROJECT, CITY, INSTANCE, "Mine", CITY.lower())
    client.save_as(PROJECT, CITY, INSTANCE, "Mine", CITY, True, {"saveAsFilterWithPrompts": False})
    client.save(PROJECT, CITY, INSTANCE)
    mine = {"name": "Mine", "destinationFolderId": CITY}
    assert [body(request) for request in server.requests] == [
        mine,
        mine | {"overwrite": True, "promptOptions": {"saveAsFilterWithPrompts": False}},
        {},
    ]
    assert f"POST /MicroStrategyLibrary/api/model/datamarts/{CITY}/instances/saveAs " in head(server.requests[0])
    for sent in ("X-MSTR-AuthToken: ", f"X-MSTR-ProjectID: {PROJECT}", f"X-MSTR-MS-Instance: {INSTANCE}"):
        assert all(sent in head(request) for request in server.requests)


def test_the_second_endpoint_deletes_what_the_first_one_does_not(server: ScriptedServer, client: Client) -> None:
    server.answer(500, b'{"code":"ERR001","message":"no"}')
    server.answer(204)
    assert client.delete_instance(PROJECT, CITY, INSTANCE) is True
    assert f"/api/datamarts/{CITY}/instances/{INSTANCE} " in head(server.requests[1])


def test_an_instance_that_is_gone_counts_as_deleted(server: ScriptedServer, client: Client) -> None:
    server.answer(404, b'{"code":"ERR004","iServerCode":-2147468986,"message":"gone"}')
    assert client.delete_instance(PROJECT, CITY, INSTANCE) is False


def test_only_open_prompts_are_given_whatever_closed_means_to_the_server(
    server: ScriptedServer, client: Client
) -> None:
    prompts = [{"key": "a", "type": "VALUE", "closed": True}, {"key": "b", "type": "DIMENSION", "closed": False}]
    server.answer(200, json.dumps(prompts).encode())
    assert client.get_prompts(PROJECT, CITY, INSTANCE) == [{"key": "b", "type": "LEVEL", "closed": False}]
    assert "closed=false" in head(server.requests[0])


def test_the_job_id_is_percent_encoded(server: ScriptedServer, client: Client) -> None:
    server.answer(204)
    client.cancel_job("10:RU5W/TQ==")
    assert "/jobs/10%3ARU5W%2FTQ%3D%3D " in head(server.requests[0])


def test_the_prompts_key_is_percent_encoded(server: ScriptedServer, client: Client) -> None:
    server.answer(200, b'{"elements":[{"id":"h1;X","name":"USA"}]}')
    key = "055A4B7241396EB7FC27E3A5D2A9FB2F@0@10"
    assert client.search_elements(PROJECT, CITY, INSTANCE, key, "U&A") == [{"id": "h1;X", "name": "USA"}]
    assert "%400%4010/elements?offset=0&limit=200&searchPattern=U%26A " in head(server.requests[0])


@pytest.mark.parametrize(
    "bad", ["", "../../x", "85000B907B4EAD3B0D9522A9CFD10DB", CITY + "/x", "é" * 32, CITY + "\r\nX: y"]
)
def test_an_id_that_is_none_never_enters_a_path(server: ScriptedServer, client: Client, bad: str) -> None:
    with pytest.raises(NotFound, match="32 hexadecimal"):
        client.get_execution(PROJECT, bad, INSTANCE)
    with pytest.raises(NotFound, match="32 hexadecimal"):
        client.create_instance(bad, CITY)
    assert server.requests == []


# -- definitions and names ------------------------------------------------------------------------------------------


def test_the_vendors_definition_says_what_a_run_will_write(server: ScriptedServer, client: Client) -> None:
    options = {
        "append": True,
        "targetSource": {"objectId": "05AC49F849389A20A6C9C19A3105A69B", "subType": "db_role", "name": "Statistics"},
        "tableName": "DM_CITY",
        "datamartProperties": {
            "[DatamartProperties].[Maximum Rows]": {"name": "Maximum Rows", "value": "65536", "type": "int32"},
            "[DatamartProperties].[Maximum Execution Time]": {"value": "600"},
            "[DatamartProperties].[Pre SQLs]": {"value": ""},
        },
    }
    definition = {"information": {"objectId": CITY, "name": "City"}, "datamartOptions": options}
    server.answer(200, json.dumps(definition).encode())
    found = client.get_definition(PROJECT, CITY)
    assert (found.name, found.append, found.source, found.table) == ("City", True, "Statistics", "DM_CITY")
    assert (found.runs_extra_sql, found.max_execution_seconds) == (False, 600)


@pytest.mark.parametrize("name", ["Pre SQLs", "Post SQLs", "Insert SQLs", "Create Table Post String"])
def test_sql_of_its_own_is_noticed(server: ScriptedServer, client: Client, name: str) -> None:
    properties = {f"[DatamartProperties].[{name}]": {"value": "DELETE FROM x"}}
    server.answer(200, json.dumps({"datamartOptions": {"append": False, "datamartProperties": properties}}).encode())
    assert client.get_definition(PROJECT, CITY).runs_extra_sql


def test_a_definition_that_does_not_say_counts_as_appending(server: ScriptedServer, client: Client) -> None:
    server.answer(200, b"{}")
    assert client.get_definition(PROJECT, CITY).append is True


def found_objects(*items: dict[str, Any]) -> bytes:
    return json.dumps({"totalItems": len(items), "result": list(items)}).encode()


def ancestors(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "level": len(names) - index} for index, name in enumerate(names)]


def test_a_name_in_the_right_case_wins_over_one_in_another(server: ScriptedServer, client: Client) -> None:
    server.answer(
        200,
        found_objects({"id": "A" * 32, "name": "CITY", "subtype": 772}, {"id": CITY, "name": "City", "subtype": 772}),
    )
    assert client.find_datamart(PROJECT, "City").id == CITY


def test_a_report_of_the_same_name_is_not_a_datamart(server: ScriptedServer, client: Client) -> None:
    server.answer(200, found_objects({"id": CITY, "name": "City", "subtype": 768}))
    with pytest.raises(NotFound, match='no datamart "City"'):
        client.find_datamart(PROJECT, "City")


def test_a_name_that_no_datamart_has_is_answered_with_the_nearest_ones(server: ScriptedServer, client: Client) -> None:
    others = ("City", "Cities", "Stock", "Citizens", "Receipts")
    server.answer(200, found_objects())
    server.answer(200, found_objects(*({"id": f"{n:032X}", "name": o, "subtype": 772} for n, o in enumerate(others))))
    with pytest.raises(NotFound, match='no datamart "Citty" in "/Public"; the nearest are City, Cities') as refused:
        client.find_datamart(PROJECT, {"name": "Citty", "path": "/Public"})
    assert "Stock" not in str(refused.value)


def test_where_names_cannot_be_listed_the_one_that_is_not_there_is_refused_all_the_same(
    server: ScriptedServer, client: Client
) -> None:
    server.answer(200, found_objects())
    server.answer(403, b'{"code": "ERR014", "message": "no"}')
    with pytest.raises(NotFound) as refused:
        client.find_datamart(PROJECT, "Citty")
    assert refused.value.message == 'no datamart "Citty"'


def test_datamarts_are_listed_page_by_page_with_their_folders(server: ScriptedServer, client: Client) -> None:
    def found(number: int, **more: Any) -> dict[str, Any]:
        return {"id": f"{number:032X}", "name": f"Mart {number:03}", "subtype": 772} | more

    where = {"ancestors": ancestors("SERVER", "Public Objects", "Datamarts")}
    server.answer(200, found_objects(*(found(number, **where) for number in range(200))))
    server.answer(200, found_objects(found(200), found(201, subtype=768), found(202, id="nothing")))
    listed = client.list_datamarts(PROJECT, "B" * 32)
    assert [one.name for one in listed] == ["Mart 200", *(f"Mart {number:03}" for number in range(200))]
    assert {one.path for one in listed[1:]} == {"/Public Objects/Datamarts"}
    assert listed[0].path == "/"


def test_several_of_one_name_are_listed_with_their_folders(server: ScriptedServer, client: Client) -> None:
    items = [
        {"id": letter * 32, "name": "City", "subtype": 772, "ancestors": ancestors("SERVER", "Public Objects", folder)}
        for letter, folder in (("A", "Datamarts"), ("B", "Archive"))
    ]
    server.answer(200, found_objects(*items))
    server.answer(200, found_objects(*items))
    with pytest.raises(NotFound, match=r"/Public Objects/Datamarts.*/Public Objects/Archive"):
        client.find_datamart(PROJECT, "City")
    found = client.find_datamart(PROJECT, {"name": "City", "path": "/Public Objects/Archive/"})
    assert found.id == "B" * 32


def test_an_object_that_is_a_report_is_refused_by_id(server: ScriptedServer, client: Client) -> None:
    server.answer(200, json.dumps({"id": CITY, "name": "City", "type": 3, "subtype": 768}).encode())
    with pytest.raises(NotFound, match="not a datamart"):
        client.find_datamart(PROJECT, CITY)


def test_a_search_goes_on_to_the_last_page(server: ScriptedServer, client: Client) -> None:
    page = [{"id": f"{n:032X}", "name": "city", "subtype": 768} for n in range(200)]
    server.answer(200, found_objects(*page))
    server.answer(200, found_objects({"id": CITY, "name": "City", "subtype": 772}))
    assert client.find_datamart(PROJECT, "City").id == CITY
    assert "offset=200" in head(server.requests[1])


def folder(letter: str, name: str, *way: str) -> dict[str, Any]:
    return {"id": letter * 32, "name": name, "type": 8, "subtype": 2048, "ancestors": ancestors("SERVER", *way)}


DATAMARTS = folder("A", "Datamarts", "Public Objects")
ARCHIVED = folder("B", "Datamarts", "Public Objects", "Archive")


@pytest.mark.parametrize(
    "path",
    [
        "/Public Objects/Datamarts",
        "/SERVER/Public Objects/Datamarts",
        "/Public Objects/Datamarts/",
        "/public objects/DATAMARTS",
    ],
)
def test_a_folder_is_found_by_its_whole_path_with_or_without_the_root(
    server: ScriptedServer, client: Client, path: str
) -> None:
    server.answer(200, found_objects(ARCHIVED, DATAMARTS, DATAMARTS | {"id": "C" * 32, "type": 3}))
    assert client.find_folder(PROJECT, path) == "A" * 32
    query = "pattern=2&type=8&getAncestors=true&offset=0&limit=200 HTTP/1.1"
    assert f"/api/searches/results?name={path.strip('/').split('/')[-1]}&{query}" in head(server.requests[0])


def test_folders_in_the_right_case_win_and_others_are_listed_with_their_ids(
    server: ScriptedServer, client: Client
) -> None:
    in_capitals = folder("C", "DATAMARTS", "Public Objects")
    for _ in range(2):
        server.answer(200, found_objects(DATAMARTS, in_capitals))
    assert client.find_folder(PROJECT, "/Public Objects/DATAMARTS") == "C" * 32
    with pytest.raises(NotFound, match=rf'2 folders are at "/public .*Datamarts \({"A" * 32}\).*\({"C" * 32}\)'):
        client.find_folder(PROJECT, "/public objects/datamarts")


@pytest.mark.parametrize("path", ["/Datamarts", "/Public Objects/Archives/Datamarts", "/Objects/Datamarts"])
def test_a_folder_that_only_ends_like_the_path_is_named_and_not_taken(
    server: ScriptedServer, client: Client, path: str
) -> None:
    server.answer(200, found_objects(DATAMARTS))
    with pytest.raises(NotFound, match=rf'no folder "{path}"; the nearest .* /SERVER/Public Objects/Datamarts \(AAA'):
        client.find_folder(PROJECT, path)


def test_the_nearest_folder_is_named_first(server: ScriptedServer, client: Client) -> None:
    server.answer(200, found_objects(DATAMARTS, ARCHIVED))
    with pytest.raises(NotFound, match=r"are: /SERVER/Public Objects/Archive/Datamarts .*; /SERVER/Public Objects/Dat"):
        client.find_folder(PROJECT, "/Public Objects/Archives/Datamarts")


def test_a_folder_of_a_name_that_no_folder_has_is_not_there(server: ScriptedServer, client: Client) -> None:
    server.answer(200, found_objects())
    with pytest.raises(NotFound, match=r'^there is no folder "/Public Objects/Datmarts" \('):
        client.find_folder(PROJECT, "/Public Objects/Datmarts")


def test_the_search_for_a_folder_goes_on_to_the_last_page(server: ScriptedServer, client: Client) -> None:
    server.answer(200, found_objects(*(folder("B", "Datamarts", f"F{number}") for number in range(200))))
    server.answer(200, found_objects(DATAMARTS))
    assert client.find_folder(PROJECT, "/Public Objects/Datamarts") == "A" * 32


@pytest.mark.parametrize(("kind", "number"), [("attribute", 12), ("metric", 4)])
def test_objects_are_found_by_name_and_kind_to_the_last_page(
    server: ScriptedServer, client: Client, kind: str, number: int
) -> None:
    sales = {"id": "A" * 32, "name": "Sales & Co", "type": number, "ancestors": ancestors("SERVER", "Metrics")}
    report = {"id": "B" * 32, "name": "Sales & Co", "type": 3}
    server.answer(200, found_objects(sales, *[report] * 199))
    server.answer(200, found_objects(sales | {"id": "C" * 32, "name": "SALES & CO"}))
    found = client.find_objects(PROJECT, "Sales & Co", kind)
    assert [one["id"] for one in found] == ["A" * 32, "C" * 32]
    assert found[0]["ancestors"] == sales["ancestors"]
    query = f"name=Sales%20%26%20Co&pattern=2&type={number}&getAncestors=true"
    for request, offset in zip(server.requests, (0, 200), strict=True):
        assert f"/api/searches/results?{query}&offset={offset}&limit=200 " in head(request)


def test_a_search_for_an_object_that_fails_like_one_for_a_missing_object_finds_none(
    server: ScriptedServer, client: Client
) -> None:
    server.answer(500, b'{"code": "ERR001", "message": "The object was not found."}')
    with pytest.raises(NotFound):
        client.find_objects(PROJECT, "Sales", "metric")


def test_a_folder_is_found_by_its_id_too(server: ScriptedServer, client: Client) -> None:
    server.answer(200, json.dumps(DATAMARTS).encode())
    server.answer(200, json.dumps({"id": CITY, "name": "City", "type": 3, "subtype": 772}).encode())
    assert client.find_folder(PROJECT, "a" * 32) == "A" * 32
    assert f"/api/objects/{'A' * 32}?type=8 " in head(server.requests[0])
    with pytest.raises(NotFound, match="is not a folder"):
        client.find_folder(PROJECT, CITY)


def test_a_projects_name_is_case_sensitive_and_the_nearest_is_named(server: ScriptedServer, client: Client) -> None:
    projects = json.dumps([{"id": PROJECT, "name": "MicroStrategy Tutorial", "status": 0}]).encode()
    server.answer(200, projects)
    server.answer(200, projects)
    assert client.find_project("MicroStrategy Tutorial").id == PROJECT
    with pytest.raises(NotFound, match="the nearest are MicroStrategy Tutorial"):
        client.find_project("microstrategy tutorial")
