"""The end of a run that failed, or of any: its sentence for people, and the run's item closed with it."""

import json
from typing import Any

from functions.run.advice import advice
from functions.run.errors import shorten
from functions.run.run import Run
from functions.text import named, quoted


def failed(run: Run, error: str, reason: str, advised: str | None = None) -> dict[str, Any]:
    """The conclusion Fail; ``advised`` is the error that the advice is about, where that is another."""
    todo = advice(advised or error, run.loaded)
    return {"end": "Fail", "error": error, "cause": cause(run, reason, todo), "reason": reason, "advice": todo}


def cause(run: Run, reason: str, todo: str) -> str:
    """The cause that a person reads: was the table loaded, what happened, what to do. At most 8 KB."""
    head = f"Loaded: {run.loaded}. Datamart {quoted(run.asked)}: "
    return shorten(f"{head}{shorten(reason, 7_000).rstrip('. ')}. {todo}{_where_to_look(run)}")


def _where_to_look(run: Run) -> str:
    target = run.item.get("target") or {}
    if run.loaded != "unknown" or not target.get("table"):
        return ""
    return f" The table is {named(target['table'])} in {named(target['source'] or 'its source')}."


def message_of(failure: dict[str, str]) -> str:
    """The sentence in a Lambda failure's ``Cause`` (JSON with a stack trace), or the cause as it is."""
    text = failure.get("Cause") or ""
    try:
        parsed = json.loads(text)
    except ValueError:
        parsed = None
    return str(parsed["errorMessage"]) if isinstance(parsed, dict) and "errorMessage" in parsed else text


def close(run: Run, conclusion: dict[str, Any]) -> dict[str, Any]:
    """Close the run with its conclusion, or keep what it waits for; returns what the state machine needs of it."""
    told = {key: conclusion.get(key) for key in ("reason", "advice")}
    is_newest = run.number == run.item["attempt"]  # of an earlier attempt an invocation concludes that comes late
    if is_newest and conclusion["end"] not in ("Again", "Ask"):
        run.end({"loaded": run.loaded, "end": conclusion["end"], "error": conclusion.get("error"), **told})
    if "waitsFor" in conclusion:
        run.note(waitsFor=conclusion["waitsFor"])
    return {key: value for key, value in conclusion.items() if key not in told}
