"""A command line that is only read, or wrong, does not wait for what a run needs."""

import subprocess
import sys

HEAVY = ("moto", "boto3", "botocore", "aws_cdk", "rich", "requests")


def test_reading_the_command_line_imports_nothing_that_takes_long() -> None:
    program = f"import sys, local.cli.main; print([name for name in {HEAVY} if name in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
