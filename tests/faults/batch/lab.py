"""One case of a batch from its start to its evidence, in the emulator of a lab."""

import random
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from moto.stepfunctions.exceptions import AWSError

from functions.errors import BatchIncomplete
from functions.lifecycle.batch_report import report
from functions.names import LOOK_HOURLY, execution_arn
from functions.runs.batches.model import name_of_run
from functions.runs.batches.order import ItemState
from functions.runs.store.table import RunTable
from local.emulator.end_events import deliver_the_end
from local.emulator.moto_patches.moto_objects import execution
from local.outcome import Outcome
from tests.faults.batch.faults import ARMED
from tests.faults.batch.scenes import APPENDED_TO, APPENDS, BATCH, SCENARIO, SCENES, WHOLE, BatchScene
from tests.faults.batch.watch import BatchWatch
from tests.faults.faults import Case
from tests.faults.lab import LATER, LONGEST, Lab
from tests.faults.queue.lab import SWEEPS, QueueLab
from tests.faults.queue.watch import Made, apart
from tests.faults.several_runs import RunSeen, SeveralSeen
from tests.integration.conftest import PASSWORD

SLOTS = 2


@dataclass
class BatchEvidence(SeveralSeen):
    """What a case left behind to be judged; ``runs`` are those of the items that were started.

    ``lines``: what the product says of each item at last, by its letter. ``earlier``: loads before it began.
    ``claimed``: the items that were running, as far as the batch knew, when its end was first processed. ``rows``:
    those of the appending datamart's table.
    """

    scene: BatchScene
    batch: RunSeen
    lines: dict[str, dict[str, Any]]
    earlier: dict[str, int]
    rows: list[dict[str, Any]]
    claimed: str

    @property
    def every(self) -> dict[str, RunSeen]:
        """The batch, and the runs of its items."""
        return {BATCH: self.batch, **self.runs}

    @property
    def outcome(self) -> Outcome:
        """Of the batch."""
        return self.batch.outcome

    @property
    def fault(self) -> str:
        return "" if self.case is None else self.case.fault

    @property
    def victim(self) -> str:
        """The letter of what the fault meets."""
        return "" if self.case is None else self.case.place[0]


