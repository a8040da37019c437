"""OpenDocument texts."""

from __future__ import annotations

from pathlib import Path

from tests.support import documents
from tests.support.articles import one

BODY = (
    "<text:tracked-changes><text:p>Gelöscht.</text:p></text:tracked-changes>"
    '<text:h>Zwischen<text:s text:c="2"/>zeile</text:h>'
    "<text:p>Der Steg<text:note><text:note-citation>1</text:note-citation><text:note-body>"
    "<text:p>Seit 1988.</text:p></text:note-body></text:note> ist\n   zu"
    "<text:line-break/>und<text:tab/>bleibt es."
    "<office:annotation><text:p>Stimmt das?</text:p></office:annotation></text:p>"
    "<text:list><text:list-item><text:p>Ein Riss</text:p></text:list-item></text:list>"
    "<text:section><text:p>Im Abschnitt.</text:p></text:section>"
    "<table:table><table:table-row><table:table-cell><text:p>Jahr</text:p></table:table-cell>"
    "<table:table-cell><text:p>2024</text:p></table:table-cell></table:table-row></table:table>"
)


def test_what_a_document_shows(tmp_path: Path) -> None:
    found = one(tmp_path, "a.odt", documents.odt(["Ein Satz."], heading="Steg", body=BODY))
    assert found.title == "Steg"
    assert [line for line in found.text.split("\n") if line] == [
        "Steg",
        "Ein Satz.",
        "Zwischen  zeile",
        "Der Steg ist zu",
        "und\tbleibt es.",
        "- Ein Riss",
        "Im Abschnitt.",
        "Jahr: 2024",
        "Seit 1988.",
    ]


def test_very_many_spaces(tmp_path: Path) -> None:
    body = (
        '<text:p>Der<text:s text:c="999999999999"/>Steg<text:s text:c="99999"/><text:s text:c="x"/>.</text:p>'
    )
    assert len(one(tmp_path, "a.odt", documents.odt([], body=body)).text) < 2_000
