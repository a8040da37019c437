"""The feedback file."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from qa.errors import StoreError
from qa.service import feedback


def _record(path: Path, word: str = "") -> None:
    feedback.record(
        path, question="Frage?", verdict="up", citations=[{"quote": "ä"}], generation="g", word=word
    )


def test_lines_of_many_readers_do_not_mix(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    words = [f"{n}" * 400 for n in range(10)]
    threads = [threading.Thread(target=lambda w=w: [_record(path, w) for _ in range(20)]) for w in words]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [json.loads(line)["word"] for line in path.read_text("utf-8").splitlines()]
    assert sorted(found) == sorted(words * 20)


def test_the_file_is_the_owners_and_texts_are_bounded(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    _record(path, "x" * 10_000 + "\ud800\n")
    assert path.stat().st_mode & 0o777 == 0o600
    (line,) = path.read_text("utf-8").splitlines()
    assert len(json.loads(line)["word"]) == feedback.MAX_TEXT


def test_a_line_holds_what_finds_a_quote_again_and_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    long = {"label": 1, "article_id": "a.md", "start": 5, "end": 9_005, "quote": "ä" * 9_000, "url": "x"}
    feedback.record(path, question="?", verdict="up", citations=[long], generation="g")
    cited = json.loads(path.read_text("utf-8"))["citations"]
    assert cited == [
        {"label": 1, "article_id": "a.md", "start": 5, "end": 9_005, "quote": "ä" * feedback.MAX_QUOTE}
    ]


def test_a_line_is_bounded_whatever_is_cited(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    cited = [{"article_id": "\U0001f600" * 900, "quote": "\U0001f600" * 9_000}] * 20
    feedback.record(path, question="?", verdict="up", citations=cited, generation="g")
    assert path.stat().st_size <= feedback.MAX_LINE
    assert len(json.loads(path.read_text("utf-8"))["citations"]) == 3
    with pytest.raises(StoreError, match="shorten"):
        feedback.record(
            path, question="\0" * 9_000, verdict="up", citations=[], generation="g", word="\0" * 9_000
        )


def test_a_full_file_takes_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f.jsonl"
    _record(path)
    size = path.stat().st_size
    monkeypatch.setattr(feedback, "MAX_FILE", 2 * size)
    _record(path)
    size *= 2
    with pytest.raises(StoreError, match="full"):
        _record(path)
    assert path.stat().st_size == size


def test_a_folder_that_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be saved"):
        _record(tmp_path / "no" / "f.jsonl")
