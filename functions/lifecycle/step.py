"""One invocation of a step's function: the run, the state's arguments, and the client of the run's session."""

import contextlib
from collections.abc import Generator
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import BotoCoreError, ClientError

from functions.errors import InstanceLost, NamedError, ServerUnavailable, SessionLost
from functions.limits import SPARE_SECONDS
from functions.microstrategy import CallRecord, Client
from functions.requests.hidden_answers import HIDDEN, answers_are_shown, values_in, without_values
from functions.runs.store.attempts import record_outage, update_session
from functions.runs.store.job_states import record_loss
from functions.runs.store.record import RunRecord
from functions.runs.store.sent_answers import load_sent_values
from functions.runs.stored_session import StoredSession

Event = dict[str, Any]
StepResult = dict[str, Any]
"""What a handler returns: what the state machine needs next."""


class Step:
    """One invocation: the run, what the state machine handed over, and the client with the run's session.

    Parameters
    ----------
    run
        The run, at the attempt that the state machine is in.
    event
        The state's arguments.
    context
        Lambda's context: it knows how much time is left.

    ``calls`` are the HTTP requests of this invocation, and ``facts`` what else its log line says, by the keys of the
    line (step_log.py).
    """

    def __init__(self, run: RunRecord, event: Event, context: LambdaContext) -> None:
        self.run = run
        self.event = event
        self.calls: list[CallRecord] = []
        self.facts: dict[str, Any] = {}
        self._context = context
        self._client: Client | None = None
        self._began: StoredSession | None = None  # the session as the client was given it
        self._values: set[str] | None = None  # of answers, once a text was searched for them

    def at(self, number: int) -> "Step":
        """The same invocation, at another attempt of the run."""
        step = Step(self.run.at(number), self.event, self._context)
        step.calls = self.calls
        return step

    @property
    def budget(self) -> float:
        """Seconds that the next call to the server may take in total."""
        return max(1.0, self._context.get_remaining_time_in_millis() / 1000 - SPARE_SECONDS)

    @property
    def library(self) -> Client:
        """The client of the run's session; each use gives the next call all the time that is left."""
        if self._client is None:
            stored = self.run.open_session
            if stored is None:
                raise SessionLost("there is no session on the server in this attempt")
            self._client = Client(
                stored.server, stored.session, budget=self.budget, calls=self.calls, also_redact=self.without_answers
            )
            self._began = stored
        self._client.budget = self.budget
        return self._client

    @property
    def changed_session(self) -> StoredSession | None:
        """The session with the cookies that responses have changed; None where the run's item has it like that."""
        session = self._client.session if self._client else None
        if self._began is None or session is None or session == self._began.session:
            return None
        changed = StoredSession(self._began.server, session)
        return None if self.run.attempt.session == changed.to_json() else changed

    def without_answers(self, text: str) -> str:
        """The text without the values of the run's answers, where the stage hides them.

        Every text of the server and every error of a step passes here, before it is recorded, logged or raised. Nothing
        of it is left where it is not known what was sent.
        """
        if not text or answers_are_shown():
            return text
        if self._values is None:
            try:
                sent = load_sent_values(self.run.table, self.run)
            except (ClientError, BotoCoreError):
                return HIDDEN
            if sent is None:
                return HIDDEN
            self._values = sent | values_in([self.event, self.run.answers_of_people])
        return without_values(text, self._values)

    def redact_answers(self, error: Exception) -> None:
        """Take the values of answers from the text of an error, and of those behind it, which a stack trace prints.

        One that lists prompts to be answered quotes none.
        """
        found: list[BaseException] = []
        each: BaseException | None = error
        while each is not None and each not in found:
            found.append(each)
            each = each.__cause__ or each.__context__
        for one in found:
            said = str(one)
            lists_prompts = isinstance(one, NamedError) and one.lists_prompts
            if not lists_prompts and (hidden := self.without_answers(said)) != said:
                one.args = (hidden,)

    @contextlib.contextmanager
    def admitting_loss(self) -> Generator[None]:
        """Say in the run that its session or instance is gone, or the server out of reach, when a call finds out."""
        try:
            yield
        except (SessionLost, InstanceLost):
            record_loss(self.run)
            raise
        except ServerUnavailable as error:
            record_outage(self.run, error)
            raise

    @contextlib.contextmanager
    def keeping_cookies(self) -> Generator[None]:
        """Keep cookies that the server changed, also after a call that failed (API.md 1.4).

        A balancer may change one with each response: a look at the job keeps it with what else it records.
        """
        try:
            yield
        finally:
            if (changed := self.changed_session) is not None:
                update_session(self.run, changed)
