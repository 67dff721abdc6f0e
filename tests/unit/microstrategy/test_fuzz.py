"""A server that answers anything at all: out of the client come values of the declared types, or the family's errors.

What it answers is bytes on a real socket: an HTTP answer with any status, headers and body, the right answer with some
of its values replaced, or no HTTP at all. ``make test-all`` takes many times as many.
"""

import dataclasses
import json
import re
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from inspect import unwrap
from itertools import count, product
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions import clock
from functions.errors import Delivery, LibraryError, NotFound, PermissionDenied, RunError, ServerUnavailable
from functions.handlers import execute_datamart, get_status
from functions.lifecycle.step import Step
from functions.microstrategy import (
    Client,
    Cookie,
    Credentials,
    Datamart,
    Definition,
    Execution,
    Project,
    Server,
    Session,
    SessionInfo,
)
from functions.microstrategy.http.json_decoding import DEEPEST
from functions.requests.execution_input import Start
from functions.requests.request import normalise
from functions.runs import model
from functions.runs.job_state import JobState
from functions.runs.model import ServerObject, Target
from functions.runs.polling import LONGEST_UNTOLD
from functions.runs.store.attempts import begin_attempt, set_instance, set_session
from functions.runs.store.runs import begin_run, load_run, record_datamart
from functions.runs.store.table import RunTable
from functions.runs.stored_session import StoredSession
from local.emulator.lambda_runtime import Context
from tests.support.cases import exhaustive
from tests.support.stored_runs import put_in_attempt
from tests.unit.microstrategy.conftest import TOKEN, read_request
from tests.unit.microstrategy.test_calls import CITY, INSTANCE, PROJECT
from tests.unit.runs.tables import Direct, new_table

COOKIE, PASSWORD = "COOKIE-SECRET-1", "pass-wörd-secret-2"
LONGEST = 8 * 1024
"""Bytes of an error's text (DESIGN.md "Error names")."""


class AnyServer:
    """Responds to every request with the same bytes and closes the connection."""

    def __init__(self) -> None:
        self.answer = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/MicroStrategyLibrary"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                try:
                    if read_request(connection):
                        connection.sendall(self.answer)
                        connection.shutdown(socket.SHUT_WR)
                except OSError:
                    continue

    def close(self) -> None:
        self._listener.close()


@pytest.fixture(scope="module")
def any_server() -> Iterator[AnyServer]:
    server = AnyServer()
    yield server
    server.close()


# -- what is called, what it must give, and what a right answer is --------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Call:
    """A method of the client, whether a value is one of its type, and a right answer's body and headers."""

    make: Callable[[Client], Any]
    fits: Callable[[Any], bool]
    right: Any = None
    headers: tuple[str, ...] = ()


def is_a(*kinds: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, kinds)


def is_none(value: Any) -> bool:
    return value is None


def are_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def are_numbers(value: Any) -> bool:
    return isinstance(value, list) and all(type(one) is int for one in value)


def are_prompts(value: Any) -> bool:
    return are_objects(value) and all(isinstance(one["type"], str) for one in value)


def has_fields(kind: type, **fields: Any) -> Callable[[Any], bool]:
    """A value of that class, each of its fields of one of the types given."""
    return lambda value: type(value) is kind and all(type(getattr(value, f)) in types for f, types in fields.items())


