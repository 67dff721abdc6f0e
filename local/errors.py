"""The two errors that end a command of ``datamart``; local/cli/endings.py has their exit codes."""


class CannotGoOn(Exception):
    """The command cannot do its work; the text says why and what to do, in one sentence."""


class NotDone(Exception):
    """The command is valid, but its result is negative; the text says why, in one sentence."""
