"""SNS filter policies in a job's file: the whole grammar, SNS's limits, and the filter on a message's body."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.jobs.filter_policy import check_filter
from infra.jobs.job_files import jobs_of
from infra.settings.settings import BadConfiguration, Settings

ATTRIBUTES, BODY = "MessageAttributes", "MessageBody"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:loads"


def read(folder: Path, sns: dict[str, Any]) -> dict[str, Any]:
    """The trigger of a job with these keys, as the stack is given it."""
    request = {"project": "MicroStrategy Tutorial", "datamart": "City"}
    content = {"request": request, "triggers": [{"sns": {"topicArn": TOPIC} | sns}]}
    (folder / "loads.json").write_text(json.dumps(content))
    (job,) = jobs_of(Settings("dev"), folder)
    trigger: dict[str, Any] = job.triggers[0]["sns"]
    return trigger


VALID = [
    {"region": ["DE"]},
    {"region": ["DE", "FR", None, True, False, 5, -1.5]},
    {"region": [{"prefix": "D"}, {"suffix": "E"}, {"equals-ignore-case": "de"}]},
    {"region": [{"anything-but": "DE"}]},
    {"region": [{"anything-but": ["DE", "FR"]}, {"anything-but": [1, 2]}, {"anything-but": {"prefix": "D"}}]},
    {"rows": [{"numeric": ["=", 5]}, {"numeric": [">", 0, "<=", 100]}, {"numeric": ["<", -3.25]}]},
    {"region": [{"exists": False}], "kind": [{"exists": True}]},
    {"source": [{"cidr": "10.0.0.0/24"}, {"cidr": "2001:db8::/32"}]},
    {"kind": ["load"], "$or": [{"region": ["DE"]}, {"rows": [{"numeric": [">", 100]}], "country": ["FR"]}]},
    {name: ["x"] for name in "abcde"},
    {"region": [str(n) for n in range(150)]},
]


@pytest.mark.parametrize("policy", VALID, ids=[json.dumps(policy)[:70] for policy in VALID])
@pytest.mark.parametrize("scope", [ATTRIBUTES, BODY])
def test_every_operator_of_sns_is_taken(policy: dict[str, Any], scope: str) -> None:
    check_filter("filter", policy, scope)


def test_a_filter_on_the_body_may_be_nested(tmp_path: Path) -> None:
    policy = {"detail": {"status": ["DONE"], "$or": [{"rows": [{"numeric": [">", 0]}]}, {"forced": [True]}]}}
    trigger = read(tmp_path, {"filter": policy, "filterScope": BODY})
    assert trigger["filter"] == policy
    assert trigger["filterScope"] == BODY


WRONG: list[tuple[Any, str]] = [
    ({}, "filter: is empty. Leave it out to accept every message."),
    # operators
    ({"a": [{"wildcard": "x*"}]}, "filter.a[0].wildcard: unknown operator. Operators of SNS: prefix, suffix"),
    ({"a": ["x", {"prefx": "y"}]}, "filter.a[1].prefx: unknown operator (did you mean prefix?)"),
    ({"a": [{}]}, "filter.a[0]: must be one operator, not 0"),
    ({"a": [{"prefix": "x", "suffix": "y"}]}, "filter.a[0]: must be one operator, not 2"),
    ({"a": {"prefix": "x"}}, 'filter.a: must be a list; an operator goes into it: [{"prefix": "x"}].'),
    ({"a": [["x"]]}, "filter.a[0]: must be a string, a number, true, false, null or an operator, not a list."),
    ({"a": "x"}, 'filter.a: must be a list of values, not "x".'),
    ({"a": 5}, "filter.a: must be a list of values, not 5."),
    ({"a": []}, "filter.a: is empty"),
    # operands
    ({"a": [{"prefix": 5}]}, "filter.a[0].prefix: must be a string, not 5."),
    ({"a": [{"suffix": ["x"]}]}, "filter.a[0].suffix: must be a string"),
    ({"a": [{"equals-ignore-case": None}]}, "filter.a[0].equals-ignore-case: must be a string, not null."),
    ({"a": [{"exists": "no"}]}, 'filter.a[0].exists: must be true or false, not "no".'),
    ({"a": [{"cidr": "10.0.0.0"}]}, "filter.a[0].cidr: must be a network such as 10.0.0.0/24"),
    ({"a": [{"cidr": "300.0.0.0/8"}]}, "filter.a[0].cidr: must be a network"),
    ({"a": [{"cidr": "10.0.0.0/x"}]}, "filter.a[0].cidr: must be a network"),
    ({"a": [{"cidr": 10}]}, "filter.a[0].cidr: must be a network"),
    ({"a": [{"anything-but": []}]}, "filter.a[0].anything-but: must be strings or numbers"),
    ({"a": [{"anything-but": ["x", 5]}]}, "filter.a[0].anything-but: must be all strings or all numbers"),
    ({"a": [{"anything-but": True}]}, "filter.a[0].anything-but: must be strings or numbers"),
    ({"a": [{"anything-but": {"suffix": "x"}}]}, "filter.a[0].anything-but: must have values or one prefix"),
    ({"a": [{"anything-but": {"prefix": 5}}]}, "filter.a[0].anything-but.prefix: must be a string"),
    ({"a": [{"numeric": []}]}, "filter.a[0].numeric: must be such as"),
    ({"a": [{"numeric": 5}]}, "filter.a[0].numeric: must be such as"),
    ({"a": [{"numeric": [">"]}]}, "filter.a[0].numeric: must be such as"),
    ({"a": [{"numeric": [1, "<="]}]}, "filter.a[0].numeric: 1 must be one of =, <, <=, >, >="),
    ({"a": [{"numeric": ["=>", 1]}]}, 'filter.a[0].numeric: "=>" must be one of'),
    ({"a": [{"numeric": ["=", "5"]}]}, 'filter.a[0].numeric: "5" after = must be a number, without quotes'),
    ({"a": [{"numeric": ["<", 100, ">", 10]}]}, 'filter.a[0].numeric: a range is first ">" or ">=", then "<" or "<="'),
    ({"a": [{"numeric": [">", 3, "<", 1]}]}, "filter.a[0].numeric: 3 must be less than 1"),
    ({"a": [{"numeric": [">", 1, "<", 3, "<", 5]}]}, "filter.a[0].numeric: must be such as"),
    ({"a": [{"numeric": [">", 10**10]}]}, "is beyond what SNS compares"),
    ({"a": [-(10**10)]}, "filter.a[0]: -10000000000 is beyond what SNS compares"),
    # $or
    ({"$or": [{"a": ["x"]}]}, "filter.$or: must be a list of two or more objects"),
    ({"$or": ["x", "y"]}, "filter.$or: must be a list of two or more objects"),
    ({"$or": {"a": ["x"]}}, "filter.$or: must be a list of two or more objects"),
    ({"$or": [{"numeric": 123}, {"prefix": "abc"}]}, "filter.$or[0].numeric: is an operator"),
    ({"$or": [{"a": ["x"]}, {"b": [{"nonsense": 1}]}]}, "filter.$or[1].b[0].nonsense: unknown operator"),
    # SNS's limits
    ({name: ["x"] for name in "abcdef"}, "filter: has too many entries: 6, and 5 are allowed"),
    ({"a": [str(n) for n in range(151)]}, "filter: has 151 combinations of values, and SNS allows 150"),
    ({"a": list("abcdefghijklm"), "b": list("abcdefghijkl")}, "filter: has 156 combinations of values"),
    ({"$or": [{"a": list("x" * 100)}, {"b": list("y" * 51)}]}, "filter: has 151 combinations of values"),
    ({"a": ["x" * 262_144]}, "bytes, and SNS allows 262144"),
]


@pytest.mark.parametrize(("policy", "reason"), WRONG, ids=[reason[:60] for _, reason in WRONG])
def test_a_filter_that_sns_would_refuse_or_misread_is_refused_with_its_key(policy: Any, reason: str) -> None:
    for scope in (ATTRIBUTES, BODY):
        with pytest.raises(BadConfiguration) as refused:
            check_filter("filter", policy, scope)
        assert reason in str(refused.value)


def test_combinations_are_counted_times_the_depth_of_their_keys() -> None:
    """SNS's own example: four values three levels deep and three values two levels deep are 72 combinations."""
    policy = {"a": {"b": {"c": list("wxyz")}}, "d": {"e": list("xyz")}}
    check_filter("filter", policy, BODY)
    policy["f"] = {"g": list("xy")}
    with pytest.raises(BadConfiguration, match="has 288 combinations"):
        check_filter("filter", policy, BODY)


def test_a_nested_filter_without_its_scope_is_refused_with_how_to_filter_on_the_body(tmp_path: Path) -> None:
    with pytest.raises(
        BadConfiguration, match=r"triggers\[0\]\.sns\.filter\.detail: must be a list of values: attr"
    ) as no:
        read(tmp_path, {"filter": {"detail": {"status": ["DONE"]}}})
    assert 'add "filterScope": "MessageBody" beside the filter' in str(no.value)


@pytest.mark.parametrize(
    ("sns", "reason"),
    [
        ({"filterScope": BODY}, r"filterScope: needs filter"),
        (
            {"filter": {"a": ["x"]}, "filterScope": "Body"},
            r"filterScope: must be one of MessageAttributes, MessageBody",
        ),
        (
            {"objects": {"bucket": "landing"}, "filterScope": BODY},
            r"filterScope: S3's notifications have no attributes",
        ),
        ({"filter": {"a b": ["x"]}}, r"filter\.a b: invalid attribute name"),
    ],
)
def test_a_scope_needs_a_filter_that_it_fits(tmp_path: Path, sns: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadConfiguration, match=rf"triggers\[0\]\.sns\.{reason}"):
        read(tmp_path, sns)
