"""The largest responses that are read fit into the memory of the function that reads them, whatever their shape."""

import json
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from functions.errors import DatamartFailed
from functions.microstrategy import Client
from functions.microstrategy.endpoints import FIND_PROJECT, GET_PROMPTS, Endpoint
from functions.microstrategy.http.json_decoding import MAX_VALUES, count_values
from infra.constructs.function_table import STEPS
from tests.support.cases import one_of
from tests.unit.microstrategy.conftest import ScriptedServer
from tests.unit.microstrategy.test_calls import CITY, INSTANCE, PROJECT

MEMORY = {spec.module: spec.memory_mb for spec in STEPS}

SHARE = 0.5
"""Of a function's memory: the other half is for Python, the libraries, and what is made of the values."""

KNOWN = {"id": PROJECT, "name": "Tutorial"}


def objects(size: int) -> bytes:
    """As many small objects with keys of their own as are allowed, in less than ``size`` bytes."""
    return json.dumps([KNOWN, *({f"k{number}": {}} for number in range(MAX_VALUES // 5))])[:size].encode()


def wide(size: int) -> bytes:
    """Text that takes four bytes a character in memory, read twice because of an escape, and many values beside it."""
    values = ',"",[]' * (MAX_VALUES // 6)
    known = json.dumps(KNOWN)
    escape = r"\ud83d\ude00"
    return f'[{known},"{"x" * (size - len(values) - len(known) - 20)}{escape}"{values}]'.encode()


READ: dict[str, tuple[Endpoint, str, Callable[[Client], Any]]] = {
    "find_project": (FIND_PROJECT, "describe_datamart", lambda c: c.find_project("Tutorial")),
    "get_prompts": (GET_PROMPTS, "get_prompts", lambda c: c.get_prompts(PROJECT, CITY, INSTANCE)),
}


@pytest.mark.parametrize("shape", [objects, wide])
@pytest.mark.parametrize("call", one_of(*READ))
def test_the_largest_response_takes_at_most_half_of_the_functions_memory(
    server: ScriptedServer, client: Client, call: str, shape: Callable[[int], bytes]
) -> None:
    endpoint, module, read = READ[call]
    content = shape(endpoint.max_response_bytes)
    assert count_values(content) > MAX_VALUES / 2
    server.answer(200, content)
    client.budget = 60
    tracemalloc.start()
    try:
        read(client)
        peak = tracemalloc.get_traced_memory()[1] / 2**20
    finally:
        tracemalloc.stop()
    assert 10 < peak < SHARE * MEMORY[module]


@pytest.mark.parametrize("content", [b"[" + b"[]," * MAX_VALUES + b"[]]", b'[{"a":1' + b',"a":1' * MAX_VALUES + b"}]"])
def test_more_values_than_that_are_refused_without_being_decoded(
    server: ScriptedServer, client: Client, content: bytes
) -> None:
    assert len(content) < FIND_PROJECT.max_response_bytes
    server.answer(200, content)
    with pytest.raises(DatamartFailed, match=f"larger than {MAX_VALUES:,} JSON values"):
        client.find_project("Tutorial")
    assert len(server.requests) == 1


def test_commas_and_brackets_in_texts_are_no_values(server: ScriptedServer, client: Client) -> None:
    text = r"a, [b] {c}: \" d, " * 50_000
    content = json.dumps({"webVersion": text}).encode()
    assert content.count(b",") + content.count(b"[") + content.count(b":") + content.count(b"{") < MAX_VALUES * 2
    assert count_values(content * 3) < 10
    server.answer(200, content)
    assert client.server_status() == {"webVersion": text}


def test_a_page_of_any_size_is_a_page_and_no_failure_for_good(server: ScriptedServer, client: Client) -> None:
    """A look at a job must not end the run because somebody in between answers with a huge page."""
    server.answer(200, b"<html><title>Portal</title>" + b"x" * FIND_PROJECT.max_response_bytes)
    server.answer(200, b'{"status": 5}')
    assert client.get_execution(PROJECT, CITY, INSTANCE).status == 5
