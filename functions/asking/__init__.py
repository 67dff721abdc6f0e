"""Asking people what a datamart asks: the message that they get, and the reply that they give (DESIGN.md "Ask")."""
