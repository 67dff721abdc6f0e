"""The command line: ``datamart run`` and ``datamart simulate``."""

import argparse
import json
import sys
from pathlib import Path

from local.synth import ROOT


def main() -> None:
    """Parse the arguments, do the work, exit with its code."""
    sys.exit(_main(sys.argv[1:]))


def _main(words: list[str]) -> int:
    try:
        arguments = _parser().parse_args(words)
    except SystemExit as refused:
        if refused.code and "--json" in words:
            _print_json("FAILED", "InvalidRequest", "Loaded: no. The command line is not understood.")
        raise
    try:
        return int(arguments.work(arguments))
    except KeyboardInterrupt:
        if "--json" in words:
            _print_json("ABORTED", None, "Loaded: no. Stopped before the run began.")
        return 130


def _print_json(status: str, error: str | None, cause: str) -> None:
    outcome: dict[str, object] = {"status": status, "error": error, "cause": cause, "output": None, "states": []}
    sys.stdout.write(json.dumps(outcome) + "\n")


def _run(arguments: argparse.Namespace) -> int:
    from local.run_command import run  # what a run needs takes seconds to import; --help does not wait for it

    return run(arguments)


def _simulate(arguments: argparse.Namespace) -> int:
    from local.simulator.serve import serve

    try:
        serve(arguments.port, arguments.scenario, lambda line: print(line, flush=True))  # noqa: T201
    except (ValueError, OSError, OverflowError) as problem:
        sys.stderr.write(f"datamart: {problem}\n")
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="datamart", description="Run MicroStrategy datamarts.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="run a datamart on this machine")
    run.add_argument("event_file", nargs="?", type=Path, default=ROOT / "events" / "console.json", metavar="EVENT_FILE")
    run.add_argument("--library-url", metavar="URL", help="a real Library server in place of the simulator")
    run.add_argument("--json", action="store_true", help="print one JSON object on standard output")
    run.add_argument("--max-wait", type=_seconds, metavar="SECONDS", help="cap of each wait; 0 waits for nothing")
    run.add_argument("--scenario", default="default", help="how the simulator behaves")
    run.set_defaults(work=_run)

    simulate = commands.add_parser("simulate", help="start the simulator alone")
    simulate.add_argument("--port", type=int, default=0, metavar="N", help="0 picks a free one")
    simulate.add_argument("--scenario", default="default", metavar="NAME", help="how it behaves")
    simulate.set_defaults(work=_simulate)
    return parser


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds from 0")
    return seconds


if __name__ == "__main__":
    main()
