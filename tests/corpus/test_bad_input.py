"""Skipped files and their reasons: one case for each row of the table in docs/formats.md."""

from __future__ import annotations

import io
import re
import stat
import time
import zipfile
import zlib
from pathlib import Path

import pytest

from qa.corpus import parsing
from qa.corpus.formats import FORMATS, archives, html, tables, text
from qa.index import build
from tests.support import documents
from tests.support.articles import (
    GOOD,
    OTHER,
    put,
    reasons,
)
from tests.support.standin import StandIn

DOCUMENTED = Path(__file__).resolve().parents[2] / "docs" / "formats.md"


def link_in_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        info = zipfile.ZipInfo("link.txt")
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        packed.writestr(info, "/etc/passwd")
    return out.getvalue()


def encrypted_zip() -> bytes:
    data = bytearray(documents.zipped({"a.txt": GOOD.encode()}))
    data[6] |= 1  # the flags of the member …
    data[data.rindex(b"PK\x01\x02") + 8] |= 1  # … and of its entry in the directory
    return bytes(data)


def lying_zip() -> bytes:
    """A bomb that declares to unpack to ten bytes."""
    data = bytearray(documents.zipped({"a.txt": b"0" * 10_000_000}))
    data[22:26] = (10).to_bytes(4, "little")
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    return bytes(data)


