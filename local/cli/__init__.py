"""The command line ``datamart``: a module for each command."""
