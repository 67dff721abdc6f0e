"""A batch in a file or object: JSON or CSV, in whatever form an editor or a spreadsheet saves it."""

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.errors import InvalidRequest
from functions.requests.batches.batch import LARGEST, Batch
from functions.requests.batches.batch_bytes import batch_from_bytes
from functions.similar_names import folded
from tests.unit.requests.batches.samples import JOBS, item


def read(text: str | bytes) -> Batch:
    return batch_from_bytes(text if isinstance(text, bytes) else text.encode(), "night.csv", jobs=JOBS)


def refusal(text: str | bytes) -> str:
    with pytest.raises(InvalidRequest) as caught:
        read(text)
    return str(caught.value)


NIGHT = {"items": [item("a"), item("b", "a")], "onFailure": "stop"}


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", b"\n  "])
@pytest.mark.parametrize("content", [NIGHT, {"batch": NIGHT}])
def test_json_is_the_batch_or_has_it_under_batch(mark: bytes, content: dict[str, Any]) -> None:
    batch = read(mark + json.dumps(content).encode())
    assert [one.name for one in batch.items] == ["a", "b"]
    assert batch.on_failure == "stop"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"items": [', "is not JSON (Expecting value: line 1 column 12"),
        ('{"items": [], "items": []}', 'is not JSON ("items" is twice in one object)'),
        ('{"items": NaN}', "is not JSON (NaN is not a JSON number)"),
        ('{"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put"}]}', "a batch is expected"),
        ("", "is empty; a header and a line for each item are expected."),
        ("\n  \n;;\n", "has no items; below the header"),
        (b"\xff\xfea\x00", "is text in UTF-16. Save the file as UTF-8."),
        (b"name,project\nK\xf6ln,P", "line 2: is not text in UTF-8. Save the file as UTF-8."),
        (b"x" * (LARGEST + 1), f"has {LARGEST + 1} bytes, and {LARGEST} are allowed"),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_what_is_no_batch_is_refused_by_what_it_is(text: str | bytes, expected: str) -> None:
    assert refusal(text).startswith("night.csv: ")
    assert expected in refusal(text)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_line_of_csv_is_an_item_and_a_column_a_key_or_a_prompt(delimiter: str, newline: str, mark: str) -> None:
    rows = [
        ["name", "after", "project", "datamart", "job", "timeoutMinutes", "rerunIfReplacing", "Elements of Country"],
        ["sales", "", "P", "Sales", "", "30", "TRUE", "France"],
        ["", "sales | city-nightly", "P", "Costs", "", "", "", " "],
        ["", "", "", "", "city-nightly", "", "", ""],
    ]
    batch = read(mark + newline.join(delimiter.join(row) for row in rows))
    sales, costs, city = batch.items
    assert sales.request == {
        **{"project": "P", "datamart": "Sales", "timeoutMinutes": 30, "rerunIfReplacing": True},
        "prompts": [{"name": "Elements of Country", "answers": "France"}],
    }
    assert (costs.name, costs.after) == ("Costs", ("sales", "city-nightly"))
    assert costs.request == {"project": "P", "datamart": "Costs"}
    assert (city.job, city.request) == ("city-nightly", {})
    assert [one.where for one in batch.items] == [
        *('line 2 ("sales")', 'line 3 ("Costs")', 'line 4 ("city-nightly")'),
    ]


def test_a_cell_may_have_quotes_separators_and_line_breaks() -> None:
    batch = read('name,project,datamart,Text\n\n"a","P","x""y; z","one,\r\ntwo"\nb,P,D,\n')
    assert batch.items[0].request["datamart"] == 'x"y; z'
    assert batch.items[0].request["prompts"] == [{"name": "Text", "answers": "one,\r\ntwo"}]
    assert [one.where for one in batch.items] == ['line 3 ("a")', 'line 5 ("b")']


def test_one_column_is_enough_for_jobs() -> None:
    assert [one.job for one in read("job\ncity-nightly\n").items] == ["city-nightly"]


def test_a_line_may_have_a_time_of_its_own() -> None:
    text = "name,job,asOf\nfriday,city-nightly,2026-11-20T05:00+01:00\nnow,city-nightly,\n"
    with pytest.raises(InvalidRequest) as same:
        read(text)
    assert "neither comes after the other" in str(same.value)
    friday, now = read(
        text.replace("asOf", "asOf,after").replace("now,city-nightly,", "now,city-nightly,,friday")
    ).items
    assert (friday.as_of, now.as_of) == ("2026-11-20T05:00+01:00", None)


def test_the_separator_is_that_by_which_columns_are_keys() -> None:
    batch = read('name;project;datamart;"a, b, c, d, e, f"\ns;P;D;1\n')
    assert batch.items[0].request["prompts"] == [{"name": "a, b, c, d, e, f", "answers": "1"}]


def test_a_column_with_prompt_before_its_name_is_a_prompt_whatever_the_name() -> None:
    batch = read("project,datamart,prompt:datamart,prompt: Name\nP,D,x,y\n")
    assert batch.items[0].request == {
        **{"project": "P", "datamart": "D"},
        "prompts": [{"name": "datamart", "answers": "x"}, {"name": "Name", "answers": "y"}],
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "project,Datamart\n",
            'line 1: column 2 ("Datamart"): is nearly the key datamart. Write datamart, or prompt:D',
        ),
        ("project,time out minutes\n", "is nearly the key timeoutMinutes"),
        ("project,prompts\n", 'column 2 ("prompts"): cannot be a column'),
        ("project,saveAs\n", 'column 2 ("saveAs"): cannot be a column'),
        ("project,Day, day\n", 'column 3 ("day"): is the column 2 too. Remove one of them.'),
        ("project,datamart,project\n", 'column 3 ("project"): is the column 1 too'),
        ("project,,datamart\n", 'column 2 (""): has no name'),
        ("project,datamart\n", "has no items; below the header a line for each item is expected."),
        ("project,datamart\nP,D,X\n", "line 2: has 3 cells, and the header has 2"),
        ("project,datamart,timeoutMinutes\nP,D,2.5\n", 'line 2: timeoutMinutes: "2.5" is not a whole number.'),
        ("project,datamart,rerunIfReplacing\nP,D,yes\n", 'line 2: rerunIfReplacing: "yes" is not true or false.'),
        ("project,datamart,priority\nP,D,hgh\n", 'line 2 ("D"): priority: must be one of normal, high, not "hgh"'),
        ('project,datamart\nP,"D\n', "line 2: a double quote opens a cell and none closes it"),
        ('project,datamart\nP,D\nP,"D"x\n', "line 3: text follows the double quote that closes a cell"),
        ("project,datamart,after\nP,D,E\n", 'line 2 ("D"): after: there is no item "E".'),
        ("\n".join(["job", *["city-nightly"] * 1001]), "has more than 1000 items (line 1002)"),
        (",".join(f"p{n}" for n in range(251)), "the header has 251 columns, and 250 are allowed"),
        ("project,datamart\nP," + "x" * 200_000, "line 2: field larger than field limit"),
    ],
)
def test_wrong_csv_is_refused_with_the_line_and_the_column(text: str, expected: str) -> None:
    assert expected in refusal(text)


