"""Rich Text Format."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.text.rtf import rtf_text
from qa.types import Article
from tests.corpus.formats.test_exports import EXPORTS
from tests.support import documents
from tests.support.articles import all_of, one

HEAD = r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\info{\title Steg am \u252? Ufer}{\author Eva}}"


def test_what_a_document_shows(tmp_path: Path) -> None:
    body = (
        r"{\header Kopf}\pard Der Steg{\super\chftn{\footnote\pard Seit 1988.}} ist "
        r"{\deleted offen}{\v versteckt}zu\'2e"
        r"\par {\b Er} bleibt es\u8230?\par{\pict\bin5 }}{{x 89ab}"
        r"{\field{\*\fldinst HYPERLINK x}{\fldrslt Hier}} mehr."
        r"\par\trowd Jahr\cell 2024\cell\row"
        r"{\pard{\listtext\f3\u61623?\tab}Ein Riss\par}{A\nestcell B\nestcell{\nonesttables\par}\nestrow}}"
    )
    found = one(tmp_path, "a.rtf", (HEAD + body).encode())
    assert found.title == "Steg am ü Ufer"
    assert [line for line in found.text.split("\n") if line] == [
        "Der Steg ist zu.",
        "Er bleibt es…",
        "Hier mehr.",
        "Jahr | 2024",
        "• Ein Riss",
        "A | B",
        "Seit 1988.",
    ]


@pytest.mark.parametrize("name", ["Nexis", "Lexis Advance", "GENIOS", "Factiva"])
def test_an_export(tmp_path: Path, name: str) -> None:
    text, expected = EXPORTS[name]
    found = all_of(tmp_path, "export.rtf", documents.rtf(text.split("\n")))
    heads = [(item.title, item.date, item.source) for item in found if isinstance(item, Article)]
    assert heads == [row[:3] for row in expected]


@pytest.mark.parametrize("page", ["1", "0", "99999", "-5"])
def test_a_code_page_that_does_not_exist(page: str) -> None:
    assert rtf_text("{\\rtf1\\ansicpg" + page + " Br\\'fccke}") == "Brücke\n"


@settings(deadline=None)
@given(st.text(st.sampled_from("\\{}'*abuv0123456789- \n;é"), max_size=200))
def test_any_code_is_text(source: str) -> None:
    assert isinstance(rtf_text("{\\rtf1" + source), str)


@pytest.mark.parametrize(
    "part", ["{", "}", "\\u1?", "\\'e4", "{\\footnote a}", "\\bin9 ", "\\par", "a\n", "{\\*"]
)
def test_any_code_takes_linear_time(part: str) -> None:
    began = time.process_time()
    rtf_text("{\\rtf1" + part * 200_000)
    assert time.process_time() - began < 20
