"""SQuAD: paragraphs, each with questions whose answers stand in it (Rajpurkar et al., arXiv 1806.03822)."""

from __future__ import annotations

from pathlib import Path

from qa.errors import CorpusError
from qa.evaluation.judged import Dataset, JudgedQuestion
from qa.evaluation.rows import Id, Row, Text, checked, json_row, read_text

# Of each article the paragraphs 0, 2, 4 … are indexed; questions on the others are near misses:
# the same subject, without the answer.
EVERY = 2
SHAPE = 'Write {"data": [{"paragraphs": [{"context", "qas": [{"id", "question", "answers"}]}]}]}'


class _Wording(Row):
    text: Text


class _SquadQuestion(Row):
    id: Id
    question: Text
    answers: list[_Wording]
    is_impossible: object = None


class _Paragraph(Row):
    context: Text
    qas: list[_SquadQuestion]


class _SquadArticle(Row):
    paragraphs: list[_Paragraph]


class _Squad(Row):
    data: list[_SquadArticle]


def read(path: Path) -> Dataset:
    """The dataset in a file. Raises CorpusError."""
    wrong = f"{path} is not in SQuAD format. {SHAPE}."
    files: dict[str, str] = {}
    questions: dict[str, JudgedQuestion] = {}
    for a, article in enumerate(json_row(_Squad, read_text(path), wrong).data):
        for p, paragraph in enumerate(article.paragraphs):
            article_id = f"a{a:03d}p{p}.txt"
            indexed = p % EVERY == 0
            if indexed:
                files[article_id] = paragraph.context
            for row in paragraph.qas:
                answered = indexed and bool(row.answers) and not row.is_impossible
                if row.id in questions:
                    raise CorpusError(f"Two questions in {path} have the id {row.id}. Remove one of them.")
                questions[row.id] = JudgedQuestion(
                    row.id,
                    row.question,
                    {article_id: 1} if answered else {},
                    answers=tuple(answer.text for answer in row.answers) if answered else (),
                )
    return checked(Dataset(path.name, "squad", files, tuple(questions.values())), path, SHAPE)
