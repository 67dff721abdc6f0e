"""CPU of the emulator for a run: of one after the other, of 10 at once, and of 200 at once.

Waits take no time: what remains is moto, botocore and our own code. Those at once are of one datamart on one slot, so
that nearly all of them go through the queue. The figures are CPU seconds of this process, simulator
included, after two runs that fill the caches; a busy machine moves them little. ``python -m tests.bench.emulator_runs``
"""

import sys
import time
from collections.abc import Callable

from local import synth
from local.clock import StandingClock
from local.emulator import Emulator
from local.simulator import Simulator, catalogue

TUTORIAL = "B7CA92F04B9FAE8D941C3E9B7E0CD754"
COUNTRIES = [{"name": "Elements of Country", "type": "ELEMENTS", "answers": [{"name": "USA"}, {"name": "England"}]}]
CITY = {"project": TUTORIAL, "datamart": catalogue.CITY, "prompts": COUNTRIES}
PLAIN = {"project": TUTORIAL, "datamart": catalogue.CATEGORY_SALES}

FEW, MANY = 10, 200


def main() -> None:
    """Measure and print."""
    clock = StandingClock()
    with Emulator(synth.template_path(), clock=clock, max_wait=0) as emulator:
        simulator = Simulator(clock=clock.now, password="bench")
        simulator.start()
        try:
            account = {"username": simulator.username, "password": simulator.password, "loginMode": 1}
            emulator.seed_secret("default", account | {"baseUrl": simulator.base_url})
            for request in (CITY, PLAIN):
                succeed(emulator, [request])
            one = cpu_a_run(10, lambda: [succeed(emulator, [CITY]) for _ in range(10)])
            few = cpu_a_run(FEW, lambda: succeed(emulator, [PLAIN] * FEW))
            many = cpu_a_run(MANY, lambda: succeed(emulator, [PLAIN] * MANY))
        finally:
            simulator.stop()
    sys.stdout.write(
        f"The emulator, CPU seconds a run: City, one after the other {one:.3f}\n"
        f"Runs of one datamart, in the queue for one slot: {FEW} at once {few:.3f}, {MANY} at once {many:.3f}, "
        f"ratio {many / few:.2f}\n"
    )


def succeed(emulator: Emulator, requests: list[dict[str, object]]) -> None:
    """Start runs at once and wait for their ends. Raises RuntimeError for one that fails."""
    for arn in [emulator.start(request) for request in requests]:
        outcome = emulator.wait(arn)
        if outcome.status != "SUCCEEDED":
            raise RuntimeError(f"{outcome.status} {outcome.error}: {outcome.cause}")


def cpu_a_run(runs: int, work: Callable[[], object]) -> float:
    """CPU seconds that the work takes, by run."""
    began = time.process_time()
    work()
    return (time.process_time() - began) / runs


if __name__ == "__main__":
    main()
