"""The page of a run: its outcome and what to do, its steps over time, its answers, and all details. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, zip_longest

from functions.microstrategy.status import classify
from local.pages.rendering import rendered
from local.pages.report_page import ReportPage
from local.pages.scale import Band, Scale
from local.report import words
from local.report.events import seconds_of
from local.report.facts import WAITING
from local.report.report import Attempt, JobStatus, RunReport, Step
from local.report.steps import LOOK


def run_page(report: RunReport, now: float) -> str:
    """The page as HTML; ``now`` is in seconds since the epoch, for a run that goes on."""
    return rendered("run.html", page=RunPage(report, now))


@dataclass(frozen=True)
class Row:
    """A step of the chart: its bands, and whether there is more to read below it."""

    step: Step
    name: str
    kind: str
    bands: tuple[Band, ...]

    @property
    def is_open(self) -> bool:
        """Whether the details are shown at once: where something failed."""
        return bool(self.step.failures)

    @property
    def has_more(self) -> bool:
        """Whether there are requests or failures to show."""
        return bool(self.step.calls or self.step.failures or self.step.calls_left_out)

    @property
    def requests(self) -> int:
        """How many requests the step sent."""
        return sum(call.times for call in self.step.calls) + self.step.calls_left_out


@dataclass(frozen=True)
class Group:
    """Steps that belong together: those of an attempt, or those before and between attempts."""

    attempt: Attempt | None
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Look:
    """A status of the job over time."""

    status: JobStatus
    band: Band


@dataclass(frozen=True)
class RunPage(ReportPage):
    """What the template shows."""

    @property
    def answers(self) -> list[tuple[str, str, str]]:
        """Prompt, values, and how it was answered."""
        return [words.cells_of(answer) for answer in self.report.prompts]

    @cached_property
    def scale(self) -> Scale:
        """From the first step to the end of the last, or of the run."""
        begins = [seconds_of(step.started_at) for step in self.report.steps]
        ends = [self._end(step) for step in self.report.steps]
        return Scale.over(min(begins, default=0.0), max(ends, default=0.0))

    @property
    def groups(self) -> list[Group]:
        """The steps in their order, by attempt where there were several."""
        attempts = {attempt.number: attempt for attempt in self.report.attempts}
        if len(attempts) < 2:
            return [Group(None, tuple(map(self._row, self.report.steps)))]
        grouped = groupby(self.report.steps, key=lambda step: step.attempt)
        return [Group(attempts.get(number or 0), tuple(map(self._row, steps))) for number, steps in grouped]

    @cached_property
    def looks(self) -> list[Look]:
        """The statuses of the job, each until the next one, or until the last look of its attempt."""
        return list(self._looks())

    def _looks(self) -> Iterator[Look]:
        statuses = self.report.job
        for status, following in zip_longest(statuses, statuses[1:]):
            begin = seconds_of(status.at)
            if following is not None and following.attempt == status.attempt:
                end = seconds_of(following.at)
            else:
                looks = (step for step in self.report.steps if step.state == LOOK and step.attempt == status.attempt)
                end = max(map(self._end, looks), default=begin)
            yield Look(status, self.scale.band(f"job-{classify(status.status)}", begin, max(begin, end), status.name))

    def _end(self, step: Step) -> float:
        return self.now if step.seconds is None else seconds_of(step.started_at) + step.seconds

    def _row(self, step: Step) -> Row:
        begin, end = seconds_of(step.started_at), self._end(step)
        kind = "failed" if step.failures else "wait" if step.state in WAITING or _is_wait(step) else "work"
        bands = [self.scale.band(kind, begin, end)]
        if step.waited_seconds:  # looks: nearly all of it is waiting for the next one
            bands = [self.scale.band("wait", begin, end), self.scale.band(kind, end - self._looked(step), end)]
        return Row(step, f"{step.state}{words.times(step.times)}", kind, tuple(bands))

    @staticmethod
    def _looked(step: Step) -> float:
        return max(0.0, (step.seconds or 0.0) - (step.waited_seconds or 0.0))


def _is_wait(step: Step) -> bool:
    """Whether the state does nothing: such states are called WaitFor… (statemachine/README.md)."""
    return step.state.startswith("WaitFor")
