"""The page: its layout, and which event calls which handler of `qa.web.ask_tab`. Knows nothing of serving."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before the import: nothing leaves the machine

import gradio as gr
from gradio.themes.utils.fonts import LocalFont

import qa
from qa.api import gradio_api
from qa.i18n.wording import LANGUAGES, words
from qa.server.app import GradioPage
from qa.server.run import run_alone
from qa.server.security import TITLE
from qa.service.service import Service
from qa.web import answer_html, corpus_html
from qa.web.ask_tab import MAX_QUESTION, MAX_WORD, Page
from qa.web.corpus_tab import MAX_SEARCH, Desk

QUEUE = 64  # questions that may wait
CONCURRENCY = 2  # questions in work: one is answered while another is being written out
WATCHERS = 8  # pages that follow a build

STATIC = Path(qa.__file__).parent / "web" / "static"
SCRIPT = (STATIC / "page.js").read_text(encoding="utf-8")
STYLE = (STATIC / "page.css").read_text(encoding="utf-8")
# Gradio confines the rules of page.css to what is within its container.
ON_PAPER = """<style>@media print { body, .gradio-container {
  background: #fff !important; min-height: 0 !important; overflow: visible !important } }</style>"""
# KIND and END stand for the media type and the ending of the file.
SAVE = """(text) => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'KIND' }));
  link.download = document.documentElement.lang === 'de' ? 'gespraech.END' : 'conversation.END';
  link.click();
  URL.revokeObjectURL(link.href);
}"""
FOCUS = """() => {
  if (innerWidth >= 900) document.querySelector('#question textarea')?.focus({ preventScroll: true });
}"""


# ---------------------------------------------------------------- wording and look


def _texts(language: str) -> dict[str, Any]:
    """The page's texts for Gradio; the prefix keeps them apart from its own."""
    text = {f"qa_{key}": value for key, value in words(language).items()}
    text["qa_header"] = answer_html.header_html(language)
    for key in ("sources", "reader"):
        text[f"qa_{key}_heading"] = answer_html.heading_html(key, language)
    for key in ("no_sources", "no_article", "no_choice"):
        text[f"qa_{key}"] = answer_html.hint_html(key, language)
    text["qa_upload_zone"] = corpus_html.upload_html(language)
    return text


# Gaps in Gradio's own German.
_GERMAN = {"chatbot": {"copy_message": "Nachricht kopieren", "copied_message": "Nachricht kopiert"}}
I18N = gr.I18n(**{code: _texts(code) | (_GERMAN if code == "de" else {}) for code in LANGUAGES})


def _(key: str) -> Any:
    return I18N(f"qa_{key}")


def _theme() -> gr.themes.Base:
    """Gradio's default theme, quieter; weights 400 and 700 because its 600 lacks umlauts."""
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


# ---------------------------------------------------------------- layout

# Handlers that only look at what is there: no queue, no spinner, no place in the API.
QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}


def layout(page: Page, desk: Desk, service: Service) -> gr.Blocks:
    """The page with its events."""
    blocks: gr.Blocks = gr.Blocks(
        title=TITLE, fill_width=True, analytics_enabled=False, delete_cache=(3600, 3600)
    )
    with blocks:
        gr.HTML(_("header"), elem_id="top", apply_default_css=False)
        with gr.Tabs() as tabs:
            with gr.Tab(_("tab_ask"), id="ask"):
                notice, narrowed = _ask_tab(page, blocks)
            with gr.Tab(_("tab_corpus"), id="corpus") as tab:
                _corpus_tab(page, desk, tabs, tab, notice, narrowed)
        gradio_api.add(service)
    blocks.queue(max_size=QUEUE, api_open=False)
    return blocks


def _ask_tab(page: Page, blocks: gr.Blocks) -> tuple[gr.HTML, list[Any]]:
    notice = gr.HTML("", elem_id="notice", js_on_load=f"{SCRIPT}notice(element, trigger);")
    with gr.Row(equal_height=False, elem_id="ask"):
        with gr.Column(scale=6, min_width=340, elem_id="main"):
            chat = gr.Chatbot(
                elem_id="chat",
                label=_("conversation"),
                show_label=False,
                height="100%",
                min_height=240,
                buttons=["copy"],
                placeholder=_("welcome"),
                latex_delimiters=[],
                allow_tags=False,
                editable="user",
                group_consecutive_messages=False,
            )
            examples = gr.HTML("", elem_id="examples", js_on_load=f"{SCRIPT}examples(element, trigger);")
            box = gr.Textbox(
                elem_id="question",
                label=_("question"),
                placeholder=_("placeholder"),
                show_label=False,
                container=False,
                submit_btn=True,
                autofocus=True,
                max_length=MAX_QUESTION,
                lines=1,
                max_lines=5,
            )
            word = gr.Textbox(
                elem_id="verdict",
                label=_("verdict"),
                placeholder=_("verdict_hint"),
                submit_btn=True,
                visible=False,
                max_length=MAX_WORD,
            )
            bar = gr.HTML("", elem_id="filters", js_on_load=f"{SCRIPT}filters(element, trigger, watch);")
            with gr.Row(elem_id="tools"):
                new = gr.Button(_("new"), size="sm", elem_id="new", min_width=120)
                export = gr.Button(_("export"), size="sm", elem_id="export", min_width=120)
                export_json = gr.Button(_("export_json"), size="sm", elem_id="export-json", min_width=120)
        with gr.Column(scale=5, min_width=340, elem_id="side"):
            gr.HTML(_("sources_heading"), elem_classes="heading")
            sources = gr.HTML(
                _("no_sources"), elem_id="sources", js_on_load=f"{SCRIPT}sources(element, trigger, watch);"
            )
            gr.HTML(_("reader_heading"), elem_classes="heading")
            reader = gr.HTML(
                _("no_article"), elem_id="reader", js_on_load=f"{SCRIPT}reader(element, trigger, watch);"
            )
    # The browser keeps the conversation; the secret is known to all, it only names the format.
    kept = gr.BrowserState([], storage_key="qa_conversation", secret="qa")  # noqa: S106
    saved, chosen, verdict = (gr.Textbox(visible=False) for _n in range(3))
    panels = [sources, reader]

    starts = [
        box.submit(page.send, [box, chat], [box, chat, examples], **QUIET),
        examples.example(page.example, chat, [box, chat, examples], **QUIET),
        chat.retry(page.retry, chat, [chat, box], **QUIET),
        chat.edit(page.edit, chat, [chat, box], **QUIET),
    ]
    runs = [_answered(page, start, chat, box, kept, chosen, panels) for start in starts]
    box.stop(page.ended, chat, [box, kept], cancels=runs, **QUIET)
    chat.undo(page.undo, chat, [chat, box, kept, *panels], **QUIET)
    new.click(page.restart, None, [chat, box, kept, *panels, examples], cancels=runs, **QUIET)
    sources.cite(page.cite, None, panels, **QUIET)
    for button, made, kind, end in (
        (export, page.export, "text/markdown", "md"),
        (export_json, page.export_json, "application/json", "json"),
    ):
        save = SAVE.replace("KIND", kind).replace("END", end)
        button.click(made, chat, saved, **QUIET).then(None, saved, None, js=save)
    bar.narrow(page.narrow, None, [chosen, bar], **QUIET)
    reader.only(page.only, chosen, [chosen, bar], **QUIET).then(None, None, None, js=FOCUS)
    if page.asks_verdicts:
        chat.like(page.judge, chat, [word, verdict], **QUIET)
        word.submit(page.judge_in_words, [word, chat, verdict], word, **QUIET)
    blocks.load(page.load, [kept, chosen], [box, chat, *panels, examples, notice, bar], **QUIET)
    return notice, [chosen, bar]


def _answered(
    page: Page,
    start: Any,
    chat: gr.Chatbot,
    box: gr.Textbox,
    kept: gr.BrowserState,
    chosen: gr.Textbox,
    panels: list[gr.HTML],
) -> Any:
    """Answer after `start`, and free the box whatever comes of it."""
    run = start.then(
        page.answer,
        [chat, chosen],
        [chat, *panels],
        concurrency_limit=CONCURRENCY,
        concurrency_id="answer",
        api_visibility="private",
        show_progress="hidden",
    )
    # `then` does not run after a failure or a full queue
    run.failure(page.failed, chat, [box, chat, panels[0]], **QUIET)
    run.then(page.ended, chat, [box, kept], **QUIET).then(None, None, None, js=FOCUS)
    return run


def _corpus_tab(
    page: Page, desk: Desk, tabs: gr.Tabs, tab: gr.Tab, notice: gr.HTML, narrowed: list[Any]
) -> None:
    with gr.Row(elem_id="build", equal_height=False):
        button = gr.Button(_("rebuild"), elem_id="rebuild", scale=0, min_width=220, visible=desk.changes)
        files = gr.HTML(
            _("upload_zone"),
            elem_id="upload",
            visible=desk.changes,
            apply_default_css=False,
            js_on_load=f"{SCRIPT}files(element, trigger);",
        )
    status = gr.HTML("", elem_id="rebuild-status", js_on_load=f"{SCRIPT}status(element, trigger);")
    older = gr.HTML(
        "",
        elem_id="generations",
        apply_default_css=False,
        js_on_load=f"{SCRIPT}generations(element, trigger);",
    )
    bin_ = gr.HTML(
        "", elem_id="removed", apply_default_css=False, js_on_load=f"{SCRIPT}removed(element, trigger);"
    )
    search = gr.Textbox(
        elem_id="corpus-search",
        label=_("search"),
        placeholder=_("search_hint"),
        show_label=False,
        container=False,
        max_length=MAX_SEARCH,
    )
    with gr.Row(equal_height=False, elem_id="corpus"):
        with gr.Column(scale=6, min_width=340):
            table = gr.HTML(
                "",
                elem_id="corpus-table",
                apply_default_css=False,
                js_on_load=f"{SCRIPT}table(element, trigger);",
            )
        with gr.Column(scale=5, min_width=340):
            article = gr.HTML(
                _("no_choice"),
                elem_id="corpus-reader",
                js_on_load=f"{SCRIPT}corpusReader(element, trigger, watch);",
            )

    following: dict[str, Any] = {
        "concurrency_limit": WATCHERS,
        "concurrency_id": "build",
        "api_visibility": "private",
        "show_progress": "hidden",
    }

    def renewed(change: Any) -> None:
        """What a new index changes on the page."""
        change.then(desk.table, search, table, **QUIET).then(page.notice, None, notice, **QUIET).then(
            desk.generations, None, older, **QUIET
        )

    renewed(button.click(desk.rebuild, None, status, **following))
    offered = notice.build(lambda: gr.Tabs(selected="corpus"), None, tabs, **QUIET)
    renewed(offered.then(desk.rebuild, None, status, **following))
    renewed(status.build(desk.rebuild, None, status, **following))
    renewed(status.force(desk.rebuild_anyway, None, status, **following))
    status.dismiss(desk.dismiss, None, status, **QUIET)
    status.halt(desk.stop, None, None, **QUIET)
    files.added(desk.added, None, status, **QUIET)
    for moved in (
        status.remove(desk.remove, None, status, **QUIET),
        article.remove(desk.remove, None, status, **QUIET),
        status.restore(desk.restore, None, status, **QUIET),
        bin_.restore(desk.restore, None, status, **QUIET),
    ):
        moved.then(desk.removed, None, bin_, **QUIET)
    renewed(older.rollback(desk.rollback, None, status, **QUIET))
    # not renewed after it: that answer could come behind the one to a search begun meanwhile
    shown = tab.select(desk.table, search, table, **QUIET).then(desk.generations, None, older, **QUIET)
    shown.then(desk.removed, None, bin_, **QUIET).then(desk.follow, None, status, **following)
    # `change`, because `input` misses what is pasted
    search.change(desk.table, search, table, trigger_mode="always_last", **QUIET)
    table.open(desk.open, None, article, **QUIET)
    table.turn(desk.turn, search, table, **QUIET)
    asked = article.only(page.only, narrowed[0], narrowed, **QUIET)
    asked.then(lambda: gr.Tabs(selected="ask"), None, tabs, **QUIET)


# ---------------------------------------------------------------- the whole


def make_page(service: Service, feedback_file: Path | None = None) -> GradioPage:
    """The page over a service.

    `feedback_file`: where verdicts of readers are appended; without one they are not asked for.
    """
    return GradioPage(
        blocks=layout(Page(service, feedback_file), Desk(service), service),
        theme=_theme(),
        css=STYLE,
        head=ON_PAPER,
        i18n=I18N,
    )


if __name__ == "__main__":
    sys.exit(run_alone(lambda: make_page))
