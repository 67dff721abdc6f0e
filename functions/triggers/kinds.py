"""The kinds of triggers: the key in a job's file, and the alias by which AWS invokes the starter for that kind.

Each kind is a module of this package and a class in infra/constructs/triggers/, by the key's name. Each alias may be
invoked by one AWS service alone. A job that subscribes to a foreign topic has an alias of its own; no job's name begins
with an underscore, so none has the name of a shared alias.
"""

KINDS = {
    "schedule": "_schedules",  # EventBridge Scheduler, for the stage's own group of schedules
    "s3": "_uploads",  # the stage's own rules on uploaded objects
    "sns": "_messages",  # SNS, for the stage's own topics
}
