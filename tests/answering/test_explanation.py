from __future__ import annotations

import math

import pytest

from qa.answering import article_reading, explanation, scoring
from qa.answering.features import Material
from qa.answering.question import Question, take_apart
from qa.answering.scoring import Reading
from qa.answering.selection import Quote
from qa.index import token_states
from qa.text.sentences import sentences
from qa.types import Explanation, Hit, Passage
from tests.support.standin import StandIn

SOLDIERS = "Achtzehn Soldaten sind an der Grenze desertiert. Der Himmel über Kursk war grau."
LAKE = "Der Bodensee ist an der tiefsten Stelle 251 Meter tief. Viele Fische leben dort."


def material(text: str, title: str = "", language: str = "de") -> Material:
    kept = token_states.keep(StandIn().read([text])[0], 0, sentences(text, language))
    hit = Hit(Passage("a.txt", 0, 0, len(text), text), 1, 0.9, dense_score=0.9, lexical_score=0.5)
    return Material(hit, title, language, token_states.unpack(kept))


def parsed(question: str) -> Question:
    read = StandIn().read([question], query=True)[0]
    return take_apart(
        question, token_states.query_states(read), "de", lambda terms: dict.fromkeys(terms, 1.0)
    )


def quote(of: Material, words: str) -> Quote:
    start = of.hit.passage.text.index(words)
    return Quote(of, start, start + len(words), 0.9)


def reading(question: str, materials: list[Material], share: float = 1.0) -> Reading:
    return scoring.judge(parsed(question), materials, share=share)


def explained(question: str, materials: list[Material], *quotes: Quote) -> Explanation:
    return explanation.explain([reading(question, materials)], materials, quotes)


def test_words_of_the_question_that_the_quote_holds_and_lacks() -> None:
    found = material(SOLDIERS)
    why = explained(
        "Wie viele Soldaten sind in Kursk mit Panzern desertiert?",
        [found],
        quote(found, "Achtzehn Soldaten sind an der Grenze desertiert."),
    )
    assert why.covered == ("Soldaten", "desertiert")
    assert why.missing == ("Kursk", "Panzern")  # Kursk is in the passage and not in the quote
    why = explained("Soldaten in Kursk?", [found], quote(found, SOLDIERS))
    assert (why.covered, why.missing) == (("Soldaten", "Kursk"), ())


def test_a_refusal_names_what_no_near_passage_holds() -> None:
    near = [material(LAKE), material(SOLDIERS, title="Ein Bericht aus Bryansk")]
    why = explained("Wie viele Panzer verloren Soldaten nahe Bryansk?", near)
    assert why.covered == ("Soldaten", "Bryansk")
    assert "Panzer" in why.missing
    assert "Bryansk" not in why.missing


def test_a_title_is_no_part_of_a_quote() -> None:
    found = material(LAKE, title="Ein Bericht aus Bryansk")
    assert explained("Wie tief ist der See bei Bryansk?", [found], quote(found, LAKE)).missing == (
        "See",
        "Bryansk",
    )


def test_only_the_nearest_passages_count() -> None:
    far = [material(LAKE)] * explanation.NEAREST + [material(SOLDIERS)]
    assert "Soldaten" in explained("Wie viele Soldaten?", far).missing


def test_inflected_words_and_parts_of_compounds_are_held() -> None:
    found = material("Die Rüstungsgüter wurden geliefert. Der Soldat schwieg.")
    why = explained("Welche Güter bekamen die Soldaten?", [found])
    assert "Soldaten" in why.covered
    assert "Güter" not in why.covered + why.near  # its stem is changed, and a stand-in knows no meaning
    assert "Rüstung" in explained("Welche Rüstung?", [found]).covered


def test_a_word_is_near_from_the_stated_threshold(monkeypatch: pytest.MonkeyPatch) -> None:
    found = material("Die Deserteurin schwieg.")
    question = "Was sagte der Xdeserteurix?"
    asked = parsed(question)
    cosine = float((asked.states.tokens[list(asked.words[-1].rows)] @ found.states.tokens.T).max())
    assert 0 < cosine < explanation.NEAR
    assert explained(question, [found]).missing == ("Xdeserteurix",)
    monkeypatch.setattr(explanation, "NEAR", cosine - 1e-6)
    why = explained(question, [found])
    assert (why.near, why.missing) == (("Xdeserteurix",), ())


def test_words_without_content_are_not_named() -> None:
    why = explained("Wie viele davon wurden dabei verletzt?", [material(LAKE)])
    assert why.missing == ("verletzt",)


def test_across_languages_only_names_and_numbers_are_said_to_lack() -> None:
    why = explained("How many submarines did Atlantis lose in 1999?", [material(LAKE)])
    assert why.missing == ("Atlantis", "1999")


@pytest.mark.parametrize("question", ["Wie viele Soldaten desertierten?", "Wie tief ist der See?", "Was?"])
def test_the_parts_add_up_to_the_confidence(question: str) -> None:
    materials = [material(SOLDIERS), material(LAKE)]
    confidence = scoring.judge(parsed(question), materials).judgement.confidence
    parts = explained(question, materials).parts
    assert sum(part.log_odds for part in parts) == pytest.approx(
        math.log(confidence / (1 - confidence)), abs=2e-3
    )
    assert [abs(part.log_odds) for part in parts] == sorted((abs(p.log_odds) for p in parts), reverse=True)
    assert {part.name for part in parts} == {
        "base", "sentence", "lead", "meaning", "words", "missing", "kind", "shape",
    }  # fmt: skip


def test_the_parts_of_two_readings_are_averaged() -> None:
    materials = [material(SOLDIERS), material(LAKE)]
    readings = [
        reading(question, materials, share)
        for question, share in (("Wie viele Soldaten?", 0.25), ("Wie tief?", 0.75))
    ]
    odds = [math.log(r.judgement.confidence / (1 - r.judgement.confidence)) * r.share for r in readings]
    parts = explanation.explain(readings, materials, []).parts
    assert sum(part.log_odds for part in parts) == pytest.approx(sum(odds), abs=2e-3)


def test_every_feature_of_a_group_is_one() -> None:
    assert set(explanation._GROUP_OF) <= set(article_reading.names("article_read"))


def test_without_passages_there_is_nothing_to_say() -> None:
    assert explained("Wie tief ist der Bodensee?", []) == Explanation()
