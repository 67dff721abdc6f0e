"""A lease in the run table of a stage: who has it, what is known of that run, and how it is taken away."""

import re
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import ClientError

from functions.runs.concurrency import left_by, pending_job, pending_session
from functions.runs.lease import Lease as StoredLease
from functions.runs.lease import PendingJob
from functions.runs.store.item_format import stored_pending_job
from functions.runs.store.leases import load_lease, take_away
from functions.runs.store.table import RunTable
from local.aws.aws_errors import in_plain_words
from local.aws.stack import stack_of
from local.errors import CannotGoOn

GONE = "UNKNOWN"
"""Status of an execution that Step Functions has forgotten: it ended more than 90 days ago."""

_CONNECTION = "[A-Za-z][A-Za-z0-9-]{0,39}"
_ID = "[0-9A-Fa-f]{32}"
_DATAMART = re.compile(f"(?:lease/)?({_CONNECTION})/({_ID})/({_ID})")
_SLOT = re.compile(f"slot/{_CONNECTION}/[0-9]{{1,4}}")


@dataclass(frozen=True)
class Lease:
    """A lease that somebody has.

    Parameters
    ----------
    key
        Its key in the run table.
    owner
        The execution that has it, ``since`` when (seconds since the epoch).
    status
        Of that execution, as Step Functions tells it.
    pending
        What the execution left that may still go on; None where it left nothing.
    """

    key: str
    owner: str
    since: float
    status: str
    pending: PendingJob | None

    @property
    def running(self) -> bool:
        """Whether its owner may still work under it; a redrive that is about to begin counts as well."""
        return self.status in ("RUNNING", "PENDING_REDRIVE")

    def as_json(self) -> dict[str, Any]:
        """``{"key", "owner", "since", "status", "uncertain": {"until", "jobId", "baseUrl"} | null}``"""
        uncertain = None if self.pending is None else stored_pending_job(self.pending)
        known = {"key": self.key, "owner": self.owner, "since": self.since, "status": self.status}
        return known | {"uncertain": uncertain}


def lease_key(lease: str) -> str:
    """The key of the lease that a person names. Raises CannotGoOn."""
    if match := _DATAMART.fullmatch(lease):
        connection, project, datamart = match.groups()
        return f"lease/{connection}/{project.upper()}/{datamart.upper()}"
    if _SLOT.fullmatch(lease):
        return lease
    raise CannotGoOn(
        f'invalid lease "{lease}": use <connection>/<project id>/<datamart id>, as the message of RunInProgress has it,'
        " or slot/<connection>/<number>."
    )


class Leases:
    """The leases of a stage. Everything raises CannotGoOn where AWS cannot be asked."""

    def __init__(self, stage: str) -> None:
        with in_plain_words():
            self._table = RunTable(stack_of(stage).run_table)

    def find(self, key: str) -> Lease | None:
        """The lease as it is now; None where it is free.

        Of a run that has ended the attempt is closed, so that no function of it that still works gives an order to
        execute after somebody has looked whether it did.
        """
        with in_plain_words():
            held = load_lease(self._table, key)
            if held is None:
                return None
            status = _status_of(held.owner)
            lease = Lease(key, held.owner, held.since, status, held.pending)
            if lease.running or held.pending is not None:
                return lease
            left = left_by(self._table, pending_job if key.startswith("lease/") else pending_session, held.owner)
            return Lease(key, held.owner, held.since, status, left)

    def free(self, lease: Lease) -> bool:
        """Take it away from its owner; False if it is not as it was found any more."""
        with in_plain_words():
            return take_away(self._table, StoredLease(lease.key, lease.owner, lease.since))


def _status_of(execution: str) -> str:
    client = boto3.client("stepfunctions")
    try:
        return str(client.describe_execution(executionArn=execution)["status"])
    except ClientError as problem:
        if problem.response["Error"]["Code"] != "ExecutionDoesNotExist":
            raise
        return GONE
