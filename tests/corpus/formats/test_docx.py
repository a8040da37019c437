"""Word files."""

from __future__ import annotations

import io
from pathlib import Path

from tests.support.articles import (
    one,
)


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
