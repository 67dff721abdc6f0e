"""Logger, metrics and tracer of every function, with what must not be recorded turned off.

The tracer patches nothing and records neither answers nor errors: an exception's text may quote what a server
said. The session travels in the run table only, so no event or answer of a handler holds a secret.
"""

import warnings

from aws_lambda_powertools import Logger, Metrics, Tracer

from functions.metric_names import NAMESPACE, SERVICE

logger = Logger(service=SERVICE)
metrics = Metrics(namespace=NAMESPACE, service=SERVICE)
tracer = Tracer(service=SERVICE, auto_patch=False)

# Not every event has something to count: the end of a batch has not, and people who run one would read this.
warnings.filterwarnings("ignore", "No application metrics to publish")
