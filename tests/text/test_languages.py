"""The language of a text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa.text.languages import language_of
from tests.support.articles import PARAGRAPHS

BODY = PARAGRAPHS[0]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (BODY, "de"),
        (
            "The old bridge over the brook is closed until autumn, and it will not be opened for the fair.",
            "en",
        ),
        ("Le pont est fermé pour des travaux et les habitants ne sont pas contents de la mairie.", "fr"),
        ("El puente está cerrado por obras y los vecinos no están contentos con la alcaldía.", "es"),
        ("Η γέφυρα είναι κλειστή", "el"),
        ("Мост закрыт до осени, как сообщили власти в четверг вечером, это был сильный дождь.", "ru"),
        ("Міст закрито до осені, як повідомили в четвер, її ремонтують.", "uk"),
        ("这座桥关闭到秋天。", "zh"),
        ("この橋は秋まで閉鎖されます。", "ja"),
        ("สะพานปิดจนถึงฤดูใบไม้ร่วง", "th"),
        ("", ""),
        ("42", ""),
        ("Kursk Pjöngjang Moskau Seoul Washington Berlin", ""),
    ],
)
def test_language(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.slow
def test_languages_of_judged_paragraphs(shared: Path) -> None:
    for path in sorted((shared / "data/xquad-dev").glob("xquad.*.dev.json")):
        data = json.loads(path.read_text("utf-8"))["data"]
        found = [language_of(p["context"]) for article in data for p in article["paragraphs"]]
        assert found.count(path.name.split(".")[1]) / len(found) > 0.93, path.name
