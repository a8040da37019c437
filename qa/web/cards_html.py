"""The sources of an answer as safe HTML: a card for each, with its quote in context.

Pure functions from values to strings, for components that show raw HTML. Knows nothing of Gradio, events or
the index; the templates escape all untrusted text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.answering.attribution import speaker
from qa.i18n.wording import words
from qa.types import Span
from qa.web.article_html import Part, blocks, parts_of
from qa.web.frames_html import hint_html
from qa.web.pages import rendered
from qa.web.sources import Source

CONTEXT = 160  # characters shown on each side of the quote on the active card
_FIRST_WORD = re.compile(r"^\S*\s+")
_LAST_WORD = re.compile(r"\s\S*$")


@dataclass(frozen=True, slots=True)
class _Card:
    """A source as shown on its card; `before` and `after` surround the quote on the active card."""

    source: Source
    quote: tuple[Part, ...]
    active: bool
    meta: str
    before: str
    after: str


def cards_html(sources: Sequence[Source], active: str, language: str) -> str:
    """The cards of an answer's sources; the one whose ref is `active` shows its quote in context.

    Sources without a label are the closest passages of a refusal and are introduced as such.
    """
    if not sources:
        return hint_html("no_sources", language)
    near = all(source.label == 0 for source in sources)
    cards = [_card(source, source.ref == active, language) for source in sources]
    several = not near and len({source.article.article_id for source in sources}) > 1
    return rendered("cards", language, near=near, cards=cards, several=several)


def _said_by(source: Source, language: str) -> str:
    """Who says what is quoted, "" where the article does not tell."""
    if source.stale or not source.label:
        return ""
    answer = source.answer.start if source.answer else None
    who = speaker(source.article, Span(source.start, source.end), answer).named
    return words(language)["said_by"].format(speaker=who) if who else ""


def _card(source: Source, active: bool, language: str) -> _Card:
    stale = words(language)["stale_card"] if source.stale else ""
    meta = " · ".join(part for part in (source.place(language), _said_by(source, language), stale) if part)
    return _Card(source, _quote(source), active, meta, *(_context(source) if active else ("", "")))


def _quote(source: Source) -> tuple[Part, ...]:
    """The quote in parts, without the headings within it, which would run into its text on one line; one that
    answers stays.
    """
    quote, answer = Span(source.start, source.end), source.answer or Span(0, 0)
    inside = [
        Span(max(quote.start, span.start), min(quote.end, span.end))
        for span, kind in blocks(source.article.text)
        if _overlap(span, quote) and (kind != "heading" or _overlap(span, answer))
    ]
    found: list[Part] = []
    for span in inside or [quote]:
        found += [Part(" ", answers=False)] if found else []
        found += parts_of(source.article, span, [source])
    return tuple(found)


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _context(source: Source) -> tuple[str, str]:
    """The text before and after a quote, cut at word boundaries, and where a heading begins another part."""
    text = source.article.text
    first, last = max(0, source.start - CONTEXT), min(len(text), source.end + CONTEXT)
    headings = [span for span, kind in blocks(text) if kind == "heading"]
    lower = max([first, *(span.end for span in headings if span.end <= source.start)])
    upper = min([last, *(span.start for span in headings if span.start >= source.end)])
    before, after = text[lower : source.start].lstrip(), text[source.end : upper].rstrip()
    if lower == first > 0:
        before = f"… {_FIRST_WORD.sub('', before)}"
    if upper == last < len(text):
        after = f"{_LAST_WORD.sub('', after)} …"
    return before, after
