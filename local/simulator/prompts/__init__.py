"""Prompts: how they are described and located, and which answers are accepted (API.md 7)."""