class BatchLab(QueueLab):
    """Borrows a lab for the time of a case, as the queue's lab does, which has what the two have in common."""

    watch: BatchWatch

    def __init__(self, lab: Lab) -> None:
        super().__init__(lab)
        self.watch = BatchWatch(lambda module, event: lab._call(module, event))
        self._held_back: list[tuple[str, Callable[[str], None]]] = []
        self._claimed: str | None = None
        self._made: list[Made] = []

    def baseline(self, name: str) -> tuple[list[str], list[Made], list[str]]:
        """Functions, calls to AWS and states of a batch without faults, as long as faults could happen."""
        seen = self._of_scene(None, name)
        assert (seen.outcome.status == "SUCCEEDED") == SCENES[name].succeeds, seen.outcome.cause
        return self.watch.functions, self._made, self.watch.states

    def observe_batch(self, case: Case) -> BatchEvidence:
        """Run a case to its end and gather what there is to see."""
        return self._of_scene(case, case.run)

    def _of_scene(self, case: Case | None, name: str) -> BatchEvidence:
        with self._borrowed(SLOTS, SCENARIO, {}):
            return self._seen(case, SCENES[name])

    def _seen(self, case: Case | None, scene: BatchScene) -> BatchEvidence:
        lab, emulator = self._lab, self._lab.emulator
        random.seed(case.seed if case else 0)
        logs_from = emulator.logs.stat().st_size
        self._prepare(scene)
        if scene.stopped_before:
            self._run_before(scene)
        earlier = dict(lab.simulator.state()["loads"])
        if case is not None:
            ARMED[case.family](self, case)
        with emulator.waiter.working():  # the clock stands until all is prepared
            self.start()
            self._beside(self._sweep_regularly)
            if scene.stopped_after is not None:
                self._beside(self._stop_later)
        outcomes = self._wait()
        self._over = True
        emulator.waiter.check()
        for thread in self._threads:
            thread.join()
        self.watch.finish()
        self._sweep_at_last()
        met = not self.watch.waits and self.ends.keys() <= outcomes.keys()
        self._made = list(self.watch.made)
        self.watch.heal()
        self._deliver_again()
        self._sweep_at_last()
        lab.wire.settle()
        state = lab.simulator.state()
        events, notices = lab._told.events(), lab._told.notices()
        lab.clock.advance(LATER)
        (table,) = emulator.deployed.tables
        told = report(RunTable(table), self._arns[BATCH]) or {"items": []}
        items = lab._take_items()
        seen = {
            letter: RunSeen(
                outcomes[letter],
                items.get(arn, {}),
                [event for event in events if event["detail"]["executionArn"] == arn],
                [notice for notice in notices if _is_about(notice, arn)],
            )
            for letter, arn in self._arns.items()
            if letter in outcomes
        }
        return BatchEvidence(
            case=case,
            scene=scene,
            batch=seen.pop(BATCH),
            runs=seen,
            lines={line["name"]: line for line in told["items"]},
            items=items,
            left={kind: state[kind] for kind in ("sessions", "instances", "jobs") if state[kind]},
            loads={datamart: count for datamart, count in lab.simulator.state()["loads"].items() if count},
            earlier=earlier,
            rows=lab.simulator.rows(APPENDED_TO) if lab.simulator.state()["loads"].get(APPENDS) else [],
            steps=list(self.watch.steps),
            claimed=self._claimed or "",
            logs=emulator.logs.read_bytes()[logs_from:].decode("utf-8", "replace"),
            secrets={s for s in {*lab.simulator.secrets(), PASSWORD} if s},
            tokens=self.watch.tokens,
            hung=self._given_up.is_set(),
            met=met,
        )

    # -- the executions -----------------------------------------------------------------------------------------------

    def _prepare(self, scene: BatchScene) -> None:
        deployed, self._scene = self._lab.emulator.deployed, scene
        self.watch.reset()
        self.watch.letter_of = self._letter_of
        self.watch.counts_invocations = scene is not SCENES[WHOLE]
        self._given = scene.content
        self._name = f"{BATCH}-{uuid.uuid4()}"
        batch = execution_arn(deployed.batch_machine, self._name)
        names = {letter: name_of_run(batch, index, letter) for index, letter in enumerate(scene.letters)}
        self._arns = {letter: execution_arn(deployed.state_machine, name) for letter, name in names.items()}
        self._arns = {BATCH: batch} | self._arns
        self.ends = dict.fromkeys(scene.lost, "lost")
        self._late_ends, self._threads, self._held_back = [], [], []
        self._over, self._claimed = False, None
        self._given_up.clear()

    def _run_before(self, scene: BatchScene) -> None:
        """Run the batch that leaves a rest, and prepare the one that runs it."""
        self.watch.at[f"{scene.stopped_before}.PrepareRun#1"] = lambda: self.stop(scene.stopped_before)
        self.start()
        before = self._arns[BATCH]
        outcome = self._wait()[BATCH]
        assert outcome.error == BatchIncomplete.name, outcome.cause
        self._lab._told.events(), self._lab._told.notices()
        self._prepare(scene)
        self._given = {"restartOf": before}

    def start(self) -> None:
        """Start the batch: the same start however often, as each trigger makes it."""
        try:
            self._lab.emulator.start_batch(self._given, self._name)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ExecutionAlreadyExists":
                raise

    def _stop_later(self) -> None:
        self._lab.emulator.waiter.wait(self._scene.stopped_after or 0, lambda: self._over)
        self.stop(BATCH)

    def _wait(self) -> dict[str, Outcome]:
        """The outcomes of the batch, and then of the items that were started, perhaps by the ends of others."""
        timer = threading.Timer(LONGEST, self._give_up)
        timer.start()
        emulator = self._lab.emulator
        try:
            outcomes = {BATCH: emulator.wait(self._arns[BATCH])}
            while started := [each for each in self._arns if each not in outcomes and self._is_started(each)]:
                outcomes |= {letter: emulator.wait(self._arns[letter]) for letter in started}
            return outcomes
        finally:
            timer.cancel()

    def _is_started(self, letter: str) -> bool:
        return self._arns[letter] in self._lab.emulator._ends._ends

    def _sweep_at_last(self) -> None:
        """The sweep comes for an end that is lost for ever; nothing else waits for it any more."""
        if self._scene.lost:
            self._lab.clock.advance(SWEEPS[LOOK_HOURLY])
            self._lab._call("sweep", {"look": LOOK_HOURLY})

    # -- what cases do ------------------------------------------------------------------------------------------------

    def stop(self, letter: str) -> bool:
        """Stop the batch or an item, as the console does; False if it has ended, or was never started."""
        try:
            execution(self._arns[letter])
        except AWSError:
            return False
        return super().stop(letter)

    def stop_and_end(self, letter: str) -> None:
        """Stop it, and let its end be processed while a function is at work."""
        if self.stop(letter):
            self.end_again(letter)

    def end_again(self, letter: str) -> None:
        """Let an end be processed while a function is at work, perhaps on the same end."""
        self._look_at_claims(letter)
        described = self._described(letter)
        apart(lambda: deliver_the_end(self._lab.emulator.template, described))

    def _look_at_claims(self, letter: str) -> None:
        if letter == BATCH and self._claimed is None:
            states = (self._lab.emulator.item(self._arns[BATCH]) or {}).get("states", "")
            items = zip(self._scene.letters, states, strict=bool(states))
            self._claimed = "".join(item for item, state in items if state == ItemState.RUNNING)

    def _deliver(self, arn: str, deliver: Callable[[str], None]) -> None:
        letter = next((each for each, its in self._arns.items() if its == arn), "")
        how = self.ends.get(letter)
        if how == "lost":
            return
        if how == "behind":
            self._held_back.append((arn, deliver))
            return
        self._look_at_claims(letter)
        super()._deliver(arn, deliver)
        held_back, self._held_back = self._held_back, []
        for behind, deliver_it in held_back:
            deliver_it(behind)


def _is_about(notice: dict[str, Any], arn: str) -> bool:
    """Whether people are notified of the end of this execution: a batch's notification names its items, too.

    The sweep's has a link to each execution whose flaws it has found.
    """
    if "the sweep found" in notice["Subject"]:
        return False
    lines = str(notice["Message"]).splitlines()
    link = next((line for line in lines if line.startswith("Execution: ")), "")
    return arn in link
