"""A conversation as a file: Markdown for readers, JSON for programs.

Built from the messages in the browser and checked against the index: a quote that no longer matches is marked
stale instead of being included. Knows nothing of the page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from qa.errors import CorpusError
from qa.i18n.wording import words
from qa.text.addresses import web_address
from qa.types import Article, Turn
from qa.web.conversation import (
    ADDED,
    ALL_LINK,
    CITE_LINK,
    NEAR_LINK,
    TAG,
    message_refs,
    missing_terms,
    plain_answer,
)
from qa.web.escape import markdown
from qa.web.figures_card import CARD
from qa.web.sources import ArticleOf, Source, read_refs

_STRONG = re.compile(
    r"(?:(?<!\S)<strong>(?=\S)|<strong>(?=[^\W_]))(?P<text>[^<\n]*)"
    r"(?:(?<=[^\W_])</strong>|(?<=\S)</strong>(?!\S))"
)
# Characters of what the citations of a conversation add to its own text. Quotes stand in that text too, so
# only forged messages reach it.
MAX_SOURCES_TEXT = 1_000_000


def conversation_json(turns: Iterable[Turn], article_of: ArticleOf, generation: str) -> str:
    """A conversation as JSON; its quotes were checked against `generation`.

    Once its citations have MAX_SOURCES_TEXT characters, those of later messages are left out.
    """
    rows: list[dict[str, Any]] = []
    size = 0
    for turn in turns:
        row = _turn(turn, article_of if size < MAX_SOURCES_TEXT else _nothing)
        size += sum(len(str(row.get(name, ""))) for name in ("citations", "nearest"))
        rows.append(row)
    return json.dumps({"generation": generation, "turns": rows}, ensure_ascii=False, indent=2) + "\n"


def _nothing(article_id: str) -> Article:
    """An index without articles."""
    raise CorpusError(f"{article_id} is not looked up.")


def _turn(turn: Turn, article_of: ArticleOf) -> dict[str, Any]:
    if turn.role == "user":
        return {"role": "user", "text": turn.content}
    return {
        "role": "assistant",
        "text": plain_answer(turn.content),
        "missing": missing_terms(turn.content),
        **citations(turn.content, article_of),
    }


def citations(message: str, article_of: ArticleOf) -> dict[str, list[dict[str, Any]]]:
    """The citations of a message, or the closest passages of a refusal, with the field names of `qa ask
    --json`.
    """
    sources = read_refs(message_refs(message), article_of)
    cited = [_source(source) for source in sources if source.label]
    near = [_source(source) for source in sources if not source.label]
    return {"citations": cited, **({"nearest": near} if near else {})}


def _source(source: Source) -> dict[str, Any]:
    article = source.article
    return {
        **({"label": source.label, "score": source.score} if source.label else {}),
        **(_answer_span(source) if source.label else {}),
        "article_id": article.article_id,
        "title": article.title,
        "source": article.source,
        "date": article.date,
        "url": article.url,
        "start": source.start,
        "end": source.end,
        **({"stale": True} if source.stale else {"quote": source.quote}),
    }


def _answer_span(source: Source) -> dict[str, int]:
    start, end = source.answer or (-1, -1)
    return {"answer_start": start, "answer_end": end}


def conversation_markdown(turns: Iterable[Turn], article_of: ArticleOf, language: str) -> str:
    """A conversation, with the sources of each answer below it, as a Markdown file.

    Once these have MAX_SOURCES_TEXT characters, those of later answers are left out.
    """
    text = words(language)
    size = 0
    parts = [f"# {text['title']}"]
    for turn in turns:
        if turn.role == "user":
            parts.append(f"## {text['asked']}\n\n{markdown(turn.content)}")
        else:
            body = NEAR_LINK.sub(
                "", ALL_LINK.sub("", CITE_LINK.sub(r"[\1]", ADDED.sub("", CARD.sub("", turn.content))))
            )
            parts.append(f"## {text['answered']}\n\n{_bold(TAG.sub('', body))}")
            known = article_of if size < MAX_SOURCES_TEXT else _nothing
            sources = [_reference(s, language) for s in read_refs(message_refs(turn.content), known)]
            size += sum(map(len, sources))
            parts += sources
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _bold(text: str) -> str:
    """Bold words in Markdown's asterisks; as HTML where Markdown would not read these as bold.

    Asterisks count next to a letter or digit within them, or next to white space outside (CommonMark,
    "left-flanking delimiter run").
    """
    return _STRONG.sub(lambda found: f"**{found['text']}**", text)


def _reference(source: Source, language: str) -> str:
    """One source in full: label, title, origin, file, span and URL."""
    text, article = words(language), source.article
    span = text["characters"].format(start=source.start, end=source.end)
    details = [
        f"**{markdown(article.title)}**",
        markdown(source.place(language)),
        f"{markdown(article.article_id)}, {span}",
        markdown(web_address(article.url)),
        text["stale_card"] if source.stale else "",
    ]
    mark = f"[{source.label}]" if source.label else f"({text['near_one']})"
    return f"{mark} " + " · ".join(part for part in details if part)
