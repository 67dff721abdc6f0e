"""One reading of botocore's models of the services for every session of boto3 in a process.

``mock_aws`` begins with a new session, and so do many tests. Each would read and parse the models anew: 0.13 s.
"""

from functools import cache

import botocore.loaders
import botocore.session


class _Paths(list[str]):
    """The folders of a loader; each session adds that of boto3."""

    def append(self, path: str) -> None:
        if path not in self:
            super().append(path)


@cache
def _shared_loader(search_path: str | None = None) -> botocore.loaders.Loader:
    loader = botocore.loaders.create_loader(search_path)
    loader._search_paths = _Paths(loader._search_paths)
    return loader


def share() -> None:
    """Let every session that is made from now on read the models by the same loader, which keeps what it has read."""
    botocore.session.create_loader = _shared_loader
