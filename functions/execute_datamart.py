"""Give the order to execute: once, whatever happens (DESIGN.md, "Executing")."""

from functions.library import DatamartFailed, InstanceLost, LibraryError, NotFound, PermissionDenied, ServerBusy
from functions.library.job_codes import BEFORE_SQL
from functions.progress import progress
from functions.run.errors import OutcomeUnknown
from functions.run.learned import learn_job
from functions.run.once import intend_to_execute
from functions.run.outcome import Job
from functions.step import Answer, Step, step


@step
def handler(step: Step) -> Answer:
    """Write the intent, post, keep the job's id. Returns the progress, as get_status does.

    Raises
    ------
    ServerUnavailable
        Only when the POST provably never left: the one case in which it is sent again.
    OutcomeUnknown
        An intent is there already, or the answer was lost: look, never post.
    LibraryError
        The server answered that it does not execute.
    """
    run = step.run
    if not intend_to_execute(run):
        raise OutcomeUnknown("the order to execute was given by another invocation of this step")
    try:
        execution = step.library.execute(run.project_id, run.datamart_id, str(run.instance_id))
    except LibraryError as error:
        known = _after(error)
        learn_job(run, known, orderAnswer=str(error))
        if known is Job.POSTING:
            raise OutcomeUnknown(f"whether the order to execute was taken is not known: {error}") from error
        raise
    named = {"jobId": execution.job_id, "executionInstanceId": execution.instance_id}
    found = {key: value for key, value in named.items() if value}
    if not learn_job(run, Job.ACCEPTED, **found) and found:
        run.learn(**found)  # more is known of the job by now, but not how to cancel it
    return progress(step, execution)


def _after(error: LibraryError) -> Job:
    """What is known of the job once the POST has failed."""
    if error.delivery == "not sent":
        return Job.NOT_SENT
    return Job.REFUSED if error.delivery == "answered" and _is_refusal(error) else Job.POSTING


def _is_refusal(error: LibraryError) -> bool:
    if isinstance(error, _REFUSALS) or error.i_server_code in BEFORE_SQL:
        return True
    if isinstance(error, InstanceLost):
        return error.i_server_code is not None  # the Intelligence Server's own word, not that of something before it
    return isinstance(error, DatamartFailed) and _is_client_error(error)


_REFUSALS = (PermissionDenied, NotFound, ServerBusy)
"""Answers that leave no doubt: the Intelligence Server itself said that it does not start the job."""


def _is_client_error(error: LibraryError) -> bool:
    """A 4xx that says the order itself was wrong; 408, 409 and 429 may come from a proxy on the way back."""
    return error.http_status is not None and 400 <= error.http_status < 500 and error.http_status not in (408, 409, 429)
