"""The table of errors, from the classes in functions/errors.py."""

from functions.errors import ERRORS
from infra.documents.markdown import code, table


def error_table() -> str:
    """A row for each error: its name, meaning, whether the table was loaded, and what a person does."""
    rows = [(code(name), error.meaning(), error.loaded, error.advice) for name, error in ERRORS.items()]
    return table(("error", "what it means", "loaded", "what to do"), rows)
