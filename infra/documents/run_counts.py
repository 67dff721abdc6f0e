"""What a run takes, as formulas: measured on real runs, which tests/integration/test_lean_runs.py holds them to."""

from typing import NamedTuple


class Work(NamedTuple):
    """What a run does.

    Parameters
    ----------
    looks
        How often the job's status is asked for: what ``GetStatus`` is entered for.
    rounds
        Rounds in which prompts are answered.
    saves
        Whether the definition is saved.
    questions
        How often people are asked.
    """

    looks: int
    rounds: int = 0
    saves: bool = False
    questions: int = 0


FIXED = 12
"""State transitions of every run."""

A_LOOK = 3
"""Transitions of a look: ``WaitForStatus``, ``GetStatus``, ``JudgeStatus``."""

A_ROUND = 3
"""Transitions of a round of answers: ``GetPrompts``, ``JudgePrompts``, ``AnswerPrompts``."""

A_QUESTION = 15
"""Transitions of asking people: the attempt that found the question, without its looks, and the waiting."""


def transitions(work: Work) -> int:
    """State transitions of a run that waits for no slot and meets no failure: what Step Functions charges for."""
    return FIXED + A_LOOK * work.looks + A_ROUND * work.rounds + int(work.saves) + A_QUESTION * work.questions


def formula() -> str:
    """:func:`transitions` as a block of a document."""
    terms = (str(FIXED), f"{A_LOOK}·looks", f"{A_ROUND}·(answered rounds)", "1 if it saves", f"{A_QUESTION}·questions")
    return f"```\ntransitions = {' + '.join(terms)}\n```"
