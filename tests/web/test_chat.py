from __future__ import annotations

from dataclasses import replace

import pytest

from qa.types import Answer, Citation, Explanation, Part, Turn
from qa.web import chat, conversation
from qa.web.sources import read_refs, sources_of
from tests.support.exports import conversation_markdown
from tests.support.fakes import ARTICLES, FakeBot, FakeIndex

INDEX = FakeIndex("g1", ARTICLES)
BOT = FakeBot(INDEX)


def _citation(label: int, quote: str, article_id: str = "faehre.md") -> Citation:
    article = INDEX.article(article_id)
    start = article.text.index(quote)
    return Citation(
        label,
        article_id,
        article.title,
        article.source,
        article.date,
        "",
        start,
        start + len(quote),
        quote,
        0.8,
    )


def _answer(text: str, *citations: Citation) -> Answer:
    return Answer("Frage?", "answered", text, 0.93, citations)


def _message(answer: Answer, **options) -> str:
    return chat.answer_markdown(answer, sources_of(answer, INDEX.article), "de", **options)


SHIP, NAME, LAND = (
    "Das Schiff fasst 412 Fahrgäste und 60 Fahrzeuge.",
    "Die neue Fähre heißt Seestern.",
    "Ein Teil davon kam vom Land.",
)
COST = "Der Bau hat nach Angaben der Reederei 38,5 Millionen Euro gekostet."
SURE = "Das Zitat beantwortet die Frage mit einer Wahrscheinlichkeit von 93 %."
ONLY = (
    "Geschätzt wird nur, wie gut Zitat und Frage zusammenpassen. Ob stimmt, was im Artikel steht, wird nicht "
    "geprüft."
)
FREE = "Die Ausleihe kostet weiterhin nichts."


def test_a_quote_is_a_block_quote_with_links_and_origin() -> None:
    answer = _answer(f"{SHIP} [1]", _citation(1, SHIP))
    (source,) = sources_of(answer, INDEX.article)
    assert _message(answer).splitlines() == [
        f"> {SHIP} [1](#cite-{source.ref})",
        "",
        '<ol class="refs"><li value="1"><b>Neue Fähre verbindet Inseln</b> · Küstenbote · 5. November 2024'
        ' · <a href="https://example.org/faehre">Original</a></li></ol>',
        "",
        '<details class="why"><summary><span class="confidence sure" '
        f'title="{SURE} {ONLY}">passt gut zur Frage</span></summary>'
        f"<ul><li>{SURE}</li><li>{ONLY}</li></ul></details>",
    ]


def test_an_article_without_outlet_and_date_is_named_by_its_title() -> None:
    answer = BOT.ask("Schiff")
    source = sources_of(answer, INDEX.article)[0]
    for title, expected in (("Der *Titel*", "Der &#42;Titel&#42;"), ("", "faehre.md")):
        bare = replace(source, article=replace(source.article, title=title, source="", date="", url=""))
        assert f'<li value="1"><b>{expected}</b></li>' in chat.answer_markdown(answer, [bare], "de")


def test_neighbours_stand_together_and_distant_sentences_apart() -> None:
    citations = [_citation(1, COST), _citation(2, LAND), _citation(3, NAME)]
    lines = _message(_answer(f"{COST} [1] {LAND} [2] {NAME} [3]", *citations)).splitlines()
    assert [line for line in lines if "#cite-" in line and line.startswith("> ")] == [lines[0], lines[2]]
    assert COST in lines[0]
    assert LAND in lines[0]
    assert NAME in lines[2]


def test_quotes_of_two_articles_are_two_block_quotes() -> None:
    text = _message(
        _answer(f"{SHIP} [1] {FREE} [2]", _citation(1, SHIP), _citation(2, FREE, "bibliothek.txt"))
    )
    assert text.count("\n\n> ") == 1
    assert text.index(FREE) < text.index("Küstenbote") < text.index("Stadtanzeiger")


def test_one_sentence_of_two_articles_names_both() -> None:
    other = replace(_citation(2, FREE, "bibliothek.txt"), quote=SHIP)
    text = _message(_answer(f"{SHIP} [1][2]", _citation(1, SHIP), other))
    assert text.count(SHIP) == 1
    assert text.count("#cite-") == 2
    assert text.index("Küstenbote · 5. November 2024") < text.index("Stadtanzeiger · 24. Oktober 2024")


