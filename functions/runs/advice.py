"""What a person does about a run that failed: by the error's name, and by what became of the table."""

from functions.runs.job_state import Loaded
from functions.transient_errors import IN_A_HANDLER, NOT_STARTED, PERMANENT

MEND = {
    "InvalidRequest": "Correct the request.",
    "CredentialsRejected": "Check the connection's secret; nothing is tried again by itself, because accounts lock.",
    "PermissionDenied": "Give the account the privilege or the access that the message names.",
    "NotFound": "Check the project, the datamart and the folder in the request.",
    "ServerUnavailable": "Check the Library server and the network to it.",
    "ServerBusy": "Choose a quieter time, or raise timeoutMinutes.",
    "SessionLost": "Find out what ended the session: a restart, an idle timeout, a logout of the account elsewhere.",
    "InstanceLost": "Find out what removed the instance: a restart, or too many instances in one session.",
    "PromptsUnanswered": "Add the answers to the request.",
    "PromptAnswerRejected": "Correct the answer in the request.",
    "AskExpired": "Answer in time, raise askDeadlineHours, or put the answers into the request.",
    "DatamartFailed": "Look up the message in MicroStrategy, with the ticketId if there is one, or do what it says.",
    "JobCancelled": "Ask who or which governor cancelled the job on the Intelligence Server.",
    "OutcomeUnknown": "Look for the job in MicroStrategy's job monitor.",
    "SaveFailed": "Save the definition by hand, or let a later run save it.",
    "RunInProgress": "Wait for the other run, or free the datamart as the message says.",
    "RunTimedOut": "Raise timeoutMinutes, or find out what keeps the server.",
    "RunAlreadyEnded": "A run that has ended cannot go on.",
}
"""The closed list of DESIGN.md "Error names"."""

OF_AWS = {
    **dict.fromkeys(
        NOT_STARTED,
        "Look at the function's state in the Lambda console, and at the concurrency that the account and the stage's "
        "reservedConcurrency leave it.",
    ),
    **dict.fromkeys(PERMANENT, "Correct what the message names in the function's configuration, or deploy again."),
    **dict.fromkeys(IN_A_HANDLER, "Find out what kept the AWS service: a throttle, an outage, or the way to it."),
}
"""Errors that Step Functions reports for AWS itself (:mod:`functions.transient_errors`)."""

BROKEN_DOWN = "Look into the function's log, under the execution's ARN as correlation_id."
"""About a failure that none of our own names is for."""

THEN: dict[Loaded, str] = {
    "yes": "The table is complete.",
    "no": "Then start a new run.",
    "unknown": "Look at the table before you start a new run.",
}
"""A second load may be harmful where nobody knows of the first: it would append its rows once more."""


LOADED_ALL_THE_SAME = {"PromptAnswerRejected": "The table is loaded, perhaps not with what was meant: look at it."}
"""What then, after an error that is no reason to trust a table that is complete."""


def advice(error: str | None, loaded: Loaded) -> str:
    """Two sentences: what to mend, and what then. ``error`` is None or foreign where something of ours broke down."""
    then = LOADED_ALL_THE_SAME.get(str(error), THEN[loaded]) if loaded == "yes" else THEN[loaded]
    return f"{(MEND | OF_AWS).get(str(error), BROKEN_DOWN)} {then}"
