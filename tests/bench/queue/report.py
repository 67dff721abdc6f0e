"""What queueing costs on one connection, for many runs and slots: a table, each line checked against its limits."""

import heapq
import random
import sys
from dataclasses import dataclass
from statistics import mean

from functions.runs.queue import Ticket
from tests.bench.queue.simulation import Faults, SimulatedRun, Simulation

LONGEST_QUEUE = 4_320 * 60
"""Seconds that a run waits at most (``queueMinutes``)."""

SESSION_SECONDS = 8
"""Of an attempt beside its job: login to execution request, and clean-up."""

MOST_TRANSITIONS, MOST_LAMBDAS, MOST_IDLE = 6, 3, 3.0

JOBS = {"30 s": (30, 1.15), "5 min": (300, 1.1), "1 h": (3_600, 1.1)}
"""Seconds of a job, and how many times the makespan of gapless list scheduling is allowed."""


@dataclass(frozen=True)
class Case:
    """A line of the table.

    Parameters
    ----------
    job
        Of :data:`JOBS`; the seconds of each differ by a fifth.
    runs, slots
        How many.
    seconds_between
        Between two starts; 0 starts all together.
    datamarts
        How many the runs share, with ``asOf`` in another order than that of arrival; 0 is one for each.
    high
        Share of high priority.
    """

    job: str
    runs: int
    slots: int
    seconds_between: float = 0
    datamarts: int = 0
    high: float = 0
    faults: Faults | None = None

    @property
    def name(self) -> str:
        """For the table."""
        more = [
            f"one each {self.seconds_between:.0f} s" if self.seconds_between else "",
            f"{self.datamarts} datamarts" if self.datamarts else "",
            f"{self.high:.0%} high" if self.high else "",
            "faults" if self.faults else "",
        ]
        return f"{self.runs} of {self.job} on {self.slots}" + "".join(f", {each}" for each in more if each)


@dataclass(frozen=True)
class Row:
    """What a case shows; the means and the most are those of runs that waited."""

    makespan: float
    idle: float
    most_idle: float
    transitions: float
    most_transitions: int
    most_lambdas: int
    most_calls: int
    asked: int
    overtaken: int
    too_early: int
    done: int


FAULTS = Faults(lost_hand_overs=0.05, stopped_holders=0.05, stopped_waiters=0.05, unheard_ends=0.5)

CASES = [
    *(Case(job, runs, slots) for job in JOBS for runs, slots in ((50, 1), (50, 3), (300, 1), (300, 3), (300, 20))),
    Case("5 min", 300, 3, seconds_between=110),
    Case("30 s", 300, 20, seconds_between=2),
    Case("5 min", 300, 5, datamarts=40, high=0.2),
    Case("30 s", 300, 20, datamarts=100, high=0.5),
    Case("30 s", 300, 3, faults=FAULTS),
    Case("5 min", 300, 20, faults=FAULTS),
    Case("5 min", 300, 5, datamarts=40, high=0.2, faults=FAULTS),
]


def simulated(case: Case, seed: int) -> Row:
    """Simulate a case; the same seed gives the same numbers."""
    chance = random.Random(seed)  # noqa: S311
    seconds = JOBS[case.job][0]
    runs = []
    for number in range(case.runs):
        starts = number * case.seconds_between
        ticket = Ticket(
            id=f"run {number}",
            arrived=starts,
            datamart=f"datamart {chance.randrange(case.datamarts) if case.datamarts else number}",
            until=starts + LONGEST_QUEUE,
            priority="high" if chance.random() < case.high else "normal",
            as_of=chance.uniform(1, 1_000) if case.datamarts else None,
        )
        runs.append(SimulatedRun(ticket, seconds * chance.uniform(0.8, 1.2) + SESSION_SECONDS))
    starts_at = {run.id: run.ticket.arrived for run in runs}
    simulation = Simulation(runs, case.slots, seed, case.faults)
    return _row(simulation.run(), starts_at, case.slots, len(simulation.overtaken))


def _row(runs: list[SimulatedRun], starts_at: dict[str, float], slots: int, overtaken: int) -> Row:
    waited = [run for run in runs if run.transitions]
    idle = [run.began - run.idle_since for run in runs if run.began and run.idle_since is not None]
    held = [
        (run.began, starts_at[run.id], run.stopped_holding - run.began)
        for run in runs
        if run.began is not None and run.stopped_holding is not None
    ]
    end = max(run.stopped_holding or 0.0 for run in runs)
    return Row(
        makespan=end / gapless(held, slots),
        idle=mean(idle),
        most_idle=max(idle),
        transitions=mean(run.transitions for run in waited),
        most_transitions=max(run.transitions - run.asked for run in waited),
        most_lambdas=max(run.lambdas - run.asked for run in waited),
        most_calls=max(run.calls for run in waited),
        asked=sum(run.asked for run in waited),
        overtaken=overtaken,
        too_early=sum(run.ended == "queueMinutes" and run.waited < LONGEST_QUEUE for run in runs),
        done=sum(run.ended == "done" for run in runs),
    )


def gapless(held: list[tuple[float, float, float]], slots: int) -> float:
    """The end of list scheduling without gaps: each (order, start, seconds) gets the slot that is free first."""
    free = [0.0] * slots
    for _, starts, seconds in sorted(held):
        heapq.heapreplace(free, max(free[0], starts) + seconds)
    return max(free)


def wrong(case: Case, row: Row) -> list[str]:
    """The limits that a row does not keep, by the name of its column. Faults cost time, and break no promise."""
    limits = {
        "overtaken": row.overtaken == 0,
        "too early": row.too_early == 0,
    }
    if case.faults is None:
        limits |= {
            "transitions": row.most_transitions <= MOST_TRANSITIONS,
            "Lambda calls": row.most_lambdas <= MOST_LAMBDAS,
            "idle": row.most_idle <= MOST_IDLE,
            "makespan": bool(case.datamarts) or row.makespan <= JOBS[case.job][1],
        }
    return [name for name, is_kept in limits.items() if not is_kept]


def main() -> None:
    """Simulate and print all; exit code 1 where a limit is not kept."""
    columns = (
        "makespan",
        "idle s",
        "most",
        "transitions",
        "most",
        "Lambdas",
        "calls",
        "asked",
        "overtaken",
        "early",
        "done",
    )
    print(f"{'runs and slots':52}" + "".join(f"{column:>12}" for column in columns))
    failed = False
    for case in CASES:
        row = simulated(case, seed=1)
        figures = (
            *(f"{row.makespan:.3f}", f"{row.idle:.2f}", f"{row.most_idle:.2f}", f"{row.transitions:.2f}"),
            *(
                row.most_transitions,
                row.most_lambdas,
                row.most_calls,
                row.asked,
                row.overtaken,
                row.too_early,
                row.done,
            ),
        )
        missed = wrong(case, row)
        failed = failed or bool(missed)
        print(
            f"{case.name:52}"
            + "".join(f"{figure:>12}" for figure in figures)
            + "".join(f"  {each}!" for each in missed)
        )
    print("\nmakespan: in times of gapless list scheduling. idle: seconds from the end of an attempt to the next one.")
    print("most transitions and Lambdas: of waiting, without those asked as first of the queue, one each ten minutes.")
    sys.exit(failed)


if __name__ == "__main__":
    main()
