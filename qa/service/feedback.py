"""What readers think of answers: one line of JSON each, in a file on this machine."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from qa.errors import StoreError

MAX_TEXT = 2_000  # characters of a question or a word
Verdict = Literal["up", "down"]


def record(
    path: Path,
    *,
    question: str,
    verdict: Verdict,
    citations: Sequence[Mapping[str, Any]],
    generation: str,
    word: str = "",
) -> None:
    """Append a verdict to the file, which only its owner may read; StoreError where that fails.

    A line is written at once, so that those of two readers do not mix.
    """
    line = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "question": question[:MAX_TEXT],
        "verdict": verdict,
        "word": word[:MAX_TEXT],
        "citations": [dict(citation) for citation in citations],
        "generation": generation,
    }
    # a lone surrogate cannot be encoded, and is nothing that anybody typed
    data = (json.dumps(line, ensure_ascii=False) + "\n").encode("utf-8", "replace")
    try:
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, data)
        finally:
            os.close(file)
    except OSError as error:
        raise StoreError(f"The verdict cannot be written to {path} ({error.strerror}).") from error
