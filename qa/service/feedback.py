"""Readers' feedback on answers, as JSON Lines in a local file."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from qa.errors import StoreError

MAX_TEXT = 2_000  # characters of a question or comment
MAX_QUOTE = 500  # characters; article, start and end tell the rest
MAX_LINE = 20_000  # bytes
MAX_FILE = 50_000_000  # bytes; some 50,000 verdicts
KEPT = (
    "label",
    "article_id",
    "start",
    "end",
    "answer_start",
    "answer_end",
    "score",
    "stale",
)  # of a citation, beside its quote
Verdict = Literal["up", "down", "withdrawn"]  # "withdrawn": the one before was taken back


def record(
    path: Path,
    *,
    question: str,
    verdict: Verdict,
    citations: Sequence[Mapping[str, Any]],
    generation: str,
    word: str = "",
) -> None:
    """Append a verdict to the file, which only its owner may read.

    A line is written at once, so that those of two readers do not mix. Citations that would make it longer
    than MAX_LINE are left out. Raises StoreError where the file is full or cannot be written.
    """
    cited = [_shortened(citation) for citation in citations]
    line = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "question": question[:MAX_TEXT],
        "verdict": verdict,
        "word": word[:MAX_TEXT],
        "citations": cited,
        "generation": generation,
    }
    data = _written(line)
    while cited and len(data) > MAX_LINE:
        cited.pop()
        data = _written(line)
    if len(data) > MAX_LINE:
        raise StoreError("The question or the word is too long to be kept; shorten it.")
    try:
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            if os.fstat(file).st_size + len(data) > MAX_FILE:
                raise StoreError(f"{path} is full; move it away, so that verdicts are kept again.")
            os.write(file, data)
        finally:
            os.close(file)
    except OSError as error:
        raise StoreError(
            f"The feedback cannot be saved to {path} ({error.strerror}). Check the file's permissions."
        ) from error


def _shortened(citation: Mapping[str, Any]) -> dict[str, Any]:
    """What finds a citation again, and the beginning of its quote."""
    kept = {name: citation[name] for name in KEPT if name in citation}
    return kept | ({"quote": citation["quote"][:MAX_QUOTE]} if "quote" in citation else {})


def _written(line: Mapping[str, Any]) -> bytes:
    # a lone surrogate cannot be encoded, and nobody typed it
    return (json.dumps(line, ensure_ascii=False) + "\n").encode("utf-8", "replace")
