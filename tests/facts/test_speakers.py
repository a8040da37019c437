"""Who says so, in sentences that were written for these tests."""

from __future__ import annotations

import pytest

from qa.facts.speakers import CARRIED, Speaker, attributions, speaker_of
from qa.text.sentences import sentences


def speaker(text: str, number: int = 0, language: str = "de") -> Speaker:
    return speaker_of(text, sentences(text, language), number)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Laut Hafenmeister Jens Brodersen liegen 14 Kutter im Hafen.", "Hafenmeister Jens Brodersen"),
        ("Laut einer Schätzung des Wetterdienstes wird es kalt.", "Wetterdienstes"),
        ("Nach Angaben der Reederei Thoden ist das Schiff leck.", "Reederei Thoden"),
        (
            "Nach Auskunft des dänischen Ministers Ole Friis ist das Schiff leck.",
            "dänischen Ministers Ole Friis",
        ),
        ("Nach Polizeiangaben war die Straße glatt.", "Polizeiangaben"),
        ("Der Reederei zufolge ist das Schiff leck.", "Reederei"),
        ("Das Schiff sei leck, sagte Kapitänin Ida Thoms am Montag.", "Kapitänin Ida Thoms"),
        ("„Das Schiff ist leck“, erklärte die Reederei.", "Reederei"),
        ("Kapitänin Ida Thoms erklärte, das Schiff sei leck.", "Kapitänin Ida Thoms"),
        ("Die Kapitänin hat bestätigt, dass das Schiff leck ist.", "Kapitänin"),
        ("Das Schiff ist leck, so Kapitänin Ida Thoms.", "Kapitänin Ida Thoms"),
        ("Die Reederei gibt an, dass das Schiff leck ist.", "Reederei"),
        ("Experten schätzen, dass das Schiff leck ist.", "Experten"),
        ("In dänischen Hafenkreisen war von einem Leck die Rede.", "dänischen Hafenkreisen"),
    ],
)
def test_a_sentence_names_its_speaker(text: str, name: str) -> None:
    assert speaker(text).speaker == name


@pytest.mark.parametrize(
    "text",
    [
        "Das Schiff ist leck.",
        "Am Montag war das Schiff leck.",
        "Nach dem Sturm war das Schiff leck.",
        "So war es auch im Vorjahr.",
        "Nach Angaben vom Montag war das Schiff leck.",
        "Der Hafen liegt nach Süden hin offen.",
    ],
)
def test_nobody_is_made_a_speaker(text: str) -> None:
    assert speaker(text) == Speaker()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Das Schiff war nach Auskunft dänischer Taucher leck.", "dänischer Taucher"),
        ("Nach offiziellen Angaben war das Schiff leck.", "offiziellen Angaben"),
        ("Nach Medienberichten war das Schiff leck.", "Medienberichten"),
    ],
)
def test_a_report_is_told_from_those_who_give_it(text: str, name: str) -> None:
    assert speaker(text).speaker == name


def test_a_newspaper_is_told_from_who_said_it() -> None:
    found = speaker("Das meldet die Zeitung Inselbote unter Berufung auf einen dänischen Kapitän.")
    assert (found.speaker, found.medium) == ("dänischen Kapitän", "Zeitung Inselbote")
    assert found.named == "dänischen Kapitän / Zeitung Inselbote"


def test_the_sentence_behind_may_tell() -> None:
    text = "Das Schiff ist leck. Das sagte Kapitänin Ida Thoms am Montag."
    assert speaker(text).speaker == "Kapitänin Ida Thoms"


def test_a_colon_leads_to_what_is_said() -> None:
    text = "Kapitänin Ida Thoms fuhr hinaus.\n\nIm Gespräch enthüllte Thoms:\n\n„Das Schiff war leck.“"
    assert speaker(text, 2).speaker == "Ida Thoms"


def test_a_speaker_carried_over_is_marked_as_a_guess() -> None:
    text = "Das Schiff sei leck, sagte die Reederei. Demnach wird es repariert."
    assert speaker(text, 1) == Speaker("Reederei", "", CARRIED)


def test_of_two_speakers_the_nearer_one_counts() -> None:
    text = "Laut Reederei waren es 30 Gäste, laut Polizei jedoch 90."
    spans = sentences(text, "de")
    assert speaker_of(text, spans, 0, text.index("30")).speaker == "Reederei"
    assert speaker_of(text, spans, 0, text.index("90")).speaker == "Polizei"


def test_spans_are_exact() -> None:
    text = "Laut Reederei Thoden ist das Schiff leck, wie die Zeitung Inselbote berichtet."
    assert [text[slice(*one.span)] for one in attributions(text)] == ["Reederei Thoden", "Zeitung Inselbote"]


def test_long_hostile_text_takes_no_time() -> None:
    assert attributions("Laut " + "A" * 5_000 + " a" * 5_000 + ", so " * 1_000) == ()