# File name, content, and a part of the reason, which docs/formats.md must list as well.
REFUSED: dict[str, tuple[str, bytes, str]] = {
    "empty file": ("a.txt", b"", "The file is empty"),
    "only white space": ("a.txt", b" \n\t\n", "The file is empty"),
    "nothing but marks": ("a.txt", b"... --- ...\n", "The file contains no text"),
    "front matter alone": ("a.md", b"---\ntitle: a\n---\n", "The file contains no text"),
    "NUL bytes": ("a.txt", GOOD.encode() * 9 + b"\0", "The file is not plain text"),
    "binary data named .txt": ("a.txt", zlib.compress(GOOD.encode() * 99), "The file is not plain text"),
    "malformed front matter": ("a.md", b"---\n- a\n- b\n---\nText", "The front matter is malformed"),
    "front matter of 1 MB": ("a.md", b"---\nx: " + b"y" * 1_000_000 + b"\n---\nText", "The front matter is"),
    "another kind of file": ("a.jpg", b"\xff\xd8", "This file type is not supported"),
    "README": ("README.md", GOOD.encode(), "A README is treated as a description"),
    "one line of 50 MB": ("a.txt", b"a" * 50_000_000, "The file is larger than 20 MB"),
    "a text of 19 MB": ("a.txt", b"a b" * 6_400_000, "The text is longer than 1,000,000 characters"),
    "a page without an article": ("a.html", b"<html><body></body></html>", "No article text was found"),
    "page of very many attributes": (
        "a.html",
        b"<p " + b" ".join(b"a%d=x" % n for n in range(40_000)) + b">" + GOOD.encode(),
        "The page has an HTML tag with more than 500 attributes",
    ),
    "page of more than 8 MB": (
        "a.html",
        f"<p>{GOOD}<p style='{'a:b;' * 2_100_000}'>{OTHER}".encode(),
        "The page is larger than 8 MB",
    ),
    "page nested very deeply": (
        "a.html",
        f"<article><p>{GOOD * 9}</p>{'<div>' * 300}<p>{OTHER}".encode(),
        "nested more than 250 levels deep",
    ),
    "text of very many lines": ("a.txt", b"a.\n" * 300_000, "The text has more than 50,000 lines"),
    "front matter that unfolds": (
        "a.md",
        b"---\na0: &a0 {k: v}\n"
        + b"".join(
            b"a%d: &a%d {!!merge <<: [%s]}\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9))
            for n in range(1, 20)
        )
        + b"---\nText",
        "The front matter is malformed",
    ),
    "broken PDF": ("a.pdf", b"%PDF-1.4\nnothing", "The PDF is damaged"),
    "PDF cut off": ("a.pdf", documents.pdf([["Ein Satz."]])[:250], "The PDF"),
    "encrypted PDF": ("a.pdf", documents.encrypted(documents.pdf([["Satz."]]), "x"), "The PDF is encrypted"),
    "PDF without text": ("a.pdf", documents.pdf([[], []]), "The PDF contains no text (pages: 2)"),
    "broken Word file": ("a.docx", documents.docx(["Satz."])[:-200], "The Word file is damaged"),
    "no Word file": ("a.docx", documents.zipped({"a.txt": b"x"}), "The Word file is damaged"),
    "encrypted Word file": (
        "a.docx",
        b"\xd0\xcf\x11\xe0" + b"x" * 99,
        "The file is encrypted or in the old .doc format",
    ),
    "Word file that is a bomb": (
        "a.docx",
        documents.zipped({"word/document.xml": b" " * 20_000_000}),
        "The file unpacks to more than 200 times its size",
    ),
    "table without `text`": ("a.csv", b"a,b\n1,2\n", "The table needs exactly one column named `text`"),
    "malformed row": ("a.csv", b'text\n"a"b\n', "Line 2 is malformed"),
    "malformed line of JSON": ("a.jsonl", b'{"text": "a"', "Line 1 is malformed"),
    "broken archive": ("a.zip", b"PK\x03\x04", "The archive is damaged"),
    "ZIP bomb": ("a.zip", documents.zipped({"a.txt": b"0" * 9_000_000}), "unpacks to more than 200 times"),
    "archive that lies of its size": ("a.zip", lying_zip(), "The file inside the archive is damaged"),
    "name out of the archive": ("a.zip", documents.zipped({"../a.txt": b"x"}), "points outside the archive"),
    "absolute name in an archive": (
        "a.zip",
        documents.zipped({"/etc/a.txt": b"x"}),
        "points outside the archive",
    ),
    "name of a drive": ("a.zip", documents.zipped({"C:a.txt": b"x"}), "points outside the archive"),
    "name with backslashes": ("a.zip", documents.zipped({"..\\a.txt": b"x"}), "points outside the archive"),
    "link in an archive": ("a.zip", link_in_zip(), "This is a link or a device"),
    "archive in an archive": ("a.zip", documents.zipped({"b.zip": documents.zipped({})}), "are not opened"),
    "encrypted archive": ("a.zip", encrypted_zip(), "The file is encrypted"),
    "rare packing": (
        "a.zip",
        documents.zipped({"a.txt": b"x"}, method=zipfile.ZIP_LZMA),
        "unsupported compression method",
    ),
    "subtitles without times": ("a.srt", GOOD.encode(), "The file contains no subtitles with times"),
    "no e-mail": ("a.eml", GOOD.encode(), "The file contains no e-mail"),
    "e-mail without text": ("a.eml", b"Subject: a\n\n\n", "The e-mail contains no text"),
    "e-mail of very many parts": (
        "a.eml",
        b"Subject: a\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 2_000,
        "The e-mail has more than 1000 parts",
    ),
    "no mailbox": ("a.mbox", GOOD.encode(), "The file is not a mailbox"),
    "saved page without a page": ("a.mht", b"Subject: a\n\nText\n", "The file contains no web page"),
    "no RTF": ("a.rtf", GOOD.encode(), "The file is not in Rich Text Format"),
    "broken OpenDocument file": (
        "a.odt",
        documents.odt(["Satz."])[:-100],
        "The OpenDocument file is damaged",
    ),
    "no OpenDocument file": ("a.odt", documents.zipped({"a": b"x"}), "The OpenDocument file is damaged"),
    "broken EPUB": ("a.epub", documents.zipped({"a": b"x"}), "The EPUB file is damaged"),
    "broken Excel file": ("a.xlsx", documents.xlsx([["text"]])[:-100], "The Excel file is damaged"),
    "encrypted Excel file": ("a.xlsx", b"\xd0\xcf\x11\xe0" + b"x" * 99, "in the old .xls format"),
    "Excel file of something else": ("a.xlsx", documents.xlsx([["a"], ["b"]]), "The table needs exactly one"),
    "Excel file that is a bomb": (
        "a.xlsx",
        documents.zipped({"xl/workbook.xml": b" " * 20_000_000}),
        "The file unpacks to more than 200 times its size",
    ),
    "malformed JSON": ("a.json", b'[{"text": "a"', "The JSON in the file is malformed"),
    "JSON without articles": ("a.json", b'{"a": [1, 2]}', "The JSON file contains no array of articles"),
    "entry that is no article": ("a.json", b'[{"title": "a"}]', "Entry 1 is no article"),
    "broken XML": ("a.xml", b"<rss><channel>", "The XML file is damaged"),
    "XML of something else": ("a.xml", b"<a/>", "The XML file is neither a feed (RSS, Atom) nor a news item"),
    "feed without entries": ("a.xml", b"<rss><channel/></rss>", "The feed has no entries"),
    "XML with entities": (
        "a.xml",
        b'<!DOCTYPE a [<!ENTITY b "c">]><rss><channel><title>&b;</title></channel></rss>',
        "The XML in the file declares entities of its own",
    ),
    "XML of very many elements": (
        "a.xml",
        b"<rss>" + b"<a/>" * 2_000_001 + b"</rss>",
        "The XML in the file has more than 2,000,000 elements",
    ),
    "e-mail of very many tags": (
        "a.eml",
        b"Subject: a\nContent-Type: text/html\n\n" + b"<b>" * 200_001,
        "The file has more than 200,000 HTML tags",
    ),
    "e-mail with a tag of very many attributes": (
        "a.eml",
        b"Subject: a\nContent-Type: text/html\n\n<p "
        + b" ".join(b"a%d=x" % n for n in range(600))
        + b">Text",
        "The file has an HTML tag with more than 500 attributes",
    ),
    "e-mail nested very deeply": (
        "a.eml",
        b"Subject: a\nContent-Type: text/html\n\n" + b"<div>" * 300 + b"Text",
        "The file's HTML tags are nested more than 250 levels deep",
    ),
    "another kind of file in an archive": ("a.zip", documents.zipped({"a.exe": b"x"}), "This file type"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(tmp_path: Path, case: str) -> None:
    name, data, said = REFUSED[case]
    put(tmp_path, name, data)
    began = time.process_time()
    (reason,) = reasons(tmp_path).values()
    assert said in reason
    assert reason.endswith(".")
    assert re.search("[;,]|\\. [A-Z]", reason), "it says what to do"
    assert time.process_time() - began < 20


@pytest.mark.parametrize("case", REFUSED)
def test_the_documentation_has_the_reason(case: str) -> None:
    rows = [line for line in DOCUMENTED.read_text("utf-8").splitlines() if line.startswith("|")]
    said = REFUSED[case][2]
    assert any(said in row for row in rows), said


def test_no_bad_file_stops_a_build(tmp_path: Path, encoder: StandIn) -> None:
    folder = tmp_path / "corpus"
    small = {case: found for case, found in REFUSED.items() if len(found[1]) < 1_000_000}
    for number, (name, data, _) in enumerate(small.values()):
        put(folder, f"{number}/{name}", data)
    put(folder, "navigation.txt", "Teilen\nDrucken\nStartseite\n")
    put(folder, "good.txt", GOOD)
    put(
        folder,
        "good.jsonl",
        b'{"text": "Der Hafen wird ausgebaut, sagt der Senat.", "title": "\\ud800"}\nx\n',
    )
    report = build.build(folder, tmp_path / "vectors", encoder=encoder)
    assert report.articles == 2
    assert len(report.skipped) == len(small) + 2
    assert any("only navigation" in found.reason for found in report.skipped)


def test_the_limits_are_those_of_the_documentation() -> None:
    documented = DOCUMENTED.read_text("utf-8")
    for bound in (
        f"{FORMATS['.txt'].max_bytes // 1_000_000} MB",
        f"{FORMATS['.csv'].max_bytes // 1_000_000} MB",
        f"{parsing.MAX_TEXT:,} characters",
        f"{parsing.MAX_LINES:,} lines",
        f"{html.MAX_HTML // 1_000_000} MB per web page",
        f"{archives.MAX_MEMBERS:,} files",
        f"{archives.MAX_UNPACKED // 1_000_000} MB",
        f"{tables.MAX_ROWS:,} rows",
        f"{text.MAX_FRONT_MATTER:,} characters",
    ):
        assert bound in documented, bound
