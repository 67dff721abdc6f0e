"""What makes a check impossible to begin."""


class BadUsage(Exception):
    """Nothing can be checked as asked; the text says in one sentence what to do."""
