"""Limits of an execution's input, read from its schema, for those who write inputs and need not check any."""

import json
from pathlib import Path
from typing import Any

_RULES: dict[str, Any] = json.loads(Path(__file__).with_name("execution_input.schema.json").read_text("utf-8"))[
    "properties"
]
_MESSAGE: dict[str, Any] = _RULES["message"]["properties"]

LONGEST_VALUE: int = _RULES["values"]["additionalProperties"]["maxLength"]
"""Characters of a value of the trigger."""

LONGEST_REFUSAL: int = _RULES["refusal"]["maxLength"]
"""Characters of the reason why an event is not a valid request."""

LONGEST_MESSAGE_ID: int = _MESSAGE["id"]["maxLength"]
"""Characters of a message's id: SNS's are UUIDs."""

MOST_RUNS: int = _MESSAGE["runs"]["maximum"]
"""Runs that one message may start."""

LONGEST_STARTER: int = _RULES["started"]["properties"]["by"]["maxLength"]
"""Characters of who or what started an execution."""

LONGEST_TIME = 40
"""Characters of a trigger's time; the longest that the input takes has fewer."""

LARGEST_INPUT = 240 * 1024
"""Bytes of an execution's input: with what PrepareRun is given beside it, and the message or the batch that started it,
it stays within a state's 256 KB."""
