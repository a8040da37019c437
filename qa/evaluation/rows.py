"""What the formats of datasets share: files of text and JSON, and rows of a fixed shape."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from qa.errors import CorpusError
from qa.evaluation.judged import Dataset

Id = Annotated[str, BeforeValidator(lambda value: str(value) if isinstance(value, int) else value)]


def _encodable(text: str) -> str:
    text.encode()  # a lone surrogate raises UnicodeEncodeError, which is a ValueError
    return text


Text = Annotated[str, AfterValidator(_encodable)]


class Row(BaseModel):
    """A row of a dataset; fields that are not named here are ignored."""

    model_config = ConfigDict(strict=True)


R = TypeVar("R", bound=Row)


def checked(dataset: Dataset, path: Path, shape: str) -> Dataset:
    """The dataset. Raises CorpusError where it holds nothing; `shape` says how it should be written."""
    if not dataset.files or not dataset.questions:
        raise CorpusError(f"{path} contains no questions with answers. {shape}.")
    return dataset


def read_text(path: Path) -> str:
    """The content of a file in UTF-8. Raises CorpusError."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CorpusError(
            f"{path} cannot be read ({error.strerror}). Check the path and its permissions."
        ) from error
    except UnicodeDecodeError as error:
        raise CorpusError(f"{path} is not UTF-8. Convert it.") from error


def json_lines(path: Path, kind: type[R], shape: str) -> Iterator[R]:
    """The rows of a file with one JSON object a line. Raises CorpusError, which names the line."""
    # Not splitlines: JSON may contain other line separators unescaped.
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if line.strip():
            wrong = f"Line {number} of {path} is malformed. {shape}."
            yield json_row(kind, line, wrong)


def json_row(kind: type[R], text: str, wrong: str) -> R:
    """A text as a row. Raises CorpusError with the message `wrong` where it is none."""
    try:
        return kind.model_validate(json.loads(text))
    except (ValueError, RecursionError) as error:  # pydantic's ValidationError is a ValueError
        raise CorpusError(wrong) from error
