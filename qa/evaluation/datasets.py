"""Read a dataset of any format, shorten it, and give its questions other words.

Knows nothing of indexes, models or measures.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from qa.errors import CorpusError
from qa.evaluation import beir, omos, squad
from qa.evaluation.judged import FORMATS, Dataset, Format


def read(path: str | Path, format: str | None = None) -> Dataset:
    """Read the dataset at `path`; without `format` it is guessed.

    A folder is BEIR, `.jsonl` OMoS-QA, `.json` SQuAD. Raises CorpusError if it cannot be read or does not
    have that format.
    """
    location = Path(path)
    chosen = format or _guess(location)
    if chosen == "beir":
        return beir.read(location)
    if chosen == "omos":
        return omos.read(location)
    if chosen == "squad":
        return squad.read(location)
    raise CorpusError(f"The format {chosen!r} is unknown. Choose one of {', '.join(FORMATS)}.")


def _guess(path: Path) -> Format:
    if path.is_dir():
        return "beir"
    guessed: Format | None = {".json": "squad", ".jsonl": "omos"}.get(path.suffix.lower())  # type: ignore[assignment]
    if guessed is None:
        raise CorpusError(f"The format cannot be guessed from the name {path}. Give it with --format.")
    return guessed


def first_questions(dataset: Dataset, limit: int) -> Dataset:
    """The first `limit` questions with an answer and the first `limit` without, on the same articles.

    For OMoS-QA, the first `limit` questions and their articles, since each question is about one article.
    """
    if dataset.format == "omos":
        questions = dataset.questions[:limit]
        asked = {question.article_id for question in questions}
        files = {name: text for name, text in dataset.files.items() if name in asked}
        return replace(dataset, files=files, questions=questions)
    parts = [[q for q in dataset.questions if q.answerable is wanted][:limit] for wanted in (True, False)]
    return replace(dataset, questions=(*parts[0], *parts[1]))


def reworded(dataset: Dataset, other: Dataset) -> Dataset:
    """The same questions worded as in `other`, matched by id (for example a translation).

    Raises CorpusError if they have no id in common.
    """
    words = {question.question_id: question.question for question in other.questions}
    if not any(question.question_id in words for question in dataset.questions):
        raise CorpusError(
            f"No question id of {dataset.name} occurs in {other.name}. Give a file with the same ids."
        )
    return replace(
        dataset,
        questions=tuple(replace(q, question=words.get(q.question_id, q.question)) for q in dataset.questions),
    )
