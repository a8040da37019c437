"""Questions about an article: what is asked, and where the article answers."""

# ruff: noqa: E501 (sentences are easier to read whole)
from __future__ import annotations

import pytest

from qa.answering.article_questions import Sought, byline, parsed, quote_for
from qa.types import Article

BODY = "Der Leuchtturm von Selmstedt wird rot. Das beschloss der Rat. Die Arbeiten dauern acht Wochen. Danach folgt der Hafen."

ASKED: list[tuple[Sought, str]] = [
    ("author", "Nenne mir den Verfasser des Artikels über den Leuchtturm."),
    ("summary", "Um was geht's im Artikel über den Leuchtturm?"),
    ("author", "Wer hat den Artikel über den Leuchtturm geschrieben?"),
    ("author", "Wer hat den Bericht über den Leuchtturm verfasst?"),
    ("author", "Wer schrieb den Artikel über den Leuchtturm?"),
    ("author", "Wer den Artikel über den Leuchtturm geschrieben hat?"),
    ("author", "Von wem stammt der Artikel über den Leuchtturm?"),
    ("author", "Von wem ist der Beitrag zum Leuchtturm?"),
    ("author", "Wer ist die Autorin des Artikels über den Leuchtturm?"),
    ("author", "Wie heißt der Verfasser des Artikels „Leuchtturm“?"),
    ("author", "Welche Journalistin hat den Artikel über den Leuchtturm geschrieben?"),
    ("author", "Who wrote the article about the Leuchtturm?"),
    ("author", "Who is the author of the article on the Leuchtturm?"),
    ("author", "By whom was the article about the Leuchtturm written?"),
    ("date", "Wann ist der Artikel über den Leuchtturm erschienen?"),
    ("date", "Wann wurde der Artikel über den Leuchtturm veröffentlicht?"),
    ("date", "Wann erschien der Bericht über den Leuchtturm?"),
    ("date", "Von wann ist der Artikel über den Leuchtturm?"),
    ("date", "Wann der Artikel über den Leuchtturm erschienen ist?"),
    ("date", "Welches Datum hat der Artikel über den Leuchtturm?"),
    ("date", "An welchem Tag erschien die Meldung über den Leuchtturm?"),
    ("date", "When was the article about the Leuchtturm published?"),
    ("date", "When did the report on the Leuchtturm appear?"),
    ("date", "What is the date of the article about the Leuchtturm?"),
    ("outlet", "In welcher Zeitung stand der Artikel über den Leuchtturm?"),
    ("outlet", "In welcher Zeitung stand etwas über den Leuchtturm?"),
    ("outlet", "In welchem Medium ist der Bericht über den Leuchtturm erschienen?"),
    ("outlet", "Aus welcher Zeitung stammt der Artikel über den Leuchtturm?"),
    ("outlet", "Wo erschien der Artikel über den Leuchtturm?"),
    ("outlet", "Wo ist der Beitrag über den Leuchtturm erschienen?"),
    ("outlet", "Welche Zeitung hat den Artikel über den Leuchtturm veröffentlicht?"),
    ("outlet", "Which newspaper published the article about the Leuchtturm?"),
    ("outlet", "Where was the article about the Leuchtturm published?"),
    ("outlet", "In which paper did the article about the Leuchtturm appear?"),
    ("summary", "Worum geht es in dem Artikel über den Leuchtturm?"),
    ("summary", "Worum geht es im Bericht über den Leuchtturm?"),
    ("summary", "Worum es in dem Artikel über den Leuchtturm geht?"),
    ("summary", "Wovon handelt der Artikel über den Leuchtturm?"),
    ("summary", "Was steht in dem Artikel über den Leuchtturm?"),
    ("summary", "Fasse den Artikel über den Leuchtturm zusammen."),
    ("summary", "Fassen Sie bitte den Artikel über den Leuchtturm kurz zusammen."),
    ("summary", "Was ist die Kernaussage des Artikels über den Leuchtturm?"),
    ("summary", "Zusammenfassung des Artikels über den Leuchtturm"),
    ("summary", "What is the article about the Leuchtturm about?"),
    ("summary", "Summarize the article about the Leuchtturm."),
    ("summary", "What does the article on the Leuchtturm say?"),
]


@pytest.mark.parametrize(("sought", "question"), ASKED)
def test_what_is_asked_about_which_article(sought: Sought, question: str) -> None:
    found = parsed(question)
    assert found
    assert (found.sought, found.about) == (sought, "Leuchtturm")


