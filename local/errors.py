"""The two errors that end a command of ``datamart``; local/cli/endings.py has their exit codes."""


class CannotGoOn(Exception):
    """The command cannot do what it was asked for; the text says why and what to do, in one sentence."""


class NotDone(Exception):
    """The command was understood and looked, and the result is no; the text says why, in one sentence."""
