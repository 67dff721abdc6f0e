"""One run as its steps see it: the item of the run table with names for what is done to it.

Every change names what it depends on, so that a Lambda that comes late, twice or after the end changes nothing.
"""

import contextlib
import uuid
from typing import Any, Self

from functions import clock
from functions.errors import InvalidRequest, RunAlreadyEnded, RunTimedOut
from functions.requests.execution_input import Start
from functions.requests.prompt_address import named_by
from functions.runs.job_state import Job, Loaded, loaded
from functions.runs.run_table import ConditionFailed, Item, RunTable, expiry
from functions.runs.stored_session import Access
from functions.text import shorten

LONGEST_NAME = 100
"""Bytes that are kept of the name by which the request answers a prompt: only messages show it."""

ONLY_OF_THE_NEWEST = (
    *("prompts", "keysTaken", "answersTaken", "slowLists"),
    *("orderAnswer", "outage", "unavailable", "unknownStatuses"),
)
"""What is kept of an attempt until the next one begins: a run may have hundreds, and an item 400 KB."""

MOST_REMOVED = 100
"""Values that one attempt removes from those before it: DynamoDB allows an expression 4 KB. The next attempt
removes the rest."""


def _empty(execution_arn: str) -> Item:
    """A run of which nothing is known yet."""
    return {
        "executionArn": execution_arn,
        "attempt": 0,
        "attempts": {},
        "polls": 0,
        "lostLogIns": 0,
        "claimed": {},
        "told": {},
    }


def _asking(hours: int) -> Item:
    """What is known of a run's questions (functions/runs/questions.py) before the first."""
    return {"hours": hours, "answers": [], "fresh": 0, "refused": {}, "seconds": 0}


