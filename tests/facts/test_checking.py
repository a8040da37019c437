"""Exported rows and what happens to them when something is changed."""

# ruff: noqa: E501 (sentences are easier to read whole)
from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from qa.errors import CorpusError, QAError
from qa.facts.checking import faults
from qa.facts.rows import Row, checksum, read_rows, rows_of, to_csv, to_json_lines
from qa.facts.timeline import timeline
from qa.types import Article, Citation, Figure

VERSION = "1.0"
TEXT = (
    "=Sturm vor Selmstedt\n\nLaut Reederei Thoden starben im April etwa 30 dänische Matrosen. Der Hafen bleibt zu.\n\n"
    "Mindestens 12 Matrosen wurden nach Angaben der Küstenwache verletzt."
)
ARTICLE = Article("a.txt", "Sturm vor Selmstedt", TEXT, "Nordbote", date="2024-05-03", language="de")
OTHER = replace(ARTICLE, article_id="b.txt", text="Im Watt ist Ebbe.", title="Ebbe")
DEAD = "Laut Reederei Thoden starben im April etwa 30 dänische Matrosen."
CHECKER = Path(__file__).resolve().parents[2] / "docs" / "check_export.py"


def article_of(article_id: str) -> Article:
    for article in (ARTICLE, OTHER):
        if article.article_id == article_id:
            return article
    raise CorpusError(f"There is no article {article_id}. Check its id.")


def place(quote: str) -> dict[str, Any]:
    start = TEXT.index(quote)
    known = {name: getattr(ARTICLE, name) for name in ("article_id", "title", "source", "date")}
    return {**known, "start": start, "end": start + len(quote), "quote": quote}


QUOTE = Citation(label=1, url="", score=0.9, speaker="Reederei Thoden", **place(DEAD))
FIGURE = Figure(
    **place(DEAD),
    value=30.0,
    low=None,
    high=None,
    wording="etwa 30",
    unit="",
    counted="dänische Matrosen",
    event="starben",
    period="im April",
    modality="stated",
    speaker="Reederei Thoden",
    medium="",
    block="answer",
)
(DATED,) = timeline([ARTICLE])


@pytest.fixture
def rows() -> list[Row]:
    return rows_of("Wie viele starben?", [QUOTE, FIGURE, DATED], article_of, VERSION)


def test_rows_hold(rows: list[Row]) -> None:
    assert [row["kind"] for row in rows] == ["quote", "figure", "dated"]
    assert [faults(row, article_of, VERSION) for row in rows] == [[], [], []]
    assert [faults(row, article_of, "another") for row in rows] == [[], [], []]


@pytest.mark.parametrize("write", [to_json_lines, to_csv])
def test_both_formats_give_the_rows_back(rows: list[Row], write: Any) -> None:
    for before, after in zip(rows, read_rows(write(rows)), strict=True):
        assert {name: after.get(name) for name in before} == before
        assert faults(after, article_of, VERSION) == []


TAMPERED: dict[str, tuple[int, dict[str, Any]]] = {
    "quote": (0, {"quote": DEAD.replace("30", "80")}),
    "start": (0, {"start": 5}),
    "end": (0, {"end": 60}),
    "another article": (0, {"article_id": "b.txt"}),
    "an unknown article": (0, {"article_id": "c.txt"}),
    "checksum": (0, {"sha256": checksum("else")}),
    "title": (0, {"title": "Windstille"}),
    "date": (0, {"date": "2024-05-04"}),
    "outlet": (0, {"source": "Südkurier"}),
    "speaker of a quote": (0, {"speaker": "Reederei Brodersen"}),
    "value": (1, {"value": 31.0}),
    "bounds": (1, {"low": 30.0}),
    "wording": (1, {"wording": "etwa 80"}),
    "unit": (1, {"unit": "Prozent"}),
    "counted": (1, {"counted": "norwegische Matrosen"}),
    "event": (1, {"event": "verletzt"}),
    "period": (1, {"period": "im Mai"}),
    "modality": (1, {"modality": "forecast"}),
    "speaker": (1, {"speaker": "Küstenwache"}),
    "medium": (1, {"medium": "Inselblatt"}),
    "kind": (1, {"kind": "else"}),
    "a number for text": (1, {"quote": 7}),
    "negative": (0, {"start": -3}),
    "address": (0, {"url": "https://example.org/else"}),
    "page": (0, {"page": 3}),
    "answer span": (0, {"answer_start": 0, "answer_end": 9}),
    "half an answer span": (0, {"answer_start": 30}),
    "date of a sentence": (2, {"when": "2024-05"}),
    "wording of a date": (2, {"wording": "Mai"}),
    "first day": (2, {"since": "2024-04-02"}),
    "sentence of a date": (2, {"quote": "Der Hafen bleibt zu."}),
}


