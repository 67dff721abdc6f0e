"""Numbers and points in time as the simulator reads them in answers (API.md 7.2 to 7.4)."""

import time
from typing import Any

import pytest

from local.simulator.catalogue import Prompt
from local.simulator.prompts.types.expression import condition
from local.simulator.prompts.types.value import value
from local.simulator.response import Refusal


def prompt(data_type: str, lowest: Any = None, highest: Any = None) -> Prompt:
    return Prompt("0" * 32, "P", "VALUE", data_type=data_type, minimum=lowest, maximum=highest)


@pytest.mark.parametrize("answer", ["0" * 40_000 + "x", "0" * 90_000, "1e999999", "NaN", "1_000", "１２", True])
def test_what_is_not_a_number_is_refused_at_once(answer: Any) -> None:
    began = time.process_time()
    with pytest.raises(Refusal, match="is not a number"):
        value(prompt("NUMERIC"), answer)
    assert time.process_time() - began < 1


@pytest.mark.parametrize("word", ["nan", "Infinity", "1_000", "0" * 40_000 + "x"])
def test_a_constant_that_only_python_reads_as_a_number_is_a_text(word: str) -> None:
    subject = {"type": "metric", "id": "7FD5B69611D5AC76C000D98A4CC5F24F"}
    made = condition(
        {"expression": {"operator": "Greater", "operands": [subject, {"type": "constant", "value": word}]}}
    )
    assert made.values == [word]


def test_a_point_in_time_is_held_against_its_limits_to_the_second() -> None:
    asked = prompt("TIMESTAMP", "2026-01-01", "2026-12-31T12:00:00.000+0000")
    assert value(asked, "2026-12-31T12:00:00.000+0000") == "2026-12-31T12:00:00.000+0000"
    with pytest.raises(Refusal, match="is after"):
        value(asked, "2026-12-31T12:00:01.000+0000")
    with pytest.raises(Refusal, match="is before"):
        value(asked, "2025-12-31T23:59:59.000+0000")
    with pytest.raises(Refusal, match="is not a date and time"):
        value(asked, "2026-12-31T12:00:00+01:00")
