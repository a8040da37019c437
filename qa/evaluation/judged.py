"""A dataset of judged questions: articles, and questions, each with what is known of its answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

Format = Literal["squad", "beir", "omos"]
FORMATS: tuple[Format, ...] = get_args(Format)


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """A question and what is known of its answer."""

    question_id: str
    question: str
    relevant: dict[str, int]  # article_id -> grade; empty: the corpus does not answer
    article_id: str = ""  # the one article that is asked; "" asks all
    answers: tuple[str, ...] = ()  # wordings, one of which a right quote holds
    lines: tuple[int, ...] = ()  # of the article, from 0, that answer
    same_article_id: str = ""  # the article that the question is itself; it is not looked for

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
