"""Consent notices in texts, written for these tests."""

from __future__ import annotations

import pytest

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


WEBSITE = "Diese Website verwendet Cookies. Mit „Alle akzeptieren“ stimmen Sie der Verwendung zu."


@pytest.mark.parametrize("notice", [NOTICE[1], ENGLISH, WEBSITE, "This website uses cookies if you consent."])
@pytest.mark.parametrize(
    "offer",
    [
        "Als Abonnent für 2,49 Euro die Woche lesen Sie ohne Tracking.",
        "Als Abonnentin für 2,49 Euro die Woche ohne Tracking lesen",
        "Im Pur-Abo für 3 € im Monat ohne Werbung",
        "Werbefrei ab 1,99 Euro",
        "Ad-free from $2 a month",
    ],
)
def test_an_offer_beside_a_notice_is_a_part_of_it(notice: str, offer: str) -> None:
    assert notice_lines([notice, offer, *REPORT]) == [True, True, False, False]
    assert notice_lines([*REPORT, offer, notice]) == [False, False, True, True]
    assert notice_lines([offer, *REPORT]) == [False] * 3


@pytest.mark.parametrize(
    "line",
    [
        "Der Verlag verkauft sein Pur-Abo ohne Tracking für 3 Euro.",
        "Für 3 Euro im Monat bietet der Verlag Zeitungen ohne Tracking an.",
        "Als Abonnent zahlte Ole Timm 3 Euro im Monat.",
        "Nur 3 Euro kostet das Bad in Auental.",
        "Ohne Werbung bleibt der Bus am Ufer, sagt Ada Kern.",
    ],
)
def test_a_report_beside_a_notice_stays(line: str) -> None:
    assert notice_lines([WEBSITE, line]) == [True, False]
