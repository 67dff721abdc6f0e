"""The Lambda functions of the system, one module each: each has a ``handler`` and nothing else is here."""
