"""What a run takes, as formulas: measured on real runs, which tests/integration/test_lean_runs.py holds them to."""

from math import ceil
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
    waits
        How often it waits in the queue.
    looks_as_first
        How often it looks after the queue, every ten minutes as one of the first in it.
    others, slots
        How many other runs wait in the queue, and how many have a slot.
    events, cubes, cube_looks
        Events that are triggered after the load, cubes that are published, and looks at all of these.
    """

    looks: int
    rounds: int = 0
    saves: bool = False
    questions: int = 0
    waits: int = 0
    looks_as_first: int = 0
    others: int = 0
    slots: int = 1
    events: int = 0
    cubes: int = 0
    cube_looks: int = 0

    @property
    def follow_ups(self) -> int:
        """How much follows the load."""
        return self.events + self.cubes


class Counts(NamedTuple):
    """What AWS charges for; the units are those of DynamoDB, the bytes those of all logs."""

    transitions: int
    lambda_calls: int
    write_units: int
    read_units: int
    log_bytes: int


FIXED = 12
"""State transitions of every run."""

A_LOOK = 3
"""Transitions of a look: ``WaitForStatus``, ``GetStatus``, ``JudgeStatus``."""

A_ROUND = 3
"""Transitions of a round of answers: ``GetPrompts``, ``JudgePrompts``, ``AnswerPrompts``."""

A_QUESTION = 15
"""Transitions of asking people: the attempt that found the question, without its looks, and the waiting."""


A_WAIT = 2
"""Transitions of waiting in the queue, however long: ``WaitInQueue``, and ``PrepareRun`` once more."""

A_LOOK_AS_FIRST = 1
"""Transitions of a look after the queue, every ten minutes as one of the first in it: ``WaitInQueue``."""


AN_EVENT = 2
"""Transitions of an event that is triggered: ``TriggerEvent`` and ``JudgeFollowUp``."""

A_CUBE = 2
"""Transitions of a cube that is published, without its looks: ``PublishCube`` and ``JudgeFollowUp``."""

A_LOOK_AT_A_CUBE = 3
"""Transitions of a look: ``WaitForCube``, ``GetCubeStatus``, ``JudgeFollowUp``."""

QUEUE_WRITES = 5
"""Writes of the queue's item that a wait takes, also those that DynamoDB refuses; each costs by the item's size."""

BYTES_OF_QUEUE, BYTES_A_TICKET, BYTES_A_HOLDER = 180, 62, 78
"""Of the queue's item: what there always is; a run that waits; a run that has a slot. A write unit has 1,024."""


def queue_units(tickets: int, holders: int, unit: int = 1_024) -> int:
    """Units of a write of the queue's item, or of a read, of 4,096 bytes each."""
    return ceil((BYTES_OF_QUEUE + BYTES_A_TICKET * tickets + BYTES_A_HOLDER * holders) / unit)


def transitions(work: Work) -> int:
    """State transitions of a run that meets no failure: what Step Functions charges for."""
    in_the_queue = A_WAIT * work.waits + A_LOOK_AS_FIRST * work.looks_as_first
    once = FIXED + int(work.saves) + in_the_queue + int(work.follow_ups > 0)
    followed = AN_EVENT * work.events + A_CUBE * work.cubes + A_LOOK_AT_A_CUBE * work.cube_looks
    return once + A_LOOK * work.looks + A_ROUND * work.rounds + A_QUESTION * work.questions + followed


def formula() -> str:
    """:func:`transitions` as a block of a document."""
    terms = [
        *(str(FIXED), f"{A_LOOK}·looks", f"{A_ROUND}·(answered rounds)", "1 if it saves", f"{A_QUESTION}·questions"),
        *(f"{A_WAIT}·(waits in the queue)", f"{A_LOOK_AS_FIRST}·(each 10 minutes of looking after it)"),
    ]
    follow_ups = [
        *("1 if anything follows", f"{AN_EVENT}·events", f"{A_CUBE}·cubes", f"{A_LOOK_AT_A_CUBE}·(looks at cubes)"),
    ]
    lines = (terms[:5], terms[5:], follow_ups)
    return f"```\ntransitions = {(chr(10) + '            + ').join(' + '.join(line) for line in lines)}\n```"


