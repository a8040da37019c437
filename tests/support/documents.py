"""Small files of every format, written by hand or by the libraries that read them."""

from __future__ import annotations

import io
import textwrap
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

LINE = 90  # characters
_ESCAPES = str.maketrans({"\\": r"\\", "(": r"\(", ")": r"\)"})


class Placed(NamedTuple):
    """A text at its place on a page, in points from the bottom left."""

    x: float
    y: float
    text: str
    size: float = 9.0


def pdf(pages: Sequence[Sequence[str]], *, title: str = "") -> bytes:
    """A PDF 1.4 with the given lines on each page, in Helvetica and WinAnsiEncoding."""
    drawn = []
    for lines in pages:
        shown = " ".join(f"({line.translate(_ESCAPES)}) Tj T*" for line in lines)
        drawn.append(f"BT /F1 11 Tf 14 TL 50 780 Td {shown} ET")
    return _document(drawn, title)


def placed(pages: Sequence[Sequence[Placed]], *, title: str = "") -> bytes:
    """The same with each text at its place, drawn in the given order."""
    return _document(
        [
            " ".join(
                f"BT /F1 {one.size} Tf {one.x} {one.y} Td ({one.text.translate(_ESCAPES)}) Tj ET"
                for one in page
            )
            for page in pages
        ],
        title,
    )


