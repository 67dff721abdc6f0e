"""``datamart answer``: sends the answers to a deployed run's question."""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from functions import clock
from functions.notifications.console_link import console_link
from functions.prompts.describe import skeleton
from functions.prompts.prompt import Given
from functions.prompts.reply import InvalidReply, answers_in
from local.aws.questions import Waiting, waiting_run
from local.cli.console import console_for
from local.cli.dialogue import Read, ask_about, from_json, show_line, show_question
from local.cli.endings import reported
from local.cli.terminal import as_json
from local.errors import CannotGoOn, NotDone

STANDARD_INPUT = "-"
STAGE = "dev"

EXAMPLES = 3
"""Choices of a prompt that are put into answers to change."""

STOPPED = "stopped; unless the answers were just being sent, the question is still open."


@dataclass
class Report:
    """The result: whether the answers were ``sent``, the ``question`` without its token, the ``problem`` in words."""

    sent: bool = False
    question: dict[str, Any] | None = None
    problem: str | None = None


def answer(arguments: argparse.Namespace, read: Read | None = None) -> int:
    """Send the answers to the question of a run, and return the exit code.

    0 sent; 1 not accepted: an invalid answer, no open question, too late; 2 bad usage or unknown run; 130 Ctrl-C.

    Parameters
    ----------
    arguments
        ``run``, ``file``, ``stage``, ``decline`` and ``json``, as local/cli/arguments.py parses them.
    read
        Where the lines of a dialogue come from; the terminal if left out.
    """
    report = Report()
    return reported(lambda: _answer(arguments, report, read), report, STOPPED, arguments.json)


def _answer(arguments: argparse.Namespace, report: Report, read: Read | None) -> None:
    console = console_for(sys.stderr if arguments.json else sys.stdout)
    if arguments.file is not None and arguments.decline is not None:
        raise CannotGoOn("give a FILE with answers or --decline, not both.")
    given = None if arguments.file is None else _from_file(arguments.file)
    run = waiting_run(arguments.run, arguments.stage or STAGE)
    report.question = {"prompts": run.prompts, "until": run.until, "refusal": run.refusal}
    if arguments.decline is not None:
        run.decline(arguments.decline)
        said = "Declined; the run ends and loads nothing."
    else:
        if given is None:
            given = _asked(run, console, read, in_words=not arguments.json)
        # As parsed, not as given: numbers are text then, because Step Functions would round them.
        run.answer(_taken(given, run))
        said = "Sent; the run goes on."
    report.sent = True
    console.print(said)
    console.print(f"Console: {console_link(run.arn)}", soft_wrap=True)


def _taken(given: Any, run: Waiting) -> list[Given]:
    try:
        return answers_in(given, run.prompts, run.answered)
    except InvalidReply as problem:
        raise NotDone(f"the reply does not answer the question, and was not sent: {problem}") from None


def _from_file(name: str) -> Any:
    try:
        return from_json(sys.stdin.buffer.read() if name == STANDARD_INPUT else Path(name).read_bytes())
    except OSError as problem:
        raise CannotGoOn(f"{name}: cannot be read ({problem.strerror}).") from None
    except (ValueError, RecursionError) as problem:
        raise CannotGoOn(f"{name}: is not JSON ({problem}).") from None


def _asked(run: Waiting, console: Console, read: Read | None, in_words: bool) -> dict[str, Any]:
    """The reply from the terminal. Shows the question and raises CannotGoOn if there is no terminal."""
    if read is not None or (sys.stdin.isatty() and console.file.isatty()):
        console.print(f"The run waits until {clock.timestamp(run.until)}. Ctrl-C sends nothing.")
        try:
            return ask_about(run.prompts, console, run.refusal, read)
        except EOFError:
            raise NotDone("the input ended before every prompt had an answer; nothing was sent.") from None
    if in_words:
        show_question(console, run.prompts, run.refusal)
        console.print()
        console.print("Answers to change, as a FILE:")
        for line in as_json({"prompts": skeleton(run.prompts, EXAMPLES)}, indent=2).split("\n"):
            show_line(console, line)
    raise CannotGoOn("there is no terminal to ask on; give a FILE with the answers (- is standard input).")
