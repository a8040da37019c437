"""An article as a text file with front matter, and a name for it."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator

from qa.corpus.file_names import is_device
from qa.text.umlauts import transcription

MAX_SLUG = 80  # characters


def written(text: str, fields: dict[str, str]) -> bytes:
    """A text with front matter; fields without a value are left out."""
    # JSON strings are valid YAML; ASCII, so that no line separator ends a line
    lines = [f"{name}: {json.dumps(value)}" for name, value in fields.items() if value]
    return "\n".join(["---", *lines, "---", "", text.strip(), ""]).encode("utf-8", "replace")


def names(title: str, date: str) -> Iterator[str]:
    """File names for an article, the best first: its day and the words of its title."""
    plain = unicodedata.normalize("NFKD", transcription(title.casefold())).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain)[:MAX_SLUG].strip("-") or "artikel"
    day = date[:10] if re.match(r"\d{4}-\d\d-\d\d", date) else ""
    stem = "-".join(part for part in (day, slug) if part)
    stem = f"artikel-{stem}" if is_device(stem) else stem
    yield f"{stem}.txt"
    yield from (f"{stem}-{number}.txt" for number in range(2, 1000))
