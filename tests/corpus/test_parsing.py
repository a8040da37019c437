"""Texts of all kinds are kept whole."""

from __future__ import annotations

import sqlite3
import time
import unicodedata
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.corpus import parsing
from qa.index import passages
from qa.text import sentences
from qa.types import Article, Note, Skipped
from tests.support.articles import (
    read,
)

MARKS = "\u00ad¬<>&[]()*_~=`#|\\"  # of markup and hyphenation, which are taken off
GARBLED = "ÂÃÄÅÐÑØÎÏâãï"  # begin what may be UTF-8 read as another encoding


@settings(deadline=None)
@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters=MARKS + GARBLED),
        max_size=200,
    )
)
def test_text_is_kept_whole(text: str) -> None:
    text = f"Anfang {text} Ende\n"
    assert read(text).text == unicodedata.normalize("NFC", text)


@settings(deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300), st.text(max_size=200).map(lambda text: f"---\n{text}\n---\nx".encode())
    )
)
def test_any_bytes_are_an_article_or_an_error(data: bytes) -> None:
    found, *notes = parsing.contents("a.md", data)
    assert all(isinstance(item, Note) for item in notes)
    if isinstance(found, Skipped):
        assert found.reason.endswith(".")
    else:
        assert isinstance(found, Article)
        assert "\0" not in found.text
        assert any(c.isalnum() for c in found.text)
        assert found.text == unicodedata.normalize("NFC", found.text)


TEXTS = {
    "arabic": "أعلنت الحكومة يوم الاثنين عن خطة جديدة. وقال الوزير إن التنفيذ يبدأ في مايو.",
    "hebrew": "הממשלה הודיעה ביום שני על תוכנית חדשה. השר אמר כי היא תתחיל במאי.",
    "chinese": "政府周一宣布了一项新计划。部长表示将于五月开始实施。",
    "japanese": "政府は月曜日に新しい計画を発表した。大臣は五月に始まると述べた。",
    "emoji": "Das Fest 🎉 war laut 👨‍👩‍👧‍👦. Alle kamen 🇩🇪 wieder.",
    "soft hyphens": "Die Donau\u00addampf\u00adschiff\u00adfahrt ruht. Sie beginnt im Mai.",
    "decomposed": unicodedata.normalize("NFD", "Die Brücke wäre schön. Die Höhe beträgt zwölf Meter."),
}


@pytest.mark.parametrize("name", TEXTS)
def test_texts(name: str) -> None:
    found = read(TEXTS[name])
    assert found.text == unicodedata.normalize("NFC", TEXTS[name]).replace("\u00ad", "")
    spans = sentences.sentences(found.text, found.language)
    assert len(spans) == 2
    assert "".join(found.text[slice(*span)] for span in spans).replace(" ", "") == found.text.replace(" ", "")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jsonl", b'{"text": "Ein Satz \\ud800 steht hier.", "title": "\\udfff Titel"}'),
        ("a.md", b'---\ntitle: "\\uD800 Titel"\n---\nEin Satz steht hier.'),
        ("a.html", b"<title>&#xD800; Titel</title><p>Ein Satz &#xDFFF; steht hier.</p>"),
    ],
)
def test_half_a_character_does_not_reach_the_store(name: str, data: bytes) -> None:
    found = read(data, name)
    with closing(sqlite3.connect(":memory:")) as db:
        assert db.execute("SELECT ?, ?", (found.title, found.text)).fetchone() == (found.title, found.text)


WORST = {
    "letters": "a\n",
    "two characters": "好的。",
    "accents": "\u0301",
    "brackets": "(Foto: ",
    "marks": ". ",
    "quotes": "„Ja.“ ",
    "pages": "\f1",
}


@pytest.mark.parametrize("name", WORST)
def test_the_longest_text_that_is_read_is_cut_in_bounded_time(name: str) -> None:
    part = parsing.MAX_TEXT // 20
    text = "x" + (WORST[name] * part)[:part]
    began = time.process_time()
    passages.split(Article("a.txt", "", text))
    seconds = time.process_time() - began
    assert seconds * parsing.MAX_TEXT / part < 120, "the whole would take minutes"
