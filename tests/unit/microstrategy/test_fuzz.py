"""A server that answers anything at all: out of the client come values of the declared types, or the family's errors.

What it answers is bytes on a real socket: an HTTP answer with any status, headers and body, the right answer with some
of its values replaced, or no HTTP at all. ``make test-all`` takes many times as many.
"""

import contextlib
import gc
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.errors import Delivery, LibraryError
from functions.microstrategy import Client, Server, Session
from functions.microstrategy.follow_ups import FollowUpCalls
from functions.microstrategy.name_lookup import NameLookup
from tests.support.cases import exhaustive
from tests.unit.microstrategy.any_server import COOKIE, PASSWORD, TOKEN, AnyServer, client_of, http
from tests.unit.microstrategy.client_calls import CALLS, LONGEST
from tests.unit.microstrategy.odd_json import FEW, MORE, few_for, nodes, written
from tests.unit.microstrategy.odd_responses import ENVELOPES, answers, quick, sound


def test_every_method_of_the_client_is_called() -> None:
    members = {**vars(NameLookup), **vars(FollowUpCalls), **vars(Client)}
    methods = {name for name, value in members.items() if callable(value) and not name.startswith("_")}
    assert {name.split(" ")[0] for name in CALLS} == methods


cases = st.one_of([st.tuples(st.just(name), answers(call)) for name, call in CALLS.items()])


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


@contextlib.contextmanager
def no_garbage_search() -> Iterator[None]:
    """JSON as deep as Python's stack takes leaves no room for what finalizers of other tests' garbage do."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def check(server: AnyServer, name: str, answer: bytes) -> None:
    server.answer = answer
    client = Client(Server(server.url), budget=5) if name == "log_in" else client_of(server)
    try:
        with no_garbage_search():
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


@quick
@given(case=cases)
def test_whatever_the_server_answers_only_the_familys_errors_come_out(
    any_server: AnyServer, case: tuple[str, bytes]
) -> None:
    check(any_server, *case)


@pytest.mark.exhaustive
@settings(quick, max_examples=4_000, derandomize=settings.default.derandomize)
@given(case=cases)
def test_whatever_the_server_answers_in_many_more_ways(any_server: AnyServer, case: tuple[str, bytes]) -> None:
    check(any_server, *case)


def check_each(server: AnyServer, name: str, fragments: Callable[[int], Iterable[str]]) -> None:
    """Each value of the right answer replaced by each of its fragments, and each of errors' where errors differ."""
    call = CALLS[name]
    errors = ENVELOPES if name in ("get_execution", "find_datamart") else []
    for status, body in ((200, call.right), *((500, envelope) for envelope in errors)):
        for number in range(nodes(body)):
            for fragment in fragments(number):
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
    check_each(any_server, name, lambda number: few_for(number, 4))


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", WITH_AN_ANSWER)
def test_no_single_value_of_an_answer_is_relied_on_whatever_it_is(any_server: AnyServer, name: str) -> None:
    check_each(any_server, name, lambda _: [*FEW, *MORE])


@pytest.mark.parametrize("name", CALLS)
def test_the_right_response_of_every_call_is_accepted(any_server: AnyServer, name: str) -> None:
    """So that what is spoilt above is nearly right."""
    call = CALLS[name]
    body = b"" if call.right is None else json.dumps(call.right).encode()
    any_server.answer = http(200, [*call.headers, f"Content-Length: {len(body)}", "Connection: close"], body)
    session = None if name == "log_in" else Session(TOKEN)
    assert call.fits(call.make(Client(Server(any_server.url), session, budget=5)))
