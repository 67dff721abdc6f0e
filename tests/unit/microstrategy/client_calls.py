"""Every call of the client: how it is made, what it must give, and what a right response is."""

import dataclasses
from collections.abc import Callable
from typing import Any

from functions.microstrategy import (
    Client,
    Credentials,
    CubeInfo,
    CubeStatus,
    Datamart,
    Definition,
    Execution,
    FoundObject,
    Project,
    ServerEvent,
    Session,
    SessionInfo,
)
from tests.unit.microstrategy.any_server import PASSWORD, TOKEN
from tests.unit.microstrategy.test_calls import CITY, INSTANCE, PROJECT


@dataclasses.dataclass(frozen=True)
class Call:
    """A method of the client, whether a value is one of its type, and a right answer's body and headers."""

    make: Callable[[Client], Any]
    fits: Callable[[Any], bool]
    right: Any = None
    headers: tuple[str, ...] = ()


def is_a(*kinds: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, kinds)


def is_a_job_or_none(value: Any) -> bool:
    return value is None or (isinstance(value, str) and ":" in value)


def is_none(value: Any) -> bool:
    return value is None


def are_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def are_numbers(value: Any) -> bool:
    return isinstance(value, list) and all(type(one) is int for one in value)


def are_prompts(value: Any) -> bool:
    return are_objects(value) and all(isinstance(one["type"], str) for one in value)


def are_found(value: Any) -> bool:
    return isinstance(value, list) and all(map(has_fields(FoundObject, id=TEXT, name=TEXT, path=TEXT), value))


def are_projects(value: Any) -> bool:
    return isinstance(value, list) and all(map(is_a(Project), value))


def has_fields(kind: type, **fields: Any) -> Callable[[Any], bool]:
    """A value of that class, each of its fields of one of the types given."""
    return lambda value: type(value) is kind and all(type(getattr(value, f)) in types for f, types in fields.items())


LONGEST = 8 * 1024
"""Bytes of an error's text (DESIGN.md "Error names")."""

TEXT, MAYBE_TEXT, MAYBE_NUMBER = (str,), (str, type(None)), (int, type(None))
ANCESTORS = [{"name": "SERVER", "level": 2, "id": "A" * 32}, {"name": "Public Objects", "level": 1, "id": "B" * 32}]
FOUND = {"id": CITY, "name": "City", "type": 3, "subtype": 772, "ancestors": ANCESTORS}
CUBE = FOUND | {"name": "Sales Cube", "subtype": 776}
EVENT = {"id": CITY, "name": "Load done", "description": ""}
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
EVENTS = {"events": [EVENT, EVENT | {"id": PROJECT, "name": "Night done"}]}
CUBE_INFO = {
    "cubesInfos": [{"id": CITY, "cubeName": "Sales Cube", "lastUpdateTime": "11/27/2026 03:00:00", "status": 102}]
}
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
OBJECT = has_fields(FoundObject, id=TEXT, name=TEXT, path=TEXT)
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
    "list_projects": Call(
        lambda c: c.list_projects(), are_projects, [{"id": PROJECT, "name": "Tutorial", "status": 0}]
    ),
    "list_datamarts": Call(lambda c: c.list_datamarts(PROJECT, CITY), are_found, {"totalItems": 1, "result": [FOUND]}),
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
    "find_cube": Call(lambda c: c.find_cube(PROJECT, "Sales Cube"), OBJECT, {"totalItems": 1, "result": [CUBE]}),
    "find_cube by path": Call(
        lambda c: c.find_cube(PROJECT, "/Public Objects/Sales Cube"),
        OBJECT,
        {"totalItems": 2, "result": [CUBE, CUBE | {"id": PROJECT, "ancestors": []}]},
    ),
    "find_cube by id": Call(lambda c: c.find_cube(PROJECT, CITY), OBJECT, CUBE),
    "find_event": Call(lambda c: c.find_event("Load done"), has_fields(ServerEvent, id=TEXT, name=TEXT), EVENTS),
    "find_event by id": Call(lambda c: c.find_event(CITY), has_fields(ServerEvent, id=TEXT, name=TEXT), EVENT),
    "trigger_event": Call(lambda c: c.trigger_event(CITY), is_none),
    "publish_cube": Call(
        lambda c: c.publish_cube(PROJECT, CITY), is_a_job_or_none, {"id": "478:RU5WLTI4MjA0MExBSU9VU0Ux", "jobId": 478}
    ),
    "cube_status": Call(lambda c: c.cube_status(PROJECT, CITY), is_a(CubeStatus), None, ("X-MSTR-CubeStatus: 102",)),
    "cube_info": Call(
        lambda c: c.cube_info(PROJECT, CITY),
        has_fields(CubeInfo, name=MAYBE_TEXT, updated=MAYBE_TEXT, status=(CubeStatus, type(None))),
        CUBE_INFO,
    ),
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
