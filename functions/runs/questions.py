"""When a run asks people, and what follows from their replies (``"unanswered": "ask"``). Pure."""

from enum import Enum

from functions.errors import AskExpired, NamedError, PromptAnswerRejected, PromptsUnanswered
from functions.prompts.prompt import titled
from functions.runs.failure import failed
from functions.runs.model import Questions, Run
from functions.runs.outcome import Ask, Conclusion, Fail
from functions.text import shorten

MOST_REFUSED = 3
"""Wrong replies that are asked again; the next one ends the run as PromptAnswerRejected."""

SECONDS_AN_HOUR = 3_600


class Question(Enum):
    """What a failure has to do with people's answers."""

    OPEN = "the datamart asks what nobody has answered yet"
    REFUSED = "the server refused what people answered last"


def question_after(run: Run, error: type[NamedError]) -> Question | None:
    """What an attempt's failure asks people, or None where it is nothing to ask about."""
    if run.questions is None or run.loaded != "no":
        return None
    if error is PromptsUnanswered and run.unanswered is not None and run.unanswered.attempt == run.number:
        return Question.OPEN
    if error is PromptAnswerRejected and (_is_of_people(run) or refusal_name(run) in run.questions.refused):
        return Question.REFUSED
    return None


def ask_after(run: Run, error: type[NamedError]) -> Conclusion | None:
    """The conclusion after such a failure, once it is recorded; None where there is nothing to ask about."""
    match question_after(run, error), run.questions:
        case Question.OPEN, Questions() as questions:
            return ask(run, questions, None)
        case Question.REFUSED, Questions() as questions:
            return ask(run, questions, questions.refused.get(refusal_name(run)))
        case _:
            return None


def refusal_name(run: Run) -> str:
    """Under which name it is kept that the server refused answers in this attempt."""
    return f"a{run.number}"


def _is_of_people(run: Run) -> bool:
    """Whether the answer that was refused may be one that people gave just now: the server took not all of them."""
    if run.questions is None or run.requested is None:
        return False
    count = len(run.requested.prompts) + len(run.questions.answers)
    newest = range(count - run.questions.fresh, count)
    return not set(newest) <= set(run.attempt.positions_taken)


def ask(run: Run, questions: Questions, refusal: str | None) -> Ask | Fail:
    """Ask people, once more with the reason of a ``refusal``; or fail, when they were asked often or long enough."""
    if refusal is not None and len(questions.refused) > MOST_REFUSED:
        reason = f"the answers were wrong {MOST_REFUSED + 1} times; lastly: {refusal}"
        return failed(run, PromptAnswerRejected.name, reason)
    if (seconds := seconds_to_answer(questions)) <= 0:
        return expired(run)
    return Ask(seconds, refusal)


def expired(run: Run) -> Fail:
    """The conclusion that people did not answer in time."""
    prompts = run.unanswered.prompts if run.unanswered else ()
    hours = run.questions.hours if run.questions else 0
    names = shorten(", ".join(titled(prompt) for prompt in prompts), 2_000)
    return failed(run, AskExpired.name, f"nobody answered within {hours} hours what the datamart asks: {names}")


def seconds_to_answer(questions: Questions) -> int:
    """Whole seconds that people still have."""
    return int(SECONDS_AN_HOUR * questions.hours - questions.seconds)
