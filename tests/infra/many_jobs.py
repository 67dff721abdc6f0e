"""Three hundred jobs of mixed kinds, as a large company would have them in one stage."""

import json
from pathlib import Path
from typing import Any

ZONES = ("Europe/Paris", "America/New_York", "Asia/Singapore", "Etc/GMT+5", "Etc/GMT-5")


def scheduled(number: int) -> dict[str, Any]:
    """A job every day, expected at a time that no other job of the hundred has."""
    hour, minute = 4 + number // 20, 3 * (number % 20) + number % 3
    return {
        "timeZone": ZONES[number % len(ZONES)],
        "triggers": [{"schedule": f"cron({minute} {hour} * * ? *)", "flexibleMinutes": 15}],
        "expectBy": f"{hour + 1:02}:{minute:02}",
    }


def on_upload(number: int) -> dict[str, Any]:
    """A job on uploaded requests, every third of them into the stack's own bucket."""
    bucket = {} if number % 3 == 0 else {"bucket": f"company-landing-zone-{number % 7}"}
    return {
        "request": {"timeoutMinutes": 60},
        "acceptRequests": {"projects": ["MicroStrategy Tutorial"], "datamarts": [f"Datamart on-upload {number}"]},
        "triggers": [{"s3": bucket | {"prefix": f"department/subject-{number:03}/", "suffix": ".csv"}}],
    }


def on_message(number: int) -> dict[str, Any]:
    """A job on messages of a topic of its own, every twentieth on S3's notifications."""
    if number % 20 == 0:
        return {"triggers": [{"sns": {"objects": {"bucket": "company-archive", "prefix": f"subject-{number:03}/"}}}]}
    return {"triggers": [{"sns": {"filter": {"country": [{"prefix": f"{number}"}], "status": ["complete"]}}}]}


KINDS = {"scheduled": scheduled, "on-upload": on_upload, "on-message": on_message}


def write_many_jobs(folder: Path, of_each_kind: int = 100) -> None:
    """Write the jobs' files."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, make in KINDS.items():
        for number in range(of_each_kind):
            described = {
                "description": f"Loads the table of subject {number} for the departments that read it in the morning",
                "request": {"project": "MicroStrategy Tutorial", "datamart": f"Datamart {kind} {number}"},
            }
            path = folder / f"warehouse-subject-{number:03}-{kind}.json"
            path.write_text(json.dumps(described | make(number)), "utf-8")
