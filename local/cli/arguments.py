"""The arguments of every command, with their help texts."""

import argparse
from pathlib import Path
from typing import NoReturn

from functions.text import printable
from local.cli.argument_types import names, places, records, seconds
from local.cli.set_up_arguments import Commands, add_completion, add_init, add_simulate
from local.cli.shared_arguments import add_json, add_json_or_csv, add_reason, add_scenario, add_server
from local.cli.version import Version
from local.synth import ROOT

SIGNALS = (
    "Ctrl-C, SIGTERM and SIGHUP clean up on the server first (exit codes 130, 143, 129). A second signal leaves at "
    "once and lists what is left."
)


RUN = "ID of a run or batch, as datamart runs shows it, or the ARN of its execution, which includes the stage"


class _Parser(argparse.ArgumentParser):
    """Quotes what was typed without its control characters."""

    def error(self, message: str) -> NoReturn:
        super().error(printable(message))


def command_line() -> argparse.ArgumentParser:
    """The parser of the command line; local/README.md is made from it, too."""
    parser = _Parser(prog="datamart", description="Run MicroStrategy datamarts.", epilog=SIGNALS)
    parser.add_argument("--version", action=Version, help="print the version and end")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")

    run = commands.add_parser(
        "run",
        help="run datamarts on this machine",
        description="Run datamarts on this machine: the functions and the state machine that are deployed, in an "
        "emulated AWS, on the built-in simulator or, with --library-url, on a real Library server, whose tables are "
        "then loaded for real.",
        epilog="Exit code 0: succeeded, 1: failed, 2: bad usage or invalid request.",
    )
    run.add_argument(
        "event_files",
        nargs="*",
        type=Path,
        default=[ROOT / "events" / "console.json"],
        metavar="EVENT_FILE",
        help='what to run: the name of a job or batch, or a JSON file: a request, {"project": …, "datamart": …}, as '
        'datamart prompts prints it; a job, {"job": …}; a batch, {"batch": …}, also as CSV; or an event as AWS '
        "delivers it. The folder events has one of each. events/console.json if left out; several run at once",
    )
    server = run.add_mutually_exclusive_group()
    server.add_argument("--library-url", metavar="URL", help="a real Library server in place of the simulator")
    add_scenario(server)
    run.add_argument(
        "--fresh",
        action="store_true",
        help="begin with a new warehouse of the simulator; left out, it has what earlier runs have loaded, which is "
        "kept in .datamart",
    )
    add_json_or_csv(run)
    run.add_argument("--max-wait", type=seconds, metavar="SECONDS", help="cap of each wait; 0 waits for nothing")
    run.add_argument(
        "--slots",
        type=places,
        metavar="N",
        help="runs at once on the connection; left out, maxConcurrentRuns of the stage dev, but with the simulator the "
        "maxConcurrency of a batch",
    )

    plan = commands.add_parser(
        "plan",
        help="show in which order the items of a batch would run, and when, without executing anything",
        epilog="It needs no server, and AWS only with --stage. Exit code 0: shown, 2: invalid batch, or bad usage.",
    )
    plan.add_argument("batch", metavar="BATCH", help="a file with a batch, JSON or CSV, or the name of a batch")
    plan.add_argument(
        "--durations",
        type=Path,
        metavar="FILE",
        help='how long items take: {"NAME": SECONDS, …}, or what run --json printed of an earlier run of the batch',
    )
    plan.add_argument(
        "--places",
        type=places,
        metavar="N",
        help="items that run at once; if left out, maxConcurrency, and in a stage the connection's maxConcurrentRuns",
    )
    plan.add_argument(
        "--stage",
        metavar="S",
        help="a stage: its settings, jobs and batches, and how long items took there; this computer if left out",
    )
    add_json(plan)

    prompts = commands.add_parser(
        "prompts",
        help="show the prompts of a datamart, without executing it",
        epilog="Without --library-url and --stage it uses the built-in simulator, and P may be left out. Exit code 0: "
        "shown, 1: failed, 2: bad usage, 130: stopped by Ctrl-C.",
    )
    prompts.add_argument("datamart", metavar="DATAMART", help="id, exact name, or path: /Public Objects/Datamarts/City")
    prompts.add_argument("--project", metavar="P", help="id or exact name of its project")
    add_server(prompts)
    output = prompts.add_mutually_exclusive_group()
    add_json(output)
    output.add_argument(
        "--request", action="store_true", help="print only the request on standard output, for a file to edit and run"
    )

    listing = commands.add_parser(
        "list",
        help="list the datamarts of a server: folder, table, replace or append, prompts",
        epilog="Without --library-url and --stage it uses the built-in simulator. Exit code 0: shown, 1: failed, "
        "2: bad usage, 130: stopped by Ctrl-C.",
    )
    listing.add_argument(
        "--project", metavar="P", help="id or exact name of a project; all that are open to the account if left out"
    )
    listing.add_argument("--folder", metavar="F", help="id or path of a folder of the project, and the folders in it")
    add_server(listing)
    add_json(listing)

    add_init(commands)

    runs = commands.add_parser(
        "runs",
        help="show what has run, newest first: on this computer, or in a stage",
        epilog="Each record has the id that other commands take. Without a terminal it prints a line for each, with "
        "tabs between the fields. A stage's records of the last 30 days are looked at unless --since, --job, --batch "
        "or --datamart says otherwise. Exit code 0: shown, 2: bad usage or refused, 130: stopped by Ctrl-C.",
    )
    runs.add_argument("--job", metavar="J", help="of this job")
    runs.add_argument("--batch", metavar="B", help="of this batch, and of its items")
    runs.add_argument("--datamart", metavar="D", help="of this datamart: its name, or its id")
    runs.add_argument(
        "--status",
        metavar="S,…",
        help="one or several of running, succeeded, failed, timed-out, aborted, skipped",
    )
    runs.add_argument("--since", metavar="TIME", help="begun since then: 7d, 12h, 2026-11-20 or 2026-11-20T05:00+01:00")
    runs.add_argument(
        "--limit", type=records, metavar="N", help="how many at most; 20 if left out, and 5,000 with --html"
    )
    runs.add_argument("--stage", metavar="S", help="which deployment; this computer's own runs if left out")
    output = runs.add_mutually_exclusive_group()
    output.add_argument(
        "--json",
        nargs="?",
        const="",
        metavar="FIELD,…",
        help="print an array of objects with these fields; without any, list the fields",
    )
    output.add_argument("--csv", action="store_true", help="print a header and a line for each record, with all fields")
    output.add_argument(
        "--html",
        type=Path,
        metavar="FILE",
        help="write a page for a browser into this file: a cell for each job and night",
    )

    show = commands.add_parser(
        "show",
        help="show what happened in a run or a batch: steps, HTTP requests, answers, waits, clean-up, cost",
        epilog="It reads the record, the execution and the logs, and no open session. Exit code 0: shown, "
        "2: unknown run, bad usage or refused, 130: stopped by Ctrl-C.",
    )
    show.add_argument("run", metavar="RUN", help=RUN)
    show.add_argument("--stage", metavar="S", help="a deployed run of this stage; one of this computer if left out")
    instead = show.add_mutually_exclusive_group()
    instead.add_argument("--log-failed", action="store_true", help="print the log lines of the step that failed")
    instead.add_argument("--web", action="store_true", help="print the address of the run in the AWS console")
    instead.add_argument("--html", type=Path, metavar="FILE", help="write it as one page for a browser into this file")
    add_json(instead)

    check = commands.add_parser(
        "check",
        help="test a connection and the jobs that use it, without executing anything",
        description="Test whether a connection would work, and the jobs that use it, without executing anything: "
        "address, TLS, login and privileges, and of every job its project, datamart, prompts and folders, and the "
        "events and cubes that follow its load.",
        epilog="It logs in twice and out again. Where a logout ends all sessions of an account, it ends those of runs "
        "that are under way, too: check an account while nothing runs under it.",
    )
    check.add_argument(
        "--connection", default="default", metavar="C", help="a connection of the stage's settings; default if left out"
    )
    check.add_argument("--stage", default="dev", metavar="S", help="whose settings, jobs and secret; dev if left out")
    check.add_argument(
        "--request", type=Path, metavar="FILE", help="check the request in this JSON file, too, as if it were a job"
    )
    where = check.add_mutually_exclusive_group()
    where.add_argument(
        "--library-url", metavar="URL", help="this server, with MSTR_USERNAME and so on, in place of AWS"
    )
    where.add_argument("--simulator", action="store_true", help="the built-in simulator, to try it")
    add_json(check)

    start = commands.add_parser(
        "start",
        help="start a deployed run or batch and follow it",
        epilog="The credentials are those of the aws command line. Ctrl-C ends the following and not the run: it goes "
        "on in AWS, and the command that stops it is printed. Exit code 0: succeeded, 1: failed, 2: invalid "
        "request, not started, or contact lost, 130: no longer followed after Ctrl-C. With --no-wait 0 means: started.",
    )
    start.add_argument(
        "job",
        metavar="JOB",
        help="name of a job or batch, or path of a file: .json with a request or a batch, .csv with a batch; or the "
        "ARN of an ended batch, whose rest runs",
    )
    start.add_argument("--stage", default="dev", help="which deployment; dev if left out")
    start.add_argument("--as-of", metavar="TIME", help="run it as if triggered then: 2026-11-20T05:00+01:00")
    start.add_argument(
        "--only",
        type=names,
        default=[],
        metavar="NAME,…",
        help="of a batch these items alone, which wait for each other and for no other item",
    )
    start.add_argument(
        "--accept",
        type=names,
        default=[],
        metavar="NAME,…",
        help="of an ended batch: items that may be loaded and that you have found loaded",
    )
    start.add_argument(
        "--force",
        type=names,
        default=[],
        metavar="NAME,…",
        help="of an ended batch: items that may be loaded and that run all the same; one that appends to its table may "
        "then have its rows twice",
    )
    start.add_argument(
        "--from",
        dest="first",
        metavar="DATE",
        help="run the job for each time at which its schedule fired from this day on, oldest first, as one batch: each "
        "after the one before",
    )
    start.add_argument("--to", dest="last", metavar="DATE", help="with --from: the last day; until now if left out")
    add_reason(start)
    start.add_argument("--no-wait", action="store_true", help="do not follow it: print how it is called, and end")
    add_json_or_csv(start)

    watch = commands.add_parser(
        "watch",
        help="follow a deployed run or batch, also one of somebody else",
        epilog="Ctrl-C ends the following and not the run. Exit code 0: succeeded, 1: failed, 2: unknown run, or "
        "contact lost, 130: no longer followed after Ctrl-C.",
    )
    watch.add_argument("run", metavar="RUN", help=RUN)
    watch.add_argument("--stage", metavar="S", help="which deployment, for an ID; dev if left out")
    add_json(watch)

    rerun = commands.add_parser(
        "rerun",
        help="run once more what an earlier run ran, or what an earlier batch has not loaded",
        epilog="It is refused while the run still runs, and for one that has loaded its table, or may have, without "
        "--force. Exit code: that of start, on this computer that of run; 1 also: not confirmed.",
    )
    rerun.add_argument("run", metavar="RUN", help=RUN)
    rerun.add_argument("--stage", metavar="S", help="which deployment; this computer's own runs if left out")
    rerun.add_argument(
        "--follow-ups",
        action="store_true",
        help="of a run that has loaded its table: load nothing, and do what was to follow and is not done",
    )
    rerun.add_argument(
        "--force",
        nargs="?",
        type=names,
        const=[],
        metavar="NAME,…",
        help="run it although its table is loaded, or may be; of a batch these items, which may be loaded; of "
        "follow-ups events that may have been triggered",
    )
    rerun.add_argument(
        "--accept",
        type=names,
        default=[],
        metavar="NAME,…",
        help="of a batch: items that may be loaded and that you have found loaded; of follow-ups events that you have "
        "found triggered",
    )
    rerun.add_argument("--yes", action="store_true", help="do not ask: confirm what --force says")
    add_reason(rerun)
    rerun.add_argument("--no-wait", action="store_true", help="in a stage: do not follow it")
    rerun.add_argument("--library-url", metavar="URL", help="on this computer: a real Library server, as at run")
    rerun.add_argument(
        "--max-wait", type=seconds, metavar="SECONDS", help="on this computer: cap of each wait; 0 waits for nothing"
    )
    add_json(rerun)

    answer = commands.add_parser(
        "answer",
        help="answer the question of a deployed run",
        epilog="Without FILE the prompts are asked one after another on the terminal. An answer is checked before it "
        "is sent. Exit code 0: sent, 1: not accepted (invalid answer, no open question, too late), 2: bad usage or "
        "unknown run, 130: stopped by Ctrl-C.",
    )
    answer.add_argument("run", metavar="RUN", help="the execution's ARN, which includes the stage, or its name")
    answer.add_argument("file", nargs="?", metavar="FILE", help='JSON: {"prompts": [...]}; - is standard input')
    answer.add_argument("--stage", metavar="S", help="which deployment, for a name; dev if left out")
    answer.add_argument("--decline", metavar="REASON", help="send no answers, and end the run for this reason")
    add_json(answer)

    free_lease = commands.add_parser(
        "free-lease",
        help="free a datamart that an ended run still holds because of a pending job",
        epilog="It shows who has the lease and asks whether the job has ended: look into MicroStrategy's job monitor "
        "first, because the next run begins at once. Exit code 0: freed, or free already, 1: not freed (its run still "
        "runs, another run has it, not confirmed), 2: bad usage or refused, 130: stopped by Ctrl-C.",
    )
    free_lease.add_argument(
        "lease", metavar="LEASE", help="CONNECTION/PROJECT_ID/DATAMART_ID as the message has it, or slot/CONNECTION/N"
    )
    free_lease.add_argument("--stage", default="dev", metavar="S", help="which deployment; dev if left out")
    free_lease.add_argument("--yes", action="store_true", help="do not ask: confirm that the job has ended")
    add_json(free_lease)

    pause = commands.add_parser(
        "pause",
        help="keep the runs of a connection or of a job in the queue; without a name list what is paused",
        epilog="Runs that are under way go on; others wait, and are not started by anything before the pause ends. It "
        "does not count against their queueMinutes. Exit code 0: done, 2: bad usage or refused, 130: stopped by "
        "Ctrl-C.",
    )
    pause.add_argument(
        "name", nargs="?", metavar="NAME", help="a connection or a job; connection/NAME or job/NAME where both exist"
    )
    pause.add_argument(
        "--until", metavar="TIME", help="end of the pause: 2026-11-20T05:00+01:00; 72 hours, the most, if left out"
    )
    pause.add_argument("--stage", default="dev", metavar="S", help="which deployment; dev if left out")
    add_json(pause)

    resume = commands.add_parser(
        "resume",
        help="end a pause: the runs that wait go on at once",
        epilog="Exit code 0: resumed, or not paused, 2: bad usage or refused, 130: stopped by Ctrl-C.",
    )
    resume.add_argument("name", metavar="NAME", help="a connection or a job, as at pause")
    resume.add_argument("--stage", default="dev", metavar="S", help="which deployment; dev if left out")
    add_json(resume)

    add_simulate(commands)
    add_completion(commands)
    _describe(commands)
    return parser


def _describe(commands: Commands) -> None:
    """Let the help of each command begin with a sentence: its own, or else its line in the list of all commands."""
    for listed in commands._choices_actions:
        command, summary = commands.choices[listed.dest], listed.help or ""
        command.description = command.description or f"{summary[:1].upper()}{summary[1:]}."
