"""Which lines belong together."""

from __future__ import annotations

import pytest

from tests.support.articles import quoted

WRAPPED = """Die Gemeinde hat am Dienstag beschlossen, die alte Brücke über den
Bach zu sperren. Nach Angaben der Verwaltung sind die Pfeiler morsch
und das Geländer fehlt an mehreren Stellen. Fußgänger sollen bis zum
Herbst den Umweg über die Mühle nehmen.
Ein Neubau kostet 40.000 Euro."""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_wrapped_lines_are_put_together(newline: str) -> None:
    found = quoted(WRAPPED.replace("\n", newline))
    assert [" ".join(sentence.split()) for sentence in found] == [
        "Die Gemeinde hat am Dienstag beschlossen, die alte Brücke über den Bach zu sperren.",
        "Nach Angaben der Verwaltung sind die Pfeiler morsch und das Geländer fehlt an mehreren Stellen.",
        "Fußgänger sollen bis zum Herbst den Umweg über die Mühle nehmen.",
        "Ein Neubau kostet 40.000 Euro.",
    ]


def test_lines_of_one_paragraph_each_are_not_put_together() -> None:
    heading = "Die Gemeinde sperrt die alte Brücke über den Bach bis zum Herbst"
    body = "Nach Angaben der Verwaltung sind die Pfeiler morsch. " * 4
    assert quoted(f"{heading}\n{body}")[0] == heading
    listed = "Beratung zu allen Fragen der Schule und der Ausbildung in der Altstadt"
    links = f"Haus der Jugend\nKurse\n{listed}\nInformationsveranstaltungen\nFerien\nMusik"
    assert quoted(links) == links.split("\n")
    address = "Haus der Jugend\nBergstraße 12\n12345 Altstadt\nMontag bis Freitag 10:00 - 19:00"
    assert quoted(address) == address.split("\n")
