"""Handlers that run at once in the emulator, each in a thread, log under their own correlation IDs."""

import threading
from typing import Any

from functions.telemetry import logger
from local.emulator.thread_log_keys import log_keys_of_threads


def keys() -> dict[str, Any]:
    return dict(logger.registered_formatter.log_format)


def test_an_invocation_in_another_thread_changes_no_key_of_this_one() -> None:
    of_another: list[dict[str, Any]] = []

    def another() -> None:
        logger.set_correlation_id("another run")
        of_another.append(keys())

    with log_keys_of_threads():
        logger.set_correlation_id("this run")
        thread = threading.Thread(target=another)
        thread.start()
        thread.join()
        mine = keys()
    assert mine["correlation_id"] == "this run"
    assert of_another[0] == mine | {"correlation_id": "another run"}


def test_an_invocation_that_another_one_makes_leaves_it_its_keys() -> None:
    with log_keys_of_threads() as of_thread:
        logger.set_correlation_id("outer")
        with of_thread.kept():
            logger.set_correlation_id("inner")
        assert keys()["correlation_id"] == "outer"


def test_the_keys_of_the_process_are_its_own_again_afterwards() -> None:
    before = keys()
    with log_keys_of_threads():
        logger.set_correlation_id("a run")
    assert keys() == before
