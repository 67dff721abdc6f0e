"""One synthesized assembly for the whole test run, also when it is spread over several processes."""

import atexit
import gc
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import hypothesis
import pytest

from local import service_models, synth
from tests.support.permissions import pytest_sessionfinish, pytest_testnodedown

__all__ = ["pytest_sessionfinish", "pytest_testnodedown"]

# The suite also runs on machines under load: how long an example took says nothing about the code.
# deadline=None is hypothesis's own default only where the variable CI is set.
EXAMPLES = {"few": 10, "many": 300, "search": 300}
"""How many examples a test takes that says nothing else: of ``make test``, and of all that run more than that. They are
the same ones each time, so that a commit which passes does not fail later, but with ``--hypothesis-profile=search``."""
for name, number in EXAMPLES.items():
    hypothesis.settings.register_profile(
        name,
        max_examples=number,
        deadline=None,
        derandomize=name != "search",
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
        print_blob=True,
    )

# Where Python is told to keep no byte code, each of our many processes would compile thousands of files anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

service_models.share()

# What commands under test keep of their runs is of no use to anybody: each process has a folder of its own.
os.environ["DATAMART_HOME"] = tempfile.mkdtemp(prefix="datamart-tests-")
atexit.register(shutil.rmtree, os.environ["DATAMART_HOME"], ignore_errors=True)

# A shell starts background jobs with SIGINT ignored, nohup with SIGHUP, and every process below inherits it: commands
# under test would not notice the signals that a test sends.
for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, usual)


@pytest.fixture(scope="session")
def assembly() -> Path:
    """Folder of the assembly with the stages dev and everything; the first worker that asks makes it."""
    output = synth.ROOT / "build" / "test-synth"
    synth.synthesize(output, ["tests.infra.synthesize", "main", str(output)], (*synth.SOURCES, "tests/infra"))
    return output


@pytest.fixture(scope="session")
def own_template() -> None:
    """The template that the command line keeps for itself is up to date."""
    synth.template_path()


@pytest.fixture(scope="session")
def template_path(assembly: Path) -> Path:
    """Path of the template that the emulator runs."""
    return assembly / f"DatamartRunner-{synth.STAGE}.template.json"


def pytest_configure(config: pytest.Config) -> None:
    """Take few examples where the exhaustive cases are left out, too."""
    hypothesis.settings.load_profile("few" if config.option.markexpr == "not exhaustive" else "many")


def pytest_collection_finish() -> None:
    """The collector of garbage need not search what stays until the end, and the rest less often than is usual."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)
