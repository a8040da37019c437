"""Which format reads a file, by the ending of its name, and how large it may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from qa.corpus.formats import tables

PLAIN = (".txt", ".md")  # formats that hold one article, read here …
FOREIGN = (".html", ".htm", ".pdf", ".docx")  # … and by foreign libraries, in a process of their own
TABLES: dict[str, Callable[[str], Iterator[tables.Row]]] = {  # formats that hold one in each row
    ".csv": tables.csv_rows,
    ".jsonl": tables.json_rows,
}
ARCHIVE = ".zip"
EXTENSIONS = (*PLAIN, *FOREIGN, *TABLES, ARCHIVE)
MAX_FILE_BYTES = 20_000_000
MAX_TABLE_BYTES = 100_000_000  # of a file that holds many articles


def no_article(name: str) -> str:
    """Why a file is no article by its name, or ""."""
    path = PurePosixPath(name)
    if path.suffix.lower() not in EXTENSIONS:
        return f"Files of this kind are not read; save the article as one of {' '.join(EXTENSIONS)}."
    if path.stem.upper() == "README":
        return "A README describes the folder; rename it if it is an article."
    return ""


def size_limit(name: str) -> int:
    """Bytes that a file of this name may have."""
    return MAX_FILE_BYTES if PurePosixPath(name).suffix.lower() in (*PLAIN, *FOREIGN) else MAX_TABLE_BYTES
