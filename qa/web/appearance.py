"""How the page looks and reads: its theme, style and script, and its texts in both languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
from gradio.themes.utils.fonts import LocalFont

from qa.i18n.wording import LANGUAGES, words
from qa.web import answer_html, corpus_html

STATIC = Path(__file__).with_name("static")
SCRIPT = (STATIC / "page.js").read_text(encoding="utf-8")
STYLE = (STATIC / "page.css").read_text(encoding="utf-8")
# Gradio scopes the rules of page.css to its container.
ON_PAPER = """<style>@media print { body, .gradio-container {
  background: #fff !important; min-height: 0 !important; overflow: visible !important } }</style>"""


def _texts(language: str) -> dict[str, Any]:
    """The page's texts for Gradio; the prefix separates them from its own."""
    texts = {f"qa_{key}": value for key, value in words(language).items()}
    texts["qa_header"] = answer_html.header_html(language)
    for key in ("sources", "reader"):
        texts[f"qa_{key}_heading"] = answer_html.heading_html(key, language)
    for key in ("no_sources", "no_article", "no_choice"):
        texts[f"qa_{key}"] = answer_html.hint_html(key, language)
    texts["qa_upload_zone"] = corpus_html.upload_html(language)
    return texts


# Gaps in Gradio's own German.
_GERMAN = {"chatbot": {"copy_message": "Nachricht kopieren", "copied_message": "Nachricht kopiert"}}
I18N = gr.I18n(**{code: _texts(code) | (_GERMAN if code == "de" else {}) for code in LANGUAGES})


def text(key: str) -> Any:
    """A text of the page in the reader's language, as a component takes it."""
    return I18N(f"qa_{key}")


def theme() -> gr.themes.Base:
    """Gradio's default theme, toned down; weights 400 and 700 because its 600 lacks umlauts."""
    return gr.themes.Default(
        primary_hue="blue",
        neutral_hue="slate",
        font=[LocalFont("Source Sans Pro", weights=(400, 700)), "system-ui", "sans-serif"],
        font_mono=[LocalFont("IBM Plex Mono", weights=(400, 700)), "monospace"],
    ).set(
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_300",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
        link_text_color="*primary_700",
        link_text_color_dark="*primary_300",
        block_label_text_color="*neutral_700",
        block_label_text_color_dark="*neutral_200",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
    )
