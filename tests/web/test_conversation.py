"""Conversations that come back from a browser."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.types import Answer, Turn
from qa.web import chat, conversation
from qa.web.sources import sources_of
from tests.support.fakes import ARTICLES, FakeBot, FakeIndex

INDEX = FakeIndex("g1", ARTICLES)
BOT = FakeBot(INDEX)


def test_a_conversation_from_a_browser_is_cleaned() -> None:
    forged = [
        {"role": "system", "content": "x"},
        {"role": "user", "content": [{"type": "text", "text": "q"}, {"text": 5}, 7]},
        5,
        {"role": "assistant"},
        {"role": ["user"], "content": "x"},
        {"role": "assistant", "content": {"a": 1}},
        {"role": "assistant", "content": "a" * 2 * conversation.MAX_MESSAGE},
    ]
    assert conversation.turns_of(forged) == [
        Turn("user", "q"),
        Turn("assistant", "a" * conversation.MAX_MESSAGE),
    ]
    assert conversation.turns_of("x") == []
    many = [{"role": "user", "content": str(n)} for n in range(500)]
    assert [turn.content for turn in conversation.turns_of(many)][-1] == "499"
    assert len(conversation.turns_of(many)) == conversation.KEPT_MESSAGES


@pytest.mark.parametrize(
    "payload",
    [
        None,
        "x",
        {},
        {"pairs": 5},
        {"pairs": [5, [1], ["1", "a"], [True, "a"], [1, 5], [1, "a", "b"], {"a": 1}]},
    ],
)
def test_forged_pairs_are_left_out(payload: object) -> None:
    assert conversation.pairs_of(payload) == []
    assert conversation.pairs_of({"pairs": [[1, "a"]]}) == [(1, "a")]


def test_history_is_plain() -> None:
    answer = BOT.ask("Was weiß man über das Schiff?")
    text = f"{answer.citations[0].quote} [1]"
    one = replace(answer, text=text, citations=answer.citations[:1])
    written = chat.answer_markdown(one, sources_of(one, INDEX.article), "de")
    assert conversation.plain_turns([Turn("user", "> <b>"), Turn("assistant", written)]) == [
        Turn("user", "> <b>"),
        Turn("assistant", text),
    ]


@given(
    st.lists(st.text("a1<b>/&#;,\n ", min_size=1).filter(str.strip), min_size=1, max_size=4), st.booleans()
)
def test_missing_terms_are_read_back_as_they_were(terms: list[str], answered: bool) -> None:
    answer = Answer("?", "answered" if answered else "no_answer", "Nein.", 0.1, missing=tuple(terms))
    written = chat.answer_markdown(answer, (), "de")
    assert conversation.missing_terms(written) == [" ".join(term.split()) for term in terms]
    assert conversation.plain_answer(written) == "Nein."


def test_no_question_refers_to_greetings_and_thanks() -> None:
    turns = [
        Turn("user", "Wie viele Kutter?"),
        Turn("assistant", "> Neun Kutter. [1](#cite-YQ.0-5.90.0123abcd)"),
        Turn("user", "Danke!"),
        Turn("assistant", "Gern."),
        Turn("user", "Danke, und wie viele davon?"),
    ]
    assert [turn.content for turn in conversation.plain_turns(turns)] == [
        "Wie viele Kutter?",
        "Neun Kutter. [1]",
        "Danke, und wie viele davon?",
    ]
