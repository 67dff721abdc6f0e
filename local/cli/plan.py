"""``datamart plan``: shows in which order the items of a batch would run, and when, without executing anything."""

import argparse
import sys

from functions.requests.batches.batch import Batch
from functions.runs.batches.order import Plan
from functions.runs.batches.places import Places, places_of
from infra.settings.settings import BadConfiguration, Settings, settings_of
from local.cli import plan_output
from local.cli.batch_files import BatchFiles
from local.cli.batch_forecast import Forecast
from local.cli.console import console_for
from local.cli.endings import SUCCEEDED, Ending, failed, finish
from local.cli.known_durations import known_durations
from local.errors import CannotGoOn


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
        settings = settings_of(arguments.stage)
    except BadConfiguration as problem:
        raise CannotGoOn(f"--stage: {problem}") from None
    files = BatchFiles(settings)
    batch = files.read(arguments.batch)
    names = tuple(item.name for item in batch.items)
    index = {name: number for number, name in enumerate(names)}
    known = known_durations(arguments.durations, names)
    places = Places(arguments.places) if arguments.places else _places(batch, files, settings)
    of = Plan(
        after=tuple(tuple(index[name] for name in item.after) for item in batch.items),
        seconds=tuple(known.get(name) for name in names),
        on_failure=batch.on_failure,
        connections=places.connections,
        slots=places.slots,
    )
    return Forecast(names, of, places.whole)


def _places(batch: Batch, files: BatchFiles, settings: Settings) -> Places:
    """How many items run at once: as many as the batch allows, and the connections of its items have slots."""
    requests = [files.jobs[item.job]["request"] if item.job else item.request for item in batch.items]
    connections = [request.get("connection", "default") for request in requests]
    for name in set(connections) - settings.most_at_once.keys():
        raise CannotGoOn(f'unknown connection "{name}"; connections of the stage: {", ".join(settings.connections)}.')
    return places_of(connections, settings.most_at_once, batch.max_concurrency)
