"""Which stretch of a passage is quoted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answering import windows
from qa.answering.windows import Sentences, Window
from qa.text.sentences import sentences
from qa.types import Span


def sentences_of(text: str) -> Sentences:
    return windows.sentences_of(text, sentences(text, "de"))


def quoted(text: str, *shares: float, most: int = 1) -> list[str]:
    of = sentences_of(text)
    assert len(of.texts) == len(shares)
    found = windows.several([of], [np.array(shares)], most=most, least=0.2)
    return [text[of.spans[one.first].start : of.spans[one.last].end] for one in found]


FOUR = "Die Brücke wurde geprüft. Sie ist gesperrt. Der Grund sind Risse. Das Wetter war gut."


def test_the_likeliest_sentence_is_quoted() -> None:
    assert quoted(FOUR, 0.01, 0.01, 0.9, 0.01) == ["Der Grund sind Risse."]


def test_a_neighbour_that_may_answer_comes_along() -> None:
    text = "Die Brücke ist seit Montag gesperrt. Der Grund sind Risse im Beton. Das Wetter war gut."
    assert quoted(text, 0.4, 0.5, 0.01) == [
        "Die Brücke ist seit Montag gesperrt. Der Grund sind Risse im Beton."
    ]
    assert quoted(text, 0.002, 0.5, 0.001) == ["Der Grund sind Risse im Beton."]


def test_no_neighbour_beyond_the_longest_window() -> None:
    long = "Der Rat beriet " + "und beriet " * 30 + "lange."
    text = f"{long} {long} Am Ende stimmte er zu."
    assert quoted(text, 0.3, 0.4, 0.0) == [long]


def test_a_sentence_that_points_back_brings_the_one_before() -> None:
    assert quoted(FOUR, 0.0, 0.9, 0.0, 0.0) == ["Die Brücke wurde geprüft. Sie ist gesperrt."]


def test_the_sentence_that_names_the_speaker_comes_along() -> None:
    text = "„Wir schließen im Mai.“ Das sagte Leiterin Ute Brand. Der Saal war voll."
    of = sentences_of(text)
    assert of.whole(0, 0) == (0, 1)


@pytest.mark.parametrize(
    "text",
    [
        "Wie alt ist der Turm? Er wurde vor 300 Jahren gebaut.",
        "Alter des Turms\n\nDer Turm wurde vor 300 Jahren gebaut.",
    ],
)
def test_a_question_or_heading_does_not_answer_but_what_follows_does(text: str) -> None:
    of = sentences_of(text)
    assert windows.moved(of, np.array([0.9, 0.05])).tolist() == [0.0, pytest.approx(0.95)]
    assert quoted(text, 0.9, 0.05)[0].endswith("vor 300 Jahren gebaut.")


REPEATED = "Die Schule sagt ab. Sechs Klassen trifft es. Der Grund sind Kosten. Weil es stürmt, ruht alles."


def repeating(text: str) -> Sentences:
    """The first sentence repeats the question, and those with a reason could answer it."""
    return windows.sentences_of(
        text,
        sentences(text, "de"),
        lambda sentence: sentence.startswith("Die Schule"),
        lambda sentence: "Grund" in sentence or "Weil" in sentence,
    )


def test_what_repeats_the_question_gives_its_share_to_what_could_answer_it() -> None:
    of = repeating(REPEATED)
    assert windows.moved(of, np.array([0.8, 0.1, 0.02, 0.01])).tolist() == [
        0.0,
        0.1,
        pytest.approx(0.82),
        0.01,
    ]
    assert windows.moved(of, np.array([0.8, 0.1, 0.02, 0.05]))[3] == pytest.approx(0.85)
    far = repeating("Die Schule sagt ab. Es ist so. Es ist so. Es ist so. Der Grund sind Kosten.")
    assert windows.moved(far, np.full(5, 0.2)).tolist() == [0.0, 0.4, 0.2, 0.2, 0.2]


def test_the_answer_to_a_repeated_question_brings_it_along() -> None:
    of = repeating(REPEATED)
    assert of.whole(2, 2) == (0, 2)
    assert of.whole(1, 1) == (0, 1)
    long = repeating(f"Die Schule {'und der Hof ' * 40}sagt ab. Es ist so. Der Grund sind Kosten.")
    assert long.whole(2, 2) == (2, 2)


def test_a_list_comes_with_the_line_that_introduces_it() -> None:
    text = "Die Stadt nennt drei Gründe:\nDas Geld fehlt.\nDie Brücke ist alt."
    assert quoted(text, 0.8, 0.1, 0.1)[0].startswith("Die Stadt nennt drei Gründe:")


def test_a_heading_at_the_end_answers_nothing() -> None:
    of = sentences_of("Der Turm ist alt.\n\nZum Schluss")
    assert windows.moved(of, np.array([0.1, 0.5])).tolist() == [0.1, 0.0]


def test_a_passage_of_one_heading_keeps_its_share() -> None:
    assert windows.moved(sentences_of("Zum Schluss"), np.array([0.5])).tolist() == [0.5]


def test_further_quotes_need_a_part_of_the_first_one_s_share() -> None:
    text = "Sieben flohen. Das Wetter war gut. Es regnete kaum. Niemand kam. Acht flohen. Keiner sprach."
    shares = (0.5, 0.0, 0.0, 0.0, 0.3, 0.0)
    assert quoted(text, *shares, most=3) == ["Sieben flohen.", "Acht flohen."]
    assert quoted(text, 0.5, 0.0, 0.0, 0.0, 0.05, 0.0, most=3) == ["Sieben flohen."]
    assert quoted(text, *shares, most=1) == ["Sieben flohen."]


def test_what_repeats_a_quote_adds_its_share_to_it() -> None:
    passages = [sentences_of("Sieben flohen."), sentences_of("Sieben flohen.")]
    found = windows.several(
        passages,
        [np.array([0.5]), np.array([0.4])],
        most=3,
        least=0.2,
        repeats=lambda chosen, _: chosen[0] if chosen else None,
    )
    assert found == [Window(0, 0, 0, pytest.approx(0.9))]


@given(st.lists(st.lists(st.floats(0, 1), min_size=0, max_size=6), min_size=0, max_size=4), st.integers(1, 4))
def test_windows_lie_within_their_passages_and_never_overlap(shares: list[list[float]], most: int) -> None:
    passages = [
        Sentences(
            tuple(f"Satz {n} steht hier." for n in range(len(one))),
            tuple(Span(20 * n, 20 * n + 19) for n in range(len(one))),
        )
        for one in shares
    ]
    found = windows.several(passages, [np.array(one) for one in shares], most=most, least=0.0)
    assert len(found) <= most
    taken = [(one.passage, n) for one in found for n in range(one.first, one.last + 1)]
    assert len(taken) == len(set(taken))
    assert all(0 <= n < len(shares[passage]) for passage, n in taken)
