"""What is said of a phrased answer."""

from __future__ import annotations

from typing import get_args

import pytest

from qa.answering.support import Reason
from qa.i18n import phrasing
from qa.i18n.phrasing import REASONS, dropped, note, reason, who_reads
from qa.types_phrasing import Phrased, Phrasing

LEFT_OUT = Phrased("Nein.", (), 0.0, kept=False, reason="meaning")


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_reason_is_told(language: str) -> None:
    assert set(REASONS[language]) == {*get_args(Reason), "repeated"} - {""}
    assert reason("neu", language) == reason("meaning", language)


def test_notes() -> None:
    failed = Phrasing("m", "h", "failed", error="The language model failed (500). Its own log says why.")
    assert note(failed, "de").startswith("Das Sprachmodell ist gescheitert (500).")
    assert note(failed, "en") == failed.error
    assert note(Phrasing("m", "h", "nothing"), "en")
    assert note(Phrasing("m", "h", "kept"), "de") == ""


def test_how_many_were_left_out() -> None:
    def left_out(number: int) -> str:
        return dropped(Phrasing("m", "h", "partly", (LEFT_OUT,) * number), "de")

    assert [left_out(n) for n in range(3)] == ["", "1 Satz weggelassen", "2 Sätze weggelassen"]


def test_who_reads_along() -> None:
    assert (
        who_reads("klein", "127.0.0.1", local=True, language="de") == "Sprachmodell: klein auf diesem Rechner"
    )
    assert "example.org" in who_reads("groß", "example.org", local=False, language="de")
    beyond = who_reads("gpt-oss:120b-cloud", "localhost", local=True, language="en")
    assert "this machine" not in beyond
    assert "other machines" in beyond
    assert phrasing.who_reads("m", "h", local=False, language="en") == "Question and passages go to h (m)"
