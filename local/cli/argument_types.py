"""Reads the texts of arguments that are numbers or lists of names."""

import argparse


def seconds(text: str) -> float:
    """Seconds to wait at most. Raises ArgumentTypeError, ValueError."""
    number = float(text)
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError(f'invalid number of seconds "{text}": use 0 or more')
    return number


def names(text: str) -> list[str]:
    """Names between commas."""
    return [name for name in map(str.strip, text.split(",")) if name]


def records(text: str) -> int:
    """A number of records of the history. Raises ArgumentTypeError, ValueError."""
    number = int(text)
    if not 1 <= number <= 100_000:
        raise argparse.ArgumentTypeError(f'invalid number of records "{text}": use 1 to 100000')
    return number


def places(text: str) -> int:
    """A number of runs at once. Raises ArgumentTypeError, ValueError."""
    number = int(text)
    if not 1 <= number <= 1_000:
        raise argparse.ArgumentTypeError(f'invalid number of places "{text}": use 1 to 1000')
    return number
