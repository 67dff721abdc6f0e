"""Prompts: how they are described and located, and which answers are accepted (contract 7)."""
