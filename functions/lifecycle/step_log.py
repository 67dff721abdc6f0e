"""What the log line of a step says beside its name and outcome: HTTP requests, and facts that the step recorded.

``datamart show`` reads these lines (DESIGN.md "Logs"). A line stays below :data:`LARGEST_LINE`.
"""

from typing import Any

from functions.lifecycle.step import Step
from functions.runs.outcome import Conclusion

LARGEST_LINE = 64 * 1024
"""Bytes of a log line: CloudWatch takes more, and a person reads less."""

MOST_CALLS = 100
"""HTTP requests that a line lists: the first half and the last half of them."""

_OF_A_CONCLUSION = ("end", "waitSeconds", "waitsFor", "askSeconds", "error")


def facts_of(step: Step) -> dict[str, Any]:
    """The step's facts, and ``calls``; ``callsLeftOut`` counts those in the middle. A line without calls has no key."""
    calls = [call.as_json() for call in step.calls]
    facts = {name: value for name, value in step.facts.items() if value not in (None, {}, [])}
    if len(calls) > MOST_CALLS:
        facts["callsLeftOut"] = len(calls) - MOST_CALLS
        calls = calls[: MOST_CALLS // 2] + calls[-MOST_CALLS // 2 :]
    return facts | ({"calls": calls} if calls else {})


def facts_of_conclusion(conclusion: Conclusion) -> dict[str, Any]:
    """How an attempt ended: what the state machine is told, without the texts and the output that its history has."""
    response = conclusion.as_response()
    return {name: response[name] for name in _OF_A_CONCLUSION if response.get(name) is not None}