TEXT, MAYBE_TEXT, MAYBE_NUMBER = (str,), (str, type(None)), (int, type(None))
ANCESTORS = [{"name": "SERVER", "level": 2, "id": "A" * 32}, {"name": "Public Objects", "level": 1, "id": "B" * 32}]
FOUND = {"id": CITY, "name": "City", "type": 3, "subtype": 772, "ancestors": ANCESTORS}
FOLDER = {"id": CITY, "name": "Public Objects", "type": 8, "subtype": 2048, "ancestors": ANCESTORS[:1]}
PROMPT = {
    "key": f"{CITY}@0@10",
    "id": CITY,
    "name": "Elements of Country",
    "title": "Country",
    "type": "ELEMENTS",
    "required": True,
    "closed": False,
    "min": 1,
    "max": 5,
    "source": {"id": CITY, "type": 12},
    "defaultAnswer": [{"id": "h1;;1", "name": "USA"}],
}
DEFINITION = {
    "information": {"objectId": CITY, "name": "City"},
    "datamartOptions": {
        "append": False,
        "targetSource": {"objectId": CITY, "name": "Statistics"},
        "tableName": "DM_CITY",
        "datamartProperties": {"[DatamartProperties].[Maximum Execution Time]": {"value": "600"}},
    },
}
JOB = {"id": CITY, "instanceId": INSTANCE, "status": 5, "jobId": "10:RU5WLTMwODE3OUxBSU8yVVNFMQ=="}
MONITORED = {"id": 10, "status": "completed", "objectId": CITY, "creationTime": "2026-11-25T03:00:00.000+0000"}
FAILED = {"status": 3, "code": "ERR002", "iServerCode": -2147212544, "message": "no table", "subErrors": [{}]}
EXECUTION = has_fields(
    Execution,
    status=MAYBE_NUMBER,
    instance_id=MAYBE_TEXT,
    job_id=MAYBE_TEXT,
    retry_after=(float, type(None)),
    message=MAYBE_TEXT,
    i_server_code=MAYBE_NUMBER,
    ticket_id=MAYBE_TEXT,
    code=MAYBE_TEXT,
)
DATAMART = has_fields(Datamart, id=TEXT, name=MAYBE_TEXT)
IDS = (PROJECT, CITY, INSTANCE)
KEY = str(PROMPT["key"])

CALLS: dict[str, Call] = {
    "log_in": Call(
        lambda c: c.log_in(Credentials(1, "u", PASSWORD)), is_a(Session), None, (f"X-MSTR-AuthToken: {TOKEN}",)
    ),
    "log_out": Call(lambda c: c.log_out(), is_none),
    "probe": Call(lambda c: c.probe(), has_fields(SessionInfo, timeout_seconds=MAYBE_NUMBER), {"timeout": 1800}),
    "keep_alive": Call(lambda c: c.keep_alive(), is_none),
    "server_status": Call(lambda c: c.server_status(), is_a(dict), {"iServerVersion": "11.6.1000.0101"}),
    "login_modes": Call(lambda c: c.login_modes(), are_numbers, {"modes": [1, 16, 4096]}),
    "privileges": Call(lambda c: c.privileges(), are_objects, [{"id": "299", "name": "Web execute datamart report"}]),
    "find_project": Call(
        lambda c: c.find_project("Tutorial"),
        has_fields(Project, id=TEXT, name=MAYBE_TEXT, status=MAYBE_NUMBER),
        [{"id": PROJECT, "name": "Tutorial", "status": 0}, {"id": CITY, "name": "Tutor", "status": 0}],
    ),
    "find_datamart": Call(lambda c: c.find_datamart(PROJECT, "City"), DATAMART, {"totalItems": 1, "result": [FOUND]}),
    "find_datamart by path": Call(
        lambda c: c.find_datamart(PROJECT, {"name": "City", "path": "/Public Objects"}),
        DATAMART,
        {"totalItems": 2, "result": [FOUND, FOUND | {"id": PROJECT, "ancestors": []}]},
    ),
    "find_datamart by id": Call(lambda c: c.find_datamart(PROJECT, CITY), DATAMART, FOUND),
    "find_folder": Call(lambda c: c.find_folder(PROJECT, "/Public Objects"), is_a(str), {"result": [FOLDER]}),
    "find_folder by id": Call(lambda c: c.find_folder(PROJECT, CITY), is_a(str), FOLDER),
    "find_objects": Call(
        lambda c: c.find_objects(PROJECT, "Sales", "metric"), are_objects, {"result": [FOUND | {"type": 4}]}
    ),
    "get_definition": Call(
        lambda c: c.get_definition(PROJECT, CITY),
        has_fields(
            Definition,
            id=TEXT,
            name=MAYBE_TEXT,
            append=(bool,),
            source=MAYBE_TEXT,
            table=MAYBE_TEXT,
            runs_extra_sql=(bool,),
            max_execution_seconds=MAYBE_NUMBER,
            readable=(bool,),
        ),
        DEFINITION,
    ),
    "create_instance": Call(lambda c: c.create_instance(PROJECT, CITY), is_a(str), {"id": INSTANCE}),
    "execute": Call(lambda c: c.execute(*IDS), EXECUTION, JOB),
    "get_execution": Call(lambda c: c.get_execution(*IDS), EXECUTION, JOB | FAILED),
    "get_prompts": Call(lambda c: c.get_prompts(*IDS), are_prompts, [PROMPT, PROMPT | {"type": "DIMENSION"}]),
    "get_definition_prompts": Call(lambda c: c.get_definition_prompts(PROJECT, CITY), are_prompts, [PROMPT]),
    "search_elements": Call(
        lambda c: c.search_elements(*IDS, KEY, "U"), are_objects, {"elements": [{"id": "h1;;1", "name": "USA"}]}
    ),
    "search_objects": Call(lambda c: c.search_objects(*IDS, KEY), are_objects, {"objects": [FOUND]}),
    "answer_prompts": Call(lambda c: c.answer_prompts(*IDS, [{"key": KEY, "useDefault": True}]), is_none),
    "save": Call(lambda c: c.save(*IDS), is_a(str), {"objectId": CITY}),
    "save_as": Call(lambda c: c.save_as(*IDS, "New", CITY), is_a(str), {"objectId": CITY}),
    "delete_instance": Call(lambda c: c.delete_instance(*IDS), is_a(bool)),
    "get_job": Call(lambda c: c.get_job("10:x", CITY, 1.0), is_a(str), MONITORED),
    "cancel_job": Call(lambda c: c.cancel_job("10:x"), is_none),
}


