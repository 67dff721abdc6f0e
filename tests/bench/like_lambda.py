"""A Python process that can import just what one in Lambda can: the standard library, the bundle, and boto3."""

import ast
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).parents[2]

RUNTIME_HAS = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six.py", "urllib3")
"""What Lambda's runtime brings: boto3 and what it needs. The bundle comes first, so its own urllib3 is taken."""

ENVIRONMENT = {
    # Lambda's own
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_LAMBDA_FUNCTION_NAME": "a-function",
    "AWS_EXECUTION_ENV": "AWS_Lambda_python",
    "LAMBDA_TASK_ROOT": "/var/task",
    "AWS_ACCESS_KEY_ID": "bench",  # without, a client would look for the credentials of a machine
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_SESSION_TOKEN": "bench",
    # The template's, which nearly every function has
    "RUN_TABLE": "runs",
    "POWERTOOLS_SERVICE_NAME": "datamart-runner",
    "POWERTOOLS_METRICS_NAMESPACE": "DatamartRunner",
    "POWERTOOLS_LOG_LEVEL": "INFO",
}

HANDLERS = sorted(
    path.stem
    for path in (ROOT / "functions" / "handlers").glob("*.py")
    if any(isinstance(node, ast.FunctionDef) and node.name == "handler" for node in ast.parse(path.read_bytes()).body)
)
"""Modules whose ``handler`` Lambda calls."""


def link_runtime(folder: Path) -> Path:
    """Fill ``folder`` with links to what the runtime brings, and return it."""
    installed = Path(sysconfig.get_path("purelib"))
    folder.mkdir()
    for name in RUNTIME_HAS:
        (folder / name).symlink_to(installed / name)
    return folder


def run(code: str, bundle: Path, runtime: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run ``code``, with ``options`` of the interpreter, as Lambda would: nothing else of this machine is seen."""
    paths = f"import sys; sys.path.insert(0, {str(bundle)!r}); sys.path.append({str(runtime)!r})\n"
    command = [sys.executable, "-I", "-S", *options, "-c", paths + code]
    return subprocess.run(command, env=ENVIRONMENT, cwd=runtime, capture_output=True, text=True, check=False)
