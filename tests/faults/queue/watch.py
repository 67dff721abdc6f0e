"""Watches all functions and their calls to AWS, run by run, and lets something happen at one of them."""

import contextlib
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.client import BaseClient
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager

from tests.faults.lambdas import BREAKDOWNS, Invoke, lambda_error

Instead = Callable[[Callable[..., Any], Any, str], Any]
"""From a call to AWS, its client and its operation to what the function sees instead; the call may be made with other
parameters than its own, which it has as ``parameters``."""

TAKES_TOKEN = ("wait_in_queue", "wait_for_items")
"""Functions that keep a task token."""

DIED = ("Sandbox.Timedout", "Task timed out after 60.00 seconds")


class Killed(BaseException):
    """The function is no more: none of its code runs on."""


@dataclass(frozen=True)
class Made:
    """A call to AWS: the n-th of that operation of a run's function, and as JSON the item's key, or the execution."""

    place: str
    function: str
    operation: str
    key: str


@dataclass
class Call:
    """One invocation; ``dead`` once its function was killed."""

    letter: str
    module: str
    event: Any
    place: str
    dead: bool = False


class Watch:
    """Stands around functions, calls and states. ``invoke`` calls a function again."""

    def __init__(self, invoke: Invoke) -> None:
        self._invoke = invoke
        self._here = threading.local()
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        self.functions: list[str] = []
        self.steps: list[tuple[str, str, str]] = []  # letter, function, and whether it begins or ends
        self.made: list[Made] = []
        self.states: list[str] = []
        self.tokens: set[str] = set()
        self.failed_ends: set[str] = set()
        self._seen: Counter[str] = Counter()
        self._late: list[Call] = []
        self._at_the_end: list[Call] = []
        self._sent_late: list[Callable[[], Any]] = []
        self.breakdown: tuple[str, int, int, str] | None = None
        self.instead: tuple[str, int, int, Instead] | None = None
        self.at: dict[str, Callable[[], None]] = {}
        self.letter_of: Callable[[Any], str] = lambda manager: ""

    def heal(self) -> None:
        """What was for ever is over."""
        self.breakdown = self.instead = None

    @property
    def waits(self) -> bool:
        """Whether something was to happen that did not."""
        plans = [plan for plan in (self.breakdown, self.instead) if plan is not None]
        return bool(self.at) or any(self._seen[plan[0]] < plan[1] for plan in plans)

    # -- functions ------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def around(self, module: str, event: Any) -> Iterator[None]:
        letter = self.letter_in(module, event)
        if module in TAKES_TOKEN:
            self.tokens.add(event["token"])
        if getattr(self._here, "again", False) or not letter:
            with self._at_work(Call(letter, module, event, "")):
                yield
            return
        self._let_late_ones_run()
        number = self._count(name := f"{letter}.{module}")
        call = Call(letter, module, event, f"{name}#{number}")
        self.functions.append(call.place)
        if module == "end_run":
            self.failed_ends.add(letter)
        how = _due(self.breakdown, name, number) or ""
        breakdown = BREAKDOWNS.get(how)
        if breakdown is not None and breakdown.when == "before":
            raise lambda_error(breakdown.error, breakdown.text)
        if how == "late":
            self._late.append(call)
            raise lambda_error("States.Timeout", "")
        if how == "twice":
            self._again(call)
        self._happens(f"{call.place}-before")
        with self._at_work(call):
            try:
                yield
            except Killed:
                raise lambda_error(*DIED) from None
        self._happens(f"{call.place}-after")
        if breakdown is not None:
            raise lambda_error(breakdown.error, breakdown.text)
        if module == "end_run":
            self.failed_ends.discard(letter)
        if how == "overtaken":
            self._late.append(call)
        if how == "twice-at-the-end":
            self._at_the_end.append(call)

    @contextlib.contextmanager
    def _at_work(self, call: Call) -> Iterator[None]:
        before, self._here.call = getattr(self._here, "call", None), call
        self.steps.append((call.letter, call.module, "begins"))
        try:
            yield
        finally:
            self.steps.append((call.letter, call.module, "ends"))
            self._here.call = before

    def letter_in(self, module: str, event: Any) -> str:
        """Of the run that a function works for; empty where it is not watched."""
        return letter_of(module, event)

    def caller(self, call: Call) -> str:
        """Whose calls to AWS are counted together: those of a run's function, however often it is invoked."""
        return f"{call.letter}.{call.module}"

    def _count(self, name: str) -> int:
        with self._lock:
            self._seen[name] += 1
            return self._seen[name]

    def _let_late_ones_run(self) -> None:
        late, self._late = self._late, []
        for call in late:
            self._again(call)
        sent, self._sent_late = self._sent_late, []
        for send in sent:
            apart(send)

    def finish(self) -> None:
        """All runs have ended: what comes late comes now."""
        self._let_late_ones_run()
        late, self._at_the_end = self._at_the_end, []
        for call in late:
            self._again(call)

    def _again(self, call: Call) -> None:
        def again() -> None:
            self._here.again = True
            self._invoke(call.module, call.event)

        apart(again)

    @contextlib.contextmanager
    def person(self, letter: str, command: str) -> Iterator[None]:
        """A person's command, whose calls are watched as those of a function; it may be killed."""
        with contextlib.suppress(Killed), self._at_work(Call(letter, command, {}, f"{letter}.{command}#1")):
            yield

    # -- calls and states -----------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        make_api_call, add_event = BaseClient._make_api_call, EventManager.add_event

        def watched_call(client: Any, operation: str, parameters: Any) -> Any:
            def make(given: Any = parameters) -> Any:
                return make_api_call(client, operation, given)

            make.parameters = parameters  # type: ignore[attr-defined]
            call = getattr(self._here, "call", None)
            if call is None or not call.place:
                return make()
            if call.dead:
                raise Killed
            name = f"{self.caller(call)}:{operation}"
            number = self._count(name)
            key = json.dumps((parameters or {}).get("Key") or (parameters or {}).get("executionArn"), default=str)
            self.made.append(Made(f"{name}#{number}", call.place, operation, key))
            self._happens(f"{name}#{number}-before")
            instead = _due(self.instead, name, number)
            try:
                return make() if instead is None else instead(make, client, operation)
            except Killed:
                call.dead = True
                raise
            finally:
                self._happens(f"{name}#{number}-after")

        def watched_event(manager: Any, *args: Any, **kwargs: Any) -> Any:
            added = add_event(manager, *args, **kwargs)
            entered = (kwargs.get("event_details") or {}).get("stateEnteredEventDetails")
            if entered and (letter := self.letter_of(manager)):
                number = self._count(name := f"{letter}.{entered['name']}")
                self.states.append(f"{name}#{number}")
                self._happens(f"{name}#{number}")
            return added

        BaseClient._make_api_call, EventManager.add_event = watched_call, watched_event
        try:
            yield
        finally:
            BaseClient._make_api_call, EventManager.add_event = make_api_call, add_event

    def send_later(self, send: Callable[[], Any]) -> None:
        """When the next function begins."""
        self._sent_late.append(send)

    def _happens(self, place: str) -> None:
        self.at.pop(place, _nothing)()


def apart(work: Callable[[], Any]) -> None:
    """Do it in a thread of its own: a function's output and run are known by its thread."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def _due(plan: tuple[str, int, int, Any] | None, name: str, number: int) -> Any:
    return plan[3] if plan and plan[0] == name and plan[1] <= number < plan[1] + plan[2] else None


def letter_of(module: str, event: Any) -> str:
    """Of the run that a function works for: an execution's name begins with it."""
    if module == "end_run":
        event = json.loads(event["Records"][0]["body"])["detail"]
    return str(event.get("executionArn", "")).rpartition(":")[2][:1]


def _nothing() -> None:
    pass
