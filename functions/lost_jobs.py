"""Before a lost job's datamart is executed again: has that job ended (DESIGN.md, "Losing the session")?"""

from functions.library import PermissionDenied, ServerBusy, SessionLost
from functions.run import clock
from functions.run.admission import may_go_on
from functions.run.record import Item
from functions.step import Step
from functions.telemetry import logger

UNKNOWN = "the session was lost, and whether its job has ended cannot be known: {why}"


def wait_for_lost_jobs(step: Step) -> None:
    """Look after the jobs of earlier attempts that may still go on.

    Raises
    ------
    ServerBusy
        One still does: come back later.
    SessionLost
        It cannot be known: nothing may be ordered again.
    """
    for number, attempt in step.run.item["attempts"].items():
        if int(number) < step.run.number and may_go_on(attempt):
            _wait_for(step, attempt)
            logger.info("the lost job has ended", extra={"jobId": attempt.get("jobId"), "attempt": number})
            step.run.change(put={f"attempts.{number}.jobEnded": True})


def _wait_for(step: Step, attempt: Item) -> None:
    longest = step.run.item["definition"].get("maxExecutionSeconds")
    if longest and clock.now() > attempt["postedAt"] + longest:
        return
    try:
        if _has_ended(step, attempt.get("jobId")):
            return
        raise ServerBusy(f"the job {attempt['jobId']} of an attempt that lost its session still runs")
    except PermissionDenied as error:
        if not longest:
            raise SessionLost(UNKNOWN.format(why=f"the job monitor is closed to the account ({error})")) from None
    until = clock.timestamp(attempt["postedAt"] + longest)
    raise ServerBusy(f"the job of an attempt that lost its session may go on until {until}")


def _has_ended(step: Step, job_id: str | None) -> bool:
    if job_id is None:
        raise PermissionDenied("the order to execute was answered without a job's id")
    return step.library.get_job(job_id) is None
