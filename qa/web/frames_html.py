"""What surrounds conversations and articles, as safe HTML: header, menus, forms, the first screen, hints.

Pure functions from values to strings, for components that show raw HTML. Knows nothing of Gradio, events or
the index; the templates escape all untrusted text.
"""

from __future__ import annotations

from collections.abc import Sequence

from qa.i18n.wording import counted, long_date, words
from qa.types import ArticleSummary
from qa.web.pages import moment, rendered

MAX_WORD = 500  # characters of a comment on an answer
LANGUAGE_NAMES = {"de": "Deutsch", "en": "English"}


def hint_html(key: str, language: str) -> str:
    """A hint in an empty panel; `key` selects the text."""
    return rendered("hint", language, key=key)


def heading_html(key: str, language: str) -> str:
    """The heading of a section of the page; `key` selects the text."""
    return rendered("heading", language, key=key)


def conversations_html(language: str) -> str:
    """The frame of the list of conversations; the page's script fills it from the browser's storage."""
    return rendered("conversations", language)


def verdict_html(verdict: str, language: str, *, kept: bool) -> str:
    """The form for a comment on an answer, or the notice that feedback cannot be kept now.

    `verdict` comes back with the comment.
    """
    return rendered("verdict", language, verdict=verdict, kept=kept, most=MAX_WORD)


def exports_html(language: str) -> str:
    """The menu of the formats in which a conversation can be saved."""
    return rendered("exports", language, formats=_formats(("docx", "md", "jsonl", "csv", "json"), language))


def dossier_html(language: str) -> str:
    """The frame of the dossier; the page's script fills it from the browser's storage."""
    return rendered("dossier", language, formats=_formats(("docx", "md", "jsonl"), language))


def _formats(endings: Sequence[str], language: str) -> list[tuple[str, str]]:
    """The endings of files with their names."""
    return [(ending, words(language)[f"export_{ending}"]) for ending in endings]


def header_html(language: str) -> str:
    """The page's heading and language switch."""
    return rendered("header", language, names=LANGUAGE_NAMES)


def start_html(
    articles: Sequence[ArticleSummary], questions: Sequence[str], built: str, language: str
) -> str:
    """The first screen: what the articles are, and questions to begin with; empty without articles.

    `built`: ISO 8601 time of the index, "" if unknown.
    """
    if not articles:
        return ""
    return rendered("examples", language, questions=questions, facts=_facts(articles, built, language))


def suggestions_html(questions: Sequence[str], asked: str, language: str) -> str:
    """Questions to go on with after the answer to the question `asked`; "" without any."""
    return rendered("suggestions", language, questions=questions, asked=asked) if questions else ""


def _facts(articles: Sequence[ArticleSummary], built: str, language: str) -> list[str]:
    """How many articles and outlets, from when to when, and when the index was built."""
    text = words(language)
    outlets = len({article.source for article in articles if article.source})
    days = sorted(article.date for article in articles if article.date)
    first, last = (long_date(day, language) for day in (days[0], days[-1])) if days else ("", "")
    return [
        fact
        for fact in (
            counted("count", len(articles), language),
            counted("corpus_outlets", outlets, language) if outlets else "",
            text["corpus_span"].format(first=first, last=last) if first != last else first,
            text["corpus_updated"].format(time=moment(built, language)) if built else "",
        )
        if fact
    ]
