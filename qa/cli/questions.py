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
    """Yield the rows of a file ("-" is standard input), or the single question if there is no file.

    Rows are validated as they are read. Raises QAError for an invalid row.
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
        raise QAError(f"{path} cannot be read. Give a UTF-8 file with one JSON object per line.") from error


def _checked(line: str, place: str) -> Row:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise QAError(f"{place} is not valid JSON. Write one object per line.") from error
    if not isinstance(row, dict) or not isinstance(row.get("question"), str):
        raise QAError(f'{place} has no "question". Write {{"id": …, "question": "…"}}.')
    if not isinstance(row.get("article_id", ""), str):
        raise QAError(f'{place}: "article_id" is not a string. Use the id of an article.')
    turns = row.get("history", [])
    if not isinstance(turns, list) or not all(
        isinstance(turn, dict)
        and turn.get("role") in ("user", "assistant")
        and isinstance(turn.get("content"), str)
        for turn in turns
    ):
        raise QAError(
            f'{place}: "history" is malformed. Use a list of {{"role": "user" | "assistant", "content": '
            '"…"}.'
        )
    return row


def turns(row: Row) -> list[Turn]:
    """The conversation so far."""
    return [Turn(turn["role"], turn["content"]) for turn in row.get("history", [])]
