"""What the pages of a run and of a batch have in common: what it was, how it ended, and where else it is seen. Pure."""

from dataclasses import dataclass

from functions.runs.history import HistoryRecord
from local.pages.links import console_of
from local.pages.outcomes import Kind, kind_of
from local.report import words
from local.report.report import RunReport
from local.report.sentence import next_command, outcome_of


@dataclass(frozen=True)
class ReportPage:
    """What a template shows of a report; ``now`` is in seconds since the epoch, for what goes on."""

    report: RunReport
    now: float

    @property
    def kind(self) -> Kind:
        """The outcome at a glance."""
        return kind_of(self.report.run)

    @property
    def name(self) -> str:
        """What the run or batch is called."""
        return words.name_of(self.report.run)

    @property
    def sentence(self) -> str:
        """The outcome."""
        return outcome_of(self.report)

    @property
    def command(self) -> tuple[str, str] | None:
        """What to paste next, with the words before it."""
        return next_command(self.report)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Who, what, when."""
        return list(words.facts_of(self.report))

    @property
    def cost(self) -> str | None:
        """What AWS charges."""
        return words.cost_of(self.report)

    @property
    def console(self) -> str | None:
        """The execution in the AWS console."""
        return self.console_of(self.report.run)

    def console_of(self, record: HistoryRecord) -> str | None:
        """The execution of a run in the AWS console; None where it ran on this computer."""
        return console_of(record.execution, is_deployed=self.report.console is not None)
