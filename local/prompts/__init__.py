"""``datamart prompts``: what a datamart asks, before anybody runs it."""

from local.prompts.command import prompts

__all__ = ["prompts"]