def test_a_bracketed_number_within_a_quote_is_no_label() -> None:
    text = "Laut Bericht [1] sank das Schiff [2] nicht."
    article = replace(INDEX.article("faehre.md"), text=text)
    citation = replace(_citation(1, SHIP), quote=text, start=0, end=len(text))
    answer = _answer(f"{text} [1] Und [2] {text} [1]", citation)
    written = chat.answer_markdown(answer, sources_of(answer, lambda _: article), "de")
    assert written.count("](#cite-") == 2


def test_a_label_without_a_citation_is_dropped() -> None:
    text = _message(_answer(f"{SHIP} [1] Erfunden. [7]", _citation(1, SHIP)))
    assert "\n\nErfunden.\n\n" in text  # nor is it made to look like a quote


def test_a_message_goes_to_plain_text_and_refs() -> None:
    answer = _answer(f"{SHIP} [1] {FREE} [2]", _citation(1, SHIP), _citation(2, FREE, "bibliothek.txt"))
    sources = sources_of(answer, INDEX.article)
    written = _message(answer)
    assert conversation.plain_answer(written) == f"{SHIP} [1]\n{FREE} [2]"
    assert read_refs(conversation.message_refs(written), INDEX.article) == sources


def test_an_answer_is_written_out_sentence_by_sentence() -> None:
    answer = BOT.ask("Was weiß man über das Schiff?")
    steps = list(chat.written_out(answer, sources_of(answer, INDEX.article), "de"))
    assert [step.count("#cite-") for step in steps] == [1, 2, 3]
    assert steps[-1] == _message(answer)
    assert "confidence" not in steps[0]


def test_a_refusal_says_so_and_keeps_the_nearest_passages() -> None:
    answer = BOT.ask("Wie hoch ist der Zoll auf Mondgestein?")
    sources = sources_of(answer, INDEX.article)
    (written,) = chat.written_out(answer, sources, "de")
    assert '<span class="no-answer">Dazu steht nichts in den Artikeln.</span>' in written
    assert "#cite-" not in written
    assert "%" not in written
    assert "<li>Keine Stelle beantwortet die Frage mit ausreichender Sicherheit.</li>" in written
    assert conversation.message_refs(written) == [(0, sources[0].ref)]
    assert conversation.plain_answer(written) == "Dazu steht nichts in den Artikeln."


@pytest.mark.parametrize(
    ("probability", "expected"),
    [
        (1.0, "passt gut zur Frage"),
        (0.85, "passt gut zur Frage"),
        (0.84, "passt wahrscheinlich zur Frage"),
        (0.5, "passt wahrscheinlich zur Frage"),
        (0.49, "passt vielleicht zur Frage"),
        (0.0, "passt vielleicht zur Frage"),
    ],
)
def test_confidence_is_one_word_and_a_number_on_demand(probability: float, expected: str) -> None:
    one = replace(_answer(f"{SHIP} [1]", _citation(1, SHIP)), confidence=probability)
    number = f"mit einer Wahrscheinlichkeit von {min(99, round(100 * probability))} %."
    assert f'">{expected}</span></summary><ul><li>Das Zitat beantwortet die Frage {number}' in _message(one)
    assert ("Das könnte passen:" in _message(one)) is (probability < 0.5)
    two = replace(one, citations=(*one.citations, _citation(2, NAME)))
    assert chat.confidence(two, "de") == f"Das erste Zitat beantwortet die Frage {number}"


def test_hostile_text_stays_text() -> None:
    answer = BOT.ask("Seeungeheuer")
    written = _message(answer)
    assert written.count("](") == 1  # the citation
    assert "<img" not in written
    assert "<i>" not in written
    assert chat.notice_markdown("</span>") == '<span class="notice">&#60;/span&#62;</span>'


WHY = Explanation(covered=("Schiff",), missing=("<b>*Panzer*",), parts=(Part("words", 1.0),))


