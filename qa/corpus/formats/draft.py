"""What a format reads from a file, before it is checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from qa.types import Skipped

FIELDS = ("title", "date", "source", "language", "url", "author")


class Draft(NamedTuple):
    """An article as found in a file: its text, and those of the `FIELDS` that the file contains.

    `as_typed` says that the text may hold wrapped lines and markup, as people type it and programs export it;
    `qa.corpus.cleaning` takes them off. `notes` tell the user what was lost or repaired, each as one
    sentence with its German in `qa/i18n/messages.json`.
    """

    text: str
    fields: Mapping[str, str]
    part: str = ""  # of the file: the number of the row, "0003"; "" for the whole
    as_typed: bool = False
    notes: tuple[str, ...] = ()


class Member(NamedTuple):
    """A file within a file, which its own format reads."""

    name: str  # "/"-separated, within the archive
    data: bytes


Item = Draft | Member | Skipped  # what a file holds; the path of a `Skipped` is that of the part
