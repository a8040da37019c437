"""Exports as rows: complete, and each can be checked again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from qa.exporting.answers import exchange
from qa.exporting.document import Piece
from qa.exporting.files import FORMATS, file_name, rows
from qa.facts.checking import faults
from qa.facts.rows import read_rows
from qa.types import Answer, Hit, Passage
from tests.exporting.samples import DEAD, EXCHANGE, EXPORT, STORM, TEXT, article_of, citation


@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
def test_rows_are_read_again_and_hold(suffix: str) -> None:
    noted = replace(EXPORT, exchanges=(replace(EXCHANGE, note="=nachfragen"),))
    content = FORMATS[suffix].write(noted, article_of, "1.0").decode("utf-8")
    found = read_rows(content)
    assert [row["kind"] for row in found] == ["quote"] * 3 + ["figure"] * 2 + ["dated"]
    assert [row.get("copy_of") for row in found[:3]] == [0, 1, 0]
    assert {(row["note"], row["time"], row["address"]) for row in found} == {
        ("=nachfragen", EXPORT.time, EXPORT.address)
    }
    assert [faults(row, article_of, "1.0") for row in found] == [[]] * 6
    assert [faults(row, article_of, "other") for row in found] == [[]] * 6


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("Wie viele Soldaten sind desertiert?", "wie-viele-soldaten-sind-desertiert-2026-11-26"),
        ("Größe der „Straße“: 1,5 km²?", "groesse-der-strasse-1-5-km2-2026-11-26"),
        ("Où va Élise au café?", "ou-va-elise-au-cafe-2026-11-26"),
        ("../../etc/passwd\x00\u202e.exe", "etc-passwd-exe-2026-11-26"),
        ("Что случилось?", "gespraech-2026-11-26"),
        ("", "gespraech-2026-11-26"),
        ("u\u0308ber", "ueber-2026-11-26"),
        ("Wort " * 30, f"{'wort-' * 11}wort-2026-11-26"),
        ("x" * 300, f"{'x' * 60}-2026-11-26"),
    ],
)
def test_a_file_is_named_after_what_was_asked_and_the_day(subject: str, name: str) -> None:
    assert file_name(subject, "2026-11-26T10:45", "Gespräch") == name


def test_a_file_without_a_time_bears_the_day_of_today() -> None:
    assert file_name("con", "", "x") == f"con-{date.today().isoformat()}"


def test_a_refusal_has_no_rows() -> None:
    assert rows(replace(EXPORT, exchanges=EXPORT.exchanges[1:]), article_of, "1.0") == []


def test_an_answer_is_exported_with_what_it_says() -> None:
    start = TEXT.index("etwa 30")
    cited = citation(1, STORM, DEAD, answer_start=start, answer_end=start + 7)
    answer = Answer("Wie viele starben 2024?", "answered", f"{DEAD} [1]", 0.9, (cited,), missing=("2024",))
    made = exchange(answer, article_of, "de")
    aside, quote = made.paragraphs
    assert "2024" in aside.pieces[0].text
    assert quote.quoted
    assert [piece for piece in quote.pieces if piece.bold or piece.label] == [
        Piece("etwa 30", bold=True),
        Piece("", label=1),
    ]


def test_a_refusal_is_exported_with_the_closest_passages() -> None:
    hit = Hit(Passage("sturm.pdf", 0, 0, 19, TEXT[:19]), 1, 0.3)
    refused = Answer("Wo?", "no_answer", "Dazu steht nichts in den Artikeln.", 0.1, hits=(hit,))
    (near,) = exchange(refused, article_of, "de").nearest
    assert (near.label, near.quote, near.page) == (0, "Sturm vor Selmstedt", 1)