def test_how_the_question_was_read_and_why_are_shown_folded_and_stay_out_of_the_history() -> None:
    answer = replace(
        _answer(f"{SHIP} [1]", _citation(1, SHIP)),
        searched="Wo? Föhr",
        understood="Wo? <i>Föhr",
        explanation=WHY,
    )
    written = _message(answer)
    first, *_, last = written.split("\n\n")
    assert first == '<span class="searched">Verstanden als: Wo? &#60;i&#62;Föhr</span>'
    assert "<li>Im Zitat enthalten: Schiff</li>" in last
    assert "beeinflusst" not in last  # contributions to the log-odds are for `qa ask --explain`
    assert "<li>Fehlt im Zitat: &#60;b&#62;&#42;Panzer&#42;</li>" in last
    assert "details" not in _message(answer, shown=1)
    assert conversation.plain_answer(written) == f"{SHIP} [1]"
    exported = conversation_markdown([Turn("assistant", written)], INDEX.article, "de")
    assert "details" not in exported
    assert "Verstanden als: Wo?" in exported


def test_a_refusal_names_what_was_not_found() -> None:
    answer = replace(BOT.ask("Wie hoch ist der Zoll auf Mondgestein?"), explanation=WHY)
    written = _message(answer)
    assert '<span class="not-found">Nicht gefunden: &#60;b&#62;&#42;Panzer&#42;</span>' in written
    assert conversation.plain_answer(written) == "Dazu steht nichts in den Artikeln."
    assert "Nicht gefunden" not in _message(replace(answer, explanation=Explanation()))


# -- the answer span, and what is missing


def _bold(citation: Citation, answer: str) -> Citation:
    start = citation.start + citation.quote.index(answer)
    return replace(citation, answer_start=start, answer_end=start + len(answer))


def test_the_answer_is_bold_within_its_quote() -> None:
    answer = _answer(f"{SHIP} [1]\n\n{NAME} [2]", _bold(_citation(1, SHIP), "412"), _citation(2, NAME))
    written = _message(answer)
    assert "> Das Schiff fasst <strong>412</strong> Fahrgäste und 60 Fahrzeuge. [1](#cite-" in written
    assert written.count("<strong>") == 1
    assert conversation.plain_answer(written) == f"{SHIP} [1]\n{NAME} [2]"
    assert read_refs(conversation.message_refs(written), INDEX.article) == sources_of(answer, INDEX.article)


@pytest.mark.parametrize("within", ["", "Küstenbote"])
def test_what_is_missing_comes_before_the_quotes(within: str) -> None:
    answer = replace(_answer(f"{SHIP} [1]", _citation(1, SHIP)), missing=("2019", "<b>*Köln*"))
    answer = replace(answer, understood="Wohin?")
    written = _message(answer, within=within)
    sentence = "Zu <b>2019</b> und <b>&#60;b&#62;&#42;Köln&#42;</b> steht in diesen Zitaten nichts."
    assert written.index(f'<span class="missing">{sentence}</span>\n\n> {SHIP}')
    assert conversation.missing_terms(written) == ["2019", "<b>*Köln*"]
    assert conversation.plain_answer(written) == f"{SHIP} [1]"
    assert sentence in _message(answer, shown=1)  # from the beginning
    assert 'class="missing"' not in _message(replace(answer, missing=()))


def test_what_is_missing_comes_before_a_refusal() -> None:
    answer = replace(BOT.ask("Mondgestein"), missing=("2019",), explanation=WHY)
    written = _message(answer)
    sentence = '<span class="missing">Zu <b>2019</b> wurde nichts gefunden.</span>'
    assert written.startswith(f'{sentence}\n\n<span class="no-answer">')
    assert "Nicht gefunden" not in written  # the same again, in single words
    assert conversation.missing_terms(written) == ["2019"]
    assert conversation.plain_answer(written) == "Dazu steht nichts in den Artikeln."


def test_messages_of_earlier_versions_are_read() -> None:
    old = '<span class="no-answer">Nein.</span>\n\n<span class="missing">Nicht gefunden: Panzer</span>'
    assert conversation.plain_answer(old) == "Nein."
    assert conversation.missing_terms(old) == []


def test_an_answer_says_how_many_of_its_articles_are_copies() -> None:
    copy = replace(_citation(2, FREE, "bibliothek.txt"), copy_of=1)
    answer = _answer(f"{SHIP} [1][2]", _citation(1, SHIP), copy)
    written = _message(answer)
    assert '<span class="counted">2 Artikel, 1 Meldung</span>\n\n<ol class="refs">' in written
    assert conversation.plain_answer(written) == f"{SHIP} [1] [2]"
    assert "counted" not in _message(replace(answer, citations=(answer.citations[0],)))
