"""What every function records, and what its process does not print."""

import os
import subprocess
import sys

PROGRAM = """
from functions.telemetry import metrics
metrics.log_metrics(lambda event, context: None)({}, None)
"""


def test_a_function_that_has_no_metric_to_record_prints_no_warning() -> None:
    environment = {**os.environ, "PYTHONWARNINGS": "default"}
    ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, env=environment, check=True)
    assert (ended.stdout, ended.stderr) == ("", "")
