"""The Lambda functions: each module has one ``handler``; ``_decorators.py`` has what they share."""