def test_all_wrong_cells_are_named_at_once() -> None:
    found = refusal("project,datamart,timeoutMinutes\nP,D,a\nP,E,b\nP,F,1,2\n")
    assert "has 3 problems" in found
    assert all(f"line {number}" in found for number in (2, 3, 4))


def test_empty_cells_beyond_the_header_and_short_lines_are_allowed() -> None:
    batch = read("project,datamart,Day,,\nP,D,x,,\nP,E\n")
    assert [one.name for one in batch.items] == ["D", "E"]


ANSWERS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="{}"), max_size=30)


@given(st.lists(ANSWERS, min_size=1, max_size=5), st.sampled_from([",", ";", "\t"]), st.booleans())
def test_whatever_is_in_a_cell_is_the_answer(answers: list[str], delimiter: str, quoting: bool) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL if quoting else csv.QUOTE_MINIMAL)
    writer.writerow(["name", "project", "datamart", *(f"prompt:{number}" for number in range(len(answers)))])
    writer.writerow(["a", "P", "D", *answers])
    if any(answer == "…" for answer in answers):
        return
    request = read(file.getvalue()).items[0].request
    given_ = {prompt["name"]: prompt["answers"] for prompt in request.get("prompts", [])}
    assert given_ == {str(number): answer for number, answer in enumerate(answers) if answer.strip()}


NAMES = st.lists(
    st.text("abcdefghij -_.éÄß", min_size=1, max_size=12).map(str.strip).filter(bool),
    min_size=1,
    max_size=6,
    unique_by=folded,
)


@given(NAMES, st.data(), st.sampled_from([",", ";", "\t"]), st.sampled_from(["", "\ufeff"]))
def test_a_batch_is_the_same_as_json_and_as_csv(
    names: list[str], data: st.DataObject, delimiter: str, mark: str
) -> None:
    items, rows = [], []
    for number, name in enumerate(names):
        after = data.draw(st.lists(st.sampled_from(names[:number]), unique=True)) if number else []
        answer, minutes = data.draw(ANSWERS.filter(str.strip)), data.draw(st.integers(1, 1440))
        keys = {"timeoutMinutes": minutes, "prompts": [{"name": "A day", "answers": answer}]}
        items.append(item(name, *after, **keys))
        rows.append([name, "|".join(after), "P", f"DM {name}", str(minutes), answer])
    file = io.StringIO(newline="")
    header = ["name", "after", "project", "datamart", "timeoutMinutes", "A day"]
    csv.writer(file, delimiter=delimiter).writerows([header, *rows])
    if any(each["prompts"][0]["answers"] == "…" for each in items):
        return
    as_csv, as_json = read(mark + file.getvalue()), read(json.dumps({"items": items}))
    assert [(one.name, one.after, one.request) for one in as_csv.items] == [
        (one.name, one.after, one.request) for one in as_json.items
    ]


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: raw.decode("latin-1")))
def test_any_text_is_a_batch_or_refused_as_an_invalid_request(text: str) -> None:
    try:
        batch = read(text.encode("utf-8", "replace"))
    except InvalidRequest:
        assert refusal(text.encode("utf-8", "replace")).startswith("night.csv: ")
    else:
        assert batch.items
