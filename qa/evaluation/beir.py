"""BEIR: a corpus, queries and relevance judgements in a folder (Thakur et al., arXiv 2104.08663)."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import Field

from qa.errors import CorpusError
from qa.evaluation.judged import Dataset, JudgedQuestion
from qa.evaluation.rows import Id, Row, Text, checked, json_lines, read_text

SHAPE = "Give a folder with corpus.jsonl, queries.jsonl and qrels/test.tsv"


class _BeirArticle(Row):
    id: Id = Field(alias="_id")
    title: Text | None = None
    text: Text


class _BeirQuestion(Row):
    id: Id = Field(alias="_id")
    text: Text


def read(folder: Path) -> Dataset:
    """The dataset in a folder. Raises CorpusError."""
    if not folder.is_dir():
        raise CorpusError(f"{folder} is not a folder. {SHAPE}.")
    names: dict[str, str] = {}  # id in the dataset -> article_id
    files = {}
    for article in json_lines(folder / "corpus.jsonl", _BeirArticle, SHAPE):
        article_id = names.setdefault(article.id, f"d{len(names):07d}.md")
        files[article_id] = _with_title(article.title or "", article.text)
    qrels = _qrels(folder, names)
    questions = []
    for row in json_lines(folder / "queries.jsonl", _BeirQuestion, SHAPE):
        if relevant := qrels.get(row.id):
            # In ArguAna and Quora the question is itself an article of the corpus, which must not be
            # retrieved.
            same = names.get(row.id, "")
            relevant.pop(same, None)
            questions.append(JudgedQuestion(row.id, row.text, relevant, same_article_id=same))
    answerable = tuple(question for question in questions if question.answerable)
    return checked(Dataset(folder.name, "beir", files, answerable), folder, SHAPE)


def _qrels(folder: Path, names: dict[str, str]) -> dict[str, dict[str, int]]:
    """Question -> article_id -> grade, from qrels/test.tsv or the only file there."""
    paths = sorted((folder / "qrels").glob("*.tsv"))
    if not paths:
        raise CorpusError(f"{folder} contains no qrels. {SHAPE}.")
    test = [path for path in paths if path.name == "test.tsv"] or paths
    if len(test) > 1:
        raise CorpusError(f"{folder} contains several qrels files and none is test.tsv. Keep only one.")
    qrels: dict[str, dict[str, int]] = {}
    for number, line in enumerate(read_text(test[0]).splitlines(), start=1):
        cells = line.split("\t")
        if not line.strip() or (number == 1 and cells[0] == "query-id"):
            continue
        if len(cells) != 3 or not cells[2].lstrip("-").isdecimal():
            raise CorpusError(
                f"Line {number} of {test[0]} is malformed. Write query-id, corpus-id and score, "
                "separated by tabs."
            )
        # An article missing from the corpus cannot be found and counts as missed.
        qrels.setdefault(cells[0], {})[names.get(cells[1], cells[1])] = int(cells[2])
    return qrels


def _with_title(title: str, text: str) -> str:
    # Escaped where a character (NEL, say) would not survive as it is.
    plain = title.isprintable()
    head = yaml.safe_dump({"title": title}, allow_unicode=plain, width=1_000_000) if title else ""
    return f"---\n{head}---\n{text}" if head else text
