"""A slice of the campaign in every `make test`: one case or two of each class, always the same ones."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.faults import Case
from tests.faults.invariants import broken
from tests.faults.lab import Lab

SLICE = (
    ("unprompted", "execute#1", "refused", "connection"),
    ("prompted", "execute#1", "reset-after", "connection"),
    ("prompted", "log_in#1", "stall", "connection"),
    ("prompted", "create_instance#1", "answer-twice", "connection"),
    ("prompted", "get_prompts#1", "truncated", "body"),
    ("nested", "get_execution#2", "gzip-garbage", "body"),
    ("saveAs", "save_as#1", "page", "body"),
    ("prompted", "get_execution#1", "cookies-changed", "cookies"),
    ("unprompted", "get_execution#1", "cookies-dropped", "cookies"),
    ("unprompted", "execute#1", "503-html", "status"),
    ("prompted", "answer_prompts#1", "503-json", "status"),
    ("saveAs", "save_as#1", "409-json", "status"),
    ("prompted", "log_in#1", "502-html-after", "late status"),
    ("unprompted", "delete_instance#1", "503-html-for-ever", "for ever"),
    ("saveAs", "lambda:execute_datamart#1", "timeout-after", "function"),
    ("saveAs", "lambda:create_instance#1", "late", "function"),
    ("saveAs", "lambda:log_out#1", "raises-before-for-ever", "function for ever"),
    ("saveAs", "dynamodb:execute_datamart#2", "throttled", "throttling"),
    ("saveAs", "secretsmanager:log_in#1", "throttled-for-ever", "throttling for ever"),
    ("prompted", "state:WaitForStatus#1", "stop", "stop at a state"),
    ("prompted", "execute#1", "behind-before", "stop inside"),
    ("prompted", "log_in#1", "behind-after", "stop inside"),
)


@pytest.fixture(scope="module")
def lab(template_path: Path) -> Iterator[Lab]:
    with Lab(template_path) as made:
        yield made


@pytest.mark.parametrize("given", SLICE, ids=["/".join(given[:3]) for given in SLICE])
def test_a_case_of_the_campaign_survives(lab: Lab, given: tuple[str, str, str, str]) -> None:
    assert broken(lab.observe(Case(*given))) == []