def _document(pages: Sequence[str], title: str) -> bytes:
    """A PDF with pages of these drawing commands."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, drawn in enumerate(pages):
        objects += [
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>"
            f" /Contents {5 + 2 * number} 0 R >>",
            f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream",
        ]
    objects.append(f"<< /Title ({title.translate(_ESCAPES)}) >>")
    return assembled(objects)


def assembled(objects: Sequence[str]) -> bytes:
    """A PDF of these objects, numbered from 1: the first is its catalog, the last tells its title."""
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    trailer = f"<< /Size {size} /Root 1 0 R /Info {size - 1} 0 R >>"
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n{trailer}\nstartxref\n{len(out)}\n%%EOF\n"
    return out + end.encode("cp1252")


def printed(paragraphs: Iterable[str]) -> list[str]:
    """The lines of paragraphs as a printer breaks them."""
    return [line for text in paragraphs for line in textwrap.wrap(text, LINE, break_on_hyphens=False)]


def encrypted(data: bytes, password: str) -> bytes:
    """A PDF that asks for a password; "" is one that every reader tries."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(PdfReader(io.BytesIO(data)))
    writer.encrypt(password, "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def docx(paragraphs: Sequence[str], *, heading: str = "") -> bytes:
    """A Word file."""
    from docx import Document

    document = Document()
    if heading:
        document.add_heading(heading, 0)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def docx_tables(tables: Iterable[Mapping[str, str]]) -> bytes:
    """A Word file of tables of two columns."""
    from docx import Document

    document = Document()
    for rows in tables:
        table = document.add_table(0, 2)
        for name, value in rows.items():
            cells = table.add_row().cells
            cells[0].text, cells[1].text = name, value
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def html(paragraphs: Sequence[str], *, title: str, head: str = "") -> bytes:
    """A page of a newspaper, with the boilerplate of one."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f'<!doctype html><html lang="de"><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        '<body><nav><a href="/">Startseite</a> <a href="/politik">Politik</a></nav>'
        f"<article><h1>{title}</h1>{body}</article>"
        '<footer><a href="/impressum">Impressum</a></footer></body></html>'
    ).encode()


def zipped(members: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def rtf(paragraphs: Iterable[str], *, title: str = "") -> bytes:
    """A file in Rich Text Format; letters beyond ASCII in the two ways that programs write them."""

    def coded(text: str) -> str:
        text = text.translate(str.maketrans({"\\": r"\\", "{": r"\{", "}": r"\}", "\t": r"\tab "}))
        return "".join(
            c if c < "\x7f" else f"\\'{ord(c):02x}" if c in "äöü" else f"\\u{ord(c)}?" for c in text
        )

    body = "".join(f"\\pard {coded(paragraph)}\\par\n" for paragraph in paragraphs)
    head = f"{{\\info{{\\title {coded(title)}}}}}" if title else ""
    return f"{{\\rtf1\\ansi\\ansicpg1252{{\\fonttbl{{\\f0 Arial;}}}}{head}\n{body}}}".encode("ascii")


_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"


def odt(paragraphs: Sequence[str], *, heading: str = "", body: str = "") -> bytes:
    """An OpenDocument text; `body` is XML behind the paragraphs."""
    head = f'<text:p text:style-name="Title">{heading}</text:p>' if heading else ""
    shown = "".join(f"<text:p>{paragraph}</text:p>" for paragraph in paragraphs)
    spaces = " ".join(f'xmlns:{name}="{_OFFICE}:{name}:1.0"' for name in ("office", "text", "table"))
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.3">'
        f"<office:body><office:text>{head}{shown}{body}</office:text></office:body></office:document-content>"
    )
    return zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": content.encode()})


def epub(chapters: Mapping[str, str], *, about: Mapping[str, str]) -> bytes:
    """An EPUB of these chapters (XHTML bodies by file name); `about` are elements of Dublin Core."""
    known = "".join(f"<dc:{name}>{value}</dc:{name}>" for name, value in about.items())
    items = "".join(
        f'<item id="i{n}" href="{name}" media-type="application/xhtml+xml"/>'
        for n, name in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="i{n}"/>' for n in range(len(chapters)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"'
        f' xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>{known}</metadata>'
        f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/content.opf"/></rootfiles></container>'
    )
    page = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body>{}</body></html>'
    members = {"mimetype": b"application/epub+zip", "META-INF/container.xml": container.encode()}
    members["OEBPS/content.opf"] = package.encode()
    members |= {f"OEBPS/{name}": page.format(body).encode() for name, body in chapters.items()}
    return zipped(members)


def xlsx(rows: Sequence[Sequence[str | int]], *, more: Sequence[Sequence[Sequence[str]]] = ()) -> bytes:
    """An Excel file of these rows, and of further sheets; the first row has its texts in the shared table."""
    sheets = [rows, *more]
    strings = [str(cell) for cell in rows[0]]
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    names = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="r{n}"/>' for n in range(1, len(sheets) + 1))
    relations = "".join(
        f'<Relationship Id="r{n}" Target="worksheets/s{n}.xml"/>' for n in range(1, len(sheets) + 1)
    )
    members = {
        "xl/workbook.xml": f'<workbook {main} xmlns:r="http://x/relationships"><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"<Relationships>{relations}</Relationships>",
        "xl/sharedStrings.xml": f"<sst {main}>{''.join(f'<si><t>{text}</t></si>' for text in strings)}</sst>",
    }
    for number, sheet in enumerate(sheets, start=1):
        lines = "".join(
            f'<row r="{r}">{"".join(_cell(cell, r, c, number == 1) for c, cell in enumerate(row))}</row>'
            for r, row in enumerate(sheet, start=1)
        )
        members[f"xl/worksheets/s{number}.xml"] = (
            f"<worksheet {main}><sheetData>{lines}</sheetData></worksheet>"
        )
    return zipped({name: text.encode() for name, text in members.items()})


def _cell(value: str | int, row: int, column: int, is_shared: bool) -> str:
    at = f"{chr(65 + column)}{row}"
    if isinstance(value, int):
        return f'<c r="{at}"><v>{value}</v></c>'
    if is_shared and row == 1:
        return f'<c r="{at}" t="s"><v>{column}</v></c>'
    return f'<c r="{at}" t="inlineStr"><is><t>{value}</t></is></c>'


def eml(text: str, *, title: str, date: str, source: str, url: str = "") -> bytes:
    """An e-mail of plain text."""
    from email.message import EmailMessage

    message = EmailMessage()
    message["Subject"], message["Date"], message["From"] = title, date, f"{source} <presse@example.org>"
    if url:
        message["Archived-At"] = f"<{url}>"
    message.set_content(text)
    return bytes(message)


def mht(page: bytes, *, url: str) -> bytes:
    """A web page as browsers save it in one file."""
    from email.mime.image import MIMEImage
    from email.mime.multipart import MIMEMultipart
    from email.mime.text import MIMEText

    whole = MIMEMultipart("related", type="text/html")
    whole["From"], whole["Subject"] = "<Saved by a browser>", "Seite"
    part = MIMEText(page.decode(), "html", "utf-8")
    part["Content-Location"] = url
    whole.attach(part)
    whole.attach(MIMEImage(b"GIF89a", "gif"))
    return whole.as_bytes()


def rss(items: Iterable[Mapping[str, str]], *, outlet: str, language: str = "de") -> bytes:
    """A feed; the values of an item are XML by the names of its elements."""
    entries = "".join(
        f"<item>{''.join(f'<{name}>{value}</{name}>' for name, value in item.items())}</item>"
        for item in items
    )
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel><title>{outlet}</title><language>{language}</language>{entries}</channel></rss>"
    ).encode()


def srt(paragraphs: Iterable[str]) -> bytes:
    """Subtitles of these paragraphs, five words a cue, with a pause after each paragraph."""
    cues, at = [], 0
    for paragraph in paragraphs:
        words = paragraph.split()
        for n in range(0, len(words), 5):
            cues.append((at, at + 2, " ".join(words[n : n + 5])))
            at += 2
        at += 5
    return "".join(
        f"{n}\n{_clock(start)} --> {_clock(end)}\n{text}\n\n"
        for n, (start, end, text) in enumerate(cues, start=1)
    ).encode()


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02},000"
