"""The inputs of a batch's runs, fixed when the batch starts: a restart of an item days later loads the same days."""

import json
from collections.abc import Mapping
from typing import Any

from functions.errors import InvalidRequest
from functions.requests.batches.batch import Batch
from functions.requests.batches.items import BatchItem
from functions.requests.batches.problems import Problems
from functions.requests.execution_input import expanded, moment
from functions.requests.input_limits import LARGEST_INPUT
from functions.requests.named_jobs import Job
from functions.requests.request import normalise


def frozen_inputs(
    batch: Batch,
    as_of: str,
    values: Mapping[str, str],
    *,
    jobs: Mapping[str, Job],
    where: str = "the batch",
    problems: Problems | None = None,
) -> tuple[dict[str, Any], ...]:
    """For each item the input of its execution.

    That is a request whose answers are filled in, or ``{"job", "asOf", "values"}``.

    Parameters
    ----------
    as_of
        The trigger's time, or the start of the batch (ISO 8601 with its offset): for items without a time of their own.
    values
        The values of the batch's trigger, for placeholders.
    jobs, where
        As of :func:`functions.requests.batches.batch.batch_of`.
    problems
        What is wrong with the batch already, to be named in the same error.

    Raises
    ------
    InvalidRequest
        Naming each item whose placeholders have no value, or that is invalid or too large once they are filled in.
    """
    problems = Problems(where) if problems is None else problems
    inputs = []
    for item in batch.items:
        try:
            inputs.append(_sized(_input(item, batch, item.as_of or as_of, dict(values), jobs)))
        except InvalidRequest as problem:
            problems.add(f"{item.where}: {problem}")
    problems.raise_if_any()
    return tuple(inputs)


def _input(
    item: BatchItem, batch: Batch, as_of: str, values: dict[str, str], jobs: Mapping[str, Job]
) -> dict[str, Any]:
    """Raises InvalidRequest for an item whose run would end so."""
    at = moment(as_of)
    if item.job is not None:
        normalise(expanded(jobs[item.job], at, values))
        return {"job": item.job, "asOf": as_of, "values": values}
    if batch.literal:
        return item.request
    filled = expanded({"request": item.request, "timeZone": batch.time_zone}, at, values)
    normalise(filled)
    return filled


def _sized(given: dict[str, Any]) -> dict[str, Any]:
    """The same. Raises InvalidRequest for an input with which no run could be started."""
    if (size := len(json.dumps(given, ensure_ascii=False).encode())) > LARGEST_INPUT:
        raise InvalidRequest(f"the run's input would have {size} bytes; it may have {LARGEST_INPUT}.")
    return given
