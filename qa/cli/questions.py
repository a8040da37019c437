"""Questions from a file of JSON lines or from the command line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from qa.api.fields import Row
from qa.errors import QAError
from qa.types import Turn


def questions(path: str | None, question: str | None) -> Iterator[Row]:
    """The rows of a file ("-": standard input), or the one question where no file is given.

    Each row is checked as it is read. Raises QAError where one is none.
    """
    if path is None:
        yield {"question": question}
        return
    try:
        with sys.stdin if path == "-" else Path(path).open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _checked(line, f"Line {number} of {path}")
    except (OSError, UnicodeDecodeError) as error:
        raise QAError(f"{path} cannot be read; give a file of JSON lines in UTF-8.") from error


def _checked(line: str, place: str) -> Row:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise QAError(f"{place} is no JSON; write one object a line.") from error
    if not isinstance(row, dict) or not isinstance(row.get("question"), str):
        raise QAError(f'{place} has no "question"; write {{"id": …, "question": "…"}}.')
    if not isinstance(row.get("article_id", ""), str):
        raise QAError(f'{place}: "article_id" must be a string.')
    turns = row.get("history", [])
    if not isinstance(turns, list) or not all(
        isinstance(turn, dict)
        and turn.get("role") in ("user", "assistant")
        and isinstance(turn.get("content"), str)
        for turn in turns
    ):
        raise QAError(
            f'{place}: "history" must be a list of {{"role": "user" | "assistant", "content": "…"}}.'
        )
    return row


def turns(row: Row) -> list[Turn]:
    """The conversation before a question."""
    return [Turn(turn["role"], turn["content"]) for turn in row.get("history", [])]
