from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.types import Article, Span
from qa.web import article_html, cards_html
from qa.web.sources import Source, make_ref, read_refs, sources_of
from tests.support.fakes import ARTICLES, FERRY, FakeBot, FakeIndex
from tests.support.markup import TAGS, Seen

INDEX = FakeIndex("g1", ARTICLES)
BOT = FakeBot(INDEX)
FERRY_ARTICLE, LIBRARY_ARTICLE, HOSTILE_ARTICLE = ARTICLES


def _source(start: int, end: int, label: int = 1, article: Article = FERRY_ARTICLE) -> Source:
    return Source(label, article, start, end, 0.8, make_ref(article, start, end, 0.8))


def _at(quote: str, label: int = 1) -> Source:
    start = FERRY.index(quote)
    return _source(start, start + len(quote), label)


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


SHIP, NETS = _at("Das Schiff fasst 412 Fahrgäste und 60 Fahrzeuge."), _at("Sie fürchten, dass das Schiff", 2)


def test_the_reader_marks_all_citations_of_the_article_and_the_chosen_one_apart() -> None:
    other = _source(0, 10, 3, LIBRARY_ARTICLE)
    seen = Seen(article_html.reader_html(NETS.ref, [SHIP, NETS, other], "de"))
    assert seen.now == ["Sie fürchten, dass das Schiff"]
    assert seen.marked == f"{SHIP.quote}{NETS.quote}"
    assert ("title", "Zitat [2]") in seen.attributes
    assert set(seen.tags) <= TAGS


@given(st.lists(st.tuples(st.integers(0, len(FERRY) - 1), st.integers(1, 400)), min_size=1, max_size=5))
def test_marks_hold_exactly_the_cited_characters(spans: list[tuple[int, int]]) -> None:
    sources = [_source(start, min(start + n, len(FERRY)), k) for k, (start, n) in enumerate(spans, start=1)]
    seen = Seen(article_html.reader_html(sources[0].ref, sources, "de"))
    cited = {at for source in sources for at in range(source.start, source.end)}
    assert _squeezed("".join(seen.now)) == _squeezed(sources[0].quote)
    assert _squeezed(seen.marked) == _squeezed("".join(FERRY[at] for at in sorted(cited)))


@given(st.text(st.sampled_from("ab. \n\t"), max_size=300), st.booleans())
def test_paragraphs_lose_nothing_but_white_space(text: str, long_line: bool) -> None:
    text += "x" * (article_html.LONG_LINE + 1) if long_line else ""
    spans = article_html.paragraphs(text)
    assert _squeezed("".join(text[start:end] for start, end in spans)) == _squeezed(text)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(text[start:end].strip() for start, end in spans)


def test_line_ends_part_paragraphs_only_where_the_text_is_not_hard_wrapped() -> None:
    long = "Wort " * 30
    assert len(article_html.paragraphs(f"{long}\nzwei\ndrei")) == 3
    assert len(article_html.paragraphs("eins\nzwei\ndrei")) == 1
    assert len(article_html.paragraphs("eins\nzwei\n \n\ndrei")) == 2


def test_a_first_line_that_repeats_the_title_is_shown_once_unless_it_is_cited() -> None:
    title = FERRY_ARTICLE.title
    assert Seen(article_html.article_html(FERRY_ARTICLE, "de")).text.count(title) == 1
    cited = _at(title)
    assert Seen(article_html.reader_html(cited.ref, [cited], "de")).now == [title]


def test_a_changed_article_is_shown_without_a_mark_and_with_the_reason() -> None:
    changed = FakeIndex("g2", [replace(FERRY_ARTICLE, text="Neu. " + FERRY)])
    (source,) = read_refs([(1, SHIP.ref)], changed.article)
    out = article_html.reader_html(source.ref, [source], "de")
    assert "<mark" not in out
    assert "nach dieser Antwort geändert" in out
    card = cards_html.cards_html([source], source.ref, "de")
    assert "inzwischen geändert" in card
    assert "<mark" not in card


def test_without_a_choice_the_reader_shows_the_first_cited_article() -> None:
    seen = Seen(article_html.reader_html("", [SHIP], "de"))
    assert seen.marked == SHIP.quote
    assert seen.now == []
    assert "<article" not in article_html.reader_html("", [], "de")
    assert "<article" not in article_html.reader_html("", [replace(SHIP, label=0)], "de")


def test_an_unknown_choice_says_so() -> None:
    assert "nicht mehr vorhanden" in article_html.reader_html("x", [SHIP], "de")


def test_hostile_articles_stay_text() -> None:
    answer = BOT.ask("Seeungeheuer")
    (source,) = sources_of(answer, INDEX.article)
    for out in (
        article_html.reader_html(source.ref, [source], "de"),
        cards_html.cards_html([source], source.ref, "de"),
    ):
        seen = Seen(out)
        assert set(seen.tags) <= TAGS
        assert not any(name.startswith("on") or name == "src" for name, _ in seen.attributes)
        assert not any(name == "href" for name, _ in seen.attributes)
    assert "${window.broken=3} {{window}}" in Seen(article_html.article_html(HOSTILE_ARTICLE, "de")).text


