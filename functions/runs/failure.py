"""The sentences of a run that failed: what Step Functions caught, and the cause that a person reads. Pure.

A failure is ``Error`` and ``Cause``. AWS fills both with text, a function's crash may not.
"""

import json
from typing import Any

from functions.errors import ERRORS, LONGEST_TEXT
from functions.runs.job_state import Loaded, may_go_on
from functions.runs.model import Run
from functions.runs.outcome import Fail
from functions.text import named, one_line, quoted, shorten
from functions.transient_errors import ADVICE

Failure = dict[str, Any]

LONGEST_REASON = 6_000
"""Bytes of a reason: what follows it in a cause of 8 KB must not be cut."""

LONGEST_LIST = 1_000
"""Bytes of the list of follow-ups in a cause; the event and the history have all of them."""

UNNAMED = "UnnamedError"
"""The error of a failure that names none."""

UNKNOWN_ERROR = "Look into the function's log, under the execution's ARN as correlation_id."
"""The advice about an error that neither we nor AWS have a name for: a defect of ours."""

THEN: dict[Loaded, str] = {
    "yes": "The table is complete.",
    "no": "Then start a new run.",
    "unknown": "Look at the table before you start a new run.",
}
"""What a person does next. Where nobody knows of the first load, a second one may append its rows once more."""


def advice(error: str | None, loaded: Loaded) -> str:
    """Two sentences: what to do about the error, and what next. ``error`` is its name in Step Functions, or None."""
    ours = ERRORS.get(str(error))
    todo = ours.advice if ours else ADVICE.get(str(error), UNKNOWN_ERROR)
    complete = ours.when_loaded if ours and loaded == "yes" else None
    return f"{todo} {complete or THEN[loaded]}"


def failed(run: Run, error: str, reason: str, advised: str | None = None) -> Fail:
    """The conclusion Fail; ``advised`` is the error that the advice is about, where that is another."""
    todo = advice(advised or error, run.loaded)
    reason = " ".join(filter(None, (_sentence(shorten(reason, LONGEST_REASON)), _job_left(run))))
    return Fail(error, cause(run, reason, todo), reason, todo)


def cause(run: Run, reason: str, todo: str) -> str:
    """The cause that a person reads: was the table loaded, what happened, what to do. One line, at most 8 KB."""
    head = f"Loaded: {run.loaded}. Datamart {quoted(run.datamart_in_words)}: "
    what = f"{_sentence(shorten(reason, 7_000))}{_what_followed(run)}"
    return shorten(f"{head}{what} {todo}{_where_to_look(run)}", LONGEST_TEXT)


def _sentence(text: str) -> str:
    return f"{one_line(text).rstrip('. ')}."


def _job_left(run: Run) -> str:
    """That a job of the run may still be running, once the clean-up is done: it writes the table all the same."""
    left = [attempt for attempt in run.attempts.values() if may_go_on(attempt)]
    if not left:
        return ""
    last = left[-1]
    job = f"Its job {named(last.job_id)}" if last.job_id else "Its job"
    why = last.not_cancelled or "no job ID is known to cancel it by"
    return f"{job} could not be cancelled and may still be running on the Intelligence Server ({shorten(why, 500)})."


def _what_followed(run: Run) -> str:
    """How each follow-up of a loaded table ended, as one sentence more."""
    if run.loaded != "yes" or not run.follow_ups:
        return ""
    each = "; ".join(one.said for one in run.follow_ups)
    return f" What followed the load: {_sentence(shorten(each, LONGEST_LIST))}"


def _where_to_look(run: Run) -> str:
    target = run.target
    if run.loaded != "unknown" or target is None or not target.table:
        return ""
    return f" The table is {named(target.table)} in {named(target.source or 'its source')}."


def name_of(failure: Failure) -> str:
    """The failure's error name."""
    return str(failure.get("Error") or UNNAMED)


def message_of(failure: Failure) -> str:
    """The sentence in a Lambda failure's ``Cause`` (JSON with a stack trace), or the cause as it is."""
    text = _text(failure.get("Cause"))
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return _text(parsed["errorMessage"]) if isinstance(parsed, dict) and "errorMessage" in parsed else text


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
