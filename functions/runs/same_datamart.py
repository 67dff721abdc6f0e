"""Whether two runs of a connection are of one datamart, as far as ids and names tell."""

from functions.runs.model import Reference, Run, ServerObject
from functions.similar_names import composed


def is_same_datamart(run: Run, other: Run | None) -> bool:
    """Whether both are of one datamart.

    A run that has not logged in yet knows only what its request says: two requests that name project or datamart in
    different ways (one by id, the other by name) are known to be the same once the first of them has found both.
    """
    if other is None:
        return False
    return all(one & another for one, another in zip(_names(run), _names(other), strict=True))


def _names(run: Run) -> tuple[set[str], set[str]]:
    """What project and datamart are called: by the request, and by the server."""
    asked = run.requested
    project, datamart = (None, None) if asked is None else (asked.project, asked.datamart)
    return _called(project, run.project), _called(datamart, run.datamart)


def _called(requested: Reference | None, found: ServerObject | None) -> set[str]:
    said = f"{requested.get('path')}/{requested['name']}" if isinstance(requested, dict) else requested
    return {composed(str(word)) for word in (said, found and found.id, found and found.name) if word}
