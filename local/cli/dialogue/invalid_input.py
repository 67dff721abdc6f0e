"""What is no answer."""


class NotUnderstood(Exception):
    """What was typed cannot be read as an answer; the text says why."""
