"""The handlers for what readers think of an answer: thumbs and comments."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gradio as gr

from qa.errors import StoreError
from qa.service import feedback
from qa.web import conversation, export, frames_html
from qa.web.events import field_of, language_of, message_index
from qa.web.lookup import Lookup
from qa.web.updates import Message

VERDICTS: dict[object, feedback.Verdict] = {True: "up", False: "down"}


class Verdicts:
    """Keeps what readers think in a file, if there is one."""

    def __init__(self, lookup: Lookup, feedback_file: Path | None) -> None:
        self._lookup = lookup
        self._feedback_file = feedback_file

    @property
    def asked(self) -> bool:
        """Whether feedback is requested."""
        return self._feedback_file is not None

    def judge(self, chat: list[Message], event: gr.LikeData, request: gr.Request) -> tuple[str, str]:
        """Thumb pressed, or taken back: the form for a comment, and the verdict for the page's script."""
        pressed = event.liked if isinstance(event.liked, bool) else None  # Gradio sends "" for taken back
        verdict = {"index": message_index(event.index), "up": pressed}
        kept = self._judge(chat, verdict, "")
        sent = json.dumps(verdict)
        shown = kept and pressed is None
        return "" if shown else frames_html.verdict_html(sent, language_of(request), kept=kept), sent

    def judge_in_words(self, chat: list[Message], event: gr.EventData, request: gr.Request) -> str:
        """A comment on an answer was sent: its form, closed unless the comment cannot be kept."""
        sent = field_of(event, "verdict")
        try:
            read = json.loads(sent)
        except (ValueError, RecursionError):
            read = None
        word = field_of(event, "word").strip()[: frames_html.MAX_WORD]
        kept = not word or not isinstance(read, dict) or self._judge(chat, read, word)
        return "" if kept else frames_html.verdict_html("", language_of(request), kept=False)

    def _judge(self, chat: list[Message], verdict: dict[str, Any], word: str) -> bool:
        """Keep a verdict; False where the file does not take it. A forged one is passed over."""
        index = verdict.get("index")
        if self._feedback_file is None or type(index) is not int or not 0 < index < len(chat):
            return True
        answer, question = (
            conversation.message_text(chat[index]),
            conversation.question_text(chat[index - 1]),
        )
        try:
            feedback.record(
                self._feedback_file,
                question=question,
                verdict=VERDICTS.get(verdict.get("up"), "withdrawn"),
                word=word,
                citations=export.citations(answer[: conversation.MAX_MESSAGE], self._lookup.article),
                generation=self._lookup.generation(),
            )
        except StoreError:
            return False
        return True
