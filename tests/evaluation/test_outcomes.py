from __future__ import annotations

import pytest

from qa.evaluation import outcomes
from qa.evaluation.judged import JudgedQuestion
from qa.evaluation.outcomes import Outcome
from qa.types import Answer, Citation

LINES = ["Überschrift", "Das Amt öffnet um 9 Uhr.", "Es schließt", "um 17 Uhr.", ""]
IN_TEXT = JudgedQuestion("q", "Wann?", {"a.txt": 1}, answers=("9 uhr", "neun Uhr"))
IN_LINES = JudgedQuestion("q", "Wann?", {"a.txt": 1}, "a.txt", lines=(1, 2))
NEAR_MISS = JudgedQuestion("n", "Wer?", {})


def answer(*quotes: str, confidence: float = 0.9) -> Answer:
    citations = tuple(Citation(n, "a.txt", "", "", "", "", 0, 1, q, 0.5) for n, q in enumerate(quotes, 1))
    status = "answered" if quotes else "no_answer"
    return Answer("?", status, "", confidence, citations, seconds={"total": 0.25, "search": 0.1})


def judge(question: JudgedQuestion, given: Answer, lines: list[str] | None = None) -> Outcome:
    return outcomes.judge(question, given, lines or [], len(given.citations), 0.4)


def values(judged: list[Outcome]) -> dict[str, float | None]:
    return {name: figure.value for name, figure in outcomes.figures(judged).items()}


# -- one answer ----------------------------------------------------------------------------------


def test_a_quote_is_right_where_it_holds_one_of_the_answers() -> None:
    found = judge(IN_TEXT, answer("Es regnet.", "Das Amt öffnet um 9 Uhr."))
    assert (found.right, found.wrong, found.refused) == ((False, True), True, False)
    assert not judge(IN_TEXT, answer("Um 9 UHR.", "Es regnet.")).wrong
    assert judge(NEAR_MISS, answer("Um 9 Uhr.")).wrong
    assert judge(IN_TEXT, answer()).wrong


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        ("Das Amt  öffnet\num 9 Uhr.", {1}),  # white space does not count
        ("Es schließt\num 17 Uhr.", {2, 3}),  # a quote of two lines
        ("öffnet um", {1}),  # a part of a line
        ("um 9 Uhr.\nEs", set()),  # parts of two lines
        ("Überschrift Das Amt öffnet um 9 Uhr. Es", {0, 1}),
    ],
)
def test_the_lines_of_a_quote(quote: str, said: set[int]) -> None:
    found = judge(IN_LINES, answer(quote), LINES)
    assert found.said == said
    assert found.right == (bool(said & {1, 2}),)


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        (answer("x", confidence=0.4), False),
        (answer("x", confidence=0.39), True),
        (answer(confidence=0.9), True),
    ],
)
def test_a_refusal(given: Answer, refused: bool) -> None:
    found = judge(IN_TEXT, given)
    assert found.refused is refused
    assert found.quotes == tuple(c.quote for c in given.citations)  # what it would have said


# -- many ----------------------------------------------------------------------------------------


def test_figures_of_text_answers() -> None:
    judged = [
        judge(IN_TEXT, answer("Um 9 Uhr.", confidence=0.95)),
        judge(IN_TEXT, answer("Es regnet.", "Um neun Uhr.", "Ja.", confidence=0.85)),
        judge(IN_TEXT, answer("Um 9 Uhr.", confidence=0.35)),  # right, but refused
        judge(IN_TEXT, answer("Es regnet.", confidence=0.75)),
        judge(NEAR_MISS, answer("Um 9 Uhr.", "Ja.", confidence=0.75)),
        judge(NEAR_MISS, answer("Um 9 Uhr.", confidence=0.05)),
    ]
    found = values(judged)
    assert found == {
        "first_quote_has_answer": 0.25,
        "any_quote_has_answer": 0.5,
        "near_misses_refused": 0.5,
        "quotes_per_answer": pytest.approx(5 / 3),  # of answerable questions that were answered
        "quote_chars": pytest.approx((9 + 10 + 12 + 3 + 10) / 3),
        "wrongly_refused": 0.25,
        "refusal_P": 0.5,
        "refusal_R": 0.5,
        # 0.95 and 0.85 beat both, 0.75 ties and beats, 0.35 beats one: 2 + 2 + 1.5 + 1 of 8
        "confidence_AUROC": pytest.approx(6.5 / 8),
        "first_right": 0.25,  # the one that was refused is none
        "sure_first_right": 1.0,
        "noise": 0.6,  # 0 of 1, 2 of 3 and 1 of 1 quotes
        "confidence_error": pytest.approx((0.05 + 0.85 + 0.65 + 0.75 + 0.75 + 0.05) / 6),
        # the first quote is right at 0.95 and 0.35, of four others 0.95 beats all and 0.35 one
        "first_right_AUROC": pytest.approx(5 / 8),
        # bins 9, 8, 3, 7 (none of two is right), 0
        "calibration_error": pytest.approx((0.05 + 0.85 + 0.65 + 2 * 0.75 + 0.05) / 6),
        "citations_exact": 1.0,
        "answer_ms_p50": 250.0,
        "answer_ms_p95": 250.0,
    }

    counted = {name: figure.n for name, figure in outcomes.figures(judged).items()}
    assert counted == {
        **dict.fromkeys(
            ("confidence_error", "first_right_AUROC", "confidence_AUROC", "calibration_error"), 6
        ),
        **dict.fromkeys(("answer_ms_p50", "answer_ms_p95"), 6),
        **dict.fromkeys(("first_right", "first_quote_has_answer", "any_quote_has_answer"), 4),
        **dict.fromkeys(("wrongly_refused",), 4),
        **dict.fromkeys(("near_misses_refused", "refusal_P", "refusal_R"), 2),
        **dict.fromkeys(("quotes_per_answer", "quote_chars"), 3),
        "sure_first_right": 1,
        "noise": 5,
        "citations_exact": 7,
    }


