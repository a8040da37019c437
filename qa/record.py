"""A conversation as data: what was asked, what was quoted, and where each quote stands.

Made of the messages that the browser holds, held against the index: a quote that no longer stands where
it was cited is said to be stale instead of being given. This module knows nothing of the page.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from qa.markup import ArticleOf, Source, read_refs
from qa.message import message_refs, plain_answer
from qa.types import Turn


def conversation_json(turns: Iterable[Turn], article_of: ArticleOf, generation: str) -> str:
    """A conversation as JSON; `generation` is the one its quotes were checked against."""
    found = [_turn(turn, article_of) for turn in turns]
    return json.dumps({"generation": generation, "turns": found}, ensure_ascii=False, indent=2) + "\n"


def _turn(turn: Turn, article_of: ArticleOf) -> dict[str, Any]:
    if turn.role == "user":
        return {"role": "user", "text": turn.content}
    return {"role": "assistant", "text": plain_answer(turn.content), **citations(turn.content, article_of)}


def citations(message: str, article_of: ArticleOf) -> dict[str, list[dict[str, Any]]]:
    """The citations of a message, or a refusal's nearest passages, named as by `qa ask --json`."""
    sources = read_refs(message_refs(message), article_of)
    cited = [_source(source) for source in sources if source.label]
    near = [_source(source) for source in sources if not source.label]
    return {"citations": cited, **({"nearest": near} if near else {})}


def _source(source: Source) -> dict[str, Any]:
    article = source.article
    return {
        **({"label": source.label, "score": source.score} if source.label else {}),
        "article_id": article.article_id,
        "title": article.title,
        "source": article.source,
        "date": article.date,
        "url": article.url,
        "start": source.start,
        "end": source.end,
        **({"stale": True} if source.stale else {"quote": source.quote}),
    }
