"""The starter itself, called in this process as Lambda calls it, with moto's Step Functions and S3 behind it.

The state machine is there and is not run: what counts is which executions were begun, and with what.
"""

import contextlib
import io
import json
import os
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core.config import default_user_config

from functions.triggers.kinds import kind_named
from local.emulator.lambda_runtime import Context
from tests.support.clients import client
from tests.support.deliveries import BUCKET, VERSIONED

OBJECTS = [{"bucket": bucket, "prefix": "countries/", "suffix": ".csv"} for bucket in (BUCKET, VERSIONED)]
OUTSIDE = {
    "projects": ["MicroStrategy Tutorial", "B7CA92F04B9FAE8D941C3E9B7E0CD754"],
    "datamarts": ["City", "85000b907b4ead3b0d9522a9cfd10dbc", {"name": "Sales", "path": "/Public Objects"}],
}


TOPIC = "region-message-1"
"""The topic of the sample message, without the prefix of the stage's own names."""

OF_ITS_OWN = {
    "schedule": kind_named("schedule").ALIAS,
    "upload": kind_named("s3").ALIAS,
    "message": kind_named("sns").ALIAS,
}
"""The alias by which AWS invokes the starter for each kind of event."""


def deployed(jobs: dict[str, Any], name: str) -> dict[str, Any]:
    """``jobs``, deployed so that whatever happens is a trigger of the job ``name`` and of no other."""
    schedules = [{"schedule": name} for name in ("nightly-1", "nightly-2", "city-nightly-1")]
    uploads = [{"s3": {"bucket": bucket}} for bucket in (BUCKET, VERSIONED)]
    triggers = [*schedules, *uploads, {"sns": {"topic": TOPIC}}]
    return {each: job | {"triggers": triggers if each == name else []} for each, job in jobs.items()}


def kind_of(event: Any) -> str:
    """The kind of an event in AWS's shape; "schedule" for anything else."""
    if isinstance(event, dict) and "Records" in event:
        return "message"
    return "upload" if isinstance(event, dict) and "source" in event else "schedule"


def job(request: dict[str, Any], answers: Any = None, **keys: Any) -> dict[str, Any]:
    prompts = {"prompts": [{"name": "Country", "answers": answers}]} if answers else {}
    rest = {"timeZone": "Europe/Paris", "acceptRequests": None, "objects": [], "triggers": []}
    return {"request": request | prompts} | rest | keys


CITY = {"project": "MicroStrategy Tutorial", "datamart": "City"}
JOBS = {
    "nightly": job(CITY, "{yesterday}"),
    "upload": job(CITY, [{"name": "{stem}"}], objects=OBJECTS),
    "message": job(CITY, "{message.country} {subject}"),
    "wide": job(CITY, "".join(f"{{message.a{n}}}" for n in range(25))),
    "requests": job({"timeoutMinutes": 60}, acceptRequests=OUTSIDE),
    "notified-requests": job({"timeoutMinutes": 60}, acceptRequests=OUTSIDE, objects=OBJECTS),
    "x" * 40: job(CITY),
}


class _Wherever(io.TextIOBase):
    """Standard output as it is when something is written: the functions' logger keeps what it finds when imported."""

    def __init__(self, otherwise: Any) -> None:
        self._otherwise = otherwise

    def write(self, text: str) -> int:
        return int((self._otherwise if sys.stdout is self else sys.stdout).write(text))


class Starter:
    """The starter by its aliases, and what it began.

    ``folder`` takes a file of jobs for each job.
    """

    def __init__(self, module: Any, folder: Path) -> None:
        self.module = module
        self._folder = folder
        for name in JOBS:
            (folder / f"{name}.json").write_text(json.dumps(deployed(JOBS, name)), "utf-8")
        self.states = client("stepfunctions")
        made = self.states.create_state_machine(
            name=f"RunDatamart-{uuid.uuid4().hex}",
            definition='{"StartAt": "Run", "States": {"Run": {"Type": "Succeed"}}}',
            roleArn="arn:aws:iam::123456789012:role/machine",
        )
        self.machine = made["stateMachineArn"]

    def __call__(self, event: Any, job: str) -> list[str]:
        """Let the event happen as a trigger of ``job``; the names of the executions that the starter answers with."""
        os.environ["JOBS_FILE"] = str(self._folder / f"{job}.json")
        return self.invoked(event, OF_ITS_OWN[kind_of(event)])

    def invoked(self, event: Any, alias: str) -> list[str]:
        """Invoke the starter by an alias; the names of the executions that it answers with."""
        arn = f"arn:aws:lambda:eu-west-1:123456789012:function:StartRun:{alias}"
        answer = self.module.handler(event, Context("StartRun", arn, timeout=30, memory=256))
        assert set(answer) == {"executions", "ignored"}
        return [execution.rpartition(":")[2] for execution in answer["executions"]]

    def names(self) -> list[str]:
        """Of every execution of the machine."""
        pages = self.states.get_paginator("list_executions").paginate(stateMachineArn=self.machine)
        return [execution["name"] for page in pages for execution in page["executions"]]

    def input(self, name: str) -> Any:
        """What an execution was begun with."""
        arn = f"{self.machine.replace(':stateMachine:', ':execution:')}:{name}"
        return json.loads(self.states.describe_execution(executionArn=arn)["input"])

    def begun(self, event: Any, job: str) -> Any:
        """The input of the one execution that the event starts, without what it says of its start."""
        (name,) = self(event, job)
        assert self.names().count(name) == 1
        given = self.input(name)
        assert given.pop("started")["run"] == name
        return given


@pytest.fixture(scope="package")
def start_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The starter's module in an AWS of its own."""
    path = tmp_path_factory.mktemp("starting") / "jobs.json"
    path.write_text(json.dumps(deployed(JOBS, "nightly")), "utf-8")
    environment = {
        "AWS_DEFAULT_REGION": "eu-west-1",
        "JOBS_FILE": str(path),
        "NAME_PREFIX": "datamart-runner-dev",
        "POWERTOOLS_SERVICE_NAME": "datamart-runner",
        "POWERTOOLS_METRICS_NAMESPACE": "DatamartRunner",
        "POWERTOOLS_LOG_LEVEL": "INFO",
        "POWERTOOLS_TRACE_DISABLED": "true",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.setitem(default_user_config, "stepfunctions", {"execute_state_machine": False})
        with mock_aws():
            s3 = client("s3")
            for bucket in (BUCKET, VERSIONED):
                with contextlib.suppress(ClientError):  # the machine's own moto may be older than this package
                    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
            s3.put_bucket_versioning(Bucket=VERSIONED, VersioningConfiguration={"Status": "Enabled"})
            with contextlib.redirect_stdout(_Wherever(sys.stdout)):
                from functions.handlers import start_run

            yield start_run


@pytest.fixture
def starter(start_run: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Starter:
    monkeypatch.setenv("JOBS_FILE", os.environ["JOBS_FILE"])  # put back at the end
    made = Starter(start_run, tmp_path)
    monkeypatch.setenv("STATE_MACHINE_ARN", made.machine)
    return made


@pytest.fixture
def s3(start_run: Any) -> Any:
    return client("s3")
