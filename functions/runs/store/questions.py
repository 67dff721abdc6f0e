"""The questions of a run that asks people: the open one with its token, and what they answered."""

from functions.errors import RunAlreadyEnded
from functions.runs.model import OpenQuestion, Questions
from functions.runs.store.item_format import Item, stored_conclusion
from functions.runs.store.record import RunRecord
from functions.text import shorten

LONGEST_REFUSAL = 2_000
"""Bytes that are kept of why a reply was wrong."""


def open_question(run: RunRecord, question: OpenQuestion) -> OpenQuestion:
    """Keep the question, with the token by which its reply comes; as it is kept. Raises RunAlreadyEnded."""
    stored = {
        **{"token": question.token, "askedAt": question.asked_at, "until": question.until},
        **{"prompts": list(question.prompts), "refusal": question.refusal},
    }
    if not run.write_if("attribute_not_exists({endedAt})", put={"question": stored}):
        raise RunAlreadyEnded("this run was closed in the meantime; start a new one.")
    return run.question or question


def clear_question(run: RunRecord) -> None:
    """Nobody waits for a reply any more."""
    run.write(remove=("question",))


def record_reply(
    run: RunRecord, question: OpenQuestion, questions: Questions, deadline: float, expires_at: float
) -> bool:
    """Keep what follows from the reply to a question in one write, which only the first of several invocations makes.

    The time that people took moves ``deadline`` and ``expires_at``.
    """
    return run.write_if(
        "{question.token} = :token",
        {"token": question.token},
        put={"asking": _stored(questions), "deadline": deadline, "expiresAt": expires_at},
        remove=("question",),
    )


def _stored(questions: Questions) -> Item:
    concluded = {} if questions.conclusion is None else {"concluded": stored_conclusion(questions.conclusion)}
    return {
        "hours": questions.hours,
        "answers": list(questions.answers),
        "fresh": questions.fresh,
        "refused": questions.refused,
        "seconds": questions.seconds,
    } | concluded


def reopen_questions(run: RunRecord) -> None:
    """The datamart asks more: the server took what people answered so far."""
    run.write(put={"asking.fresh": 0}, remove=("asking.concluded",))


def record_refused_answers(run: RunRecord, name: str, reason: str) -> None:
    """The server refused what people answered last: forget it, and keep the reason under ``name``."""
    questions = run.questions
    if questions is None:
        raise ValueError("the run asks nobody")
    kept = list(questions.answers[: len(questions.answers) - questions.fresh])
    run.write(
        put={
            "asking.answers": kept,
            "asking.fresh": 0,
            f"asking.refused.{name}": shorten(reason, LONGEST_REFUSAL),
        },
        remove=("asking.concluded",),
    )
