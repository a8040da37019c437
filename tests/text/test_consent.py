"""Consent notices in texts, written for these tests."""

from __future__ import annotations

from qa.text.boilerplate import boilerplate_spans
from qa.text.consent import is_notice, notice_lines

NOTICE = [
    "Bitte stimmen Sie der Verarbeitung zu",
    "Wir und unsere 61 Partner speichern Kennungen auf Ihrem Gerät und verarbeiten personenbezogene Daten.",
    "Ihre Einwilligung können Sie jederzeit widerrufen. Ohne Tracking kostet die Seite 2,50 Euro.",
    "Alle akzeptieren",
]
REPORT = ["Robbe am Ufer", "Am Ufer bei Ralswiek ist eine Robbe gestrandet."]
ENGLISH = "We and our partners store and access personal data on your device. You can withdraw your consent."


def test_a_notice_above_a_report_is_found_with_what_belongs_to_it() -> None:
    assert notice_lines([*NOTICE, *REPORT]) == [True] * 4 + [False] * 2
    assert notice_lines([*REPORT, *NOTICE]) == [False] * 2 + [True] * 4
    assert notice_lines([ENGLISH, "Seal on the tram line"]) == [True, False]
    text = "\n\n".join([*NOTICE, *REPORT])
    assert max(span.end for span in boilerplate_spans(text)) == text.index("\n\nRobbe")


def test_articles_about_consent_are_none() -> None:
    for line in (
        "Der Verlag darf Cookies nur mit Einwilligung setzen und personenbezogene Daten nicht weitergeben.",
        "„Wir verarbeiten keine Daten“, sagte die Sprecherin des Verlags.",
        "So widerrufen Sie Ihre Einwilligung in die Verarbeitung Ihrer Daten",
        "The court said that partners may not store personal data without consent.",
    ):
        assert not is_notice(line)
        assert notice_lines([line]) == [False]
