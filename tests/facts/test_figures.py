"""Figures of sentences that were written for these tests."""

from __future__ import annotations

import pytest

from qa.facts.figures import Found, circumstances, figures
from qa.text.sentences import sentences


def found(text: str, language: str = "de") -> list[Found]:
    return figures(text, sentences(text, language), language)


@pytest.mark.parametrize(
    ("text", "counted", "event"),
    [
        ("Bei dem Brand wurden 14 Bewohner verletzt.", "Bewohner", "verletzt"),
        ("Bei dem Brand kamen drei belgische Urlauber ums Leben.", "belgische Urlauber", "ums Leben"),
        ("Im Hafen starben 14 Matrosen, drei weitere wurden verletzt.", "Matrosen", "starben"),
        ("Die Zahl belgischer Urlauber im Ort stieg auf 300.", "belgischer Urlauber", ""),
        (
            "Seit Mai sind rund 90 Matrosen, die auf der Werft arbeiteten, entlassen worden.",
            "Matrosen",
            "entlassen",
        ),
        ("Elf der 40 Fahrgäste wurden verletzt.", "Fahrgäste", "verletzt"),
        ("Verletzte: 12", "Verletzte", "Verletzte"),
    ],
)
def test_what_is_counted_and_what_happened(text: str, counted: str, event: str) -> None:
    first = found(text)[0]
    assert first.counted.text == counted
    assert first.event == event


def test_two_figures_of_a_sentence_keep_their_own_events() -> None:
    text = "Im Hafen starben 14 Matrosen, drei weitere wurden verletzt."
    dead, hurt = found(text)
    assert (dead.events, hurt.events) == ({"killed"}, {"wounded"})
    assert hurt.counted.text == "Matrosen"  # "drei weitere"


def test_dead_or_hurt_is_another_quantity_than_dead() -> None:
    (both,) = found("Im Mai wurden über 90 Matrosen getötet oder verletzt.")
    assert both.events == {"killed", "wounded"}
    assert both.event == "getötet oder verletzt"


def test_what_a_list_says_is_said_of_each() -> None:
    assert [one.events for one in found("Es starben 20 Dänen, 10 Schweden und 5 Belgier.")] == [
        {"killed"}
    ] * 3


def test_a_whole_is_not_what_happened_to_its_part() -> None:
    part, whole = found("Elf der 40 Fahrgäste wurden verletzt.")
    assert (part.events, whole.events) == ({"wounded"}, frozenset())


def test_those_who_did_it_are_not_those_who_suffered() -> None:
    first, second = found("Zwei Täter stürmten den Laden, wo sie fünf Kunden töteten.")
    assert (first.events, second.events) == (frozenset(), {"killed"})


@pytest.mark.parametrize(
    ("text", "modality"),
    [
        ("Es wurden 14 Bewohner verletzt.", "stated"),
        ("Es sollen 14 Bewohner verletzt worden sein.", "reported"),
        ("Die Zahl wird auf 14 Bewohner geschätzt.", "estimated"),
        ("Bis zu 14 Bewohner könnten verletzt sein.", "possible"),
        ("Künftig werden 14 Bewohner hier leben.", "forecast"),
    ],
)
def test_modality(text: str, modality: str) -> None:
    assert found(text)[0].modality == modality


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("Seit dem vergangenen Monat wurden 14 Bewohner verletzt.", "Seit dem vergangenen Monat"),
        ("Anfang Mai kamen 14 Gäste.", "Anfang Mai"),
        ("Die Werft entließ 90 Leute, sagte Sprecherin Ida Thoms am Montag.", ""),
        ("Zuletzt kamen täglich 14 Gäste.", "täglich"),
        ("Es kamen 14 Gäste.", ""),
    ],
)
def test_period(text: str, period: str) -> None:
    assert circumstances(text, sentences(text, "de"), found(text)[0]).period == period


def test_units_are_told_from_what_is_counted() -> None:
    (one,) = found("Der Umbau kostete 38,5 Millionen Euro.")
    assert (one.number.value, one.counted.unit) == (38.5e6, "Euro")


def test_english() -> None:
    text = "According to the harbour office, about 40 Belgian sailors were killed and 1,200 wounded."
    dead, hurt = found(text, "en")
    assert (dead.counted.text, dead.events, hurt.events) == ("Belgian sailors", {"killed"}, {"wounded"})
    assert circumstances(text, sentences(text, "en"), dead).speaker.speaker == "harbour office"


def test_spans_are_exact() -> None:
    text = "Kopf\n\nDer Umbau dauerte etwa zwei Jahre.\n\nEs kamen über 40 Gäste."
    for one in found(text):
        assert text[slice(*one.span)] in ("etwa zwei", "über 40")
