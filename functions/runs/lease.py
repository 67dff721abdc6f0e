"""The typed lease of a datamart or slot of a connection, its holder, and what an ended holder left pending."""

from typing import NamedTuple


class PendingJob(NamedTuple):
    """What an ended run left that keeps others out until ``until``: a job that may go on, or an open session.

    ``job_id`` and ``base_url``, the server that it is on, are None for a session, or where they are not known.
    """

    until: float
    job_id: str | None = None
    base_url: str | None = None


class LeaseHolder(NamedTuple):
    """Who takes a lease or a slot: an execution (its ARN), in one of its attempts."""

    run: str
    attempt: int


class Lease(NamedTuple):
    """A lease or a slot that somebody has: ``owner`` is an execution's ARN.

    ``pending`` is what an owner that has let go left behind. ``not_answered`` is why the owner counts as running
    although Step Functions did not say so.
    """

    key: str
    owner: str
    since: float
    pending: PendingJob | None = None
    not_answered: str = ""
