"""The handlers that save a conversation, or its last answer, as a file."""

from __future__ import annotations

import gradio as gr

from qa.exporting.files import FORMATS
from qa.types import Turn
from qa.web import conversation, export
from qa.web.events import field_of, language_of
from qa.web.lookup import Lookup
from qa.web.updates import Message


class Saving:
    """Makes the files for the page's script."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup

    def export(self, chat: list[Message], told: str, request: gr.Request) -> str:
        """The conversation as a Markdown file, for the page's script. `told`: see `qa.web.export.about`."""
        return self._file(conversation.turns_of(chat), ".md", told, request)

    def save(self, chat: list[Message], event: gr.EventData, request: gr.Request) -> str:
        """A format was chosen: the conversation or its last answer as a file, for the page's script."""
        turns = conversation.turns_of(chat)
        shown = export.last_answer(turns) if field_of(event, "last") else turns
        return self._file(shown, f".{field_of(event, 'format')}", field_of(event, "about"), request)

    def _file(self, turns: list[Turn], ending: str, told: str, request: gr.Request) -> str:
        """The file, or "" for an ending that no format has."""
        article_of, language = self._lookup.article, language_of(request)
        if ending == ".json":
            content = export.conversation_json(turns, article_of, self._lookup.generation())
            return export.packed(content.encode("utf-8", "replace"), ending, "application/json")
        if ending not in FORMATS:
            return ""
        made = export.conversation_export(turns, article_of, language, export.about(told, language))
        return export.file_of(made, ending, article_of)
