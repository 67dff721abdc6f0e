"""The types of prompts that can be answered; each has a module in ``functions/prompts/types``."""

import json
from pathlib import Path

PROMPT_TYPES: tuple[str, ...] = tuple(
    json.loads(Path(__file__).with_name("request.schema.json").read_text("utf-8"))["properties"]["prompts"]["items"][
        "properties"
    ]["type"]["enum"]
)
