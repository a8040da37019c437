"""An article in every format, and corpus folders of a few files."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from qa.corpus import parsing
from qa.corpus.folder import read_corpus
from qa.errors import CorpusError
from qa.text import sentences
from qa.types import Article, Note, Skipped
from tests.support import documents

GOOD = "Die Brücke über den Bach bleibt bis zum Herbst gesperrt, wie die Gemeinde am Dienstag mitteilte.\n"


OTHER = (
    "Der Hafen wird im kommenden Jahr ausgebaut, wie der Senat am Mittwoch nach langer Beratung beschloss.\n"
)


TITLE = "Brücke bis zum Herbst gesperrt"


PARAGRAPHS = (
    "Die alte Brücke über den Bach bleibt bis zum Herbst gesperrt, wie die Gemeinde am Dienstag mitteilte."
    " Nach Angaben der Verwaltung sind die Pfeiler morsch.",
    "„Das ist ernst“, sagte die Ingenieurin Eva Kern am 3. Mai. Sie rechnet mit Kosten von 1,2 Mio. Euro; im"
    " vergangenen Jahr war noch von 800.000 Euro die Rede gewesen.",
    "Die Schulbusse fahren einen Umweg von 12 Kilometern. Eltern hatten sich beschwert, weil der erste Bus um"
    " 6.10 Uhr hält. Was aus dem Fußweg wird, ist offen.",
)


URL = "https://example.org/a"


FIELDS = {
    "title": TITLE,
    "date": "2024-11-05",
    "source": "Tagblatt",
    "language": "de",
    "url": URL,
}


META = (
    '<meta property="og:site_name" content="Tagblatt"><meta property="article:published_time"'
    ' content="2024-11-05T04:00:00+01:00"><link rel="canonical" href="https://example.org/a">'
)


BODY = "\n\n".join(PARAGRAPHS)


def front_matter(body: str) -> bytes:
    head = "".join(f"{name}: {value}\n" for name, value in FIELDS.items())
    return f"---\n{head}---\n{body}\n".encode()


def as_csv(rows: Sequence[dict[str, str]], delimiter: str = ",") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, ["title", "text", "date", "source", "url"], delimiter=delimiter)
    writer.writeheader()
    writer.writerows({name: row.get(name, "") for name in writer.fieldnames} for row in rows)
    return out.getvalue().encode()


_FEED = documents.rss(
    [
        {
            "title": TITLE,
            "link": URL,
            "pubDate": "Tue, 05 Nov 2024 04:00:00 +0100",
            "description": "Kurz.",
            "content:encoded": escape("".join(f"<p>{text}</p>" for text in PARAGRAPHS)),
        }
    ],
    outlet="Tagblatt",
)


SAMPLES = {
    "a.txt": front_matter(BODY),
    "a.md": front_matter(f"# {TITLE}\n\n{BODY}"),
    "a.markdown": front_matter(f"# {TITLE}\n\n{BODY}"),
    "a.html": documents.html(PARAGRAPHS, title=TITLE, head=META),
    "a.htm": documents.html(PARAGRAPHS, title=TITLE, head=META).replace(b"utf-8", b"iso-8859-1"),
    "a.pdf": documents.pdf([documents.printed(PARAGRAPHS)], title=TITLE),
    "a.docx": documents.docx(PARAGRAPHS, heading=TITLE),
    "a.jsonl": json.dumps({"text": BODY, **FIELDS}).encode(),
    "a.csv": as_csv([{"text": BODY, **FIELDS}]),
    "a.tsv": as_csv([{"text": BODY, **FIELDS}], "\t"),
    "a.srt": documents.srt(PARAGRAPHS),
    "a.vtt": b"WEBVTT\n\n" + documents.srt(PARAGRAPHS).replace(b",000", b".000"),
    "a.sbv": re.sub(rb"\d+\n([\d:]+),(\d+) --> ([\d:]+),", rb"\1.\2,\3.", documents.srt(PARAGRAPHS)),
    "a.eml": documents.eml(
        BODY, title=TITLE, date="Tue, 05 Nov 2024 04:00:00 +0100", source="Tagblatt", url=URL
    ),
    "a.mbox": b"From x Tue Nov  5 04:00:00 2024\n"
    + documents.eml(BODY, title=TITLE, date="5 Nov 2024 04:00 GMT", source="Tagblatt", url=URL),
    "a.mht": documents.mht(documents.html(PARAGRAPHS, title=TITLE, head=META), url=URL),
    "a.mhtml": documents.mht(documents.html(PARAGRAPHS, title=TITLE, head=META), url=URL),
    "a.xlsx": documents.xlsx(
        [["Volltext", "Titel", "Datum", "Quelle", "Link"], [BODY, TITLE, 45601, "Tagblatt", URL]]
    ),
    "a.epub": documents.epub(
        {"a.xhtml": f"<h1>{TITLE}</h1>" + "".join(f"<p>{text}</p>" for text in PARAGRAPHS)},
        about={"title": TITLE, "publisher": "Tagblatt", "date": "2024-11-05", "language": "de"},
    ),
    "a.rtf": documents.rtf(PARAGRAPHS, title=TITLE),
    "a.odt": documents.odt(PARAGRAPHS, heading=TITLE),
    "a.json": json.dumps([{"text": BODY, **FIELDS}]).encode(),
    "a.xml": _FEED,
    "a.rss": _FEED,
    "a.atom": _FEED,
}


def all_of(folder: Path, name: str, data: bytes) -> list[Article | Skipped]:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    return [item for item in read_corpus(folder) if not isinstance(item, Note)]


def one(folder: Path, name: str, data: bytes) -> Article:
    (found,) = all_of(folder, name, data)
    assert isinstance(found, Article), found
    return found


def quoted(text: str, language: str = "de") -> list[str]:
    """The sentences of a text."""
    return [text[start:end] for start, end in sentences.sentences(text, language)]


def quotes(article: Article) -> list[str]:
    """The sentences of an article, each on one line."""
    return [" ".join(sentence.split()) for sentence in quoted(article.text, article.language)]


def put(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def reasons(folder: Path) -> dict[str, str]:
    """Rejected files; a good article next to them is always read."""
    put(folder, "zz.txt", GOOD)
    found = list(read_corpus(folder))
    assert any(isinstance(item, Article) and item.article_id == "zz.txt" for item in found)
    return {item.path: item.reason for item in found if isinstance(item, Skipped)}


def read(data: bytes | str, name: str = "a.md") -> Article:
    """The article in a file of these bytes. Raises CorpusError, its message the reason, where it has none."""
    return read_with_notes(data, name)[0]


def read_with_notes(data: bytes | str, name: str = "a.md") -> tuple[Article, list[str]]:
    """The same, with the notes on it."""
    found, *rest = parsing.contents(name, data if isinstance(data, bytes) else data.encode())
    if not isinstance(found, Article):
        raise CorpusError(found.reason if isinstance(found, Skipped) else found.note)
    notes = [item.note for item in rest if isinstance(item, Note)]
    assert len(notes) == len(rest)
    return found, notes
