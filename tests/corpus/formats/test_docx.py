"""Word files."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.support.articles import one, quotes


def test_tables_and_tracked_changes_of_a_word_file(tmp_path: Path) -> None:
    from docx import Document
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document = Document()
    paragraph = document.add_paragraph("Es kamen ")
    for change in (
        "<w:ins {}><w:r><w:t>zwölf </w:t></w:r></w:ins>",
        "<w:del {}><w:r><w:delText>neun </w:delText></w:r></w:del>",
        "<w:moveFrom {}><w:r><w:t>früher </w:t></w:r></w:moveFrom>",
        "<w:r {}><w:t>Gäste</w:t><w:noBreakHyphen/><w:t>Paare.</w:t></w:r>",
    ):
        paragraph._p.append(parse_xml(change.format(nsdecls("w"))))
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Jahr", "Zahl"
    document.add_paragraph("Danach war Ruhe.")
    out = io.BytesIO()
    document.save(out)
    text = one(tmp_path, "a.docx", out.getvalue()).text
    assert [line for line in text.split("\n") if line] == [
        "Es kamen zwölf Gäste\u2011Paare.",
        "Jahr: Zahl",
        "Danach war Ruhe.",
    ]


@pytest.mark.parametrize(
    ("bold", "repeated", "expected"),
    [
        (1, False, ["Werft: Ahrdorf | Leiter: Ada Kern | Ort: Süd"]),
        (0, True, ["Werft: Ahrdorf | Leiter: Ada Kern | Ort: Süd"]),
        (0, False, ["Werft | Leiter | Ort", "Ahrdorf | Ada Kern | Süd"]),
        (2, False, ["Werft | Leiter | Ort", "Ahrdorf | Ada Kern | Süd"]),
    ],
)
def test_the_first_row_in_bold_names_the_columns(
    tmp_path: Path, bold: int, repeated: bool, expected: list[str]
) -> None:
    from docx import Document
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document = Document()
    document.add_paragraph("Die Werften am Ufer haben neue Leiter.")
    table = document.add_table(2, 3)
    for number, row in enumerate((("Werft", "Leiter", "Ort"), ("Ahrdorf", "Ada Kern", "Süd"))):
        for cell, text in zip(table.rows[number].cells, row, strict=True):
            cell.paragraphs[0].add_run(text).bold = number < bold
    if repeated:
        table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
    out = io.BytesIO()
    document.save(out)
    found = one(tmp_path, "a.docx", out.getvalue())
    assert [line for line in found.text.split("\n") if line][1:] == expected
    assert quotes(found)[1:] == expected


NOTES = (
    '<?xml version="1.0"?><w:{kind}s xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    '<w:{kind} w:type="separator" w:id="0"><w:p><w:r><w:t>Strich</w:t></w:r></w:p></w:{kind}>'
    '<w:{kind} w:id="2"><w:p><w:r><w:t>{text}</w:t></w:r></w:p><w:p><w:r><w:t>Mehr davon.</w:t></w:r></w:p>'
    "</w:{kind}></w:{kind}s>"
)


def test_footnotes_and_end_notes_stand_at_the_end(tmp_path: Path) -> None:
    from docx import Document
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    document = Document()
    document.add_paragraph("Der Steg ist zu.")
    for kind, text in (("endnote", "Am Ende steht dies."), ("footnote", "Unten steht das.")):
        name = PackURI(f"/word/{kind}s.xml")
        part = Part(
            name, "application/xml", NOTES.format(kind=kind, text=text).encode(), document.part.package
        )
        relation = f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}s"
        document.part.relate_to(part, relation)
    out = io.BytesIO()
    document.save(out)
    assert [line for line in one(tmp_path, "a.docx", out.getvalue()).text.split("\n") if line] == [
        "Der Steg ist zu.",
        "Unten steht das.",
        "Mehr davon.",
        "Am Ende steht dies.",
        "Mehr davon.",
    ]


def test_items_of_a_list_have_a_mark(tmp_path: Path) -> None:
    from docx import Document

    document = Document()
    document.add_paragraph("Geöffnet sind:")
    for item in ("das Rathaus", "das Freibad", "- der Hafen"):
        document.add_paragraph(item, style="List Bullet")
    document.add_paragraph("Am Ufer", style="Heading 1")
    out = io.BytesIO()
    document.save(out)
    text = one(tmp_path, "a.docx", out.getvalue()).text
    lines = ["Geöffnet sind:", "- das Rathaus", "- das Freibad", "- der Hafen", "Am Ufer"]
    assert [line for line in text.split("\n") if line] == lines
