"""A dataset of judged questions: articles, and questions, each with what is known of its answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

Format = Literal["squad", "beir", "omos"]
FORMATS: tuple[Format, ...] = get_args(Format)


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """A question with its known answer."""

    question_id: str
    question: str
    relevant: dict[str, int]  # article_id -> grade; empty if the corpus does not answer
    article_id: str = ""  # the article to search; "" searches all
    answers: tuple[str, ...] = ()  # possible wordings; a correct quote contains one of them
    lines: tuple[int, ...] = ()  # lines of the article, from 0, that answer
    same_article_id: str = ""  # the article that is identical to the question and must not be retrieved

    @property
    def answerable(self) -> bool:
        return any(grade > 0 for grade in self.relevant.values())


@dataclass(frozen=True, slots=True)
class Dataset:
    """Articles as files of a corpus folder, and questions about them."""

    name: str
    format: Format
    files: dict[str, str] = field(repr=False)  # article_id -> content of its file
    questions: tuple[JudgedQuestion, ...] = field(repr=False)

    def write(self, folder: Path) -> None:
        """Write every article into a folder that exists."""
        for article_id, content in self.files.items():
            (folder / article_id).write_text(content, encoding="utf-8", newline="")

    def lines(self, article_id: str) -> list[str]:
        """The lines of an article with normalised white space."""
        return [" ".join(line.split()) for line in self.files[article_id].split("\n")]
