"""``datamart rerun``: runs once more what an earlier run ran, or what an earlier batch has not loaded."""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from functions.requests.started import KEY, Started
from functions.runs.history import HistoryRecord
from functions.similar_names import nearest
from functions.text import quoted
from local.aws.aws_errors import in_plain_words
from local.aws.batches import StageBatches
from local.aws.caller import caller
from local.aws.execution import Wait
from local.aws.found_execution import ARN, FoundExecution, find_execution
from local.aws.stack import HISTORY
from local.cli.console import console_for
from local.cli.deployed_run import run_deployed, started_run
from local.cli.earlier import Earlier, of_stage, of_this_computer, table_of
from local.cli.endings import finish, not_begun, not_confirmed, of_followed_run, of_started_run
from local.cli.events import Event
from local.cli.follow_ups import Missing, accepted, check_loads, input_of, missing_follow_ups
from local.cli.reasons import reason_of, user
from local.cli.repeats import loaded_by_repeat, said_of
from local.cli.rest_of_batch import rest_of
from local.cli.same_server import check_same_server
from local.cli.terminal import say
from local.errors import CannotGoOn, NotDone
from local.history.files import Files
from local.history.history import History
from local.history.opened import history_of_stack
from local.report.source import items_of

Confirm = Callable[[str], str]
"""Shows a question and returns the line that is answered."""

YES = frozenset({"y", "yes"})

OF_A_STAGE = {"no_wait": "--no-wait"}
OF_THIS_COMPUTER = {"library_url": "--library-url", "max_wait": "--max-wait"}
"""Options that are only for a run of a stage, and for one of this computer."""


def rerun(arguments: argparse.Namespace, wait: Wait = time.sleep, confirm: Confirm | None = None) -> int:
    """Run it once more, and return the exit code: that of ``datamart start``, on this computer of ``datamart run``.

    0 succeeded; 1 failed or not confirmed; 2 refused (it still runs, or may be loaded, without ``--force``), unknown
    run or bad usage; 130, 143 or 129 after a signal.

    Parameters
    ----------
    arguments
        ``run``, ``stage``, ``follow_ups``, ``force``, ``accept``, ``yes``, ``reason``, ``no_wait``, ``library_url``,
        ``max_wait`` and ``json``, as local/cli/arguments.py parses them.
    wait
        Lets so many seconds pass.
    confirm
        Asks for the confirmation; on the terminal if left out.
    """
    stream = sys.stderr if arguments.json else sys.stdout
    asked = _Asked(arguments, console_for(stream), confirm)
    try:
        files = Files()
        earlier = None if arguments.stage is not None else of_this_computer(arguments.run, files)
        for note in files.notes():
            say(note)
        if earlier is not None:
            return _here(arguments, earlier, asked, files)
        if arguments.stage is None and not ARN.fullmatch(arguments.run):
            raise CannotGoOn(
                f"unknown run {quoted(arguments.run, 80)} in the history of this computer ({files.folder}): use the ID "
                "that datamart runs shows, and add --stage for a run of a stage."
            )
        reason = reason_of(arguments)
        _refuse(arguments, OF_THIS_COMPUTER, "of this computer")
        found = find_execution(arguments.run, arguments.stage or "dev")
        given = _given_in_stage(found, of_stage(found), asked)
        by_person = Started(caller(), "rerun", reason, found.name)
        if arguments.no_wait:
            ending = of_started_run(started_run(found.stack, given, by_person, stream))
        else:
            ending = of_followed_run(run_deployed(found.stack, given, by_person, stream, wait))
    except CannotGoOn as problem:
        ending = of_followed_run(*not_begun(problem))
    except NotDone as problem:
        ending = of_followed_run(*not_confirmed(problem))
    return finish(ending, arguments.json)


