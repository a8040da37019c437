"""The choice of the sentences that are quoted."""

from __future__ import annotations

import numpy as np

from qa.answering import selection
from qa.answering.features import Material
from qa.answering.scoring import Judgement
from tests.support.materials import material


def judged(*probabilities: list[float]) -> Judgement:
    return Judgement(tuple(np.array(p) for p in probabilities), 0.9)


def chosen(materials: list[Material], *probabilities: list[float]) -> list[str]:
    quotes = selection.choose(materials, judged(*probabilities))
    return [q.material.hit.passage.text[q.start : q.end] for q in quotes]


ONE = "Achtzehn Soldaten flohen. Der Himmel war grau. Zwei wurden gefasst. Niemand sprach."


def test_the_best_sentence_comes_first_and_the_unlikely_not_at_all() -> None:
    assert chosen([material(ONE)], [0.5, 0.001, 0.9, 0.001]) == [
        "Zwei wurden gefasst.",
        "Achtzehn Soldaten flohen.",
    ]


def test_neighbours_are_one_quote_in_reading_order() -> None:
    assert chosen([material(ONE)], [0.8, 0.9, 0.001, 0.001]) == [
        "Achtzehn Soldaten flohen. Der Himmel war grau."
    ]


def test_no_more_than_three_sentences() -> None:
    text = "Eins kam an. Zwei kam an. Drei kam an. Vier kam an. Fünf kam an."
    (quote,) = chosen([material(text)], [0.5, 0.5, 0.5, 0.5, 0.5])
    assert quote == "Eins kam an. Zwei kam an. Drei kam an."


def in_article(materials: list[Material], *probabilities: list[float]) -> list[str]:
    quotes = selection.choose(materials, Judgement(tuple(np.array(p) for p in probabilities), 0.9, "article"))
    return [q.material.hit.passage.text[q.start : q.end] for q in quotes]


def test_a_heading_beside_an_answer_is_not_quoted() -> None:
    text = "Die Flucht\n\nDort flohen achtzehn Soldaten. Zwei wurden gefasst."
    assert chosen([material(text)], [0.4, 0.9, 0.001]) == ["Dort flohen achtzehn Soldaten."]
    assert chosen([material(text)], [0.9, 0.001, 0.001]) == ["Die Flucht"]


def test_a_list_in_one_article_is_quoted_whole_with_what_lies_between() -> None:
    text = "Eins kam an. Zwei kam an. Drei kam an. Vier kam an. Fünf kam an. Sechs ging."
    (quote,) = in_article([material(text)], [0.5, 0.4, 0.3, 0.12, 0.5, 0.05])
    assert quote == "Eins kam an. Zwei kam an. Drei kam an. Vier kam an. Fünf kam an."
    assert len(in_article([material(text)], [0.5, 0.4, 0.3, 0.05, 0.5, 0.05])) == 2


def test_a_sentence_that_points_back_brings_the_one_before() -> None:
    text = "Kim besuchte Moskau. Dort traf er Putin. Das Wetter war gut."
    assert chosen([material(text)], [0.001, 0.9, 0.001]) == ["Kim besuchte Moskau. Dort traf er Putin."]
    assert chosen([material(text)], [0.9, 0.001, 0.001]) == ["Kim besuchte Moskau."]


def test_the_same_words_are_not_quoted_twice() -> None:
    both = [material("Achtzehn flohen."), material("Achtzehn flohen.", "b.txt", rank=2)]
    assert chosen(both, [0.9], [0.9]) == ["Achtzehn flohen."]


def test_what_another_article_says_too_is_found_there() -> None:
    said = material("Es war Montag. Zwei wurden gefasst. Ende.", "b.txt", rank=2)
    both = [material(ONE), said, material("Ganz anders.", "c.txt", rank=3)]
    (quote,) = selection.choose(both, judged([0.001, 0.001, 0.9, 0.001], [0.001, 0.001, 0.001], [0.001]))
    (other,) = selection.same_elsewhere(quote, both)
    assert other.material.hit.passage.article_id == "b.txt"
    assert other.material.hit.passage.text[other.start : other.end] == "Zwei wurden gefasst."


def labels(quoted: str, *elsewhere: str) -> list[str]:
    """The sentences of other articles that get a label behind the first sentence, or two, of an article."""
    both = [material(quoted), *(material(text, f"{n}.txt") for n, text in enumerate(elsewhere))]
    number = len(both[0].states.sentences)
    (quote,) = selection.choose(both[:1], judged([0.9] * number))
    others = selection.same_elsewhere(quote, both)
    return [q.material.hit.passage.text[q.start : q.end] for q in others]


def test_another_figure_gets_no_label() -> None:
    said = "Der Pegel in Seefeld liegt bei 5,7 Metern."
    assert labels(said, "Der Pegel in Seefeld liegt bei 6,4 Metern.", "Bei 5,7 Metern liegt er.") == []
    copy = "SEEFELD (dpa) - Der Pegel in Seefeld liegt bei 5,70 Metern."
    assert labels(said, f"Es regnet weiter. {copy} Mehr folgt.") == [copy]


def test_two_sentences_need_both_elsewhere() -> None:
    said = "Der Pegel liegt bei fünf Metern. Die Brücke bleibt zu."
    other = "Der Pegel liegt bei 5 Metern. Die Brücke bleibt zu."
    assert labels(said, f"Es regnet. {other}", "Der Pegel liegt bei fünf Metern. Die Brücke ist auf.") == [
        other
    ]


def test_a_sentence_that_points_back_is_compared_with_the_one_before() -> None:
    first, second = "Wirtin Vogt klagte. Sie gewann.", "Richterin Berg klagte. Sie gewann."
    assert labels(first, first, second) == [first]
    assert chosen([material(first), material(second, "b.txt", rank=2)], [0.0, 0.9], [0.0, 0.9]) == [
        first,
        second,
    ]
    assert labels("Sie gewann.", "Sie gewann.") == []
    assert labels("Das Amt gewann.", "Das Amt gewann.") == ["Das Amt gewann."]


def test_a_statement_in_other_words_is_not_quoted_twice_but_another_sign_is() -> None:
    texts = ["Am Montag stieg der Pegel auf 5 Meter.", "Der Pegel stieg am Montag auf fünf Meter."]
    assert chosen([material(texts[0]), material(texts[1], "b.txt", rank=2)], [0.9], [0.8]) == texts[:1]
    cold = ["Es waren 5 Grad.", "Es waren -5 Grad."]
    assert chosen([material(cold[0]), material(cold[1], "b.txt", rank=2)], [0.9], [0.8]) == cold


def test_nothing_to_quote() -> None:
    assert selection.choose([], judged()) == []
