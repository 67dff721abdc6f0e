"""What an iServerCode says of a job: whether it can have touched the warehouse (API.md 8.4)."""

from functions.microstrategy.errors import CANCELLED_CODES

BEFORE_SQL = frozenset({-2147205459, -2147217124, -2147217125, -2147205451, -2147205450, -2147205449})
"""The datamart itself cannot be run: a prompt without an answer, not saved, none defined, no table name."""

ENDED_IN_SQL = CANCELLED_CODES | {-2147212544, -2147209075, -2147207491}
"""Cancelled, an error of the query engine, the time limit: a job was there, and some SQL may have run."""
