"""What both Markdown and Word say of a source, in words. Plain text: the writers escape it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import PurePosixPath

from qa.exporting.document import Export
from qa.i18n.wording import long_date, long_time, words
from qa.text.addresses import web_address
from qa.types import Citation

MAX_NEAR = 200  # characters shown of a passage that does not answer


def about(export: Export) -> list[str]:
    """The date of the conversation and the address of the page, as far as known."""
    text = words(export.language)
    time = long_time(export.time, export.language)
    return [
        line
        for line in (
            text[f"{export.kind}_of"].format(time=time) if time else "",
            text["page_address"].format(address=web_address(export.address)) if export.address else "",
        )
        if line
    ]


def title(source: Citation) -> str:
    """The title of a source, or its file where it has no title."""
    return source.title if names_itself(source) else source.article_id


def unlinked(source: Citation) -> str:
    """A source whose article is gone: its label, its title if it is known, and its file."""
    label = [f"[{source.label}]"] if source.label else []
    named = [title(source), *([source.article_id] if names_itself(source) else [])]
    return " ".join([*label, " · ".join(named)])


def names_itself(source: Citation) -> bool:
    """Whether the title is more than the name of the file."""
    return source.title not in ("", source.article_id, PurePosixPath(source.article_id).stem)


def place(source: Citation, language: str) -> list[str]:
    """What differs between two quotes of an article: page and speaker."""
    text = words(language)
    return [
        part
        for part in (
            text["page"].format(page=source.page) if source.page else "",
            text["said_by"].format(speaker=source.speaker) if source.speaker else "",
        )
        if part
    ]


def origin(source: Citation, language: str) -> list[str]:
    """Outlet and date, as far as known."""
    return [part for part in (source.source, long_date(source.date, language)) if part]


def characters(source: Citation, language: str) -> str:
    """Where a quote stands in the text."""
    return words(language)["characters"].format(start=source.start, end=source.end)


def shortened(quote: str) -> str:
    """The beginning of a passage, in words, as much as tells what it is about."""
    text = " ".join(quote.split())
    return text if len(text) <= MAX_NEAR else f"{text[:MAX_NEAR].rpartition(' ')[0] or text[:MAX_NEAR]} …"


def by_article(sources: Sequence[Citation]) -> list[list[Citation]]:
    """The sources of an answer, those of an article together, in the order of their first labels."""
    first: dict[str, int] = {}
    for number, source in enumerate(sources):
        first.setdefault(source.article_id, number)
    ordered = sorted(sources, key=lambda source: first[source.article_id])
    return [list(group) for _, group in groupby(ordered, key=lambda source: source.article_id)]
