"""The IDs of MicroStrategy's objects: projects, reports, folders, attributes, prompts (API.md 3)."""

import re

OBJECT_ID = re.compile(r"[0-9A-Fa-f]{32}")


def is_id(value: str) -> bool:
    """Whether ``value`` is an object ID: 32 hexadecimal digits."""
    return OBJECT_ID.fullmatch(value) is not None
