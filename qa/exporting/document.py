"""What is exported: questions, each with its answer and its sources. Plain values, no markup."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from qa.templating import clean
from qa.types import Citation, DatedSentence, Figure

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a paragraph: text, or the label of a citation of the same exchange (then without text)."""

    text: str
    bold: bool = False
    label: int = 0


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of an answer; `quoted` if it is a quote."""

    pieces: tuple[Piece, ...]
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question with its answer, or the pinned quotes that answer it.

    `question` is "" where there is none. `nearest` are the closest passages of a refusal, with the label 0.
    """

    question: str
    paragraphs: tuple[Paragraph, ...] = ()
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Citation, ...] = ()
    figures: tuple[Figure, ...] = ()
    dated: tuple[DatedSentence, ...] = ()
    changed: tuple[Citation, ...] = ()  # whose article has changed since, so that there is no quote
    gone: tuple[Citation, ...] = ()  # whose article the index does not have any more; the quote may be ""
    note: str = ""  # the reader's own


@dataclass(frozen=True, slots=True)
class Export:
    """What is written to a file; `language` is that of the headings."""

    title: str
    exchanges: tuple[Exchange, ...]
    language: str
    time: str = ""  # of the last answer, ISO 8601
    address: str = ""  # of the page
    kind: Literal["answers", "conversation", "dossier"] = "answers"


def shown(text: str) -> str:
    """Foreign text as a file may hold it: on one line, without what no XML allows and no reader sees."""
    return re.sub(r"\s+", " ", _NOT_XML.sub("", clean(text)))
