"""The modules that decide, and the test files that must notice a change of each, the quickest first."""

from tests.mutation.mutants import ROOT

_SCENARIOS = "tests/unit/handlers/test_interleaving_scenarios.py"

TARGETS = {
    "functions/runs/job_state.py": (
        "tests/unit/runs/test_job_state.py",
        "tests/unit/runs/store/test_job_states.py",
        "tests/unit/handlers/test_execute_datamart.py",
        _SCENARIOS,
    ),
    "functions/runs/store/job_states.py": (
        "tests/unit/runs/store/test_job_facts.py",
        "tests/unit/runs/store/test_job_states.py",
        _SCENARIOS,
    ),
    "functions/handlers/execute_datamart.py": ("tests/unit/handlers/test_execute_datamart.py", _SCENARIOS),
    "functions/lifecycle/refusals.py": ("tests/unit/handlers/test_execute_datamart.py", _SCENARIOS),
    "functions/runs/conclusion.py": (
        "tests/unit/runs/test_conclusion.py",
        "tests/unit/runs/test_another_attempt.py",
        _SCENARIOS,
    ),
    "functions/runs/concurrency.py": (_SCENARIOS, "tests/unit/runs/test_concurrency.py"),
    "functions/runs/same_datamart.py": ("tests/unit/runs/test_same_datamart.py",),
    "functions/runs/queue.py": ("tests/unit/runs/test_queue.py", "tests/unit/runs/test_queue_moves.py"),
    "functions/runs/queue_moves.py": ("tests/unit/runs/test_queue_moves.py",),
    "functions/runs/usual.py": ("tests/unit/runs/test_usual.py",),
    "functions/runs/batches/order.py": ("tests/unit/runs/batches/test_order.py",),
    "functions/runs/batches/places.py": ("tests/unit/runs/batches/test_places.py",),
    "functions/microstrategy/cube_publication.py": ("tests/unit/microstrategy/test_cube_publication.py",),
    "functions/microstrategy/error_mapping.py": (
        "tests/unit/microstrategy/test_error_mapping.py",
        "tests/unit/microstrategy/test_errors.py",
        "tests/unit/microstrategy/test_redaction.py",
    ),
}


def check() -> None:
    """Raise FileNotFoundError if a module or a test file has moved."""
    for path in (*TARGETS, *(test for tests in TARGETS.values() for test in tests)):
        if not (ROOT / path).exists():
            raise FileNotFoundError(f"tests/mutation/targets.py names {path}, which does not exist")
