"""What makes a command impossible to begin."""


class BadUsage(Exception):
    """It cannot be done as asked; the text says in one sentence what to do."""
