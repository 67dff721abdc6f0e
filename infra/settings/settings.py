"""A stage's settings: ``infra/settings/<stage>.toml``, checked before anything is synthesized."""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from functions.limits import TIMEOUTS
from functions.names import batch_machine_name, machine_name, secret_name
from functions.requests.validation import Schema, SchemaError
from functions.runs.polling import LOOK_COST
from functions.similar_names import nearest
from functions.text import printable
from infra.names import construct_name

FOLDER = Path(__file__).parent

SCHEMA = Schema(
    Path(__file__).with_name("settings.schema.json"),
    "the file",
    patterns={
        "^[A-Za-z][A-Za-z0-9-]{0,39}$": "the name of a connection (a letter, then letters, digits and -; at most 40)",
        "^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$": "an e-mail address",
        "^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/.+$": "the ARN of an IAM policy",
        "^subnet-[0-9a-f]+$": "the id of a subnet",
        "^sg-[0-9a-f]+$": "the id of a security group",
        "^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~%/-]*)?$": "an https address without a user or a query",
        "^[A-Za-z0-9-]{1,100}$": "the name of an HTTP header",
        "^[A-Za-z0-9/_+=.@-]{1,256}$": "the name of a secret",
    },
)

_STAGE = re.compile(r"[a-z][a-z0-9-]{0,19}")


class BadConfiguration(Exception):
    """A settings or job file that cannot be deployed; the text names file, key and reason.

    It goes to a terminal and quotes the file: one line without control characters, wherever it is printed.
    """

    def __init__(self, text: str) -> None:
        super().__init__(printable(text))


@dataclass(frozen=True)
class Vpc:
    """Subnets and security groups of the functions that call the Library server."""

    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]


@dataclass(frozen=True)
class OpenLineage:
    """Where OpenLineage events are sent, by which header and secret; the namespaces of database instances."""

    url: str
    header: str
    secret: str
    namespaces: dict[str, str]


@dataclass(frozen=True)
class Settings:
    """What differs between stages; the fields are those of ``settings.schema.json``."""

    stage: str
    connections: tuple[str, ...] = ("default",)
    jobs: tuple[str, ...] | None = None
    batches: tuple[str, ...] | None = None
    notify: tuple[str, ...] = ()
    notify_on: tuple[str, ...] = ("failure", "recovery")
    ask_to: tuple[str, ...] = ()
    chat: bool = False
    open_lineage: OpenLineage | None = None
    max_concurrent_runs: dict[str, int] = field(default_factory=dict)
    look_cost: float = LOOK_COST
    show_answers: bool = True
    queue_alarm_minutes: int = 180
    dashboard: bool = True
    log_retention_days: int = 90
    history_days: int = 400
    reserved_concurrency: dict[str, int] = field(default_factory=dict)
    customer_managed_key: bool = False
    permissions_boundary: str | None = None
    vpc: Vpc | None = None
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def most_at_once(self) -> dict[str, int]:
        """How many runs each connection may have at once."""
        return {name: self.max_concurrent_runs.get(name, 1) for name in self.connections}

    @property
    def machine_name(self) -> str:
        """Name of the state machine; part of the ARNs of its executions."""
        return machine_name(self.stage)

    @property
    def batch_machine_name(self) -> str:
        """Name of the state machine that runs batches."""
        return batch_machine_name(self.stage)


def settings_of(stage: str, folder: Path = FOLDER) -> Settings:
    """The settings of a stage. Raises BadConfiguration."""
    if not _STAGE.fullmatch(stage):
        raise BadConfiguration(f'invalid stage name "{stage}": use at most 20 lowercase letters, digits or hyphens.')
    path = folder / f"{stage}.toml"
    if not path.is_file():
        known = sorted(p.stem for p in folder.glob("*.toml"))
        raise BadConfiguration(
            f'unknown stage "{stage}"{nearest(stage, known)}. Stages of infra/settings: {", ".join(known)}.'
        )
    try:
        given = SCHEMA.check(tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise BadConfiguration(f"{_shown(path)}: is not TOML ({problem}).") from None
    except SchemaError as problem:
        raise BadConfiguration(f"{_shown(path)}: {problem}") from None
    modules = list(TIMEOUTS)
    for name in given["reservedConcurrency"]:
        if name not in modules:
            raise BadConfiguration(
                f'{_shown(path)}: reservedConcurrency: unknown function "{name}"{nearest(name, modules)}. '
                f"Functions: {', '.join(modules)}."
            )
    for name in given["maxConcurrentRuns"]:
        if name not in given["connections"]:
            raise BadConfiguration(
                f'{_shown(path)}: maxConcurrentRuns: unknown connection "{name}"{nearest(name, given["connections"])}. '
                f"Connections: {', '.join(given['connections'])}."
            )
    _check_connections(path, given["connections"])
    if "failure" not in given["notifyOn"]:
        raise BadConfiguration(
            f'{_shown(path)}: notifyOn: "failure" is missing: people must learn that a table was not loaded. Add it.'
        )
    return _settings(stage, given)


def _check_connections(path: Path, names: list[str]) -> None:
    """Raise BadConfiguration where the resources of two connections would have the same names."""
    alike: dict[str, str] = {}
    for name in names:
        other = alike.setdefault(construct_name(name), name)
        if other != name:
            raise BadConfiguration(
                f'{_shown(path)}: connections: "{name}" and "{other}" differ only in capitals and hyphens: the '
                "resources of both would have the same names. Rename one of them."
            )


def _settings(stage: str, given: dict[str, Any]) -> Settings:
    vpc, lineage = given.get("vpc"), given.get("openLineage")
    return Settings(
        stage=stage,
        connections=tuple(given["connections"]),
        jobs=tuple(given["jobs"]) if "jobs" in given else None,
        batches=tuple(given["batches"]) if "batches" in given else None,
        notify=tuple(given["notify"]),
        notify_on=tuple(given["notifyOn"]),
        ask_to=tuple(given["askTo"]),
        chat=given["chat"],
        open_lineage=_open_lineage(stage, lineage) if lineage else None,
        max_concurrent_runs=given["maxConcurrentRuns"],
        look_cost=given["lookCost"],
        show_answers=given["showAnswers"],
        queue_alarm_minutes=given["queueAlarmMinutes"],
        dashboard=given["dashboard"],
        log_retention_days=given["logRetentionDays"],
        history_days=given["historyDays"],
        reserved_concurrency=given["reservedConcurrency"],
        customer_managed_key=given["customerManagedKey"],
        permissions_boundary=given.get("permissionsBoundary"),
        vpc=Vpc(tuple(vpc["subnets"]), tuple(vpc["securityGroups"])) if vpc else None,
        tags=given["tags"],
    )


def _open_lineage(stage: str, given: dict[str, Any]) -> OpenLineage:
    secret = given.get("secret", secret_name(stage, "openlineage"))
    return OpenLineage(given["url"], given["header"], secret, given["namespaces"])


def _shown(path: Path) -> str:
    return f"infra/{path.parent.name}/{path.name}"
