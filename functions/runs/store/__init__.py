"""The run table: the only place that knows DynamoDB's expressions and the names under which values are stored.

One module a kind of item or a part of it; its functions are named by what they record, and each write names the
condition under which it is valid.
"""
