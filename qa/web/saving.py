"""The handlers that save a conversation, or its last answer, as a file."""

from __future__ import annotations

import gradio as gr

from qa.exporting.files import FORMATS
from qa.types import Turn
from qa.web import conversation, export
from qa.web.events import field_of, language_of
from qa.web.export import About
from qa.web.lookup import Lookup
from qa.web.updates import Message


class Saving:
    """Makes the files for the page's script."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup

    def export(self, chat: list[Message], told: str, request: gr.Request) -> str:
        """The conversation as a Markdown file, for the page's script. `told`: see `qa.web.export.about`."""
        turns = conversation.turns_of(chat)
        return self._file(turns, ".md", export.about(told).named(turns), request)

    def save(self, chat: list[Message], event: gr.EventData, request: gr.Request) -> str:
        """A format was chosen: the conversation or its last answer as a file, for the page's script."""
        turns = conversation.turns_of(chat)
        shown = export.last_answer(turns) if field_of(event, "last") else turns
        told = export.about(field_of(event, "about")).named(turns)
        return self._file(shown, f".{field_of(event, 'format')}", told, request)

    def _file(self, turns: list[Turn], ending: str, told: About, request: gr.Request) -> str:
        """The file, or "" for an ending that no format has."""
        article_of, language = self._lookup.article, language_of(request)
        name = export.name_of(turns, told, language)
        if ending == ".json":
            generation = self._lookup.generation()
            content = export.conversation_json(turns, article_of, generation, timelines=told.timeline)
            return export.packed(content.encode("utf-8", "replace"), f"{name}.json", "application/json")
        if ending not in FORMATS:
            return ""
        made = export.conversation_export(turns, article_of, language, told)
        return export.file_of(made, ending, article_of, name)
