from __future__ import annotations

import pytest

from qa.facts.groups import countries, general, person_kind
from qa.facts.names import names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("dänische Matrosen aus Norwegen", ["denmark", "norway"]),
        ("Südkoreaner und Nordkorea", ["south korea", "north korea"]),
        ("North Korean troops in the United States", ["north korea", "usa"]),
        ("US-Soldaten in Großbritannien", ["usa", "britain"]),
        ("Die Ungarn und ein Schweizer", ["hungary", "switzerland"]),
        ("Frankfurt und Polizei", []),
    ],
)
def test_countries_in_any_form(text: str, found: list[str]) -> None:
    assert [one.name for one in countries(text)] == found


def test_the_span_of_a_country_is_exact() -> None:
    text = "Viele dänische Matrosen"
    assert [text[slice(*one.span)] for one in countries(text)] == ["dänische"]


@pytest.mark.parametrize(
    ("noun", "kind"),
    [
        ("Soldaten", "military"),
        ("Infanteriesoldaten", "military"),
        ("Demonstranten", "crowd"),
        ("Dänen", "people"),
        ("dänischen", ""),
        ("Schiffe", ""),
        ("Tote", "casualties"),
        ("Toten", "casualties"),
        ("Kindern", "people"),
        ("Gäste", "people"),
        ("women", "people"),
        ("Stimmen", ""),
        ("Elefanten", ""),
        ("Gastronomie", ""),
    ],
)
def test_kinds_of_people(noun: str, kind: str) -> None:
    assert person_kind(noun) == kind


def test_officers_are_not_anybody_in_the_army() -> None:
    assert general("Soldaten")
    assert not general("Offiziere")


def test_names_of_a_text() -> None:
    text = "Die NATO traf Ole Friis in Aarhus, danach die Dänen. Gestern war Ruhe."
    assert {"NATO", "frii", "aarhu", "denmark"} <= names(text)
