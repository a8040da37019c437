"""Messages of the page as they are exported: everything is read from the index again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from qa.errors import CorpusError
from qa.exporting.document import Piece
from qa.facts.checking import faults
from qa.facts.rows import rows_of
from qa.types import Article, Turn
from qa.web import chat, figures_card
from qa.web.exchanges import exchanges
from qa.web.sources import NotLookedUp, Source, make_ref
from tests.exporting.samples import DEAD, FIGURES, HURT, STORM, TEXT

WORDS = " ".join(f"Wort{n}" for n in range(40))
LONG = replace(STORM, text=f"{TEXT} {WORDS}")
COPY = replace(LONG, article_id="kopie.txt", source="Inselblatt")


def _found(articles: tuple[Article, ...]) -> Callable[[str], Article]:
    known = {article.article_id: article for article in articles}

    def article_of(article_id: str) -> Article:
        if article_id not in known:
            raise CorpusError("unknown")
        return known[article_id]

    return article_of


def _link(label: int, article: Article, quote: str) -> str:
    start = article.text.index(quote)
    ref = make_ref(article, start, start + len(quote), 0.9)
    return chat.cite_link(Source(label, article, start, start + len(quote), 0.9, ref))


def _message(*, dated: bool = False, card: bool = False) -> str:
    parts = [f"> {DEAD} {_link(1, LONG, DEAD)} {_link(2, COPY, DEAD)}"]
    parts += ['<details class="timeline"><summary>Zeitverlauf</summary></details>'] if dated else []
    parts += [figures_card.card(FIGURES, _found((STORM,)), "de")] if card else []
    return "\n\n".join(parts)


def test_speakers_and_copies_are_found_again() -> None:
    turns = [Turn("user", "Wer starb?"), Turn("assistant", _message()), Turn("user", "Und dann?")]
    one, other = exchanges(turns, _found((LONG, COPY)))
    assert (one.question, other.question, other.paragraphs) == ("Wer starb?", "Und dann?", ())
    assert [(c.label, c.copy_of, c.speaker) for c in one.citations] == [
        (1, 0, "Reederei Thoden"),
        (2, 1, "Reederei Thoden"),
    ]
    (quote,) = one.paragraphs
    assert quote.quoted
    assert [piece for piece in quote.pieces if piece.label] == [Piece("", label=1), Piece("", label=2)]
    assert (one.figures, one.dated) == ((), ())


@pytest.mark.parametrize("language", ["de", "en"])
def test_figures_of_the_card_are_found_again(language: str) -> None:
    card = figures_card.card(FIGURES, _found((STORM,)), language)
    (one,) = exchanges([Turn("assistant", card)], _found((STORM,)))
    assert one.figures == FIGURES
    rows = rows_of("", one.figures, _found((STORM,)), "1")
    assert [faults(row, _found((STORM,)), "1") for row in rows] == [[], []]
    assert one.paragraphs == ()


def test_two_figures_of_a_sentence_are_told_apart() -> None:
    text = "Im Hafen starben 12 Matrosen, 12 Fischer wurden verletzt und 7 Lotsen gerettet."
    article = Article("h.txt", "Hafen", text, language="de")
    found = [
        figures_card.figure_in(article, 0, len(text), cells)
        for cells in (("12", "Fischer, verletzt"), ("12", "Matrosen, starben"), ("7", ""), ("8", ""))
    ]
    assert [one.counted if one else None for one in found] == ["Fischer", "Matrosen", "Lotsen", None]


def test_a_timeline_is_made_if_wanted_where_the_message_has_one() -> None:
    turns = [Turn("assistant", _message(dated=True)), Turn("assistant", _message())]
    assert [one.dated for one in exchanges(turns, _found((LONG, COPY)))] == [(), ()]
    one, other = exchanges(turns, _found((LONG, COPY)), timelines=True)
    assert other.dated == ()
    assert [(dated.value, dated.quote) for dated in one.dated] == [("2024-04-03", DEAD)]
    assert len(one.paragraphs) == 1


def test_what_has_changed_is_not_quoted() -> None:
    edited = replace(LONG, text=LONG.text.replace("30", "80"))
    (one,) = exchanges([Turn("assistant", _message(card=True))], _found((edited, COPY)))
    assert [(c.label, c.quote) for c in one.changed] == [(1, ""), (0, "")]
    assert [c.label for c in one.citations] == [2]
    assert [figure.quote for figure in one.figures] == [HURT]


def test_an_article_that_is_gone_is_named() -> None:
    (one,) = exchanges([Turn("assistant", _message(card=True))], _found((LONG,)))
    assert [c.label for c in one.citations] == [1]
    assert [(c.label, c.article_id, c.quote) for c in one.gone] == [(2, "kopie.txt", DEAD)]
    (one,) = exchanges([Turn("assistant", _message(card=True))], _found(()))
    assert (one.citations, one.changed, one.figures) == ((), (), ())
    # the figures are of an article that a citation names
    assert [(c.label, c.quote, c.start) for c in one.gone] == [(n, DEAD, TEXT.index(DEAD)) for n in (1, 2)]
    assert one.paragraphs[0].pieces[0].text.strip() == DEAD
    (one,) = exchanges([Turn("assistant", figures_card.card(FIGURES, _found((STORM,)), "de"))], _found(()))
    assert [(c.label, c.article_id, c.quote) for c in one.gone] == [(0, "sturm.pdf", "")]


def test_only_the_text_that_was_cited_is_quoted_of_what_is_gone() -> None:
    message = f"> {DEAD} Und mehr. {_link(1, LONG, DEAD)}"
    (one,) = exchanges([Turn("assistant", message)], _found(()))
    assert [(c.label, c.quote) for c in one.gone] == [(1, "")]


def test_what_is_not_looked_up_is_not_said_to_be_gone() -> None:
    def article_of(article_id: str) -> Article:
        raise NotLookedUp(article_id)

    (one,) = exchanges([Turn("assistant", _message(card=True))], article_of)
    assert (one.citations, one.changed, one.gone) == ((), (), ())
