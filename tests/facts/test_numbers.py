from __future__ import annotations

import pytest

from qa.facts.numbers import numbers

Bounds = tuple[str, float | None, float | None, float | None]


def found(text: str, language: str = "de") -> list[Bounds]:
    return [(text[slice(*one.span)], one.value, one.low, one.high) for one in numbers(text, language)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Es kamen 1.250 Gäste.", ("1.250", 1250, 1250, 1250)),
        ("Es kamen etwa 600 Gäste.", ("etwa 600", 600, None, None)),
        ("Es kamen mindestens 30 Gäste.", ("mindestens 30", 30, 30, None)),
        ("Es kamen mehr als 30 Gäste.", ("mehr als 30", 30, 30, None)),
        ("Es kamen bis zu 7.000 Gäste.", ("bis zu 7.000", 7000, None, 7000)),
        ("Von bis zu 7.000 Gästen war die Rede.", ("bis zu 7.000", 7000, None, 7000)),
        ("Das kostet 2,3 bis 4,1 Milliarden Euro.", ("2,3 bis 4,1 Milliarden", None, 2.3e9, 4.1e9)),
        ("Es waren zwischen 20 und 30 Gäste.", ("zwischen 20 und 30", None, 20, 30)),
        ("Es waren 20-30 Gäste.", ("20-30", None, 20, 30)),
        ("Er zahlte 2,5 Mio. Euro.", ("2,5 Mio.", 2.5e6, 2.5e6, 2.5e6)),
        ("Zwölf Gäste kamen.", ("Zwölf", 12, 12, 12)),
        ("Rund fünfhundert Gäste kamen.", ("Rund fünfhundert", 500, None, None)),
        ("Mehrere Tausend Gäste kamen.", ("Mehrere Tausend", None, 2000, None)),
        ("Hunderte Gäste kamen.", ("Hunderte", None, 200, None)),
        ("Ein Dutzend Gäste kam.", ("Ein Dutzend", 12, 12, 12)),
        ("2000 Menschen kamen.", ("2000", 2000, 2000, 2000)),
    ],
)
def test_value_and_bounds(text: str, expected: Bounds) -> None:
    assert found(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("About 1,250 guests came.", ("About 1,250", 1250, None, None)),
        ("At least thirty-two guests came.", ("At least thirty-two", 32, 32, None)),
        ("It cost up to 2.5 million euros.", ("up to 2.5 million", 2.5e6, None, 2.5e6)),
        ("Between 20 and 30 guests came.", ("Between 20 and 30", None, 20, 30)),
        ("Dozens of guests came.", ("Dozens", None, 24, None)),
    ],
)
def test_english(text: str, expected: Bounds) -> None:
    assert found(text, "en") == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "Am 16. Oktober 2024 war es kalt.",
        "Am 24.10.2024 um 21.20 Uhr war es kalt.",
        "Seit 2019 ist es kalt, im Jahr 2020 auch.",
        "Die Mannschaft gewann 3:1.",
        "Das Tor fiel durch Petersen (54.).",
        "Anna Petersen (47) wohnt hier.",
        "Anna Petersen, 47, wohnt hier.",
        "Der 34-jährige Fahrer war 3 Jahre alt.",
        "Er wurde 2. Sieger.",
        "Die SA-22 und die A380 fliegen.",
        "Nach § 12 und Artikel 5 gilt das.",
        "Es waren weniger als 2014.",
        "In den 90er-Jahren war es kalt.",
        "Nichts davon steht tausend Mal so da, sagt er: tausend.",
    ],
)
def test_what_is_no_quantity(text: str) -> None:
    assert found(text) == []


def test_two_numbers_joined_by_a_word_are_two() -> None:
    told = numbers("20 und 30 Gäste kamen, dann 3 und 4 und 5.", "de")
    assert [one.value for one in told] == [20, 30, 3, 4, 5]


def test_several_numbers_keep_their_order() -> None:
    text = "Laut Polizei waren es 300 Gäste, der Wirt zählte 450."
    assert [value for _, value, _, _ in found(text)] == [300, 450]
