"""The runs that are recorded on an earlier release: what starts each, how the server behaves, what people reply.

Plain data, so that the recorder can read it in the work tree of an earlier commit. Together the runs pass through every
state of the definition, and leave behind every kind of field that the run's item had.
"""

from typing import Any

TUTORIAL = "B7CA92F04B9FAE8D941C3E9B7E0CD754"
CITY = "85000B907B4EAD3B0D9522A9CFD10DBC"
NESTED = "3B9D04F24E8A57C16F13A9B8D7502C55"
BROKEN_SQL = "5DBF26144AAC79E38135CBDAF9724E77"
SLOW_LOAD = "6EC037254BBD8AF49246DCEB0A835F88"
FAILS_EARLY = "7FD148364CCE9B05A357EDFC1B946099"
DATAMARTS = "8A1831FF494F528D02A4A8BF5FB73459"
COUNTRY = "8D679D3811D3E4981000E787EC6DE8A4"

START = 1_795_588_200.0
"""When every recorded run starts: 2026-11-25T06:30:00Z, when commit 300f2ce was new."""

PASSWORD = "planted-pässword-7b1e"
"""Of the simulator's user."""

SOMEBODY = "arn:aws:states:eu-west-1:123456789012:execution:datamart-runner-dev:somebody-else"
"""An execution that Step Functions does not know; it counts as running for a day."""

LEASE = f"lease/default/{TUTORIAL}/{CITY}"

Scenario = dict[str, Any]
"""``input`` of the execution; ``server``: fields of the simulator's Scenario; ``faults``: the simulator's; ``replies``
of people, one a question (empty: nobody ever replies); ``taken``: somebody else has the datamart's lease, until that
invocation at the latest; ``leaves``: something is left behind at the end."""


def city(**request: Any) -> dict[str, Any]:
    """A request for City, which asks for countries."""
    prompts = [{"name": "Elements of Country", "answers": "USA"}]
    return {"project": TUTORIAL, "datamart": CITY, "prompts": prompts} | request


def asking(datamart: str = CITY) -> dict[str, Any]:
    """A request that answers nothing, so that people are asked."""
    return {"project": TUTORIAL, "datamart": datamart, "unanswered": "ask"}


def reply(answer: Any, name: str = "Elements of Country") -> dict[str, Any]:
    """People's reply to one question."""
    return {"prompts": [{"name": name, "answers": answer}]}


def fault(step: str, kind: str, **more: Any) -> dict[str, Any]:
    """A fault of the simulator at an endpoint."""
    return {"step": step, "kind": kind} | more


NESTED_ANSWERS = [
    {"name": "Country of the city", "answers": "USA"},
    {"name": "City in the country", "answers": "Boston"},
    {"name": "Least amount 1", "answers": 0},
]
NO_SESSION_LEFT = {"code": "ERR001", "iServerCode": -2147072486, "message": "The maximum number of sessions is open."}

SCENARIOS: dict[str, Scenario] = {
    # the table is loaded
    "by-names": {"input": {"project": "MicroStrategy Tutorial", "datamart": "Category Sales"}},
    "prompt-and-save": {
        "input": city(saveAs={"name": "City of the USA", "folder": "/Public Objects/Datamarts", "overwrite": True})
    },
    "nested-prompts": {"input": {"project": TUTORIAL, "datamart": NESTED, "prompts": NESTED_ANSWERS}},
    "named-job": {"input": {"job": "city-nightly", "asOf": "2026-11-25T05:00:00+01:00", "values": {}}},
    "new-instance-id": {"input": city(), "server": {"new_instance_on_execute": True}},
    "busy-proxy": {"input": city(), "faults": [fault("get_execution", "status", status=503, times=3)]},
    # an execution request or an answer whose response was lost
    "execute-response-lost": {"input": city(), "faults": [fault("execute", "reset after")]},
    "execute-request-lost": {"input": city(), "faults": [fault("execute", "reset before")]},
    "answers-response-lost": {"input": city(), "faults": [fault("answer_prompts", "reset after")]},
    # another attempt
    "session-lost-early": {"input": city(), "faults": [fault("create_instance", "evict session")]},
    "no-session-left": {"input": city(), "faults": [fault("log_in", "status", json=NO_SESSION_LEFT, times=2)]},
    "datamart-taken": {"input": city(), "taken": "log_in#3"},
    "datamart-taken-skip": {"input": city(onConflict="skip"), "taken": "log_in#9"},
    "rerun": {
        "input": {"project": TUTORIAL, "datamart": SLOW_LOAD, "rerunIfReplacing": True},
        "server": {"slow_seconds": 100.0},
        "faults": [fault("get_execution", "evict session", skip=2)],
    },
    # people are asked
    "asked": {"input": asking(), "replies": [reply("Atlantis"), reply("USA")]},
    "asked-nested": {
        "input": asking(NESTED),
        "replies": [reply(a["answers"], str(a["name"])) for a in NESTED_ANSWERS],
    },
    "asked-and-refused-by-the-server": {
        "input": asking(),
        "replies": [reply([{"id": f"h99;{COUNTRY}"}]), reply("England")],
    },
    "asked-in-vain": {"input": asking(), "replies": []},
    # the run fails
    "invalid-request": {"input": {"project": TUTORIAL, "datmart": CITY}},
    "unanswered": {"input": {"project": TUTORIAL, "datamart": CITY, "unanswered": "fail"}},
    "broken-sql": {"input": {"project": TUTORIAL, "datamart": BROKEN_SQL}},
    "fails-early": {"input": {"project": TUTORIAL, "datamart": FAILS_EARLY}},
    "may-not-execute": {"input": city(), "server": {"execute_forbidden": "privilege"}},
    "deadline": {"input": {"project": TUTORIAL, "datamart": SLOW_LOAD, "timeoutMinutes": 1}},
    "session-lost-late": {
        "input": {"project": TUTORIAL, "datamart": SLOW_LOAD},
        "server": {"delete_ends_job": False, "logout_ends_job": False, "monitor_forbidden": True},
        "faults": [fault("get_execution", "evict session", skip=2)],
    },
    "logout-fails": {
        "input": city(),
        "faults": [fault("log_out", "status", status=503, times=30)],
        "leaves": True,
    },
}
