"""OMoS-QA: questions of one article each, whose answers are lines of it."""

from __future__ import annotations

from pathlib import Path

from pydantic import NonNegativeInt

from qa.evaluation.judged import Dataset, JudgedQuestion
from qa.evaluation.rows import Id, Row, Text, checked, json_lines

SHAPE = 'Write one {"id", "question", "context", "answers": [line numbers]} per line'


class _OmosQuestion(Row):
    id: Id
    question: Text
    context: Text
    answers: list[NonNegativeInt]


def read(path: Path) -> Dataset:
    """The dataset in a file of JSON lines. Raises CorpusError."""
    names: dict[str, str] = {}  # text -> article_id
    questions = []
    for row in json_lines(path, _OmosQuestion, SHAPE):
        article_id = names.setdefault(row.context, f"c{len(names):04d}.txt")
        lines = tuple(sorted({n for n in row.answers if n <= row.context.count("\n")}))
        relevant = {article_id: 1} if lines else {}
        questions.append(JudgedQuestion(row.id, row.question, relevant, article_id, lines=lines))
    files = {article_id: text for text, article_id in names.items()}
    return checked(Dataset(path.name, "omos", files, tuple(questions)), path, SHAPE)
