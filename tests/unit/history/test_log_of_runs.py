"""The lines of one execution out of the log of all functions, which grows while it is read."""

import json
from pathlib import Path

from local.history.log_of_runs import LogOfRuns


def line(execution: str, number: int) -> str:
    return json.dumps({"message": "step done", "correlation_id": execution, "number": number})


def test_each_execution_gets_its_own_lines_once_and_lines_of_others_are_kept_for_them(tmp_path: Path) -> None:
    log, runs = tmp_path / "functions.log", LogOfRuns()
    log.write_text(f'{line("a", 1)}\n{line("b", 2)}\nTraceback\n{{"_aws": {{}}}}\n', "utf-8")
    assert runs.take(log, "b") == [line("b", 2)]
    with log.open("a", encoding="utf-8") as file:
        file.write(f"{line('a', 3)}\n")
    assert runs.take(log, "a") == [line("a", 1), line("a", 3)]
    assert runs.take(log, "a") == []


def test_a_line_that_is_being_written_is_read_once_it_is_whole(tmp_path: Path) -> None:
    log, runs, whole = tmp_path / "functions.log", LogOfRuns(), line("a", 1)
    log.write_text(whole[:20], "utf-8")
    assert runs.take(log, "a") == []
    log.write_text(f"{whole}\n", "utf-8")
    assert runs.take(log, "a") == [whole]


def test_another_log_is_read_from_its_beginning(tmp_path: Path) -> None:
    runs = LogOfRuns()
    for name in ("first", "second"):
        log = tmp_path / name
        log.write_text(f"{line(name, 1)}\n", "utf-8")
        assert runs.take(log, name) == [line(name, 1)]


def test_a_line_ends_only_at_a_line_feed(tmp_path: Path) -> None:
    log = tmp_path / "functions.log"
    whole = json.dumps({"correlation_id": "a", "message": "x\u2028y\x85z"}, ensure_ascii=False)
    log.write_text(f'{whole}\n{"[" * 100_000}"correlation_id"\n', "utf-8")
    assert LogOfRuns().take(log, "a") == [whole]
