"""What handlers of the ask tab give back to the page: messages, the question's box, cards and reader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from qa.web import article_html, cards_html
from qa.web import chat as chat_markdown
from qa.web.sources import Source

Message = dict[str, Any]  # a message of Gradio's chat: at least "role" and "content"
Update = dict[str, Any]  # properties of a Gradio component
WAITING = "…"  # the message of an answer of which nothing has come yet; the page's script knows it too


def panels(sources: Sequence[Source], language: str, active: str = "", *, turn: int = 0) -> tuple[str, str]:
    """The cards and the reader."""
    return (
        cards_html.cards_html(sources, active, language),
        article_html.reader_html(active, sources, language, turn=turn),
    )


def asked(chat: list[Message], question: str) -> list[Message]:
    """The messages with a question behind them."""
    return said(chat, "user", chat_markdown.question_markdown(question))


def said(chat: list[Message], role: str, content: str) -> list[Message]:
    """The messages with another one behind them."""
    return [*chat, {"role": role, "content": content}]


def box(*, running: bool = False, value: str | None = None) -> Update:
    """The question's box; it is locked while an answer is written, so that Enter does not start a second one.

    Without a value, its text stays.
    """
    new = {} if value is None else {"value": value}
    return {**gr.update(submit_btn=not running, stop_btn=running, interactive=not running), **new}