def lambda_calls(work: Work) -> int:
    """Invocations of functions, with that of ``end_run``, without that of a trigger."""
    attempts = 1 + work.questions
    of_questions = 3 * work.questions  # GetPrompts of the attempt that found it, AskPerson, TakeAnswers
    in_the_queue = 2 * work.waits + work.looks_as_first
    of_attempts = 8 * attempts
    followed = work.events + work.cubes + work.cube_looks
    return of_attempts + of_questions + work.looks + 2 * work.rounds + int(work.saves) + in_the_queue + followed + 1


def write_units(work: Work) -> int:
    """Units of DynamoDB that the writes of a run take: of most, the item has more than 1 KB while a session is kept.

    A write takes a unit for each KB of the item before or after it, whichever is larger.
    """
    of_the_queue = QUEUE_WRITES * (queue_units(work.others, work.slots) - 1) + 5
    looks_as_first = queue_units(work.others, work.slots) * work.looks_as_first
    of_attempts = 26 + 2 * work.looks + 8 * work.rounds + 5 * work.saves + 58 * work.questions
    followed = 4 * work.events + 5 * work.cubes + 2 * work.cube_looks + 5 * (work.follow_ups > 0)
    return of_attempts + of_the_queue * work.waits + looks_as_first + followed


def read_units(work: Work) -> int:
    """Units of DynamoDB that the reads of a run take."""
    of_a_wait = 3 + 2 * queue_units(
        work.others, work.slots, 4_096
    )  # the queue: as the slot is given back, and at the end
    once = 10 + work.looks + 2 * work.rounds + int(work.saves) + 12 * work.questions
    return once + of_a_wait * work.waits + work.events + 2 * work.cubes + work.cube_looks


UNITS_OF_RECORD = 5
"""Units of DynamoDB that the record of a run takes in the history: the table, and four of its five indexes.

An item of a batch is in that of batches, too, and a run that is of no job not in that of jobs.
"""

BYTES_OF_ITEM, BYTES_A_KEPT_FOLLOW_UP = 800, 180
"""Of a record in the table: of most runs at most, and of each follow-up in it. A write unit has 1,024."""


def units_of_record(work: Work, places: int = UNITS_OF_RECORD) -> int:
    """Units that the record takes in so many ``places``: the table and its indexes."""
    return places * ceil((BYTES_OF_ITEM + BYTES_A_KEPT_FOLLOW_UP * work.follow_ups) / 1_024)


BYTES_AN_EVENT = 317
"""Of the log of Step Functions, for each event of an execution's history (infra/PLATFORM.md "Logs")."""

BYTES_OF_OURS, BYTES_OF_LAMBDA = 800, 856
"""Of a function's log for each invocation: what it writes itself, metrics among it; and Lambda's two lines."""

BYTES_OF_RECORD, BYTES_A_FOLLOW_UP = 1_060, 190
"""Of the log line "run ended", with what the history keeps of the run; and of each follow-up in it."""


def history_events(work: Work) -> int:
    """Events of the execution's history: two a state, three more a call, four where it waits for a token.

    Two more are those of the execution itself, and each attempt has two more.
    """
    calls, attempts = lambda_calls(work) - 1, 1 + work.questions  # all but end_run
    return 2 + 2 * transitions(work) + 3 * calls + 2 * attempts + work.waits + work.looks_as_first


def bytes_of_record(work: Work) -> int:
    """Bytes of the log line "run ended"."""
    return BYTES_OF_RECORD + BYTES_A_FOLLOW_UP * work.follow_ups


def log_bytes(work: Work) -> int:
    """Bytes of all logs, as CloudWatch counts them."""
    of_functions = (BYTES_OF_OURS + BYTES_OF_LAMBDA) * lambda_calls(work) + bytes_of_record(work)
    return BYTES_AN_EVENT * history_events(work) + of_functions


def counts_of(work: Work) -> Counts:
    """All that a run is charged for."""
    written = write_units(work) + units_of_record(work)
    return Counts(transitions(work), lambda_calls(work), written, read_units(work), log_bytes(work))
