"""Tables of facts that the code states: prompt types, the secret, output and record of a run, saved queries."""

import inspect
import re

from functions.microstrategy.credentials import LOGIN_MODES, STANDARD
from functions.prompts.types import TYPES
from functions.requests.connection_secret.fields import FIELDS as SECRET_FIELDS
from functions.runs.history import KEYS, HistoryRecord
from functions.runs.output import FIELDS as OUTPUT_FIELDS
from infra.constructs.queries import MACHINES, QUERIES, STEPS
from infra.documents.markdown import code, either, table


def prompt_type_table() -> str:
    """A row for each prompt type: what people may write as its answers, and what is sent."""
    rows = [(code(name), of.written_as, of.sent_as) for name, of in TYPES.items()]
    return table(("type", "`answers`, as people write them", "sent as"), rows)


def secret_table() -> str:
    """A row for each field of a connection's secret, with the login modes that need it."""
    return table(
        ("field", "what it is", "needed"),
        [(code(name), field.meaning, _needed(name)) for name, field in SECRET_FIELDS.items()],
    )


def _needed(field: str) -> str:
    """For which login modes a secret must have the field."""
    if field == "baseUrl":
        return "yes"
    modes = [str(number) for number, mode in LOGIN_MODES.items() if field in mode.needed]
    return f"for mode {either(modes)}" if modes else ""


def login_mode_table() -> str:
    """A row for each login mode: its number, its names, and the fields that it needs."""
    return table(
        ("`loginMode`", "name", "fields"),
        [
            (
                f"{number} (default)" if number == STANDARD else str(number),
                either([mode.name, *mode.other_names]),
                ", ".join(map(code, mode.needed)) or "none",
            )
            for number, mode in LOGIN_MODES.items()
        ],
    )


def output_table() -> str:
    """A row for each field of the output of a successful run."""
    return table(("field", "meaning"), [(code(name), field.meaning) for name, field in OUTPUT_FIELDS.items()])


def query_table() -> str:
    """A row for each saved query: the question, and whose logs answer it."""
    words = {MACHINES: "both state machines", STEPS: "all steps, `end_run` and `sweep`"}
    rows = [(query.name, ", ".join(words.get(one, code(one)) for one in query.logs)) for query in QUERIES]
    return table(("question", "reads the logs of"), rows)


def record_table() -> str:
    """The fields of a record of the history, as its docstring has them, by the names that ``--json`` takes."""
    listed = (inspect.getdoc(HistoryRecord) or "").partition("----------\n")[2]
    rows: list[list[str]] = []
    for line in listed.splitlines():
        if line.startswith(" "):
            rows[-1][1] = f"{rows[-1][1]} {line.strip()}".strip()
        elif line:
            rows.append([", ".join(f"`{KEYS[name]}`" for name in line.split(", ")), ""])
    return table(("fields", "meaning"), [(names, _for_markdown(meaning)) for names, meaning in rows])


def _for_markdown(text: str) -> str:
    """A sentence of a docstring; roles of Sphinx become names in backticks."""
    return re.sub(r":\w+:`([^`]+)`", r"`\1`", text.replace("``", "`"))