@pytest.mark.parametrize(
    "question",
    [
        "Wer schrieb den Roman über den Leuchtturm?",
        "Wer hat den Leuchtturm gebaut?",
        "Wann wurde der Leuchtturm gebaut?",
        "Wann erschien der Minister?",
        "In welcher Zeitung erschien die Karikatur?",
        "Welche Zeitung berichtete über den Leuchtturm?",
        "Worum geht es bei dem Streit?",
        "Was steht in dem Vertrag?",
        "Was sagt Artikel 5 des Grundgesetzes?",
        "Wer hat über den Artikel abgestimmt?",
        "Wie lang ist der Artikel?",
        "Who wrote the novel about the tower?",
        "Which newspaper reported the fire?",
        "What is the tower about to become?",
        "When was the tower published in the list?",
        "",
    ],
)
def test_other_questions_ask_for_something_in_the_articles(question: str) -> None:
    assert parsed(question) is None


@pytest.mark.parametrize(
    ("sought", "question"),
    [
        ("author", "Wer hat über den Leuchtturm geschrieben?"),
        ("author", "Wer schrieb über den Leuchtturm?"),
        ("author", "Who wrote about the Leuchtturm?"),
        ("outlet", "Welche Zeitung berichtete über den Leuchtturm?"),
        ("outlet", "Welche Zeitung hat über den Leuchtturm berichtet?"),
        ("outlet", "In welcher Zeitung wurde über den Leuchtturm berichtet?"),
    ],
)
def test_what_is_asked_of_an_article_only_if_the_texts_do_not_tell(sought: Sought, question: str) -> None:
    assert parsed(question) is None
    found = parsed(question, is_open=True)
    assert found
    assert (found.sought, found.about, found.strict) == (sought, "Leuchtturm", False)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Von Lene Ackermann", "Von Lene Ackermann"),
        ("Von Lene Ackermann und Jörn Thiele", "Von Lene Ackermann und Jörn Thiele"),
        ("Von Lene Ackermann, Selmstedt", "Von Lene Ackermann"),
        ("Von Lene Ackermann | 3. Mai 2024", "Von Lene Ackermann"),
        ("Ein Kommentar von Lene Ackermann", "Ein Kommentar von Lene Ackermann"),
        ("By Lene Ackermann", "By Lene Ackermann"),
        ("Autorin: Lene Ackermann", "Autorin: Lene Ackermann"),
        ("Text: Jan van der Velde", "Text: Jan van der Velde"),
        ("*Von Lene Ackermann*", "Von Lene Ackermann"),
        ("(Text: Lene Ackermann)", "Text: Lene Ackermann"),
    ],
)
def test_bylines_at_the_top_and_at_the_end(line: str, name: str) -> None:
    for text in (f"{line}\n\n{BODY}\n", f"Leuchtturm wird rot\n\n{line}\n\n{BODY}", f"{BODY}\n\n{line}"):
        span = byline(text)
        assert span
        assert text[span.start : span.end] == name


@pytest.mark.parametrize(
    "line",
    [
        "Von Selmstedt aus sieht man ihn.",
        "Von Lene Ackermann stammt die Idee.",
        "von allem etwas",
        "Von dort",
    ],
)
def test_no_byline(line: str) -> None:
    assert byline(f"{line}\n\n{BODY}") is None


def quoted(sought: Sought, text: str, **fields: str) -> str | None:
    article = Article("a.txt", fields.pop("title", "Leuchtturm wird rot"), text, language="de", **fields)
    span = quote_for(sought, article)
    return text[span.start : span.end] if span else None


def test_the_line_that_answers_is_quoted() -> None:
    text = f"Leuchtturm wird rot\n\nVon Lene Ackermann\n\nNordbote, 3. Mai 2024\n\n{BODY}"
    known = {"source": "Nordbote", "date": "2024-05-03"}
    assert quoted("author", text, **known) == "Von Lene Ackermann"
    assert quoted("date", text, **known) == quoted("outlet", text, **known) == "Nordbote, 3. Mai 2024"


def test_what_only_the_metadata_tell_is_shown_with_the_title_or_the_first_sentence() -> None:
    known = {"source": "Nordbote", "date": "2024-05-03"}
    assert quoted("date", f"Leuchtturm wird rot\n\n{BODY}", **known) == "Leuchtturm wird rot"
    assert quoted("outlet", BODY, **known) == "Der Leuchtturm von Selmstedt wird rot."


def test_what_nobody_knows_is_not_answered() -> None:
    assert [quoted(sought, BODY) for sought in ("author", "date", "outlet")] == [None, None, None]


def test_the_lead_is_the_beginning_of_the_body() -> None:
    text = f"Leuchtturm wird rot\n\nVon Lene Ackermann\n\n{BODY}"
    assert (
        quoted("summary", text)
        == "Der Leuchtturm von Selmstedt wird rot. Das beschloss der Rat. Die Arbeiten dauern acht Wochen."
    )
    assert quoted("summary", "") == ""
