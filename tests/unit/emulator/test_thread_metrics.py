"""Handlers that run at once in the emulator, each in a thread, keep their metrics apart."""

import threading

import pytest
from aws_lambda_powertools.metrics import MetricUnit

from functions.telemetry import metrics
from local.emulator.thread_metrics import metrics_of_threads


def test_a_handler_flushes_its_own_metrics_and_not_those_of_another_thread(capsys: pytest.CaptureFixture[str]) -> None:
    def another() -> None:
        metrics.add_metric(name="OfAnother", unit=MetricUnit.Count, value=1)
        metrics.flush_metrics()

    with metrics_of_threads():
        metrics.add_metric(name="Mine", unit=MetricUnit.Count, value=1)
        thread = threading.Thread(target=another)
        thread.start()
        thread.join()
        flushed_by_another = capsys.readouterr().out
        metrics.flush_metrics()
    assert "OfAnother" in flushed_by_another
    assert "Mine" not in flushed_by_another
    mine = capsys.readouterr().out
    assert "Mine" in mine
    assert "OfAnother" not in mine


def test_the_metrics_of_the_process_are_its_own_again_afterwards() -> None:
    before = metrics.provider.metric_set
    with metrics_of_threads():
        assert metrics.provider.metric_set is not before
    assert metrics.provider.metric_set is before