def _here(arguments: argparse.Namespace, earlier: Earlier, asked: "_Asked", files: Files) -> int:
    """Run it in the emulator, as ``datamart run`` does. Raises CannotGoOn, NotDone."""
    _refuse(arguments, OF_A_STAGE, "of a stage")
    asked.check_is_run(earlier)
    check_same_server(earlier, arguments)
    given = rest_of(earlier, files, asked) if earlier.is_batch else _given(earlier, asked, files)
    given |= {KEY: Started(user(), "rerun", reason_of(arguments), earlier.id).as_input()}
    from local.cli.run import run_events  # imports what a run needs

    options = {"event_files": [Path(earlier.id)], "csv": False, "slots": None, "scenario": "default", "fresh": False}
    return run_events(
        argparse.Namespace(**(vars(arguments) | options)), lambda: [Event(earlier.id, Path(earlier.id), given)]
    )


def _refuse(arguments: argparse.Namespace, options: dict[str, str], what: str) -> None:
    if given := [option for name, option in options.items() if getattr(arguments, name) not in (None, False)]:
        raise CannotGoOn(f"{given[0]}: is only for a run {what}, and {arguments.run} is another one. Leave it out.")


def _given_in_stage(found: FoundExecution, earlier: Earlier, asked: "_Asked") -> dict[str, Any]:
    """The input of the new execution: of a batch that has begun, its restart. Raises CannotGoOn, NotDone."""
    history = _history(found)
    asked.check_is_run(earlier)
    if not earlier.is_batch:
        return _given(earlier, asked, history)
    asked.check_ended(earlier)
    asked.check_not_restarted(earlier, history)
    known = StageBatches(found.stack).batch(found.arn)
    if known is None or not known[0].states:
        asked.check_no_items()
        return earlier.again
    asked.check_items(known[1].items, earlier, history)
    decided = {"accept": asked.accepted, "force": asked.forced}
    return {"restartOf": found.arn} | {key: list(names) for key, names in decided.items() if names}


def _history(found: FoundExecution) -> History | None:
    """That of the stage of an execution; None for a stack of an earlier release, which keeps none."""
    if HISTORY not in found.stack.outputs:
        return None
    return history_of_stack(found.stack)


def _given(earlier: Earlier, asked: "_Asked", history: History | None) -> dict[str, Any]:
    """The input of a run once more. Raises CannotGoOn, NotDone."""
    asked.check_ended(earlier)
    if asked.follow_ups_only:
        return input_of(earlier, asked.check_follow_ups(_missing(earlier, history)))
    asked.check_no_items()
    given = earlier.again
    check_loads(earlier)
    asked.check_loaded(earlier, history)
    return given


def _by_item(records: list[HistoryRecord]) -> dict[str, HistoryRecord]:
    return {str(record.item): record for record in records}


def _may_be_loaded(item: str, record: HistoryRecord | None) -> str:
    """What a second run of an item would do to its table."""
    loaded = "unknown" if record is None else record.loaded
    return f"{quoted(item, 80)} {_LOADED[loaded]} {table_of(record)}."


_LOADED = {"yes": "has loaded", "no": "has not loaded", "unknown": "may have loaded (nobody knows)"}


def _missing(earlier: Earlier, history: History | None) -> list[Missing]:
    with in_plain_words():
        return missing_follow_ups(earlier, history)


