"""What an event of Gradio carries: the language of its page, and the payload of its browser.

The payload may be forged. Knows neither the layout nor what the page shows.
"""

from __future__ import annotations

import gradio as gr

from qa.i18n.wording import LANGUAGES, page_language


def language_of(request: gr.Request | None) -> str:
    """The language of the page that sent a request."""
    return page_language(request.headers) if request else LANGUAGES[0]


def field_of(event: gr.EventData, name: str) -> str:
    """A string from an event's payload, which comes from the browser."""
    value = event._data.get(name) if isinstance(event._data, dict) else None
    return value if isinstance(value, str) else ""


def message_index(index: int | tuple[int, int] | list[int]) -> int:
    """The number of a message; Gradio sends it alone or with that of a part."""
    return index if isinstance(index, int) else index[0]