@pytest.mark.parametrize("kind", TAMPERED)
def test_tampering_is_found(rows: list[Row], kind: str) -> None:
    number, changed = TAMPERED[kind]
    assert faults({**rows[number], **changed}, article_of, VERSION)


@pytest.mark.parametrize("kind", ["value", "bounds", "wording", "unit", "counted", "period", "medium"])
def test_rows_of_another_version_are_held_against_their_wording(rows: list[Row], kind: str) -> None:
    number, changed = TAMPERED[kind]
    assert faults({**rows[number], **changed}, article_of, "another")


def test_a_quote_that_has_moved_is_told_where_it_stands(rows: list[Row]) -> None:
    def moved(_: str) -> Article:
        return replace(ARTICLE, text=f"Neu. {TEXT}")

    start = rows[0]["start"]
    assert f"is at {start + 5}–" in faults(rows[0], moved, VERSION)[0]


def test_a_changed_article_is_told_even_if_the_quote_stands(rows: list[Row]) -> None:
    def longer(_: str) -> Article:
        return replace(ARTICLE, text=f"{TEXT} Neu.")

    assert "still there" in faults(rows[0], longer, VERSION)[0]


def test_a_formula_does_not_reach_a_spreadsheet(rows: list[Row]) -> None:
    row = {**rows[0], "question": "=1+1", "speaker": "'@x"}
    table = to_csv([row])
    assert ",'=1+1," in table
    assert [read_rows(table)[0][name] for name in ("question", "speaker")] == ["=1+1", "'@x"]


def test_answers_and_conversations_are_read_as_rows(rows: list[Row]) -> None:
    dated = {("value" if name == "when" else name): value for name, value in rows[2].items()}
    answer = {"id": 1, "citations": [rows[0]], "figures": [rows[1]], "timeline": [dated]}
    talk = {"generation": "x", "turns": [{"role": "user", "text": "?"}, {"role": "assistant", **answer}]}
    for content in (
        json.dumps(answer),
        json.dumps(talk, indent=2),
        f"{json.dumps(answer)}\n{json.dumps(answer)}",
    ):
        read = read_rows(content)
        assert {row["kind"] for row in read} == {"quote", "figure", "dated"}
        assert not any(faults(row, article_of, VERSION) for row in read)


@pytest.mark.parametrize("content", ["", "{broken", "[1]", "a,b\n1,2\n", '"text"', "[" * 100_000])
def test_what_is_no_export_is_refused(content: str) -> None:
    with pytest.raises(QAError):
        read_rows(content)


@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_the_stand_alone_checker_agrees(rows: list[Row], tmp_path: Path, suffix: str) -> None:
    write = to_csv if suffix == "csv" else to_json_lines
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "a.txt").write_text(TEXT, "utf-8")
    export = tmp_path / f"e.{suffix}"

    def checked(changed: list[Row]) -> tuple[int, str]:
        export.write_text(write(changed), "utf-8")
        command = [sys.executable, str(CHECKER), str(export), str(tmp_path / "c")]
        done = subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=60
        )
        return done.returncode, done.stdout

    assert checked(rows) == (0, "3 of 3 rows hold\n")
    assert checked([{**rows[0], "answer_start": 1, "answer_end": 9}])[0] == 1
    code, said = checked(
        [{**rows[0], "start": rows[0]["start"] + 1}, rows[1], {**rows[2], "wording": "im Mai"}]
    )
    assert (code, "1 of 3 rows hold" in said) == (1, True)
