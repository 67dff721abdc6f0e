"""``datamart check``: whether a connection and the jobs that use it would work, found out without running anything."""

from local.check.command import check

__all__ = ["check"]
