"""``datamart plan``: shows in which order the items of a batch would run, and when, without executing anything."""

import argparse
import sys
from collections.abc import Mapping

from functions.requests.batches.batch import Batch
from functions.requests.batches.items import BatchItem
from functions.runs.batches.durations import KnownDurations, usual, what_is_loaded
from functions.runs.batches.order import Plan
from functions.runs.batches.places import Places, places_of
from infra.settings.settings import BadConfiguration, Settings, settings_of
from local.cli import plan_output
from local.cli.batch_files import NAME, BatchFiles
from local.cli.batch_forecast import Forecast
from local.cli.console import console_for
from local.cli.endings import SUCCEEDED, Ending, failed, finish
from local.cli.known_durations import known_durations
from local.cli.terminal import say
from local.errors import CannotGoOn
from local.history.durations import loads_in
from local.history.files import Files
from local.history.history import Selection
from local.synth import STAGE


def plan(arguments: argparse.Namespace) -> int:
    """Show the plan of the batch and return the exit code: 0 shown, 2 invalid batch or bad usage."""
    try:
        forecast = _forecast(arguments)
    except CannotGoOn as problem:
        return finish(failed("plan", problem, str(problem)), arguments.json)
    plan_output.show(console_for(sys.stderr if arguments.json else sys.stdout), arguments.batch, forecast)
    return finish(Ending(SUCCEEDED, forecast.as_json()), arguments.json)


def _forecast(arguments: argparse.Namespace) -> Forecast:
    try:
        settings = settings_of(arguments.stage or STAGE)
    except BadConfiguration as problem:
        raise CannotGoOn(f"--stage: {problem}") from None
    files = BatchFiles(settings)
    batch = files.read(arguments.batch)
    names = tuple(item.name for item in batch.items)
    index = {name: number for number, name in enumerate(names)}
    given = known_durations(arguments.durations, names)
    known = _known(arguments.stage, arguments.batch if NAME.fullmatch(arguments.batch) else None)
    slots = settings.most_at_once if arguments.stage else _slots_here(batch, settings)
    places = Places(arguments.places) if arguments.places else _places(batch, files, slots)
    of = Plan(
        after=tuple(tuple(index[name] for name in item.after) for item in batch.items),
        seconds=tuple(given.get(item.name, usual(known, item.name, _loaded_by(item, files))) for item in batch.items),
        on_failure=batch.on_failure,
        connections=places.connections,
        slots=places.slots,
    )
    return Forecast(names, of, places.whole)


def _known(stage: str | None, name: str | None) -> KnownDurations:
    """What the next batch knows of its items: in a stage, or on this computer if it is None."""
    if stage is None:
        return loads_in(Files().records(Selection())).known_of(name)
    from local.aws.aws_errors import in_plain_words  # imports boto3, which takes a second
    from local.aws.batches import StageBatches
    from local.aws.stack import stack_of

    try:
        with in_plain_words():
            return StageBatches(stack_of(stage)).durations(name)
    except CannotGoOn as problem:  # a batch is planned before its stage is deployed, too
        say(f"datamart: how long items take in the stage {stage} is not known: {problem}")
        return KnownDurations({}, {})


def _loaded_by(item: BatchItem, files: BatchFiles) -> str:
    return what_is_loaded(item.request if item.job is None else {"job": item.job}, files.jobs)


def _slots_here(batch: Batch, settings: Settings) -> Mapping[str, int]:
    """The slots of each connection on this computer, where the simulator takes as many runs as the batch allows."""
    if batch.max_concurrency is None:
        return settings.most_at_once
    return dict.fromkeys(settings.connections, batch.max_concurrency)


def _places(batch: Batch, files: BatchFiles, slots: Mapping[str, int]) -> Places:
    """How many items run at once: as many as the batch allows, and the connections of its items have slots."""
    requests = [files.jobs[item.job]["request"] if item.job else item.request for item in batch.items]
    connections = [request.get("connection", "default") for request in requests]
    for name in set(connections) - slots.keys():
        raise CannotGoOn(f'unknown connection "{name}"; connections of the stage: {", ".join(slots)}.')
    return places_of(connections, slots, batch.max_concurrency)
