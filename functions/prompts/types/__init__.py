"""Prompt types: how an answer to each becomes what the REST API takes (API.md 7.2, 7.3)."""