class Run:
    """A run and the attempt of it that a step works on.

    Parameters
    ----------
    table
        Where the run's item lives.
    item
        The item as last read.
    attempt
        Number of the attempt, from 1.

    ``answering_round`` is the newest round of answers of which this invocation knew when it began, or that it began
    itself: what it has seen of the job is from then, however often the item is read again. ``intent`` names the last
    write of this invocation's own that was to be made once, as ``onceBy`` of the attempt does that of anybody's.
    """

    def __init__(self, table: RunTable, item: Item, attempt: int) -> None:
        self._table = table
        self.item = item
        self.number = attempt
        self.answering_round: int | None = self.attempt.get("answeringRound")
        self.intent = ""

    @classmethod
    def begin(
        cls, table: RunTable, execution_arn: str, start: Start, most_at_once: int = 1, message: Item | None = None
    ) -> Self:
        """Write the item of a new run.

        ``most_at_once`` is the connection's ``maxConcurrentRuns``, ``message`` what started it beside other runs.

        Raises
        ------
        RunAlreadyEnded
            The run has ended before: this is a redrive.
        """
        request = start.request
        started = clock.now()
        deadline = started + 60 * request["timeoutMinutes"]
        item = table.create(
            _empty(execution_arn)
            | {
                "startedAt": started,
                "deadline": deadline,
                "expiresAt": expiry(deadline),
                "job": start.job,
                "asOf": start.as_of,
                "connection": request["connection"],
                "maxConcurrentRuns": most_at_once,
                "onConflict": request["onConflict"],
                "rerunIfReplacing": request["rerunIfReplacing"],
                "asked": {
                    "project": request["project"],
                    "datamart": request["datamart"],
                    "prompts": [shorten(named_by(answer)[1], LONGEST_NAME) for answer in request["prompts"]],
                },
            }
            | ({"asking": _asking(request["askDeadlineHours"])} if request["unanswered"] == "ask" else {})
            | ({"message": message} if message else {})
        )
        run = cls(table, item, 0)
        if run.ended:
            raise RunAlreadyEnded("this run has ended, and a run cannot be redriven; start a new one.")
        return run

    @classmethod
    def refuse(
        cls,
        table: RunTable,
        execution_arn: str,
        job: str | None,
        as_of: str | None,
        reason: str | None,
        message: Item | None = None,
    ) -> Self:
        """Write the item of a run whose request was refused, so that its end, too, is told once.

        ``reason`` is None where nothing is known but that it failed; ``message`` as in :meth:`begin`.
        """
        now = clock.now()
        known = {"startedAt": now, "deadline": now, "endedAt": now, "job": job, "asOf": as_of}
        expires = {"expiresAt": expiry(now)}
        outcome = {"end": "Fail", "error": InvalidRequest.name, "reason": reason, "loaded": "no"}
        told = ({"outcome": outcome} if reason else {}) | ({"message": message} if message else {})
        item = table.create(_empty(execution_arn) | known | expires | told)
        return cls(table, item, 0)

    @classmethod
    def load(cls, table: RunTable, execution_arn: str, attempt: int) -> Self:
        """Read the run; RunAlreadyEnded if there is none (its item expired, or it never passed its first step)."""
        item = table.load(execution_arn)
        if item is None:
            raise RunAlreadyEnded("there is no record of this run any more; start a new one.")
        return cls(table, item, attempt)

    # -- what is known ------------------------------------------------------------------------------------------

    @property
    def arn(self) -> str:
        """The execution's ARN, which is the run's id."""
        return str(self.item["executionArn"])

    @property
    def attempt(self) -> Item:
        """What is known of this attempt; empty before it began."""
        found: Item = self.item["attempts"].get(str(self.number), {})
        return found

    @property
    def ended(self) -> bool:
        """Whether the run is over."""
        return "endedAt" in self.item

    @property
    def access(self) -> Access | None:
        """The attempt's open session and the server that it is on."""
        stored = self.attempt.get("session")
        return Access.from_json(stored) if stored else None

    @property
    def project_id(self) -> str:
        """Id of the project."""
        return str(self.item["project"]["id"])

    @property
    def datamart_id(self) -> str:
        """Id of the datamart."""
        return str(self.item["datamart"]["id"])

    @property
    def instance_id(self) -> str | None:
        """The instance as create_instance got it: what save and delete name (API.md 5.2)."""
        return self.attempt.get("instanceId")

    @property
    def execution_instance_id(self) -> str | None:
        """The newest instance id that an answer named: what polling and prompts name (API.md 5.2)."""
        return self.attempt.get("executionInstanceId") or self.instance_id

    @property
    def job(self) -> Job | None:
        """What is known of the attempt's job; None before its intent was written."""
        state = self.attempt.get("job")
        return Job(state) if state else None

    @property
    def asked(self) -> str:
        """The datamart in words: its name where it is known, else what the request calls it; empty if refused."""
        datamart = self.item.get("datamart") or {}
        asked = self.item.get("asked", {}).get("datamart", "")
        return str(datamart.get("name") or (asked["name"] if isinstance(asked, dict) else asked))

    @property
    def loaded(self) -> Loaded:
        """Whether the table was loaded, by any attempt."""
        return loaded([Job(a["job"]) if "job" in a else None for a in self.item["attempts"].values()])

    @property
    def persons_answers(self) -> list[Item]:
        """Answers that people gave when the run asked them; they follow those of the request."""
        found: list[Item] = self.item.get("asking", {}).get("answers", [])
        return found

    @property
    def used_answers(self) -> frozenset[int]:
        """Positions of the answers, the request's and then people's, that this attempt has sent."""
        told = self.attempt.get("prompts", [])
        return frozenset(prompt["given"] for prompt in told if prompt["given"] is not None)

    @property
    def idle_answers(self) -> list[str]:
        """The request's answers that this attempt had no prompt for, as they name it."""
        asked: list[str] = self.item.get("asked", {}).get("prompts", [])
        return [name for position, name in enumerate(asked) if position not in self.used_answers]

    def seconds_left(self) -> float:
        """Seconds until the run's deadline; negative when it has passed."""
        return float(self.item["deadline"]) - clock.now()

    def output(self) -> Item:
        """What a successful run returns (DESIGN.md "Interfaces"); ``saved`` is None unless saving was asked for."""
        finished = self.item.get("finishedAt", clock.now())
        return {
            "loaded": self.loaded,
            "datamart": self.item.get("datamart"),
            "project": self.item.get("project"),
            "instanceId": self.instance_id,
            "jobId": self.attempt.get("jobId"),
            "startedAt": clock.timestamp(self.item["startedAt"]),
            "finishedAt": clock.timestamp(finished),
            "durationSeconds": round(finished - self.item["startedAt"], 3),
            "polls": self.item["polls"],
            "promptsAnswered": [
                {key: prompt[key] for key in ("name", "type", "how")} for prompt in self.attempt.get("prompts", [])
            ],
            "target": self.item.get("target"),
            "saved": self.item.get("saved"),
        }

    # -- may a step go on? --------------------------------------------------------------------------------------

    def check_open(self) -> None:
        """Raise RunAlreadyEnded if the run is over or this attempt is being cleaned up."""
        if self.ended or "closing" in self.attempt:
            raise RunAlreadyEnded("this run is closed; start a new one.")

    def check_deadline(self) -> None:
        """Raise RunTimedOut if the deadline has passed."""
        if self.seconds_left() <= 0:
            asking = self.item.get("asking", {}).get("seconds", 0)  # the deadline does not count it
            minutes = round((self.item["deadline"] - self.item["startedAt"] - asking) / 60)
            raise RunTimedOut(f"the run did not end within its timeoutMinutes ({minutes}).")

    # -- changes ------------------------------------------------------------------------------------------------

    def begin_attempt(self) -> None:
        """Make room for this attempt's data: of the attempts before it only what still matters is kept."""
        here = f"attempts.{self.number}"
        over = [
            f"attempts.{number}.{key}"
            for number, attempt in self.item["attempts"].items()
            for key in ONLY_OF_THE_NEWEST
            if key in attempt and int(number) < self.number
        ]
        try:
            self.change(
                put={here: {}, "attempt": self.number},
                remove=tuple(over[:MOST_REMOVED]),
                condition=f"attribute_not_exists({{{here}}}) AND attribute_not_exists({{endedAt}})",
            )
        except ConditionFailed:
            self.reload()
            self.check_open()

    def store(self, instead_of: tuple[str, ...] = (), **values: Any) -> None:
        """Keep ``values`` in the attempt, if it is still open; else raise RunAlreadyEnded and keep nothing.

        ``instead_of`` is removed from it by the same write.
        """
        here = f"attempts.{self.number}"
        put = {f"{here}.{key}": value for key, value in values.items()}
        remove = tuple(f"{here}.{key}" for key in instead_of)
        try:
            self.change(put=put, remove=remove, condition=self.open_condition)
        except ConditionFailed:
            raise RunAlreadyEnded("this run was closed in the meantime; start a new one.") from None

    def learn(self, of_the_run: Item | None = None, /, **values: Any) -> None:
        """Keep facts about what exists on the server in the attempt, open or not: clean-up needs them.

        ``of_the_run`` holds what is kept in the run itself by the same write.
        """
        here = {f"attempts.{self.number}.{key}": value for key, value in values.items()}
        self.change(put=here | (of_the_run or {}))

    def note(self, add: dict[str, int] | None = None, **values: Any) -> None:
        """Keep ``values`` in the run, open or not; add to its counters."""
        self.change(put=values, add=add)

    def close_attempt(self) -> None:
        """From here on nothing more may be opened on the server for this attempt."""
        here = f"attempts.{self.number}"
        try:
            self.change(
                put={f"{here}.closing": clock.now()},
                condition=f"attribute_exists({{{here}}}) AND attribute_not_exists({{{here}.closing}})",
            )
        except ConditionFailed:
            self.reload()

    def keep_session(self, session: str) -> None:
        """Keep what the server changed in the session's cookies, unless the session was ended meanwhile."""
        here = f"attempts.{self.number}.session"
        with contextlib.suppress(ConditionFailed):
            self.change(put={here: session}, condition=f"attribute_exists({{{here}}})")

    def forget(self, *keys: str) -> None:
        """Remove from the attempt what does not exist on the server any more."""
        self.change(remove=tuple(f"attempts.{self.number}.{key}" for key in keys))

    def end(self, outcome: Item) -> bool:
        """Close the run with its outcome; False if it was closed before (the first outcome stays)."""
        try:
            # With a question's token goes the last thing by which the run could still be told anything.
            put = {"endedAt": clock.now(), "outcome": outcome}
            self.change(put=put, remove=("question",), condition="attribute_not_exists({endedAt})")
        except ConditionFailed:
            self.reload()
            return False
        return True

    @property
    def open_condition(self) -> str:
        """The condition that the attempt is open, for :meth:`change`."""
        here = f"attempts.{self.number}"
        return (
            f"attribute_exists({{{here}}}) AND attribute_not_exists({{{here}.closing}})"
            " AND attribute_not_exists({endedAt})"
        )

    def once(self, put: Item, condition: str, values: Item) -> bool:
        """Write what only the first of several invocations may write; False for the others.

        A write whose answer was lost is sent again by boto3, and recognises itself. Raises RunAlreadyEnded if the
        attempt is closed.
        """
        by, this = f"attempts.{self.number}.onceBy", uuid.uuid4().hex
        self.intent = this
        try:
            self.change(
                put=put | {by: this},
                condition=f"{self.open_condition} AND ({condition} OR {{{by}}} = :this)",
                condition_values=values | {"this": this},
            )
        except ConditionFailed:
            self.reload()
            self.check_open()
            return False
        return True

    def change(self, **arguments: Any) -> None:
        """Change the item as :meth:`RunTable.change` does, and know it as it then is. Raises ConditionFailed."""
        self.item = self._table.change(self.arn, **arguments)

    def reload(self) -> None:
        """Read the item again."""
        self.item = self._table.load(self.arn) or self.item