def test_every_method_of_the_client_is_called() -> None:
    methods = {name for name, value in vars(Client).items() if callable(value) and not name.startswith("_")}
    assert {name.split(" ")[0] for name in CALLS} == methods


# -- what is answered -----------------------------------------------------------------------------------------------

ENVELOPES = [
    {"code": "ERR001", "iServerCode": -2147209151, "message": f"m {TOKEN}", "ticketId": COOKIE, "subErrors": [{}]},
    {"errors": [{"code": "8004cc4c", "message": "m"}, {"message": f"{PASSWORD}"}], "ticketId": "b722"},
    {"code": "ERR008", "message": "not ready"},
]
KEYS = (
    *("id", "name", "status", "type", "subtype", "result", "elements", "objects", "instanceId", "jobId", "objectId"),
    *("code", "iServerCode", "message", "errorMessage", "ticketId", "errors", "subErrors", "ancestors", "level", "a"),
)


def text_of(value: Any) -> str:
    return json.dumps(value)


def nested(opening: str, closing: str, depth: int) -> str:
    return opening * depth + "0" + closing * depth


FEW = (
    *("", "null", "true", "{}", "[]", '""', "1", "-1", "1e999", "9" * 4_300, '"\\ud800"', nested("[", "]", 600)),
    *(text_of("x" * 9_000), text_of(CITY.lower())),
)
"""In place of a value, or (the first) in place of its key, too."""

MORE = (
    *("false", "0", "2", "3", "772", '" "', "NaN", "-Infinity", "1.7976931348623157e308", "9" * 30, "9" * 5_000, "5.0"),
    *('"x\\udfffy"', '"\\u0000"', '"ERR009"', '"ERR\\u0669"', '"-5"', '"9999999999999999"', text_of("日" * 9_000)),
    *(text_of("http://[::1"), text_of(f"{TOKEN} {PASSWORD}"), text_of(f"{'x' * 5_990}{TOKEN}")),
    *(nested("[", "]", depth) for depth in (99, 500, 900, 100_000)),
    *(nested(opening, "]", 3_000) for opening in ("[", '{"a":', '[{"code":1,"errors":')),
    *(nested('{"errors":[', "]}", depth) for depth in (40, 400)),
)
odd = st.one_of(
    st.sampled_from([*FEW[1:], *MORE]),
    st.text(max_size=8).map(text_of),
    st.integers().map(str),
    st.floats().map(text_of),
)


