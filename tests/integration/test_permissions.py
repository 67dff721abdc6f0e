"""The judge of tests/support/permissions.py finds what AWS would deny, and what is granted for nothing."""

import contextlib
import io
from collections.abc import Iterator
from typing import Any

import pytest

from local.emulator.clients import client
from tests.infra.template import Template
from tests.integration.conftest import Example, System
from tests.support.aws_calls import counted
from tests.support.by_hand import ByHand
from tests.support.permissions import Recorder, granted_and_unused, report


def test_a_call_that_the_functions_own_role_does_not_allow_is_found(system: System, recorder: Recorder) -> None:
    topic = client("sns").list_topics()["Topics"][0]["TopicArn"]

    @contextlib.contextmanager
    def publishing(module: str, event: Any) -> Iterator[None]:
        if module == "prepare_run":
            client("sns").publish(TopicArn=topic, Message="none of its business")
        yield

    before, system.emulator.runtime.around = system.emulator.runtime.around, publishing
    try:
        ByHand(system).ends()
    finally:
        system.emulator.runtime.around = before
    denied, recorder.denied = recorder.denied, []
    recorder.used.discard(("prepare_run", "sns:Publish", topic))
    assert denied == [f"prepare_run may not call sns:Publish on {topic}"]


def test_an_action_that_no_call_uses_is_found(example: Example, recorder: Recorder, template_path: Any) -> None:
    without = {use for use in recorder.used if use[:2] != ("log_in", "secretsmanager:GetSecretValue")}
    assert ("log_in", "secretsmanager:GetSecretValue") in {use[:2] for use in recorder.used}
    unused = granted_and_unused(Template(template_path), without)
    assert "log_in may call secretsmanager:GetSecretValue and never does" in unused
    assert "log_in may call dynamodb:UpdateItem and never does" not in unused


def test_what_is_granted_for_nothing_is_an_error_of_the_whole_session(pytestconfig: pytest.Config) -> None:
    written = io.StringIO()
    reporter = pytest.TerminalReporter(pytestconfig, written)
    report(["log_in may call sns:Publish and never does"], reporter)
    reporter.short_test_summary()
    assert "ERROR log_in may call sns:Publish and never does" in written.getvalue()
    assert reporter.build_summary_stats_line()[0][0][0] == "1 error"


def test_a_call_that_a_test_counts_is_still_the_functions_own(system: System, recorder: Recorder) -> None:
    before = set(recorder.used)
    recorder.used.clear()
    with counted(system.emulator):
        ByHand(system).ends()
    counted_uses, _ = set(recorder.used), recorder.used.update(before)
    assert {("prepare_run", "dynamodb:PutItem"), ("end_run", "events:PutEvents")} <= {use[:2] for use in counted_uses}