def test_sure_answers_count_even_where_nothing_answers() -> None:
    judged = [
        judge(IN_TEXT, answer("Um 9 Uhr.", confidence=0.9)),
        judge(IN_TEXT, answer("Es regnet.", "Um 9 Uhr.", confidence=0.99)),
        judge(NEAR_MISS, answer("Um 9 Uhr.", confidence=0.95)),
        judge(IN_TEXT, answer("Um 9 Uhr.", confidence=0.89)),
        judge(IN_TEXT, answer(confidence=0.95)),  # refused
    ]
    figure = outcomes.figures(judged)["sure_first_right"]
    assert (figure.value, figure.n) == (pytest.approx(1 / 3), 3)
    assert "sure_first_right" not in outcomes.figures(judged[3:])


def test_what_concerns_the_confidence_does_not_depend_on_the_threshold() -> None:
    given = [
        answer("Um 9 Uhr.", confidence=0.8),
        answer("Ja.", confidence=0.3),
        answer("9 Uhr.", confidence=0.2),
    ]
    found = [
        values([outcomes.judge(IN_TEXT, one, [], 1, threshold) for one in given])
        for threshold in (0.0, 0.5, 1.0)
    ]
    for name in ("confidence_error", "first_right_AUROC", "calibration_error"):
        assert found[0][name] == found[1][name] == found[2][name], name
    assert found[0]["confidence_error"] == pytest.approx((0.2 + 0.3 + 0.8) / 3)


def test_figures_of_lines() -> None:
    none = JudgedQuestion("n", "Wer?", {}, "a.txt")
    judged = [
        judge(IN_LINES, answer("Das Amt öffnet um 9 Uhr."), LINES),  # 1 of 1 said is right, gold 2
        judge(IN_LINES, answer("Es schließt um 17 Uhr.", confidence=0.8), LINES),  # 1 of 2, gold 2
        judge(IN_LINES, answer("Überschrift", confidence=0.2), LINES),  # refused, gold 2
        judge(none, answer("Überschrift", confidence=0.6), LINES),  # 0 of 1, gold 0
        judge(none, answer(confidence=0.1), LINES),
        judge(none, answer("um 9 Uhr.\nEs", confidence=0.7), LINES),  # matches no line: says nothing
    ]
    found = values(judged)
    assert found["sentence_P"] == 2 / 4
    assert found["sentence_R"] == pytest.approx(2 / 6)
    assert found["sentence_F1"] == pytest.approx(0.4)
    assert found["first_quote_right"] == 1.0  # of the answerable ones that were answered
    assert (found["refusal_P"], found["refusal_R"]) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert found["wrongly_refused"] == pytest.approx(1 / 3)
    assert (found["first_right"], found["noise"]) == (pytest.approx(2 / 3), 0)  # of all answerable ones
    assert "first_quote_has_answer" not in found


def test_citations_that_are_not_exact_are_counted() -> None:
    judged = [
        outcomes.judge(IN_TEXT, answer("a", "b", "c"), [], 2, 0.4),
        outcomes.judge(IN_TEXT, answer("a"), [], 1, 0.4),
        outcomes.judge(IN_TEXT, answer("a", confidence=0.1), [], 0, 0.4),  # refused: not given
    ]
    assert values(judged)["citations_exact"] == 0.75


def test_figures_have_intervals() -> None:
    judged = [judge(IN_TEXT, answer("Um 9 Uhr." if n % 2 else "Nein.")) for n in range(100)]
    figure = outcomes.figures(judged)["first_quote_has_answer"]
    assert figure.low == pytest.approx(0.4, abs=0.03)
    assert figure.high == pytest.approx(0.6, abs=0.03)
    for name in ("answer_ms_p50", "calibration_error"):
        assert outcomes.figures(judged)[name].low is None


def test_what_no_question_tells_is_absent() -> None:
    found = values([judge(IN_TEXT, answer(confidence=0.1))])
    assert not {"near_misses_refused", "refusal_R", "confidence_AUROC", "citations_exact"} & set(found)
    assert (found["wrongly_refused"], found["refusal_P"]) == (1.0, 0.0)
