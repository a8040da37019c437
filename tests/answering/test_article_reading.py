"""What the reader says of an article's sentences, as features."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from qa.answering import article_reading, features, scoring
from qa.answering.article_reading import LIMIT, NAMES, extended
from qa.answering.features import Material
from qa.answering.question import Question
from qa.answering.reader import Extraction
from tests.answering.test_verdict import MATERIALS, question

ROWS = [np.zeros((3, len(features.NAMES)), np.float32), np.zeros((1, len(features.NAMES)), np.float32)]


def test_the_columns() -> None:
    first, second = extended(ROWS, [np.array([-1.0, 2.0, -np.inf]), np.array([0.5])])
    columns = dict(
        zip(NAMES, np.concatenate((first, second))[:, len(features.NAMES) :].T.tolist(), strict=True)
    )
    assert columns["reader"] == [-1.0, 2.0, -LIMIT, 0.5]
    assert columns["reader_best"] == [2.0] * 4
    assert columns["reader_gap"] == [-3.0, 0.0, -LIMIT - 2.0, -1.5]
    assert columns["reader_says_yes"] == [0, 1, 0, 1]
    assert columns["reader_rank"] == [2, 0, 3, 1]
    assert columns["reader_before"] == [-LIMIT, -1.0, 2.0, -LIMIT]  # none across passages
    assert columns["reader_after"] == [2.0, -LIMIT, -LIMIT, -LIMIT]


def _saying(odds: float) -> article_reading.Read:
    def read(asked: Question, materials: Sequence[Material]) -> list[Extraction]:
        counts = [len(one.states.sentences) for one in materials]
        return [Extraction(np.full(count, odds), (None,) * count) for count in counts]

    return read


def test_what_the_reader_says_counts() -> None:
    reading = scoring.judge(question("Wie hoch ist die Miete?"), MATERIALS, "article")
    no, yes = (
        article_reading.with_reader(reading, MATERIALS, _saying(odds)).judgement for odds in (-LIMIT, LIMIT)
    )
    assert (no.model, no.scope) == ("article_read", "article")
    assert no.confidence < yes.confidence
    assert sum(map(np.sum, no.sentences)) < sum(map(np.sum, yes.sentences))


def test_nothing_found_is_not_read() -> None:
    reading = scoring.judge(question("Wie hoch ist die Miete?"), [], "article")
    assert article_reading.with_reader(reading, [], lambda *_: pytest.fail("read")) is reading
