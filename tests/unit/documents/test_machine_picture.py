"""The picture of the state machine and the table of its states say what the definition does."""

from infra.constructs import asl
from infra.constructs.definition import machine
from infra.documents.machine_picture import machine_picture, state_table

STATES = dict(asl.states(machine()))


def arrows_to(state: str) -> set[str]:
    """The lines of the picture that lead to a state."""
    return {line.strip() for line in machine_picture().splitlines() if line.endswith((f"> {state}", f"| {state}"))}


def test_the_picture_shows_that_the_execution_request_is_sent_only_after_an_instance_was_created() -> None:
    assert arrows_to("ExecuteDatamart") == {"CreateInstance --> ExecuteDatamart"}


def test_the_picture_shows_choices_and_what_follows_a_failure_with_their_reasons() -> None:
    assert arrows_to("AnswersRefused") == {
        'AnswerPrompts -.->|"an error of our own"| AnswersRefused',
        'JudgeBreakdown -->|"five failures"| AnswersRefused',
    }
    assert 'GetStatus -.->|"AWS or the server is unavailable"| JudgeDeadline' in arrows_to("JudgeDeadline")
    assert 'SaveDatamart -.->|"AWS is unavailable"| JudgeDeadline' in arrows_to("JudgeDeadline")


def test_the_picture_draws_every_state_and_those_of_an_attempt_in_its_frame() -> None:
    lines = machine_picture().splitlines()
    frame = lines[lines.index("  subgraph Attempt") + 1 : lines.index("  end")]
    inside = STATES["Attempt"]["Branches"][0]["States"]
    assert [line.strip().split("[")[0].split("{")[0].split("(")[0] for line in frame] == list(inside)
    assert all(any(f'"{name}"' in line for line in lines) for name in set(STATES) - {"Attempt"})


def test_the_table_has_a_row_for_each_state_with_its_function_and_retries() -> None:
    rows = dict(zip(STATES, state_table().splitlines()[2:], strict=True))
    assert rows["CreateInstance"].endswith("| `create_instance` | 75 s | server 1, AWS 10 |")
    assert rows["GetStatus"].endswith("| `get_status` | 75 s | server 8, AWS 10, other 3 |")
    assert rows["AskPerson"].endswith("| `ask_person` | as the request says | server 3, AWS 240 |")
    assert rows["WaitForStatus"].endswith("| | | |")


def test_every_state_and_every_choice_is_described() -> None:
    for name, state in STATES.items():
        assert all(one["Comment"].strip() for one in (state, *state.get("Choices", []))), name
