"""The state machines' definitions: rendered from their YAML, with what the code knows, for any partition of AWS."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from functions.errors import OWN_ERRORS
from functions.limits import (
    BATCH_LOOK_SECONDS,
    FIRST_IN_QUEUE_SECONDS,
    LONGEST_BATCH,
    LONGEST_SESSION,
    state_timeout,
)
from functions.requests.request import SCHEMA
from functions.runs.queue_moves import LONGEST_PAUSE
from functions.runs.waiting import FIRST_IN_QUEUE, SUPERSEDED, InQueue
from functions.transient_errors import IN_A_HANDLER, RETRIED
from infra.constructs.asl import DefinitionError, Facts, Machine, State, rendered
from infra.constructs.function_table import BATCH_STEPS, STEPS, FunctionSpec

FOLDER = Path(__file__).parents[2] / "statemachine"

_TABLE = "infra/constructs/function_table.py"


@dataclass(frozen=True)
class Source:
    """A state machine: the name of its file in ``statemachine/``, and the functions that it calls."""

    file: str
    functions: tuple[FunctionSpec, ...]


RUNS = Source("run_datamart.asl.yaml", STEPS)
BATCHES = Source("run_batch.asl.yaml", BATCH_STEPS)
MACHINES = (RUNS, BATCHES)


def machine(of: Source = RUNS) -> Machine:
    """A definition as a document of the Amazon States Language, with the partition aws and ``${…}`` for functions.

    Raises DefinitionError.
    """
    return rendered((FOLDER / of.file).read_text("utf-8"), FACTS, _facts_of_task)


def definition(tokens: set[str], of: Source = RUNS) -> str:
    """A definition for any partition, after checking that ``tokens`` are exactly the ``${…}`` of the file.

    Raises
    ------
    DefinitionError
        A token has no function, or no state calls a function; the text names it.
    """
    text = _text(of)
    named = set(re.findall(r"\$\{(\w+)\}", text))
    if missing := sorted(named - tokens):
        raise DefinitionError(f"{of.file} names {', '.join(missing)}, which {_TABLE} does not have. Add it there.")
    if unused := sorted(tokens - named):
        raise DefinitionError(f"no state of {of.file} calls {', '.join(unused)} of {_TABLE}. Add one.")
    return _INTEGRATION.sub(lambda found: f'"${{{_token(found[1])}}}"', text)


def integrations(partition: str, of: Source = RUNS) -> dict[str, str]:
    """The ARNs of the service integrations that a definition uses, in a partition, by their tokens.

    The file has them in the partition aws, as editors and validators want them. A token stands for a whole ARN because
    cfn-lint skips those, and takes no other partition than aws in an ARN.
    """
    found = _INTEGRATION.findall(_text(of))
    return {_token(resource): f"arn:{partition}:{resource}" for resource in found}


def longest_run() -> int:
    """The longest run in seconds: its deadline, the time for people's replies, its wait in the queue, and the retries.

    A pause of the queue does not count as such a wait.
    """
    most = {key: rule.get("maximum") for key, rule in SCHEMA.rules["properties"].items()}
    minutes = most["timeoutMinutes"] + 60 * most["askDeadlineHours"] + most["queueMinutes"]
    return int(60 * minutes) + LONGEST_PAUSE + LONGEST_SESSION


FACTS: Facts = {
    "own_errors": list(OWN_ERRORS),
    "invoke_errors": list(RETRIED),
    "handler_errors": list(IN_A_HANDLER),
    "in_queue": InQueue.__name__,
    "first_in_queue": FIRST_IN_QUEUE,
    "superseded": SUPERSEDED,
    "first_in_queue_seconds": FIRST_IN_QUEUE_SECONDS,
    "run_timeout": longest_run(),
    "batch_timeout": LONGEST_BATCH,
    "batch_look_seconds": BATCH_LOOK_SECONDS,
}
"""What ``((name))`` stands for in every state."""

_SPECS = {f"${{{spec.token}}}": spec for machine in MACHINES for spec in machine.functions}


def function_of(task: State) -> FunctionSpec:
    """The function that a Task state calls. Raises DefinitionError if the table has no such function."""
    name = task["Arguments"]["FunctionName"]
    if name not in _SPECS:
        raise DefinitionError(f'a state calls "{name}", which {_TABLE} does not have. Add it there.')
    return _SPECS[name]


def _facts_of_task(task: State) -> Facts:
    spec = function_of(task)
    facts = {"state_timeout": state_timeout(spec.module)}
    return facts | {"endpoint_retries": spec.retries} if spec.calls else facts


def _text(of: Source) -> str:
    return json.dumps(machine(of), ensure_ascii=False)


_INTEGRATION = re.compile(r'"arn:aws:(states:::[\w:.]+)"')


def _token(resource: str) -> str:
    """``states:::lambda:invoke.waitForTaskToken`` as StatesLambdaInvokeWaitForTaskToken."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[:.]+", resource))
