"""Items and jobs that tests of batches share."""

from typing import Any

JOBS: dict[str, Any] = {
    "city-nightly": {
        "request": {"project": "P", "datamart": "City", "prompts": [{"name": "Day", "answers": "{yesterday}"}]},
        "timeZone": "Europe/Paris",
    },
    "of-an-upload": {
        "request": {"project": "P", "datamart": "Upload", "prompts": [{"name": "Country", "answers": "{stem}"}]},
        "timeZone": "UTC",
    },
    "requests": {"request": {"timeoutMinutes": 60}, "timeZone": "UTC"},
}


def item(name: str, *after: str, **keys: Any) -> dict[str, Any]:
    """An item that loads a datamart of its own name."""
    return {"name": name, "after": list(after), "project": "P", "datamart": f"DM {name}"} | keys
