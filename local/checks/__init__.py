"""The checks of ``datamart check``: whether a connection and its jobs would work, without executing anything."""
