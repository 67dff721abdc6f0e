"""What a run that asks people keeps in its item (``"unanswered": "ask"``), and when it asks.

``asking`` lives as long as the run: {hours, answers, fresh, refused, seconds, concluded}. ``answers`` are those that
people gave; the last ``fresh`` of them have not been taken by the server yet. ``refused`` holds the reason of each
wrong reply, ``seconds`` the time that people took, which the deadline does not count, and ``concluded`` what followed
from the newest reply. ``question`` is there while a reply is waited for: {token, askedAt, until, prompts, refusal}; its
token lets anybody reply, and goes with it.
"""

from typing import Any

from functions.errors import AskExpired, NamedError, PromptAnswerRejected, PromptsUnanswered
from functions.prompts.prompt import titled
from functions.runs.failure import failed
from functions.runs.run import Run
from functions.text import shorten

MOST_REFUSED = 3
"""Wrong replies that are asked again; the next one ends the run as PromptAnswerRejected."""

SECONDS_AN_HOUR = 3_600


def ask_after(run: Run, error: type[NamedError], reason: str) -> dict[str, Any] | None:
    """The conclusion Ask, or that people were asked in vain; None where the failure is nothing to ask about.

    What people answered and the server refused is forgotten, and asked again.
    """
    asking = run.item.get("asking")
    if asking is None or run.loaded != "no":
        return None
    open_now = run.item.get("unanswered", {}).get("attempt") == run.number
    if error is PromptsUnanswered and open_now:
        run.change(put={"asking.fresh": 0}, remove=("asking.concluded",))
        return ask(run, None)
    here = f"a{run.number}"
    if error is not PromptAnswerRejected or not (_is_peoples(run) or here in asking["refused"]):
        return None
    if here not in asking["refused"]:
        kept = asking["answers"][: -asking["fresh"]]
        put = {"asking.answers": kept, "asking.fresh": 0, f"asking.refused.{here}": shorten(reason, 2_000)}
        run.change(put=put, remove=("asking.concluded",))
    return ask(run, run.item["asking"]["refused"][here])


def _is_peoples(run: Run) -> bool:
    """Whether the answer that was refused may be one that people gave just now: the server took not all of them."""
    count = len(run.item["asked"]["prompts"]) + len(run.persons_answers)
    newest = range(count - run.item["asking"]["fresh"], count)
    return not set(newest) <= set(run.attempt.get("answersTaken", []))


def ask(run: Run, refusal: str | None) -> dict[str, Any]:
    """Ask people, once more with the reason of a ``refusal``; or end, when they were asked often or long enough."""
    asking = run.item["asking"]
    if refusal is not None and len(asking["refused"]) > MOST_REFUSED:
        reason = f"the answers were wrong {MOST_REFUSED + 1} times; lastly: {refusal}"
        return failed(run, PromptAnswerRejected.name, reason)
    if (seconds := seconds_to_answer(asking)) <= 0:
        return expired(run)
    return {"end": "Ask", "askSeconds": seconds, "refusal": refusal}


def expired(run: Run) -> dict[str, Any]:
    """The conclusion that people did not answer in time."""
    names = shorten(", ".join(titled(prompt) for prompt in run.item["unanswered"]["prompts"]), 2_000)
    hours = run.item["asking"]["hours"]
    return failed(run, AskExpired.name, f"nobody answered within {hours} hours what the datamart asks: {names}")


def seconds_to_answer(asking: dict[str, Any]) -> int:
    """Whole seconds that people still have."""
    return int(SECONDS_AN_HOUR * asking["hours"] - asking["seconds"])
