"""Tables of errors, from the classes in functions/errors.py: what each means, and when another attempt follows."""

from functions.errors import ERRORS, WaitsFor
from functions.runs.conclusion import MOST_LOSSES
from functions.text import duration
from infra.documents.markdown import code, table


def error_table() -> str:
    """A row for each error: its name, meaning, whether the table was loaded, and what a person does."""
    rows = [(code(name), error.meaning(), error.loaded, error.advice) for name, error in ERRORS.items()]
    return table(("error", "what it means", "loaded", "what to do"), rows)


_WHEN = {
    WaitsFor.DATAMART: "with `onConflict: wait`",
    WaitsFor.SERVER: "nothing was executed",
    WaitsFor.NEW_SESSION: f"nothing was executed: {MOST_LOSSES} attempts in all; or the orphaned job may run once more",
}
"""The rules of functions/runs/conclusion.py, in words."""


def pause_table() -> str:
    """A row for each error that another attempt may cure: what that waits for, when it follows, and the pauses."""
    again = [(name, error.next_attempt) for name, error in ERRORS.items() if error.next_attempt]
    return table(
        ("error", "the next attempt waits for", "when it follows", "pause"),
        [
            (code(name), next_.waits_for.value, _WHEN[next_.waits_for], _pauses(next_.first_pause, next_.longest_pause))
            for name, next_ in again
        ],
    )


def _pauses(first: int, longest: int) -> str:
    return f"{duration(first)} to {duration(longest)}"
