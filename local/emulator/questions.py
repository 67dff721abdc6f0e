"""The questions of runs, shown to a person in the thread that waits for the executions; the clock stands meanwhile."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from functions.runs.model import OpenQuestion, Run
from local.waiter import Over

Person = Callable[[OpenQuestion], None]
"""Given a run's question, replies to its token by ``Emulator.reply``, or declines."""

_LOOK_SECONDS = 0.08
"""How often an execution that asks looks whether it has been stopped."""


@dataclass(eq=False)
class _Asked:
    execution_arn: str
    question: OpenQuestion
    answered: threading.Event = field(default_factory=threading.Event)


class Questions:
    """What is being asked.

    Parameters
    ----------
    stored_run
        Finds what the run table knows of an execution.
    """

    def __init__(self, stored_run: Callable[[str], Run | None]) -> None:
        self._stored_run = stored_run
        self._asked: list[_Asked] = []
        self.person: Person | None = None

    def ask(self, execution_arn: str, token: str, over: Over) -> None:
        """Wait until the person has been let answer; at once if there is none, or the token is not of a question."""
        if self.person is None:
            return
        run = self._stored_run(execution_arn)
        if run is None or run.question is None or run.question.token != token:
            return
        asked = _Asked(execution_arn, run.question)
        self._asked.append(asked)
        while not asked.answered.wait(_LOOK_SECONDS) and not over():
            pass
        self._asked.remove(asked)

    @property
    def are_open(self) -> bool:
        """Whether any run asks."""
        return bool(self._asked)

    def let_answer(self, executions: Sequence[str], stopping: Callable[[], bool]) -> None:
        """Show the person the open questions of executions, in the thread that waits for their ends.

        A person who wants to stop instead of answering leaves the question open, for the stop to end it.
        """
        for asked in [asked for asked in self._asked if asked.execution_arn in executions]:
            if self.person is None or asked.answered.is_set() or stopping():
                continue
            self.person(asked.question)
            if not stopping():
                asked.answered.set()