def joined(pairs: list[tuple[str, str]]) -> str:
    """An object; keys may come twice."""
    return "{" + ",".join(f"{text_of(key)}:{value}" for key, value in pairs) + "}"


any_json = st.recursive(
    odd,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{','.join(items)}]")
        | st.lists(st.tuples(st.sampled_from(KEYS), inner), max_size=4).map(joined)
    ),
    max_leaves=8,
)


def written(value: Any, spoilt: dict[int, str]) -> str:
    """``value`` as JSON, its nodes of those numbers (in the order in which they are written) replaced, or left out."""
    count = iter(range(1_000))

    def write(one: Any) -> str:
        instead = spoilt.get(next(count))
        if instead is not None:
            return instead
        if isinstance(one, dict):
            return joined([(key, text) for key, inner in one.items() if (text := write(inner))])
        return f"[{','.join(filter(None, map(write, one)))}]" if isinstance(one, list) else text_of(one)

    return write(value)


def nodes(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(nodes, inner))


def near(right: Any) -> st.SearchStrategy[str]:
    """A right answer in which up to three values are others or are missing."""
    which = st.integers(0, nodes(right) - 1)
    return st.builds(written, st.just(right), st.dictionaries(which, odd | st.just(""), max_size=3))


def bodies(right: Any) -> st.SearchStrategy[bytes]:
    as_text = near(right) | near(right) | st.one_of([near(envelope) for envelope in ENVELOPES]) | any_json
    page = st.sampled_from([f"<title>{TOKEN}</title>", f"<html>{'x' * 3_990}{PASSWORD}", "<script>", "&#xD800;<"])
    return as_text.map(lambda t: t.encode("utf-8", "surrogatepass")) | page.map(str.encode) | st.binary(max_size=40)


odd_value = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=12) | st.sampled_from(
    ["", "5", "x" * 9_000, f"a\r\n {TOKEN}"]
)
ODD_HEADERS = {
    "Retry-After": (
        *(
            "-1",
            "1e3",
            "nan",
            "9" * 400,
            "\xb2",
            "24 Nov",
            "0",
            "Tue, 0 Foo 0 0:0:0",
            "Tue, 24 Nov 2026 10:00:30 -9999",
        ),
        *("Tue, 24 Nov 2026 10:00:30 GMT", "Tue, 24 Nov 99999 10:00:30 GMT"),
    ),
    "Date": ("Tue, 24 Nov 2026 10:00:00 GMT", "Tue, 24 Nov 0001 10:00:30 +2359", "Tue, 24 Nov 2026 10:00:30 -0000"),
    "Set-Cookie": (
        *(f"JSESSIONID={COOKIE}2; Path=/; Max-Age=x", "a=b; Expires=Tue, 99 Foo 99999 99:99:99 GMT", "=;=", "a"),
        *('a=\xff; Domain=.com; Path=\x01; Port="x"', "a=1; Version=x; Max-Age=99999999999999999999", "; ; =a"),
    ),
    "Content-Type": ("text/html", "application/json; charset=utf-16", "charset=x"),
    "X-MSTR-AuthToken": (TOKEN, f" {PASSWORD}"),
    "X-MSTR-MS-Instance": (INSTANCE, INSTANCE.lower(), INSTANCE[1:], f"{INSTANCE}, {INSTANCE}"),
    "Location": (
        *("http://[", "/other", "//h:x/", "http://\xad/", "?", "http://\xe9.example/", f"https://{'h' * 9_000}/"),
        *(f"https://{TOKEN}.example/", f"https://{COOKIE}@h/", f"http://{COOKIE}/", "http://[::1", "mailto:x", "/\x00"),
        *("/" * 9_000, "/%", f"https://{PASSWORD}.example/"),
    ),
    "Content-Encoding": ("gzip", "deflate", "br", "zstd", "gzip, gzip, gzip, gzip, gzip, gzip", "identity"),
    "Content-Length": ("0", "1", "99999", "-1", "1, 2"),
    "Transfer-Encoding": ("chunked", "identity"),
    "Connection": ("keep-alive", "close"),
}
odd_header = st.one_of(
    [st.builds(f"{name}: {{}}".format, st.sampled_from(values) | odd_value) for name, values in ODD_HEADERS.items()]
)
statuses = st.sampled_from([200, 200, 200, 201, 202, 204, 302, 400, 401, 403, 404, 429, 500, 503]) | st.integers(0, 999)


