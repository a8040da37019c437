"""Summaries: nothing is shown that no article says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qa.answering.prompt import MAX_CHARS, beginnings
from qa.answering.summary import MAX_ARTICLES, SummaryEvent, summarise
from qa.errors import LLMError
from qa.types import Article, Summary
from tests.support.llm_fakes import FIRST, HARBOUR, HARBOUR_EN, FakeModel

MAYOR = "Bürgermeisterin Ute Harms sprach von einem guten Tag."
WRONG = "Der Hafen von Brakenau bekommt 2025 einen neuen Kran für 5,4 Millionen Euro."
LONG = Article(
    "lang.txt", "Lang", "\n".join(f"Die Stadt hat {n} Brücken über den Fluss." for n in range(300))
)


def steps(model: FakeModel, *articles: Article) -> list[SummaryEvent]:
    return list(summarise(articles or (HARBOUR,), model))


def summary(model: FakeModel, *articles: Article) -> Summary:
    return steps(model, *articles)[-1].summary


def test_each_sentence_is_checked_and_cited() -> None:
    found = steps(FakeModel(f"{FIRST} [1] {WRONG} [1] ", f"{MAYOR} [1]"))
    assert [step.name for step in found] == ["sentence", "dropped", "sentence", "end"]
    whole = found[-1].summary
    assert whole.phrased
    assert (whole.phrased.status, whole.phrased.text) == ("partly", f"{FIRST} [1] {MAYOR} [2]")
    assert [HARBOUR.text[c.start : c.end] for c in whole.citations] == [FIRST, MAYOR]
    assert found[0].summary.citations == whole.citations[:1]
    assert whole.articles == ("hafen.txt",)
    assert whole.unread == 0


def test_a_failure_is_told() -> None:
    whole = summary(FakeModel(error="The language model failed (500). Its own log says why."))
    assert whole.phrased
    assert (whole.phrased.status, whole.citations) == ("failed", ())


def test_an_article_in_another_language_than_the_first_is_not_sent() -> None:
    model = FakeModel(f"{FIRST} [1]")
    assert summary(model, HARBOUR, HARBOUR_EN).articles == ("hafen.txt",)
    assert "Brackmouth" not in model.prompt
    assert "Fasse" in model.prompt
    summary(model, HARBOUR_EN)
    assert "Summarise" in model.prompt


def test_what_cannot_be_checked_is_not_asked() -> None:
    model = FakeModel()
    for articles in ((), (replace(HARBOUR, language="fr"),)):
        with pytest.raises(LLMError):
            summarise(articles, model)
    assert model.sent == []


def test_how_much_was_too_long_is_told() -> None:
    model = FakeModel("Nichts davon.")
    whole = summary(model, LONG)
    sent = beginnings([LONG])
    assert sum(len(part.text) for part in sent) <= MAX_CHARS < len(LONG.text)
    assert whole.unread == len(LONG.text) - sent[-1].span.end - 1  # one line end
    assert sent[-1].text.endswith(".")


def test_articles_share_what_is_sent() -> None:
    several = [replace(LONG, article_id=str(n)) for n in range(MAX_ARTICLES + 1)]
    sent = beginnings([HARBOUR, *several[:2]])
    assert [one.article.article_id for one in sent[:1]] == ["hafen.txt"]
    assert sum(len(one.text) for one in sent) > 0.9 * MAX_CHARS
    assert summary(FakeModel(), *several).articles == ("0", "1", "2", "3", "4")
