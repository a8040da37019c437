"""Read judged questions: SQuAD, OMoS-QA and BEIR.

A dataset is articles and questions, each with what is known of its answer. Knows nothing of indexes,
models or measures.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    NonNegativeInt,
    ValidationError,
)

from qa.errors import CorpusError

Format = Literal["squad", "beir", "omos"]
FORMATS: tuple[Format, ...] = get_args(Format)
Id = Annotated[str, BeforeValidator(lambda value: str(value) if isinstance(value, int) else value)]


def _encodable(text: str) -> str:
    text.encode()  # a lone surrogate raises UnicodeEncodeError, a ValueError
    return text


Text = Annotated[str, AfterValidator(_encodable)]
R = TypeVar("R", bound=BaseModel)

# Of each SQuAD article the paragraphs 0, 2, 4 … are indexed; questions on the others are near misses:
# the same subject, without the answer.
EVERY = 2
_SHAPES = {
    "squad": 'write {"data": [{"paragraphs": [{"context", "qas": [{"id", "question", "answers"}]}]}]}',
    "omos": 'write one {"id", "question", "context", "answers": [line numbers]} a line',
    "beir": "give a folder with corpus.jsonl, queries.jsonl and qrels/test.tsv",
}


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """A question and what is known of its answer."""

    question_id: str
    question: str
    relevant: dict[str, int]  # article_id -> grade; empty: the corpus does not answer
    article_id: str = ""  # the one article that is asked; "" asks all
    answers: tuple[str, ...] = ()  # wordings, one of which a right quote holds
    lines: tuple[int, ...] = ()  # of the article, from 0, that answer
    own: str = ""  # the article that the question is itself; it is not looked for

    @property
    def answerable(self) -> bool:
        return any(grade > 0 for grade in self.relevant.values())


@dataclass(frozen=True, slots=True)
class Dataset:
    """Articles as the files of a corpus folder, and questions about them."""

    name: str
    format: Format
    files: dict[str, str] = field(repr=False)  # article_id -> content of its file
    questions: tuple[JudgedQuestion, ...] = field(repr=False)

    def write(self, folder: Path) -> None:
        """Write every article into a folder that exists."""
        for article_id, content in self.files.items():
            (folder / article_id).write_text(content, encoding="utf-8", newline="")

    def lines(self, article_id: str) -> list[str]:
        """The lines of an article, white space evened out."""
        return [" ".join(line.split()) for line in self.files[article_id].split("\n")]


def read(path: str | Path, format: str | None = None) -> Dataset:
    """The dataset at `path`; its format is guessed where it is not given.

    A folder is BEIR, `.jsonl` OMoS-QA, `.json` SQuAD. Raises CorpusError where it cannot be read or is
    not of its format.
    """
    place = Path(path)
    chosen = format or _guess(place)
    if chosen == "beir":
        return _beir(place)
    if chosen == "omos":
        return _omos(place)
    if chosen == "squad":
        return _squad(place)
    raise CorpusError(f"There is no format {chosen!r}; choose one of {', '.join(FORMATS)}.")


def _guess(place: Path) -> Format:
    if place.is_dir():
        return "beir"
    guessed: Format | None = {".json": "squad", ".jsonl": "omos"}.get(place.suffix.lower())  # type: ignore[assignment]
    if guessed is None:
        raise CorpusError(f"The name of {place} does not tell its format; name it with --format.")
    return guessed


def limited(dataset: Dataset, limit: int) -> Dataset:
    """The first `limit` questions with an answer and the first `limit` without, on the same articles.

    Of OMoS-QA the first `limit` questions and their articles: each is asked of one article.
    """
    if dataset.format == "omos":
        kept = dataset.questions[:limit]
        asked = {question.article_id for question in kept}
        return replace(dataset, files={a: c for a, c in dataset.files.items() if a in asked}, questions=kept)
    parts = [[q for q in dataset.questions if q.answerable is wanted][:limit] for wanted in (True, False)]
    return replace(dataset, questions=(*parts[0], *parts[1]))


def reworded(dataset: Dataset, other: Dataset) -> Dataset:
    """The questions in the words that `other` has for the same ids, as in another language.

    Raises CorpusError where no id is in both.
    """
    words = {question.question_id: question.question for question in other.questions}
    if not any(question.question_id in words for question in dataset.questions):
        raise CorpusError(f"No question of {dataset.name} has its id in {other.name}; give its translation.")
    return replace(
        dataset,
        questions=tuple(replace(q, question=words.get(q.question_id, q.question)) for q in dataset.questions),
    )


# -- formats -------------------------------------------------------------------------------------


class _Row(BaseModel):
    """A row of a dataset; fields that are not named here are ignored."""

    model_config = ConfigDict(strict=True)


class _Wording(_Row):
    text: Text


class _SquadQuestion(_Row):
    id: Id
    question: Text
    answers: list[_Wording]
    is_impossible: object = None


class _Paragraph(_Row):
    context: Text
    qas: list[_SquadQuestion]


class _SquadArticle(_Row):
    paragraphs: list[_Paragraph]


class _Squad(_Row):
    data: list[_SquadArticle]


class _OmosQuestion(_Row):
    id: Id
    question: Text
    context: Text
    answers: list[NonNegativeInt]


class _BeirArticle(_Row):
    id: Id = Field(alias="_id")
    title: Text | None = None
    text: Text


class _BeirQuestion(_Row):
    id: Id = Field(alias="_id")
    text: Text


def _squad(path: Path) -> Dataset:
    shape = f"{path} is not in the SQuAD format; {_SHAPES['squad']}."
    files: dict[str, str] = {}
    questions: dict[str, JudgedQuestion] = {}
    for a, article in enumerate(_row(_Squad, _json(_text(path), shape), shape).data):
        for p, paragraph in enumerate(article.paragraphs):
            article_id = f"a{a:03d}p{p}.txt"
            indexed = p % EVERY == 0
            if indexed:
                files[article_id] = paragraph.context
            for row in paragraph.qas:
                known = indexed and bool(row.answers) and not row.is_impossible
                if row.id in questions:
                    raise CorpusError(f"Two questions of {path} have one id, {row.id}; drop one.")
                questions[row.id] = JudgedQuestion(
                    row.id,
                    row.question,
                    {article_id: 1} if known else {},
                    answers=tuple(answer.text for answer in row.answers) if known else (),
                )
    return _checked(Dataset(path.name, "squad", files, tuple(questions.values())), path)


def _omos(path: Path) -> Dataset:
    names: dict[str, str] = {}  # text -> article_id
    questions = []
    for row in _json_lines(path, "omos", _OmosQuestion):
        article_id = names.setdefault(row.context, f"c{len(names):04d}.txt")
        lines = tuple(sorted({n for n in row.answers if n <= row.context.count("\n")}))
        relevant = {article_id: 1} if lines else {}
        questions.append(JudgedQuestion(row.id, row.question, relevant, article_id, lines=lines))
    files = {article_id: text for text, article_id in names.items()}
    return _checked(Dataset(path.name, "omos", files, tuple(questions)), path)


def _beir(folder: Path) -> Dataset:
    if not folder.is_dir():
        raise CorpusError(f"{folder} is no folder; {_SHAPES['beir']}.")
    names: dict[str, str] = {}  # id in the dataset -> article_id
    files = {}
    for found in _json_lines(folder / "corpus.jsonl", "beir", _BeirArticle):
        article_id = names.setdefault(found.id, f"d{len(names):07d}.md")
        files[article_id] = _with_title(found.title or "", found.text)
    qrels = _qrels(folder, names)
    questions = []
    for row in _json_lines(folder / "queries.jsonl", "beir", _BeirQuestion):
        if relevant := qrels.get(row.id):
            # ArguAna and Quora ask with an article of the corpus; it is not meant to find itself.
            own = names.get(row.id, "")
            relevant.pop(own, None)
            questions.append(JudgedQuestion(row.id, row.text, relevant, own=own))
    return _checked(Dataset(folder.name, "beir", files, tuple(q for q in questions if q.answerable)), folder)


def _qrels(folder: Path, names: dict[str, str]) -> dict[str, dict[str, int]]:
    """Question -> article_id -> grade, of qrels/test.tsv or else the only file there."""
    found = sorted((folder / "qrels").glob("*.tsv"))
    if not found:
        raise CorpusError(f"{folder} has no qrels; {_SHAPES['beir']}.")
    test = [path for path in found if path.name == "test.tsv"] or found
    if len(test) > 1:
        raise CorpusError(f"{folder} has several qrels and none is test.tsv; leave one of them.")
    qrels: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_text(test[0]).splitlines(), start=1):
        cells = line.split("\t")
        if not line.strip() or (number == 1 and cells[0] == "query-id"):
            continue
        if len(cells) != 3 or not cells[2].lstrip("-").isdecimal():
            raise CorpusError(
                f"Line {number} of {test[0]} is not query-id, corpus-id, score with tabs; mend it."
            )
        # An article that is not in the corpus cannot be found; it counts as missed.
        qrels.setdefault(cells[0], {})[names.get(cells[1], cells[1])] = int(cells[2])
    return qrels


def _with_title(title: str, text: str) -> str:
    head = yaml.safe_dump({"title": title}, allow_unicode=True, width=1_000_000) if title else ""
    return f"---\n{head}---\n{text}" if head else text


# -- checks --------------------------------------------------------------------------------------


def _checked(dataset: Dataset, path: Path) -> Dataset:
    if not dataset.files or not dataset.questions:
        raise CorpusError(f"{path} holds no judged question; {_SHAPES[dataset.format]}.")
    return dataset


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CorpusError(f"{path} cannot be read ({error.strerror}); name a file that can.") from error
    except UnicodeDecodeError as error:
        raise CorpusError(f"{path} is not UTF-8; convert it.") from error


def _json_lines(path: Path, shape: Format, kind: type[R]) -> Iterator[R]:
    # Not splitlines: JSON may hold other line separators unescaped.
    for number, line in enumerate(_text(path).split("\n"), start=1):
        if line.strip():
            wrong = f"Line {number} of {path} is not as it should be; {_SHAPES[shape]}."
            yield _row(kind, _json(line, wrong), wrong)


def _json(text: str, wrong: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CorpusError(wrong) from error


def _row(kind: type[R], value: Any, wrong: str) -> R:
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        raise CorpusError(wrong) from error