def http(status: int, headers: list[str], body: bytes) -> bytes:
    """An answer; without a length of its own, its end is that of the connection."""
    return "\r\n".join([f"HTTP/1.1 {status} X", *headers, "", ""]).encode("latin-1", "replace") + body


def answers(call: Call) -> st.SearchStrategy[bytes]:
    right = st.just(list(call.headers))
    headers = right | st.builds(lambda own, more: [*own, *more], right, st.lists(odd_header, max_size=3))
    location = st.builds("Location: {}".format, st.sampled_from(ODD_HEADERS["Location"]) | odd_value)
    return st.one_of(
        st.builds(http, st.just(200), right, bodies(call.right)),
        st.builds(http, statuses, headers, bodies(call.right)),
        st.builds(http, st.sampled_from([301, 302, 307]), st.lists(location, max_size=1), st.just(b"")),
        st.builds(bytes.__add__, st.sampled_from([b"", b"HTTP/1.1 ", b"HTTP/1.1 200 OK\r\n"]), st.binary()),
    )


cases = st.one_of([st.tuples(st.just(name), answers(call)) for name, call in CALLS.items()])


# -- what must hold -------------------------------------------------------------------------------------------------


def sound(value: Any) -> None:
    """It can be told on: strict JSON, in UTF-8."""
    plain = dataclasses.asdict(value) if dataclasses.is_dataclass(value) and not isinstance(value, type) else value
    json.dumps(plain, ensure_ascii=False, allow_nan=False).encode()


def sound_error(error: LibraryError, secrets: tuple[str, ...]) -> bool:
    text = str(error)
    sound(text)
    told = f"{text} {error!r} {vars(error)!r}".casefold()
    return (
        0 < len(text.encode()) < LONGEST
        and error.delivery in get_args(Delivery)
        and type(error.retry_safe) is bool
        and (error.retry_after is None or error.retry_after >= 0)
        and not any(secret.casefold() in told for secret in secrets)
    )


def client_of(server: AnyServer) -> Client:
    """A client in a session."""
    cookie = Cookie("JSESSIONID", COOKIE, "127.0.0.1", "/MicroStrategyLibrary")
    return Client(Server(server.url), Session(TOKEN, (cookie,)), budget=5)


def check(server: AnyServer, name: str, answer: bytes) -> None:
    server.answer = answer
    client = Client(Server(server.url), budget=5) if name == "log_in" else client_of(server)
    try:
        value = CALLS[name].make(client)
    except LibraryError as error:
        outcome: Any = error
    else:
        outcome = value
    if isinstance(outcome, LibraryError):
        assert sound_error(outcome, (PASSWORD,) if name == "log_in" else (TOKEN, COOKIE)), outcome
    else:
        assert CALLS[name].fits(outcome), outcome
        sound(outcome)
    if client.session is not None:
        assert Session.from_json(client.session.to_json()) == client.session


