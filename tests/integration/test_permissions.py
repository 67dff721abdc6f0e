"""The judge of tests/support/permissions.py finds what AWS would deny, and what is granted for nothing."""

import contextlib
from collections.abc import Iterator
from typing import Any

from local.emulator.clients import client
from tests.infra.template import Template
from tests.integration.conftest import System
from tests.support.permissions import Recorder, granted_and_unused

COUNTRIES = [{"name": "Elements of Country", "answers": [{"name": "USA"}]}]


def test_a_call_that_the_functions_own_role_does_not_allow_is_found(system: System, recorder: Recorder) -> None:
    topic = client("sns").list_topics()["Topics"][0]["TopicArn"]

    @contextlib.contextmanager
    def publishing(module: str, event: Any) -> Iterator[None]:
        if module == "log_in":
            client("sns").publish(TopicArn=topic, Message="none of its business")
        yield

    before, system.emulator.runtime.around = system.emulator.runtime.around, publishing
    try:
        system.run(prompts=COUNTRIES)
    finally:
        system.emulator.runtime.around = before
    denied, recorder.denied = recorder.denied, []
    recorder.used.discard(("log_in", "sns:Publish", topic))
    assert denied == [f"log_in may not call sns:Publish on {topic}"]


def test_an_action_that_no_call_uses_is_found(system: System, recorder: Recorder, template_path: Any) -> None:
    system.run(prompts=COUNTRIES)
    without = {use for use in recorder.used if use[:2] != ("log_in", "secretsmanager:GetSecretValue")}
    assert ("log_in", "secretsmanager:GetSecretValue") in {use[:2] for use in recorder.used}
    unused = granted_and_unused(Template(template_path), without)
    assert "log_in may call secretsmanager:GetSecretValue and never does" in unused
    assert "log_in may call dynamodb:UpdateItem and never does" not in unused
