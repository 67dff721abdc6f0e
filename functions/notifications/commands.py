"""The commands that a notification names: what shows an execution, what repeats it, what starts a job."""

import shlex
from collections.abc import Sequence
from typing import Literal

from functions.errors import ERRORS
from functions.names import name_of_execution, stage_of
from functions.runs.job_state import Loaded
from functions.text import named

MOST_ITEMS = 20
"""Items that a command names."""

REPEAT: dict[Loaded, str] = {
    "no": "To repeat it",
    "unknown": "To repeat it after a look at the table",
    "yes": "To load it once more all the same",
}

REST = "To repeat what is missing, without a load"
"""The words before the command that does the follow-ups that are left."""


def show(execution_arn: str) -> str:
    """``datamart show city-nightly-0a… --stage dev``."""
    return _command("show", execution_arn)


def rerun(execution_arn: str, loaded: Loaded = "no") -> str:
    """``datamart rerun city-nightly-0a… --stage dev``; a run whose table may be loaded is repeated only by force."""
    return _command("rerun", execution_arn) + ("" if loaded == "no" else " --force")


def follow_up(execution_arn: str) -> str:
    """``datamart rerun city-nightly-0a… --stage dev --follow-ups``."""
    return f"{_command('rerun', execution_arn)} --follow-ups"


def lines(
    execution_arn: str, loaded: Loaded, error: str | None = None, *, follow_ups_left: bool = False
) -> dict[str, str]:
    """Both commands, each with the words before it in a message.

    That which repeats it is left out where the ``error`` says that the request has to be corrected first. Where the
    table is loaded and follow-ups are left, it repeats only these.
    """
    shown = {"To see it": show(execution_arn)}
    if follow_ups_left and loaded == "yes":
        return shown | {REST: follow_up(execution_arn)}
    return shown if is_of_request(error) else shown | {REPEAT[loaded]: rerun(execution_arn, loaded)}


def is_of_request(error: str | None) -> bool:
    """Whether what was stored of a request fails again with the error, by its name."""
    ours = ERRORS.get(error or "")
    return ours is not None and ours.of_request


def steps(commands: dict[str, str]) -> tuple[str, ...]:
    """Commands, by the words before each, as next steps in a chat."""
    return tuple(f"{_without_code(words)}: `{command}`" for words, command in commands.items())


def steps_of(name: str, commands: dict[str, str]) -> str:
    """The commands of :func:`lines` as one next step: ``To see sales-nightly: `…`; to repeat it: `…```."""
    parts = "; ".join(f"{words[:1].lower()}{words[1:]}: `{command}`" for words, command in commands.items())
    return parts.replace("to see it", f"To see {_without_code(name)}", 1)


def _without_code(text: str) -> str:
    """Without the sign that marks a command in a next step."""
    return text.replace("`", "'")


Subject = Literal["job", "batch", "datamart"]
"""What runs are chosen by."""


def runs_of(what: Subject, name: str, stage: str) -> str:
    """``datamart runs --job city-nightly --stage dev``; of all runs where the name does not read as one."""
    chosen = f" --{what} {shlex.quote(name)}" if named(name) == name else ""
    return f"datamart runs{chosen} --stage {shlex.quote(stage)}"


def start(name: str, stage: str, as_of: str | None = None) -> str:
    """``datamart start city-nightly --stage dev``, of a job or a batch; for the time ``as_of`` where that is plain."""
    when = f" --as-of {shlex.quote(as_of)}" if as_of and named(as_of) == as_of else ""
    return f"datamart start {shlex.quote(name)} --stage {shlex.quote(stage)}{when}"


def failed_runs(what: Subject, name: str, stage: str) -> str:
    """``datamart runs --job city-nightly --stage dev --status failed``."""
    return f"{runs_of(what, name, stage)} --status failed"


def all_failed(stage: str) -> str:
    """``datamart runs --stage dev --status failed``."""
    return f"datamart runs --stage {shlex.quote(stage)} --status failed"


def check(stage: str, connection: str) -> str:
    """``datamart check --stage dev --connection default``."""
    return f"datamart check --stage {shlex.quote(stage)} --connection {shlex.quote(connection)}"


def items(names: Sequence[str]) -> str:
    """Items of a batch for an option, as ``stock,sales``; ``NAME,…`` where one does not read as a name."""
    plain = all(named(name) == name and "," not in name for name in names)
    return shlex.quote(",".join(names)) if plain and len(names) <= MOST_ITEMS else "'NAME,…'"


def _command(verb: str, execution_arn: str) -> str:
    name = name_of_execution(execution_arn)
    given = execution_arn if name.startswith("-") else name  # a name that somebody chose could pass for an option
    return f"datamart {verb} {shlex.quote(given)} --stage {shlex.quote(stage_of(execution_arn))}"
