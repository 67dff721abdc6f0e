"""Logger, metrics and tracer of every function, with what must not be recorded turned off.

The tracer patches nothing and records neither answers nor errors: an exception's text may quote what a server
said. The session travels in the run table only, so no event or answer of a handler holds a secret.
"""

import json
import warnings
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer

from functions.metric_names import NAMESPACE, SERVICE

IN_LAMBDAS_OWN_LINES = frozenset({"function_arn", "function_memory_size"})
"""Keys of Powertools that are left out: Lambda's own lines have both, and they would be a fifth of what we log."""


def _line(keys: dict[str, Any]) -> str:
    kept = {name: value for name, value in keys.items() if name not in IN_LAMBDAS_OWN_LINES}
    return json.dumps(kept, default=str, separators=(",", ":"))


logger = Logger(service=SERVICE, json_serializer=_line)
metrics = Metrics(namespace=NAMESPACE, service=SERVICE)
tracer = Tracer(service=SERVICE, auto_patch=False)

# Not every event has something to count: the end of a batch has not, and people who run one would read this.
warnings.filterwarnings("ignore", "No application metrics to publish")
