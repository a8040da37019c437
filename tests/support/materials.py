"""Passages and questions as the answering package sees them, from the stand-in encoder."""

from __future__ import annotations

import numpy as np

from qa.answering.features import Material
from qa.answering.question import Question, take_apart
from qa.index import token_states
from qa.index.base import QueryStates
from qa.text.sentences import sentences
from qa.types import Hit, Passage
from tests.support.standin import StandIn


def material(text: str, article_id: str = "a.txt", *, rank: int = 1, date: str = "") -> Material:
    """A passage that is all of its article."""
    kept = token_states.keep(StandIn().read([text])[0], 0, sentences(text, "de"))
    hit = Hit(Passage(article_id, 0, 0, len(text), text), rank, 0.9, dense_score=0.9, lexical_score=0.5)
    return Material(hit, "", "de", token_states.unpack(kept), date)


def question(text: str) -> Question:
    """A question whose words all weigh the same."""
    read = StandIn().read([text])[0]
    states = QueryStates(read.vector, read.states, np.array(read.spans).reshape(-1, 2))
    return take_apart(text, states, "de", lambda terms: dict.fromkeys(terms, 1.0))
