"""The article filter: how the page shows it and how it is read back from the browser.

Pure functions; input from the browser is untrusted and read field by field. Knows nothing of Gradio or the
index.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from qa.i18n.wording import long_date, words
from qa.types import Filter
from qa.web.pages import rendered

MAX_FIELD = 2_000  # characters of one field; an article's path is the longest
SOURCES_SHOWN = 200  # outlets offered


def read(sent: object) -> Filter:
    """Parse a filter from the browser (JSON text or object); anything invalid is dropped."""
    if isinstance(sent, str):
        try:
            sent = json.loads(sent)
        except (ValueError, RecursionError):
            sent = None
    fields = sent if isinstance(sent, dict) else {}
    texts = {name: value for name, value in fields.items() if isinstance(value, str) and _is_unicode(value)}
    return Filter(
        article_id=texts.get("article", "")[:MAX_FIELD],
        source=texts.get("source", "")[:MAX_FIELD],
        since=_day(texts.get("since", "")),
        until=_day(texts.get("until", "")),
    )


def _is_unicode(text: str) -> bool:
    """Whether a text can be sent: JSON may hold lone surrogates, which UTF-8 cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text[:MAX_FIELD]).isoformat()
    except ValueError:
        return ""


def described(where: Filter, title: str, language: str) -> str:
    """A filter in words, "" for none; `title` is that of its article."""
    text = words(language)
    parts = [
        text["only_article"].format(title=title or where.article_id) if where.article_id else "",
        text["only_source"].format(source=where.source) if where.source else "",
        text["only_since"].format(date=long_date(where.since, language)) if where.since else "",
        text["only_until"].format(date=long_date(where.until, language)) if where.until else "",
    ]
    return " · ".join(part for part in parts if part)


def is_empty(where: Filter) -> bool:
    """Whether no day lies in the period."""
    return bool(where.since and where.until and where.since > where.until)


def chosen_html(where: Filter, title: str, language: str) -> str:
    """The current choice with a button to clear it; "" for none. `title`: that of the filter's article."""
    chosen = described(where, title, language)
    return rendered("chosen", language, chosen=chosen, empty=is_empty(where)).strip()


def bar_html(where: Filter, sources: Sequence[tuple[str, int]], language: str) -> str:
    """The fields of the filter, folded. `sources`: outlets with their number of articles.

    The browser keeps what is in the fields, so they are not rendered again while they are used.
    """
    return rendered("filters", language, where=asdict(where), sources=_offered(where.source, sources))


def _offered(chosen: str, sources: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """The outlets to choose from, always including the chosen one."""
    offered = [*sources[:SOURCES_SHOWN]]
    if chosen and chosen.casefold() not in {name.casefold() for name, _ in offered}:
        offered.append((chosen, 0))
    return offered