quick = settings(
    max_examples=80,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@quick
@given(case=cases)
def test_whatever_the_server_answers_only_the_familys_errors_come_out(
    any_server: AnyServer, case: tuple[str, bytes]
) -> None:
    check(any_server, *case)


@pytest.mark.exhaustive
@settings(quick, max_examples=4_000, derandomize=False)
@given(case=cases)
def test_whatever_the_server_answers_in_many_more_ways(any_server: AnyServer, case: tuple[str, bytes]) -> None:
    check(any_server, *case)


def check_each(server: AnyServer, name: str, fragments: Iterable[str]) -> None:
    """Each value of the right answer replaced by each of the fragments, and each of errors' where errors differ."""
    call = CALLS[name]
    errors = ENVELOPES if name in ("get_execution", "find_datamart") else []
    for status, body in ((200, call.right), *((500, envelope) for envelope in errors)):
        for number, fragment in product(range(nodes(body)), fragments):
            text = written(body, {number: fragment})
            check(server, name, http(status, [*call.headers, "Connection: close"], text.encode()))


WITH_AN_ANSWER = [name for name, call in CALLS.items() if call.right is not None]


LONG = {name for name in WITH_AN_ANSWER if name.startswith("find_datamart")} | {
    "get_definition_prompts",
    "search_objects",
}
"""Calls with many values, read by what the calls of ``find_objects`` and ``get_prompts`` are read by."""


@pytest.mark.parametrize("name", [exhaustive(name) if name in LONG else name for name in WITH_AN_ANSWER])
def test_no_single_value_of_an_answer_is_relied_on(any_server: AnyServer, name: str) -> None:
    check_each(any_server, name, FEW[::2])


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", WITH_AN_ANSWER)
def test_no_single_value_of_an_answer_is_relied_on_whatever_it_is(any_server: AnyServer, name: str) -> None:
    check_each(any_server, name, [*FEW, *MORE])


@pytest.mark.parametrize("name", CALLS)
def test_the_right_response_of_every_call_is_accepted(any_server: AnyServer, name: str) -> None:
    """So that what is spoilt above is nearly right."""
    call = CALLS[name]
    body = b"" if call.right is None else json.dumps(call.right).encode()
    any_server.answer = http(200, [*call.headers, f"Content-Length: {len(body)}", "Connection: close"], body)
    session = None if name == "log_in" else Session(TOKEN)
    assert call.fits(call.make(Client(Server(any_server.url), session, budget=5)))


# -- the steps that ask about the job -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def table() -> Iterator[RunTable]:
    with new_table() as name:
        table = RunTable(name)
        table._client = Direct()
        yield table


numbers = count(1)
START = Start(normalise({"project": "P", "datamart": "City", "prompts": [{"name": "Year", "answers": "2026"}]}))


def step_of(table: RunTable, server: AnyServer, job: JobState | None) -> Step:
    """A step of a run that has an instance, and perhaps a job."""
    arn = f"arn:aws:states:eu-west-1:123456789012:execution:RunDatamart:{next(numbers)}"
    begin_run(table, arn, START)
    run = load_run(table, arn, 1)
    begin_attempt(run)
    record_datamart(
        run, ServerObject(PROJECT, "P"), ServerObject(CITY, "City"), Target(), model.Definition(), model.Polling()
    )
    set_session(run, StoredSession(Server(server.url), Session(TOKEN)))
    set_instance(run, INSTANCE)
    if job is not None:
        put_in_attempt(run, job=job.value, postedAt=clock.now())
    return Step(run, {}, Context("GetStatus", "arn:aws:lambda:eu-west-1:123456789012:function:x", 10, 256))


ASKING = {
    "look": (get_status.handler, JobState.ACCEPTED),
    "poll after an execution request without a response": (get_status.handler, JobState.POSTING),
    "order": (execute_datamart.handler, None),
}


def check_step(server: AnyServer, table: RunTable, which: str, answer: bytes) -> None:
    """What the step says can be told to the state machine, and what it learnt fits into the run's item."""
    handler, job = ASKING[which]
    server.answer = answer
    step = step_of(table, server, job)
    try:
        found = unwrap(handler)(step)
    except (LibraryError, RunError) as error:
        sound(str(error))
        found = {"phase": "failed"}
    sound(found)
    assert found["phase"] in ("succeeded", "prompts", "running", "queued", "unknown", "failed")
    assert found["phase"] == "failed" or (
        type(found["waitSeconds"]) is int and 1 <= found["waitSeconds"] <= LONGEST_UNTOLD
    )
    item = json.dumps(table.load(step.run.arn), ensure_ascii=False, allow_nan=False)
    assert len(item.encode()) < 40_000
    assert re.fullmatch("[0-9A-Fa-f]{32}", str(step.run.execution_instance_id))


job_answers = st.builds(http, st.just(200) | statuses, st.lists(odd_header, max_size=2), bodies(JOB | FAILED))


@settings(quick, max_examples=30)
@given(which=st.sampled_from(sorted(ASKING)), answer=job_answers)
def test_whatever_is_said_of_the_job_the_run_learns_what_it_can_keep(
    any_server: AnyServer, table: RunTable, which: str, answer: bytes
) -> None:
    check_step(any_server, table, which, answer)


@pytest.mark.exhaustive
@settings(quick, max_examples=1_500, derandomize=False)
@given(which=st.sampled_from(sorted(ASKING)), answer=job_answers)
def test_whatever_is_said_of_the_job_in_many_more_ways(
    any_server: AnyServer, table: RunTable, which: str, answer: bytes
) -> None:
    check_step(any_server, table, which, answer)


@pytest.mark.parametrize("which", ASKING)
def test_no_single_value_of_what_is_said_of_the_job_is_relied_on(
    any_server: AnyServer, table: RunTable, which: str
) -> None:
    said = JOB | FAILED
    for number, fragment in product(range(nodes(said)), FEW[::3]):
        answer = http(200, ["Connection: close"], written(said, {number: fragment}).encode())
        check_step(any_server, table, which, answer)


# -- flaws that were found ------------------------------------------------------------------------------------------


def body_of(text: str) -> bytes:
    return http(200, ["Connection: close"], text.encode())


def test_what_json_has_not_is_not_handed_on(any_server: AnyServer) -> None:
    """NaN and the like fail in DynamoDB, half a surrogate pair wherever it is written."""
    any_server.answer = body_of('{"a": NaN, "b": -Infinity, "c": 1e999, "d": "x\\ud800", "e": "\\ud83d\\ude00"}')
    assert client_of(any_server).server_status() == {
        "a": None,
        "b": None,
        "c": None,
        "d": "x?",
        "e": "\N{GRINNING FACE}",
    }


def test_a_body_that_is_nested_too_deep_is_rejected(any_server: AnyServer) -> None:
    for depth, fits in ((DEEPEST - 1, True), (DEEPEST, False), (900, False)):
        any_server.answer = body_of("[" + nested('{"a":', "}", depth) + "]")
        if fits:
            assert len(client_of(any_server).get_prompts(*IDS)) == 1
            continue
        with pytest.raises(ServerUnavailable, match="not from a Library server"):
            client_of(any_server).get_prompts(*IDS)


def test_the_brackets_in_texts_do_not_count(any_server: AnyServer) -> None:
    any_server.answer = body_of(json.dumps({"version": "[" * 500}))
    assert client_of(any_server).server_status() == {"version": "[" * 500}


def test_a_code_of_hundreds_of_digits_does_not_burst_the_error(any_server: AnyServer) -> None:
    any_server.answer = http(
        500, [], f'{{"code":"ERR001","iServerCode":{"9" * 4_300},"message":"{"m" * 9_000}"}}'.encode()
    )
    with pytest.raises(LibraryError) as failure:
        client_of(any_server).execute(*IDS)
    assert len(str(failure.value)) < LONGEST
    assert failure.value.i_server_code is None


def test_an_object_without_an_id_is_ignored(any_server: AnyServer) -> None:
    listed = [FOUND | {"id": None}, {"name": "City", "subtype": 772}, FOUND | {"id": 5}, FOUND]
    any_server.answer = body_of(json.dumps({"result": listed}))
    assert client_of(any_server).find_datamart(PROJECT, "City") == Datamart(CITY, "City")
    any_server.answer = body_of(json.dumps([{"id": ["x"], "name": "Tutorial"}, {"id": PROJECT, "name": "Tutorial"}]))
    assert client_of(any_server).find_project("Tutorial").id == PROJECT


def test_a_redirect_does_not_get_the_token_into_the_message(any_server: AnyServer) -> None:
    any_server.answer = http(302, [f"Location: https://u:p@{TOKEN}.example/x"], b"")
    with pytest.raises(LibraryError, match=r'redirected to "https://\*\*\*\.example/x"'):
        client_of(any_server).probe()


@pytest.mark.parametrize("location", ["http://[", "https://h:x/", "", "http://\xad/", f"https://{'h' * 9_000}/"])
def test_a_redirect_to_no_address_is_one_that_is_not_followed(any_server: AnyServer, location: str) -> None:
    any_server.answer = http(302, [f"Location: {location}"], b"")
    with pytest.raises(ServerUnavailable, match="not followed") as failure:
        client_of(any_server).execute(*IDS)
    assert failure.value.delivery == "unknown"
    assert len(str(failure.value)) < 500


def test_the_page_of_a_redirect_is_not_read_at_all(any_server: AnyServer) -> None:
    any_server.answer = http(302, ["Location: https://sso.example.com/"], b"x" * 20_000_000)
    with pytest.raises(ServerUnavailable, match="not followed"):
        client_of(any_server).execute(*IDS)


def test_a_header_that_is_none_does_not_bring_those_after_it_into_the_log(
    any_server: AnyServer, caplog: pytest.LogCaptureFixture
) -> None:
    any_server.answer = http(200, ["no header", f"Set-Cookie: JSESSIONID={COOKIE}", "Connection: close"], b"{}")
    client_of(any_server).server_status()
    assert COOKIE not in caplog.text


def test_a_token_that_comes_with_a_refusal_is_hidden_too(any_server: AnyServer) -> None:
    any_server.answer = http(500, ["X-MSTR-AuthToken: new-token-1"], b'{"code": "ERR002", "message": "new-token-1"}')
    with pytest.raises(LibraryError) as failure:
        client_of(any_server).probe()
    assert "new-token-1" not in str(failure.value)


@pytest.mark.parametrize("named", ["x", "", "A" * 33, f"{INSTANCE}\n", 5, None])
def test_a_job_does_not_move_to_an_instance_that_no_call_can_name(any_server: AnyServer, named: Any) -> None:
    any_server.answer = body_of(json.dumps({"status": 5, "instanceId": named}))
    assert client_of(any_server).get_execution(*IDS) == Execution(5, http_status=200)


def test_a_job_id_that_fits_into_no_item_is_ignored(any_server: AnyServer) -> None:
    any_server.answer = body_of(json.dumps({"status": 5, "jobId": "1" * 100_000}))
    assert client_of(any_server).execute(*IDS).job_id is None


def test_a_status_of_many_digits_counts_as_no_status(any_server: AnyServer) -> None:
    any_server.answer = body_of(f'{{"status": {"9" * 100}}}')
    with pytest.raises(ServerUnavailable, match="has no job status"):
        client_of(any_server).get_execution(*IDS)


def test_a_definition_that_was_saved_in_place_is_saved_whatever_the_answer_calls_it(any_server: AnyServer) -> None:
    any_server.answer = body_of('{"objectId": 5}')
    assert client_of(any_server).save(*IDS) == CITY


def test_a_token_among_the_names_that_a_message_lists_is_hidden(any_server: AnyServer) -> None:
    any_server.answer = body_of(json.dumps({"result": [FOUND | {"ancestors": [{"name": TOKEN}]}]}))
    with pytest.raises(NotFound, match=r"in /\*\*\* \(step find datamart\)"):
        client_of(any_server).find_datamart(PROJECT, {"name": "City", "path": "/x"})


def test_a_chunk_of_negative_length_is_an_answer_that_was_lost(any_server: AnyServer) -> None:
    any_server.answer = http(200, ["Transfer-Encoding: chunked"], b"-8000000000000001\r\n")
    with pytest.raises(ServerUnavailable, match="did not respond: OverflowError") as failure:
        client_of(any_server).execute(*IDS)
    assert failure.value.delivery == "unknown"


def test_a_login_mode_is_a_number(any_server: AnyServer) -> None:
    any_server.answer = body_of('{"modes": [true, 16, 1e999, "4096"]}')
    assert client_of(any_server).login_modes() == [16, 4096]


def test_a_name_that_is_not_valid_utf_8_is_not_found(any_server: AnyServer) -> None:
    any_server.answer = body_of('{"result": []}')
    with pytest.raises(NotFound):
        client_of(any_server).find_datamart(PROJECT, "City \ud800")
    with pytest.raises(PermissionDenied, match="an ID that cannot be looked up"):
        client_of(any_server).cancel_job("10:\ud800")
