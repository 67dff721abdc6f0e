"""The starter's aliases: one for each kind of trigger; a job that subscribes to a foreign topic has one of its own.

Each alias may be invoked by one AWS service alone (infra/constructs/starter.py). No job's name begins with an
underscore, so none has the name of a shared alias.
"""

SCHEDULES = "_schedules"
"""Invoked by EventBridge Scheduler, for the stage's own group of schedules."""

UPLOADS = "_uploads"
"""Invoked by the stage's own rules on uploaded objects."""

MESSAGES = "_messages"
"""Invoked by SNS, for the stage's own topics."""