class _Asked:
    """What a person has asked for, and is asked to confirm.

    Parameters
    ----------
    arguments
        Those of the command. ``force`` is None without ``--force``, and empty for ``--force`` without names.
    console
        Where the question is shown.
    confirm
        Asks it; None asks on the terminal.
    """

    def __init__(self, arguments: argparse.Namespace, console: Console, confirm: Confirm | None) -> None:
        self._forces: bool = arguments.force is not None
        self.forced: tuple[str, ...] = tuple(arguments.force or ())
        self.accepted: tuple[str, ...] = tuple(arguments.accept)
        self.follow_ups_only: bool = arguments.follow_ups
        self._yes: bool = arguments.yes
        self._console = console
        self._confirm = confirm

    def check_ended(self, earlier: Earlier) -> None:
        """Nothing is run beside itself."""
        if earlier.is_running:
            raise CannotGoOn(
                f"{earlier.id} still runs. Wait for its end (datamart watch {earlier.id}), or stop it first."
            )

    def check_is_run(self, earlier: Earlier) -> None:
        """A batch has no follow-ups; its items do."""
        if self.follow_ups_only and earlier.is_batch:
            raise CannotGoOn(
                f"--follow-ups: {earlier.id} is a batch. Name the run of an item: datamart show {earlier.id}."
            )

    def check_no_items(self) -> None:
        """Names are for batches."""
        if self.forced or self.accepted:
            option = "--force" if self.forced else "--accept"
            raise CannotGoOn(f"{option}: takes no names here: they are for the items of a batch that has begun.")

    def check_follow_ups(self, missing: list[Missing]) -> list[Missing]:
        """Those that are done now: what may have been done already only with ``--force``, and once confirmed."""
        if self.forced:
            raise CannotGoOn("--force: takes no names with --follow-ups: it is about all that may have been done.")
        left = accepted(missing, self.accepted)
        if not left:
            raise CannotGoOn("all that was to follow is done, or counts as done; nothing is left.")
        if doubtful := [one.in_words for one in left if one.is_unknown]:
            sentence = f"Nobody knows whether this was triggered: {', '.join(doubtful)}."
            if not self._forces:
                raise CannotGoOn(
                    f"{sentence} Look at what it starts. If it was triggered, add --accept NAME; to trigger it once "
                    "more, add --force."
                )
            self._ask(sentence)
        return left

    def check_items(self, items: tuple[str, ...], earlier: Earlier, history: History | None) -> None:
        """The names are items of the batch; those that run although they may be loaded are confirmed."""
        if self._forces and not self.forced:
            raise CannotGoOn("--force: name the items that are to run although they may be loaded: --force NAME,…")
        for option, names in (("--force", self.forced), ("--accept", self.accepted)):
            for name in names:
                if name not in items:
                    raise CannotGoOn(f"{option}: there is no item {quoted(name, 80)}{nearest(name, items)}.")
        if self.forced:
            with in_plain_words():
                ran = {} if history is None or earlier.record is None else _by_item(items_of(history, earlier.record))
            self._ask("\n".join(_may_be_loaded(name, ran.get(name)) for name in self.forced))

    def check_not_restarted(self, earlier: Earlier, history: History | None) -> None:
        """What a restart has loaded since, only the restart knows: the next one begins with that."""
        if history is None:
            return
        with in_plain_words():
            restart = loaded_by_repeat(earlier, history)
        if restart is not None:
            raise CannotGoOn(
                f"{said_of(restart, earlier)}. Repeat {restart.id} instead, once it has ended: it has what is loaded "
                "by now."
            )

    def check_loaded(self, earlier: Earlier, history: History | None) -> None:
        """What is loaded, or may be, by itself or by a later run, runs only with ``--force`` and once confirmed."""
        if earlier.loaded == "no":
            with in_plain_words():
                repeat = None if history is None else loaded_by_repeat(earlier, history)
            if repeat is None:
                return
            sentence = f"{said_of(repeat, earlier)} {replace(earlier, record=repeat).table}."
        else:
            known = "has loaded" if earlier.loaded == "yes" else "may have loaded (nobody knows)"
            sentence = f"{earlier.id} {known} {earlier.table}."
        if not self._forces:
            raise CannotGoOn(f"{sentence} To run it all the same, add --force.")
        self._ask(sentence)

    def _ask(self, sentence: str) -> None:
        """Raises NotDone without a yes, CannotGoOn without a terminal."""
        self._console.print(sentence, soft_wrap=True)
        if self._yes:
            return
        if self._confirm is None and not (sys.stdin.isatty() and self._console.file.isatty()):
            raise CannotGoOn(f"{sentence} There is no terminal to ask on; --yes says that it is to run.")
        ask = self._confirm or (lambda question: self._console.input(Text(question)))
        try:
            said = ask("Run it once more? [y/N] ")
        except EOFError:
            raise NotDone("the input ended without a yes; nothing was started.") from None
        if said.strip().lower() not in YES:
            raise NotDone("not confirmed; nothing was started.")
