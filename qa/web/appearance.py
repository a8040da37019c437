"""How the page looks and reads: its theme, style, script and head, and its texts in both languages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup

from qa.i18n.wording import LANGUAGES, words
from qa.web import corpus_html, frames_html
from qa.web.pages import rendered

STATIC = Path(__file__).with_name("static")
# In this order: `page.js` defines what the others use.
SCRIPTS = (
    "page.js",
    "runs.js",
    "asking.js",
    "reading.js",
    "copying.js",
    "conversations.js",
    "dossier.js",
    "corpus.js",
    "keys.js",
)
SCRIPT = "\n".join((STATIC / name).read_text(encoding="utf-8") for name in SCRIPTS)
# In this order: of two rules of the same weight, the later one holds.
STYLES = ("base.css", "chat.css", "articles.css", "sizes.css")
STYLE = "\n".join((STATIC / name).read_text(encoding="utf-8") for name in STYLES)
# Texts that the script shows as well; those for it alone begin with "js_".
SHARED_TEXTS = ("conversation", "copied", "copy_answer", "dossier", "note", "pin", "show", "stopping", "undo")
# What Gradio, which scopes the rules of STYLE to its container and applies them late, would spoil.
FIRST_STYLE = (STATIC / "first.css").read_text(encoding="utf-8")


def _texts(language: str) -> dict[str, Any]:
    """The page's texts for Gradio; the prefix separates them from its own."""
    texts = {f"qa_{key}": value for key, value in words(language).items()}
    texts["qa_header"] = frames_html.header_html(language)
    for key in ("sources", "reader"):
        texts[f"qa_{key}_heading"] = frames_html.heading_html(key, language)
    for key in ("no_sources", "no_article", "no_choice"):
        texts[f"qa_{key}"] = frames_html.hint_html(key, language)
    texts["qa_exports_menu"] = frames_html.exports_html(language)
    texts["qa_dossier_frame"] = frames_html.dossier_html(language)
    texts["qa_past"] = frames_html.conversations_html(language)
    texts["qa_upload_zone"] = corpus_html.upload_html(language)
    return texts


def _own_names(language: str) -> dict[str, Any]:
    """Names for Gradio's own buttons, which lack German or say less."""
    text = words(language)
    return {"chatbot": {"copy_message": text["copy_answer"], "copied_message": text["copied"]}}


I18N = gr.I18n(**{code: _texts(code) | _own_names(code) for code in LANGUAGES})


def head(language: str) -> str:
    """What the page's head ends with: its preview, its first style, its script and the script's texts."""
    return rendered(
        "head",
        language,
        style=Markup(FIRST_STYLE),  # noqa: S704 (a file of this package)
        script=Markup(SCRIPT),  # noqa: S704 (the same)
        texts=_script_texts(language),
    )


def _script_texts(language: str) -> Markup:
    """The texts that the script shows, as JSON that cannot end its element."""
    text = words(language)
    texts = {key.removeprefix("js_"): value for key, value in text.items() if key[:3] == "js_"}
    texts |= {key: text[key] for key in SHARED_TEXTS}
    return Markup(json.dumps(texts, ensure_ascii=False).replace("<", "\\u003c"))  # noqa: S704


def panel(behaviour: str, value: Any = "", *, events: Sequence[str] = (), **options: Any) -> gr.HTML:
    """A component of safe HTML; `behaviour` is a function of the page's script.

    `events`: what it may trigger; Gradio looks for these names in the component's script.
    """
    script = f"qa.{behaviour}(element, trigger, watch, {json.dumps(events)});"
    return gr.HTML(value, js_on_load=script, apply_default_css=False, **options)


def text(key: str) -> Any:
    """A text of the page in the reader's language, as a component takes it."""
    return I18N(f"qa_{key}")


def theme() -> gr.themes.Base:
    """Gradio's default theme, toned down; with the reader's own fonts, since Gradio's are 240 KB."""
    return gr.themes.Default(
        primary_hue="blue",
        neutral_hue="slate",
        font=["system-ui", "Segoe UI", "Roboto", "Noto Sans", "Liberation Sans", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
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
