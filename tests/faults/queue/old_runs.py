"""Runs under the definition of commit 300f2ce, and one that this release itself has begun, played from a recording."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.faults.lab import Lab
from tests.integration.upgrade.conftest import old_definition as under_old_definition
from tests.integration.upgrade.player import Player
from tests.integration.upgrade.recording import case_named
from tests.integration.upgrade.scenarios import START

__all__ = ["recorded_run", "under_old_definition"]

RECORDED = "by-names/get_status#1"
"""The run of Category Sales, up to its first look: it has its slot and its lease in the items of the old release."""


LATEST = 1e8
"""No time of a recording is so many seconds after its start."""


def _later(value: Any, seconds: float) -> Any:
    """The same with every time in it put off: the sweep compares them with Step Functions' own, of today."""
    if isinstance(value, dict):
        return {key: _later(inner, seconds) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_later(inner, seconds) for inner in value)
    is_time = isinstance(value, int | float) and START <= value < START + LATEST
    return type(value)(value + seconds) if is_time else value


@contextlib.contextmanager
def recorded_run(lab: Lab, arn: str) -> Iterator[dict[str, Any]]:
    """Plays a recording as the execution ``arn``, whose input it gives; today's functions take over after the block."""
    runtime, (table,) = lab.emulator.runtime, lab.emulator.deployed.tables
    recording, cut = case_named(RECORDED)
    recording = replace(recording, lines=_later(recording.lines, lab.clock.now() - START))
    player = Player(recording, cut, arn, lab.simulator.base_url, table, lab.clock, runtime._handler)
    before, runtime._handler = runtime._handler, player.handler  # type: ignore[method-assign]
    try:
        yield recording.scenario["input"]
        assert player.is_over, "the recording was not played to its cut"
        assert player.differences == [], player.differences
    finally:
        runtime._handler = before  # type: ignore[method-assign]
