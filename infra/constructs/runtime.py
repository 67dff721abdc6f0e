"""The Lambda runtime: the one place where its version is named."""

MINOR = "3.14"
"""Python's minor version: the newest that Lambda runs."""