def test_only_a_web_address_is_offered_as_the_original() -> None:
    assert '<a href="https://example.org/faehre" target="_blank" rel="noopener' in article_html.article_html(
        FERRY_ARTICLE, "de"
    )


# -- the answer span


def _answered(text: str, quote: Span, answer: Span) -> Source:
    article = Article("a.txt", "Titel", text)
    ref = make_ref(article, *quote, 0.8, answer)
    return Source(1, article, *quote, 0.8, ref, answer=answer)


def _within(text: str, quote: str, answer: str) -> Source:
    start = text.index(quote)
    at = start + quote.index(answer)
    return _answered(text, Span(start, start + len(quote)), Span(at, at + len(answer)))


@pytest.mark.parametrize(
    ("quote", "answer"),
    [
        ("Es waren 412 Menschen.", "412"),
        ("412 Menschen kamen.", "412"),  # at its beginning
        ("Es kamen 412", "412"),  # at its end
        ("Alles.", "Alles."),
        ("Ein &amp; Zeichen.", "mp; Z"),  # cuts through what looks like an entity
        ("Ein <b>fettes</b> Wort.", "b>fett"),  # and through what looks like a tag
        ("Ein </mark></strong> Wort.", "rk></str"),
    ],
)
def test_the_answer_is_bold_in_card_and_article(quote: str, answer: str) -> None:
    source = _within(f"Davor 412 &amp;. {quote} Danach.", quote, answer)
    for active in ("", source.ref):
        card = Seen(cards_html.cards_html([source], active, "de"))
        assert card.bold == [answer]
        assert quote in card.text
        assert card.marked == (quote if active else "")
    reader = Seen(article_html.reader_html(source.ref, [source], "de"))
    assert (reader.now, reader.bold) == ([quote], [answer])


@given(st.text("ab<>&;/ .\n", min_size=1, max_size=60), st.data())
def test_without_tags_the_quote_is_as_before(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    answer_start = data.draw(st.integers(start, end - 1))
    answer_end = data.draw(st.integers(answer_start + 1, end))
    source = _answered(text, Span(start, end), Span(answer_start, answer_end))
    bare = replace(source, answer=None)
    card = Seen(cards_html.cards_html([source], source.ref, "de"))
    shown, plain = (Seen(article_html.reader_html(source.ref, [one], "de")) for one in (source, bare))
    assert (shown.text, shown.now) == (plain.text, plain.now)
    for seen in (card, shown):
        assert _squeezed("".join(seen.bold)) == _squeezed(text[answer_start:answer_end])


def test_of_overlapping_quotes_each_answer_is_bold_once() -> None:
    text = "Am Montag kamen 412 Menschen. Am Dienstag 60."
    whole = _within(text, text, "412 Menschen. Am Dienstag 60")
    part = _within(text, "kamen 412 Menschen.", "412 Menschen")
    seen = Seen(article_html.reader_html(part.ref, [whole, replace(part, label=2)], "de"))
    assert seen.now == ["kamen 412 Menschen."]
    assert "".join(seen.bold) == "412 Menschen. Am Dienstag 60"
    assert seen.marked == text


def test_a_changed_article_has_no_bold_answer() -> None:
    source = _within("Es waren 412 Menschen.", "Es waren 412 Menschen.", "412")
    changed = FakeIndex("g2", [Article("a.txt", "Titel", "Neu. Es waren 412 Menschen.")])
    (stale,) = read_refs([(1, source.ref)], changed.article)
    assert Seen(article_html.reader_html(stale.ref, [stale], "de")).bold == []
    assert Seen(cards_html.cards_html([stale], stale.ref, "de")).bold == []


def test_headings_and_lists_of_an_article_are_shown_as_such() -> None:
    parts = [
        "Von Lene Ackermann",
        "Die Werft baut um. Das kostet viel Geld.",
        "Streit um die Kosten",
        "Die Stadt zahlt nicht. Sie nennt drei Gründe:",
        "- Das Dach ist dicht.\n- Die Kutter sind neu.\n  Alle vierzig.\n* Es gibt keinen Antrag.",
        "## Alte Schreibweise",
        "Mehr dazu steht im Bericht.",
        "Letzte Zeile ohne Absatz",
    ]
    article = Article("w.md", "Werft", "\n\n".join(parts), language="de")
    made = article_html.article_html(article, "de")
    assert re.findall(r"<h4>\s*(.*?)\s*</h4>", made) == ["Streit um die Kosten", "Alte Schreibweise"]
    assert [re.sub(r"\s+", " ", item) for item in re.findall(r"<li>\s*(.*?)\s*</li>", made, re.DOTALL)] == [
        "Das Dach ist dicht.",
        "Die Kutter sind neu. Alle vierzig.",
        "Es gibt keinen Antrag.",
    ]
    assert made.count("<ul>") == made.count("</ul>") == 1
    start = article.text.index("- Das")
    marked = article_html.reader_html((source := _source(start, start + 21, 1, article)).ref, [source], "de")
    assert Seen(marked).now == [source.quote]  # the sign as well: it is cited
