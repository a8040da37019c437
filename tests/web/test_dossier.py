"""Pinned quotes and figures as they are exported."""

from __future__ import annotations

import base64
import io
import json
import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import docx
import pytest

from qa.errors import CorpusError
from qa.exporting.files import rows
from qa.exporting.markdown import to_markdown
from qa.exporting.word import to_word
from qa.facts.checking import faults
from qa.i18n.figure_rows import row
from qa.service.service import Service
from qa.types import Article
from qa.web.dossier import MAX_NOTE, MAX_PINS, DossierTab, dossier_export
from qa.web.export import About
from qa.web.sources import make_ref
from tests.exporting.samples import DEAD, FIGURES, HURT, STORM, TEXT, article_of
from tests.support.fakes import FakeBackend

TOLD = About("x", "2026-11-26T10:45", "http://qa.example/")


def _pin(cited: str, **more: object) -> dict[str, object]:
    start = TEXT.index(cited)
    return {"ref": make_ref(STORM, start, start + len(cited), 0.9), "question": "Wie viele starben?", **more}


def _exported(*pins: object) -> Any:
    return dossier_export(json.dumps(pins), article_of, "de", TOLD)


def test_pins_are_exported_with_source_and_note() -> None:
    made = _exported(_pin(DEAD, note=" Nachfragen! "), _pin(HURT), _pin("Der Hafen bleibt zu.", question=""))
    text = to_markdown(made)
    assert text.startswith(
        "# Dossier\n\nStand: 26. November 2026 10:45\n\nSeite: http://qa.example/\n\n## Wie viele"
    )
    assert text.count("## Wie viele starben?") == 1
    assert f"> {DEAD} [1]\n\nNotiz: Nachfragen!\n\n[1] **Sturm vor Selmstedt** · Nordbote" in text
    assert "laut Küstenwache" in text
    found = rows(made, article_of, "1")
    assert [(one["kind"], one.get("note")) for one in found] == [
        ("quote", "Nachfragen!"),
        ("quote", None),
        ("quote", None),
    ]
    assert [faults(one, article_of, "1") for one in found] == [[], [], []]


def test_a_figure_is_found_again_by_its_row() -> None:
    (exchange,) = _exported(_pin(DEAD, cells=list(row(FIGURES[0], "de")))).exchanges
    assert exchange.figures == FIGURES[:1]
    (other,) = _exported(_pin(DEAD, cells=["etwa 80", "Matrosen"])).exchanges
    assert (other.figures, len(other.citations)) == ((), 1)


def test_an_article_that_has_changed_is_said_to_be_so() -> None:
    made = dossier_export(json.dumps([_pin(DEAD)]), lambda _: replace(STORM, text=TEXT.upper()), "de", TOLD)
    assert "**Artikel inzwischen geändert**\n\n- [1] **Sturm" in to_markdown(made)
    assert rows(made, article_of, "1") == []


def _nothing(article_id: str) -> Article:
    raise CorpusError(article_id)


def test_a_pin_whose_article_is_gone_is_kept() -> None:
    pins = [
        _pin(DEAD, note="Nachfragen!", quote=DEAD, title="Sturm vor Selmstedt"),
        _pin(HURT, quote="Gefälscht.", question="Und?"),
    ]
    made = dossier_export(json.dumps(pins), _nothing, "de", TOLD)
    text = to_markdown(made)
    assert (
        f"## Wie viele starben?\n\n> {DEAD} [1]\n\nNotiz: Nachfragen!\n\n**Artikel nicht mehr vorhanden**"
        "\n\n- [1] **Sturm vor Selmstedt** · sturm.pdf\n\n## Und?\n\n**Artikel nicht mehr vorhanden**"
        "\n\n- [2] **sturm.pdf**\n"
    ) in text
    first, second = rows(made, _nothing, "1")
    assert [(one["quote"], one["gone"], one["article_id"]) for one in (first, second)] == [
        (DEAD, True, "sturm.pdf"),
        ("", True, "sturm.pdf"),
    ]
    assert (first["note"], first["question"]) == ("Nachfragen!", "Wie viele starben?")
    assert faults(first, _nothing, "1") == ["There is no article sturm.pdf."]
    assert faults(first, lambda _: replace(STORM, source="", date="", url=""), "1") == []  # it is back
    written = [one.text for one in docx.Document(io.BytesIO(to_word(made))).paragraphs]
    for told in (
        f"{DEAD} [1]",
        "Notiz: Nachfragen!",
        "[1] Sturm vor Selmstedt · sturm.pdf (Artikel nicht mehr vorhanden)",
        "[2] sturm.pdf (Artikel nicht mehr vorhanden)",
    ):
        assert told in written


def test_without_an_index_there_is_no_file_without_pins() -> None:
    event: Any = SimpleNamespace(_data={"format": "md", "pins": json.dumps([_pin(DEAD)]), "about": ""})
    request: Any = None
    assert DossierTab(Service(FakeBackend(generations=0))).save(event, request) == ""


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "{",
        "[" * 100_000,
        '"x"',
        "[1, null, []]",
        '[{"ref": 7}]',
        '[{"ref": "x.1-2.3.00000000"}]',
        '{"ref": ""}',
    ],
)
def test_forged_pins_are_left_out(sent: str) -> None:
    assert dossier_export(sent, article_of, "de", TOLD).exchanges == ()


def test_pins_are_bounded() -> None:
    pins = [_pin("Der Hafen bleibt zu.", note="x" * 9_000, cells=["a"] * 1_000, question=["?"])] * (
        MAX_PINS + 5
    )
    made = _exported(*pins)
    assert len(made.exchanges) == MAX_PINS
    assert {(len(one.note), one.question) for one in made.exchanges} == {(MAX_NOTE, "")}


@pytest.mark.parametrize("ending", ["docx", "md", "jsonl"])
def test_the_tab_saves_the_dossier(ending: str) -> None:
    event: Any = SimpleNamespace(_data={"format": ending, "pins": "[]", "about": ""})
    request: Any = None
    tab = DossierTab(Service(FakeBackend()))
    saved = json.loads(tab.save(event, request))
    assert re.fullmatch(rf"dossier-\d{{4}}-\d\d-\d\d\.{ending}", saved["name"])
    assert bool(base64.b64decode(saved["data"])) == (ending != "jsonl")
    event._data["format"] = "exe"
    assert tab.save(event, request) == ""
