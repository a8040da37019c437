"""Small PDF, Word and ZIP files, written by hand or by the libraries that read them."""

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
