"""Publishes an Intelligent cube, which reads its rows anew (API.md 12). A second time costs time and does no harm."""

from functions.follow_ups.kind import FollowUpKind, Found
from functions.microstrategy import Client


def _find(client: Client, project_id: str, reference: str) -> Found:
    cube = client.find_cube(project_id, reference)
    return Found(cube.id, cube.name)


PUBLISH_CUBE = FollowUpKind("publishCube", "cube", "published", is_harmless_twice=True, find=_find)
