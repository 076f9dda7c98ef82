"""Files of prompts: every form that people have, and what is wrong with the others."""

from __future__ import annotations

import pytest

from core.errors import InvalidFile
from core.experiment import Question, read_prompts


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("plain.csv", b"prompt,expected,kind\nWhat?,71,sum\n"),
        ("bom-and-case.csv", b"\xef\xbb\xbf Prompt ,EXPECTED,kind\r\nWhat?, 71 ,sum\r\n"),
        ("empty-rows.csv", b"prompt,expected,kind\n\n,,\nWhat?,71,sum\n\n"),
        ("semicolons.csv", b"kind;prompt;expected\nsum;What?;71\n"),
        ("tabs.txt", b"prompt\texpected\tkind\nWhat?\t71\tsum\n"),
        ("objects.jsonl", b'{"prompt": "What?", "expected": 71, "kind": "sum"}\n\n'),
        ("objects", b'{"Prompt": "What?", "expected": "71", "kind": "sum"}'),
    ],
)
def test_a_file_is_read_in_every_form_that_people_have(tmp_path, name, raw):
    (tmp_path / name).write_bytes(raw)
    assert read_prompts(tmp_path / name) == (Question(1, "What?", "71", more={"kind": "sum"}),)


def test_a_text_keeps_its_line_breaks_quotes_and_letters(tmp_path):
    file = tmp_path / "set.csv"
    file.write_bytes('prompt,id\n"Zeile 1\r\nsagt ""ja"",\u2028ß",ä\n'.encode())
    (question,) = read_prompts(file)
    assert question == Question(1, 'Zeile 1\r\nsagt "ja",\u2028ß', id="ä")


def test_an_expected_json_stays_json(tmp_path):
    file = tmp_path / "set.jsonl"
    file.write_text(
        '{"prompt": "What?", "expected": {"sum": 71}}\n{"prompt": "b", "expected": null}'
    )
    assert [q.expected for q in read_prompts(file)] == ['{"sum": 71}', None]


@pytest.mark.parametrize(
    ("name", "raw", "told"),
    [
        ("a.csv", b"", "is empty; allowed"),
        ("a.csv", b"prompt,expected\n", "no row under them; allowed"),
        ("a.csv", b"question,answer\n1,2\n", "columns question, answer, and none is called prompt"),
        ("a.csv", b"prompt,Prompt\n1,2\n", "names prompt twice; allowed"),
        ("a.csv", b"prompt,x\none,1\ntwo\n", "line 3 has 1 cell, and the first row names 2 col"),
        ("a.csv", b'prompt,x\n"a\nb",1\none, two,3\n', "line 4 has 3 cells"),
        ("a.csv", b"prompt,x\n ,1\n", "line 2 has no prompt; allowed"),
        ("a.csv", b'prompt\n"open\n', "line 2 is no CSV"),
        ("a.csv", b"prompt\nok\ncaf\xe9\n", "is not UTF-8 text (line 3); allowed"),
        ("a.csv", "prompt\na\n".encode("utf-16"), "is not UTF-8 text (line 1); allowed"),
        ("a.jsonl", b'{"prompt": "a"}\n{"prompt"\n', "line 2 is no JSON"),
        ("a.jsonl", b'["a"]\n', 'line 1 is ["a"]; allowed'),
        ("a.jsonl", b'{"question": "a"}\n', "line 1 has question, and no prompt"),
        ("a.jsonl", b'{"prompt": "\\ud800"}\n', "line 1 holds half of a character"),
    ],
)
def test_a_file_that_is_no_prompt_set_is_told_what_is_wrong(tmp_path, name, raw, told):
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(InvalidFile) as error:
        read_prompts(tmp_path / name)
    assert told in str(error.value)
    assert "allowed" in str(error.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    for path in (tmp_path / "no.csv", tmp_path):
        with pytest.raises(InvalidFile, match=r"cannot be read \(.*; allowed: CSV"):
            read_prompts(path)
