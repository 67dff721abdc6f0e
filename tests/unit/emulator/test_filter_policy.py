"""Which messages the emulator lets through an SNS filter policy: the meaning in the SNS developer guide."""

import json
from typing import Any

import pytest

from local.emulator.filter_policy import takes

BODY = "MessageBody"


def message(body: Any = "", **attributes: tuple[str, str]) -> dict[str, Any]:
    text = body if isinstance(body, str) else json.dumps(body)
    return {"Message": text, "MessageAttributes": {n: {"Type": t, "Value": v} for n, (t, v) in attributes.items()}}


REGION = message(region=("String", "DE"))
ROWS = message(rows=("Number", "250.5"))
LIST = message(tags=("String.Array", '["rugby", "baseball", 5, true, null]'))

ON_ATTRIBUTES: list[tuple[dict[str, Any], dict[str, Any], bool]] = [
    ({}, REGION, True),
    ({"region": ["DE"]}, REGION, True),
    ({"region": ["FR", "DE"]}, REGION, True),
    ({"region": ["de"]}, REGION, False),
    ({"Region": ["DE"]}, REGION, False),
    ({"region": ["DE"], "kind": ["load"]}, REGION, False),
    ({"region": [{"prefix": "D"}]}, REGION, True),
    ({"region": [{"suffix": "D"}]}, REGION, False),
    ({"region": [{"equals-ignore-case": "dE"}]}, REGION, True),
    ({"region": [{"anything-but": ["FR", "IT"]}]}, REGION, True),
    ({"region": [{"anything-but": "DE"}]}, REGION, False),
    ({"region": [{"anything-but": {"prefix": "D"}}]}, REGION, False),
    ({"kind": [{"anything-but": ["x"]}]}, REGION, False),
    ({"region": [{"exists": True}]}, REGION, True),
    ({"kind": [{"exists": False}]}, REGION, True),
    ({"region": [{"exists": False}]}, REGION, False),
    ({"region": [{"numeric": ["=", 5]}]}, REGION, False),
    ({"rows": [250.5]}, ROWS, True),
    ({"rows": ["250.5"]}, ROWS, False),
    ({"rows": [{"numeric": [">", 0, "<=", 250.5]}]}, ROWS, True),
    ({"rows": [{"numeric": [">", 0, "<", 250.5]}]}, ROWS, False),
    ({"rows": [{"anything-but": [1, 250.5]}]}, ROWS, False),
    ({"tags": ["tennis", "baseball"]}, LIST, True),
    ({"tags": [5]}, LIST, True),
    ({"tags": [True]}, LIST, True),
    ({"tags": [None]}, LIST, True),
    ({"tags": [1]}, LIST, False),
    ({"tags": [{"anything-but": ["rugby", "tennis"]}]}, LIST, False),
    ({"tags": [{"anything-but": ["golf", "tennis"]}]}, LIST, True),
    ({"tags": ["rugby"]}, message(tags=("String.Array", "no list")), False),
    ({"blob": [{"exists": True}]}, message(blob=("Binary", "eA==")), False),
    ({"source": [{"cidr": "10.0.0.0/24"}]}, message(source=("String", "10.0.0.255")), True),
    ({"source": [{"cidr": "10.0.0.0/24"}]}, message(source=("String", "10.1.1.0")), False),
    ({"source": [{"cidr": "10.0.0.0/24"}]}, REGION | message(source=("String", "here")), False),
    ({"$or": [{"region": ["FR"]}, {"region": [{"prefix": "D"}]}]}, REGION, True),
    ({"$or": [{"region": ["FR"]}, {"kind": ["load"]}]}, REGION, False),
    ({"kind": ["load"], "$or": [{"region": ["DE"]}, {"region": ["FR"]}]}, REGION, False),
]


@pytest.mark.parametrize(("policy", "given", "taken"), ON_ATTRIBUTES, ids=[json.dumps(p) for p, _, _ in ON_ATTRIBUTES])
def test_a_filter_on_attributes_takes_what_sns_takes(
    policy: dict[str, Any], given: dict[str, Any], taken: bool
) -> None:
    assert takes(policy, "MessageAttributes", given) is taken


DONE = message(
    {"detail": {"status": "DONE", "rows": 5, "ok": True, "tables": [{"name": "A"}, {"name": "B"}], "none": []}}
)

ON_THE_BODY: list[tuple[dict[str, Any], dict[str, Any], bool]] = [
    ({"detail": {"status": ["DONE"]}}, DONE, True),
    ({"detail": {"status": ["FAILED"]}}, DONE, False),
    ({"status": ["DONE"]}, DONE, False),
    ({"detail": {"rows": [{"numeric": [">=", 5]}]}}, DONE, True),
    ({"detail": {"ok": [True]}}, DONE, True),
    ({"detail": {"ok": [1]}}, DONE, False),
    ({"detail": {"tables": {"name": ["B"]}}}, DONE, True),
    ({"detail": {"tables": {"name": ["C"]}}}, DONE, False),
    ({"detail": {"none": [{"exists": True}]}}, DONE, False),
    ({"detail": {"missing": [{"exists": False}]}}, DONE, True),
    ({"detail": {"$or": [{"status": ["FAILED"]}, {"rows": [5]}]}}, DONE, True),
    ({"detail": {"status": ["DONE"]}}, message("DONE"), False),
    ({"detail": {"status": ["DONE"]}}, message("5"), False),
    ({"detail": {"status": ["DONE"]}}, message({"detail": "DONE"}), False),
    ({"region": ["DE"]}, REGION, False),
]


@pytest.mark.parametrize(("policy", "given", "taken"), ON_THE_BODY, ids=[json.dumps(p) for p, _, _ in ON_THE_BODY])
def test_a_filter_on_the_body_takes_what_sns_takes(policy: dict[str, Any], given: dict[str, Any], taken: bool) -> None:
    assert takes(policy, BODY, given) is taken
