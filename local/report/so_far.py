"""The steps of an execution that goes on: as those of a report, read again and again."""

from collections.abc import Iterable, Sequence

from local.report.events import Event, timeline_of
from local.report.lines import Line, lines_of, lines_of_entries
from local.report.report import Step
from local.report.steps import steps_of


class StepsSoFar:
    """The steps of one execution, by its ARN. Log lines are added as they are written."""

    def __init__(self, execution_arn: str) -> None:
        self._execution = execution_arn
        self._lines: list[Line] = []

    def steps(self, events: Sequence[Event], log: Iterable[str] = ()) -> tuple[Step, ...]:
        """The steps by now.

        Parameters
        ----------
        events
            All events of its history so far.
        log
            The log lines that have come since the last call; those of other executions are passed over.
        """
        self._lines += lines_of(self._execution, log)
        self._lines.sort(key=lambda line: line.at)
        entries = timeline_of(events).entries
        return steps_of(entries, lines_of_entries(entries, self._lines))
