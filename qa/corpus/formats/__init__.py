"""One module for each kind of file, and the registry of them.

Knows nothing of folders.
Read `FORMATS` first, then `text`, the simplest format.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

from qa.corpus.formats import (
    archives,
    docx,
    epub,
    feeds,
    html,
    json_file,
    mail,
    odt,
    pdf,
    rtf,
    subtitles,
    tables,
    text,
    xlsx,
)
from qa.corpus.formats.draft import Item
from qa.errors import CorpusError

__all__ = [
    "FORMATS",
    "Format",
    "archives",
    "cpu_time",
    "docx",
    "draft",
    "epub",
    "export_heads",
    "export_labels",
    "exports",
    "feeds",
    "fields",
    "format_of",
    "html",
    "json_file",
    "libraries",
    "mail",
    "markup_text",
    "odt",
    "page_blocks",
    "page_cleaning",
    "page_elements",
    "page_text",
    "pdf",
    "pdf_layout",
    "pdf_text",
    "rtf",
    "subtitles",
    "tables",
    "tags",
    "text",
    "worker",
    "worker_process",
    "xlsx",
    "xml_tree",
]


class Format(NamedTuple):
    """How files of one kind are read.

    `read` takes the bytes of a file and yields its articles, or the files in it, or why a part of it is
    neither; it raises CorpusError, its message the reason, where the file as a whole cannot be used.
    """

    suffixes: tuple[str, ...]  # in small letters, with the dot
    read: Callable[[bytes], Iterator[Item]]
    max_bytes: int = 20_000_000
    library: str = ""  # what reads the file, in a process of its own (`worker`)
    is_archive: bool = False  # holds files, not articles


FORMATS = {
    suffix: kind
    for kind in (
        Format((".txt", ".md", ".markdown"), text.read),
        Format((".html", ".htm"), html.read, library="trafilatura"),
        Format((".pdf",), pdf.read, library="pypdfium2"),
        Format((".docx",), docx.read, library="docx"),
        Format((".csv", ".tsv"), tables.read_csv, max_bytes=100_000_000),
        Format((".jsonl",), tables.read_json_lines, max_bytes=100_000_000),
        Format((".srt", ".vtt", ".sbv"), subtitles.read),
        Format((".eml",), mail.read, library="lxml"),
        Format((".mbox",), mail.read_box, max_bytes=100_000_000, library="lxml"),
        Format((".mht", ".mhtml"), mail.read_page, library="trafilatura"),
        Format((".xlsx",), xlsx.read, library="lxml"),
        Format((".epub",), epub.read, max_bytes=50_000_000, library="lxml"),
        Format((".rtf",), rtf.read, max_bytes=50_000_000, library="qa.text.rtf"),
        Format((".odt",), odt.read, library="lxml"),
        Format((".json",), json_file.read, max_bytes=100_000_000),
        Format((".xml", ".rss", ".atom"), feeds.read, library="lxml"),
        Format((".zip",), archives.read, max_bytes=100_000_000, is_archive=True),
    )
    for suffix in kind.suffixes
}


def format_of(name: str) -> Format:
    """The format of a file, by its name. Raises CorpusError, its message the reason, where it has none."""
    path = PurePosixPath(name)
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        raise CorpusError(f"This file type is not supported. Save the article as one of {' '.join(FORMATS)}.")
    if path.stem.upper() == "README":
        raise CorpusError(
            "A README is treated as a description of the folder, not as an article. Rename it if it is "
            "an article."
        )
    return kind
