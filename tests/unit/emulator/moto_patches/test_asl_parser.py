"""A definition that an earlier process has parsed is read from a file, and is the same as parsed anew."""

import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from local.emulator.moto_patches import asl_parser

LONG = "x" * asl_parser.LEAST_SIZE


def definition(comment: str) -> str:
    state: dict[str, Any] = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": "f", "Payload": "{% $states.input %}"},
        "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}],
        "End": True,
    }
    return json.dumps({"Comment": comment, "QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": state}})


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(asl_parser, "KEPT", tmp_path / "definitions")
    asl_parser.install()
    return tmp_path / "definitions"


def _parsed_anew(text: str) -> Any:
    """What a process returns that has parsed nothing yet."""
    asl_parser._parsed.cache_clear()
    return asl_parser._parsed(text)[0]


def test_a_program_from_a_file_is_the_one_that_was_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = pickle.dumps(asl_parser.parse(definition(LONG))[0])
    _parsed_anew(definition(LONG))
    monkeypatch.setattr(asl_parser, "parse", None)
    assert pickle.dumps(_parsed_anew(definition(LONG))) == parsed


def test_the_parse_tree_of_a_kept_definition_is_made_when_it_is_looked_at() -> None:
    _, tree = asl_parser._parsed(definition(LONG))
    assert tree.getText() == asl_parser.parse(definition(LONG))[1].getText()


def test_a_damaged_file_is_parsed_and_written_again(folder: Path) -> None:
    _parsed_anew(definition(LONG))
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:-9])
    assert _parsed_anew(definition(LONG)) is not None
    assert file.read_bytes() == whole


def test_each_definition_has_its_own_file_and_the_oldest_go(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asl_parser, "MOST_KEPT", 2)
    for number in range(4):
        _parsed_anew(definition(f"{LONG}{number}"))
    assert len(list(folder.iterdir())) == 2


def test_a_short_definition_and_a_wrong_one_have_no_file(folder: Path) -> None:
    asl_parser._parsed(definition("short"))
    with pytest.raises(Exception, match="ASLParserException"):
        asl_parser._parsed(definition(LONG).replace("StartAt", "StartsAt"))
    assert not folder.exists()


def test_a_folder_that_cannot_be_written_is_no_error(folder: Path) -> None:
    folder.write_text("a file")
    assert _parsed_anew(definition(LONG)) is not None


def test_only_the_owner_may_read_what_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / ".datamart" / "definitions"
    monkeypatch.setattr(asl_parser, "KEPT", kept)
    _parsed_anew(definition(LONG))
    paths = [kept.parent, kept, *kept.iterdir()]
    assert [path.stat().st_mode & 0o777 for path in paths] == [0o700, 0o700, 0o600]
