"""JSON as a person writes it."""

import json
import time

import pytest

from app.inputs.json_text import NotJson, read_json_text, write_json


def test_every_value_is_found_on_its_line() -> None:
    text = (
        '{\n  "prompt": "a \\"}{[\\" b",\n  "frames": [\n    {"at": 0},\n    {"at":\n 6.5}\n  ]\n}'
    )

    read = read_json_text(text)

    assert read.value == json.loads(text)
    assert read.line_of(()) == 1
    assert read.line_of(("prompt",)) == 2
    assert read.line_of(("frames", 0, "at")) == 4
    assert read.line_of(("frames", 1)) == 5
    assert read.line_of(("frames", 1, "at")) == 6
    # What is missing is looked for where it belongs.
    assert read.line_of(("frames", 1, "prompt")) == 5


@pytest.mark.parametrize(
    "value",
    [
        {"seed": 2**63 - 1, "big": 10**40, "small": -(2**63)},
        {"scale": 0.1, "one": 1.0, "tiny": 1e-9},
        {"text": "", "none": None, "yes": True, "list": [], "object": {}},
        {"名前": "日本語 🙂 é", "quoted": 'a "b" \\ c\nd\te', "a.b": {"c": [[1], [2, [3]]]}},
        [],
        "text",
    ],
)
def test_what_is_written_is_read_back_to_the_last_digit(value: object) -> None:
    read = read_json_text(write_json(value)).value  # type: ignore[arg-type]

    assert read == value
    assert json.dumps(read) == json.dumps(value)


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("", 1, 1, "There is nothing here."),
        ('{"a": 1,}', 1, 8, "The comma after the last value"),
        ('{\n  "a": [1, 2,\n  ]\n}', 2, 13, "The comma after the last value"),
        ('{"a": 1', 1, 8, "ends too early"),
        ('{"a": 1 "b": 2}', 1, 9, "A comma is missing"),
        ('{"a" 1}', 1, 6, "A colon is missing"),
        ("{a: 1}", 1, 2, "A name in double quotes"),
        ("{'a': 1}", 1, 2, "straight double quotes"),
        ("{“a”: 1}", 1, 2, "straight double quotes"),
        ('{"a": \n True}', 2, 2, "Write true instead of True."),
        ('{"a": abc}', 1, 7, "“abc” is no value."),
        ('{"a": }', 1, 7, "A value is missing"),
        ('{"a": 1} {}', 1, 10, "more after the end"),
        ('{"a": "b', 1, 7, "not closed"),
        ('{"a": "b\nc"}', 1, 9, "Write a line break inside it as \\n."),
        ('{"a": "C:\\dir"}', 1, 10, "backslash"),
        ('{"a": 1} // so', 1, 10, "more after the end"),
        ('{\n // so\n "a": 1}', 2, 2, "no comments"),
        ('{"a": 1,\n "b": 2,\n "a": 3}', 3, 2, "“a” is given twice, first on line 1. Keep one."),
        ('{"a": NaN}', 1, 7, "NaN is not a number"),
        ('{"a": [0,\n-Infinity]}', 2, 1, "-Infinity is not a number"),
        ('{"a": 1e400}', 1, 7, "too large"),
        ('{"a": ' + "9" * 5000 + "}", 1, 7, "too large"),
        ('{"a": "\\u0000"}', 1, 7, "no text may hold"),
        ('{"\\ud800": 1}', 1, 2, "no text may hold"),
        ("[" * 101 + "]" * 101, 1, 101, "nested more than 100 levels"),
        ("[" * 100_000, 1, 1, "nested more than 100 levels"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, line: int, column: int, said: str) -> None:
    with pytest.raises(NotJson) as found:
        read_json_text(text)

    assert (found.value.line, found.value.column) == (line, column)
    assert said in found.value.said


def test_a_long_text_is_read_in_time() -> None:
    value = {"rows": [{"prompt": "words " * 10, "at": n, "in": [[n]]} for n in range(20_000)]}
    text = write_json(value)  # type: ignore[arg-type]

    begun = time.process_time()
    read = read_json_text(text)

    assert time.process_time() - begun < 2
    line = read.line_of(("rows", 19_999, "in", 0, 0))
    assert text.split("\n")[line - 1].strip() == "19999"
