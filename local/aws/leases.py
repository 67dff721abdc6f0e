"""Finds and frees a lease in the run table of a stage, with its owner and that run's pending job."""

import re
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import ClientError

from functions.lifecycle.hand_over import serve
from functions.runs.concurrency import left_by, pending_job, pending_session
from functions.runs.lease import Lease as StoredLease
from functions.runs.lease import PendingJob
from functions.runs.queue_moves import given_back
from functions.runs.store.item_format import stored_pending_job
from functions.runs.store.leases import LEASE, kind_of, load_lease, slot_key, take_away
from functions.runs.store.leases import lease_key as stored_key
from functions.runs.store.queues import load_queue
from functions.runs.store.table import RunTable
from local.aws.aws_errors import in_plain_words
from local.aws.stack import stack_of
from local.errors import CannotGoOn

GONE = "UNKNOWN"
"""Status of an execution that Step Functions no longer knows: it ended more than 90 days ago."""

_CONNECTION = "[A-Za-z][A-Za-z0-9-]{0,39}"
_ID = "[0-9A-Fa-f]{32}"
_DATAMART = re.compile(f"(?:{LEASE}/)?({_CONNECTION})/({_ID})/({_ID})")
_SLOT = re.compile(slot_key(_CONNECTION, "[0-9]{1,4}"))


@dataclass(frozen=True)
class Lease:
    """A lease that is taken.

    Parameters
    ----------
    key
        Its key in the run table.
    owner
        The execution that has it, ``since`` when (seconds since the epoch).
    status
        Of that execution, as Step Functions reports it.
    pending
        The execution's pending job or session, which may still be active; None if there is none.
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
        return stored_key(connection, project.upper(), datamart.upper())
    if _SLOT.fullmatch(lease):
        return lease
    raise CannotGoOn(
        f'invalid lease "{lease}": use <connection>/<project id>/<datamart id>, as the message of RunInProgress has it,'
        " or slot/<connection>/<number>."
    )


class Leases:
    """The leases of a stage. Every method raises CannotGoOn if the call to AWS fails."""

    def __init__(self, stage: str) -> None:
        with in_plain_words():
            self._table = RunTable(stack_of(stage).run_table)

    def find(self, key: str) -> Lease | None:
        """The lease as it is now; None where it is free.

        Closes the attempt of an ended run, so that none of its functions that still run can send an execution request
        after a person has checked its job.
        """
        with in_plain_words():
            held = load_lease(self._table, key) or self._slot(key)
            if held is None:
                return None
            status = _status_of(held.owner)
            lease = Lease(key, held.owner, held.since, status, held.pending)
            if lease.running or held.pending is not None:
                return lease
            left = left_by(self._table, pending_job if kind_of(key) == LEASE else pending_session, held.owner)
            return Lease(key, held.owner, held.since, status, left)

    def free(self, lease: Lease) -> bool:
        """Take it away from its owner; False if it has changed since it was found. A slot goes to the next run."""
        with in_plain_words():
            if kind_of(lease.key) == LEASE or load_lease(self._table, lease.key) is not None:
                return take_away(self._table, StoredLease(lease.key, lease.owner, lease.since))
            return self._free_slot(lease)

    def _slot(self, key: str) -> StoredLease | None:
        """The slot of a connection's queue with that number, from the one that was taken first."""
        if kind_of(key) == LEASE:
            return None
        _, connection, number = key.split("/")
        queue = load_queue(self._table, connection)
        holders = sorted(queue.holders.values(), key=lambda holder: holder.since) if queue else []
        if int(number) >= len(holders):
            return None
        holder = holders[int(number)]
        pending = None if holder.until is None else PendingJob(holder.until)
        return StoredLease(key, holder.owner, holder.since, pending)

    def _free_slot(self, lease: Lease) -> bool:
        connection = lease.key.split("/")[1]
        queue = load_queue(self._table, connection)
        found = (queue.holders if queue else {}).items()
        held = [key for key, each in found if (each.owner, each.since) == (lease.owner, lease.since)]
        if queue is None or not held:
            return False
        serve(self._table, connection, queue, lambda queue: given_back(queue, held[0], lease.owner))
        return True


def _status_of(execution: str) -> str:
    client = boto3.client("stepfunctions")
    try:
        return str(client.describe_execution(executionArn=execution)["status"])
    except ClientError as problem:
        if problem.response["Error"]["Code"] != "ExecutionDoesNotExist":
            raise
        return GONE
