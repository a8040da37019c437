"""What the process that reads files answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qa.corpus.formats import FORMATS, Format, worker, worker_process
from qa.corpus.formats.draft import Draft
from qa.errors import CorpusError
from qa.types import Skipped


def read_parts(data: bytes) -> Iterator[Draft | Skipped]:
    yield Draft("Eins.", {"title": "A"}, "0001")
    yield Skipped("0002", "Too short; write more.")
    if data == b"much":
        raise MemoryError
    raise CorpusError("Too long; split it.")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "Too long; split it."),
        (b"much", "Reading the file needs too much memory. Save the article's text as .txt."),
    ],
)
def test_parts_before_a_fault_are_kept(monkeypatch: pytest.MonkeyPatch, data: bytes, reason: str) -> None:
    monkeypatch.setitem(FORMATS, ".x", Format((".x",), read_parts, library="json"))
    answer = worker_process._answer({"suffix": ".x", "seconds": 0}, data)
    monkeypatch.setattr(worker, "_asked", lambda *_: answer)
    items = worker.read("a.X", data)
    assert next(items) == Draft("Eins.", {"title": "A"}, "0001")
    assert next(items) == Skipped("0002", "Too short; write more.")
    with pytest.raises(CorpusError) as fault:
        next(items)
    assert str(fault.value) == reason
