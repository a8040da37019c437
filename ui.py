"""The page: its layout and its events; those of the second and third tab are in `qa.web.corpus_layout`.

Knows nothing of serving.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before the import: no telemetry

import gradio as gr

from qa.api import gradio_api
from qa.llm.client import AT_ONCE
from qa.server.app import GradioPage
from qa.server.run import run_alone
from qa.server.security import TITLE
from qa.service.service import MAX_QUESTION, Service
from qa.web import corpus_layout
from qa.web.appearance import I18N, STYLE, head, panel, text, theme
from qa.web.ask_tab import AskTab
from qa.web.corpus_layout import QUIET, SAVE, Renewed
from qa.web.corpus_tab import CorpusTab
from qa.web.dossier import DossierTab

QUEUE = 64  # questions that may wait
# Concurrent questions: one is answered while another is being streamed. Those that wait for the language
# model come on top, so that others get their quotes meanwhile.
CONCURRENCY = 2

# The browser keeps the conversation and its filter; these hand them in.
RESTORED = "() => qa.restore()"
KEEP = "(chat) => qa.keep(chat)"
ABOUT = "(chat) => [chat, qa.about()]"
SENDS = "(...given) => qa.sends(...given)"
ASKED = "(chat) => qa.begins(chat, qa.chosen(), qa.phrases())"
SUMMED = "(...given) => qa.begins(...given)"
ENDING = "() => [qa.ending()]"
FAILING = "(chat) => [chat, qa.ending()]"
FOCUS = "() => qa.focus()"
ARRIVED = "() => qa.arrived()"
TOLD = "() => [qa.told(), qa.chosen()]"  # not the whole conversation


# ---------------------------------------------------------------- layout


def layout(ask: AskTab, corpus: CorpusTab, service: Service) -> gr.Blocks:
    """The page with its events."""
    blocks: gr.Blocks = gr.Blocks(
        title=TITLE, fill_width=True, analytics_enabled=False, delete_cache=(3600, 3600)
    )
    with blocks:
        panel("started", text("header"), elem_id="top")
        with gr.Tabs() as tabs:
            with gr.Tab(text("tab_ask"), id="ask") as first:
                asking = _ask_tab(ask, blocks)
            first.select(ask.opening.notice, None, asking.outputs[0], **QUIET)
            with gr.Tab(text("tab_corpus"), id="corpus") as tab:
                corpus_layout.corpus_tab(ask, corpus, tabs, tab, asking)
            with gr.Tab(text("dossier"), id="dossier"):
                corpus_layout.dossier_tab(DossierTab(service), tabs)
        gradio_api.add(service)
    blocks.queue(max_size=QUEUE, api_open=False)
    return blocks


def _ask_tab(ask: AskTab, blocks: gr.Blocks) -> Renewed:
    notice = panel("notice", events=("build",), elem_id="notice")
    with gr.Row(equal_height=False, elem_id="ask"):
        with gr.Column(scale=2, min_width=200, elem_id="past"):
            past = panel("conversations", text("past"), events=("open",), elem_id="conversations")
        with gr.Column(scale=6, min_width=340, elem_id="main"):
            chat = gr.Chatbot(
                elem_id="chat",
                label=text("conversation"),
                show_label=False,
                height="100%",
                min_height=240,
                buttons=["copy"],
                placeholder=text("welcome"),
                latex_delimiters=[],
                allow_tags=False,
                editable="user",
                autoscroll=False,  # the page's script shows an answer from its beginning
                group_consecutive_messages=False,
            )
            examples = panel("examples", events=("example",), elem_id="examples")
            word = panel("verdict", events=("word", "close"), elem_id="verdict")
            more = panel("suggestions", events=("example",), elem_id="suggestions")
            box = gr.Textbox(
                elem_id="question",
                label=text("question"),
                placeholder=text("placeholder"),
                show_label=False,
                container=False,
                submit_btn=True,
                autofocus=True,
                max_length=MAX_QUESTION,
                lines=1,
                max_lines=5,
            )
            with gr.Column(elem_id="filters"):
                chips = panel("chips")
                bar = panel("filters", events=("narrow",))
                switch = panel("phrasing", elem_id="phrasing", visible=ask.phrases)
            with gr.Row(elem_id="tools"):
                kept = gr.Button(text("conversations"), size="sm", elem_id="kept", min_width=120)
                new = gr.Button(text("new"), size="sm", elem_id="new", min_width=120)
                export = gr.Button(text("export"), size="sm", elem_id="export", min_width=120)
                exports = panel("exports", text("exports_menu"), events=("save",), elem_id="exports")
        with gr.Column(scale=5, min_width=340, elem_id="side"):
            gr.HTML(text("sources_heading"), elem_classes="heading")
            events = ("cite", "timeline", "summarise")
            sources = panel("sources", text("no_sources"), events=events, elem_id="sources")
            gr.HTML(text("reader_heading"), elem_classes="heading")
            reader = panel("reader", text("no_article"), events=("only", "summarise"), elem_id="reader")
    saved, verdict, stored, chosen, opened, unsent, about, told, dated, articles, ending = (
        gr.Textbox(visible=False) for _n in range(11)
    )
    phrase = gr.Checkbox(visible=False)
    panels = [sources, reader]
    shown = [box, chat, *panels, examples, bar, chips]

    starts = [
        box.submit(ask.send, [box, chat], [box, chat, examples], js=SENDS, **QUIET),
        examples.example(ask.example, chat, [box, chat, examples], js=SENDS, **QUIET),
        more.example(ask.example, chat, [box, chat, examples], js=SENDS, **QUIET),
        chat.retry(ask.retry, chat, [chat, box], js=SENDS, **QUIET),
        chat.edit(ask.edit, chat, [chat, box], js=SENDS, **QUIET),
    ]
    answered = [
        _answered(ask, start, ask.answer, [chat, chosen, phrase], ASKED, [box, chat, *panels], ending)
        for start in starts
    ]
    runs = [run for run, _ended in answered]
    for _run, ended in answered:
        ended.then(ask.suggested.after, [told, chosen], more, js=TOLD, **QUIET)
    if ask.phrases:
        task = [box, chat, examples, articles]
        starts = [side.summarise(ask.summaries.begin, chat, task, js=SENDS, **QUIET) for side in panels]
        runs += [
            _answered(
                ask, start, ask.summaries.messages, [chat, articles], SUMMED, [box, chat, *panels], ending
            )[0]
            for start in starts
        ]
    box.stop(None, cancels=runs)
    chat.undo(ask.undo, chat, [chat, box, *panels], **QUIET)
    chat.change(None, chat, None, js=KEEP)
    for opened_one in (
        new.click(None, None, None, js="() => qa.begin()").then(ask.opening.restart, None, shown, **QUIET),
        past.open(ask.opening.reopen, None, shown, trigger_mode="always_last", **QUIET),
    ):
        opened_one.then(None, None, None, js=ARRIVED)
    kept.click(None, None, None, js="() => qa.togglePast()")
    # every click counts: the page's script shows the last one, in whatever order the replies arrive
    sources.cite(ask.cite, None, panels, trigger_mode="multiple", **QUIET)
    drawn = sources.timeline(ask.timeline, None, dated, trigger_mode="multiple", **QUIET)
    drawn.then(None, dated, None, js="(made) => qa.timeline(made)")
    for made in (
        export.click(ask.saving.export, [chat, about], saved, js=ABOUT, **QUIET),
        exports.save(ask.saving.save, chat, saved, trigger_mode="multiple", **QUIET),
    ):
        made.then(None, saved, None, js=SAVE)
    bar.narrow(ask.narrow, None, chips, trigger_mode="always_last", **QUIET)
    reader.only(None, None, None, js=FOCUS)
    if ask.verdicts.asked:
        judged = chat.like(ask.verdicts.judge, chat, [word, verdict], **QUIET)
        judged.then(None, verdict, None, js="(verdict) => qa.judged(verdict)")
        said = word.word(ask.verdicts.judge_in_words, chat, word, **QUIET)
        said.then(None, word, None, js="(form) => form || qa.thanked()")
        word.close(lambda: "", None, word, **QUIET)
    if ask.phrases:
        blocks.load(ask.phrasing, None, switch, **QUIET)
    blocks.load(ask.opening.load, [stored, chosen, opened, unsent], [*shown, notice], js=RESTORED, **QUIET)
    return Renewed([chat, chosen], [notice, examples, bar])


def _answered(
    ask: AskTab,
    start: Any,
    handler: Callable[..., Any],
    inputs: list[Any],
    js: str,
    shown: list[Any],
    ending: gr.Textbox,
) -> tuple[Any, Any]:
    """Answer after `start`, and unlock the box whatever happens: the run, and the event at its end.

    The first of `inputs` is the chat; `shown`: box, chat, sources, reader.
    """
    box, chat, sources, reader = shown
    run = start.then(
        handler,
        inputs,
        [chat, sources, reader],
        js=js,
        concurrency_limit=CONCURRENCY + (AT_ONCE if ask.phrases else 0),
        concurrency_id="answer",
        api_visibility="private",
        show_progress="hidden",
    )
    # `then` does not run after a failure or a full queue; both run where the reader stopped the answer
    failed = run.failure(ask.failed, [chat, ending], [box, chat, sources], js=FAILING, **QUIET)
    failed.then(None, None, None, js="() => qa.failed()")
    ended = run.then(ask.ended, ending, box, js=ENDING, **QUIET)
    return run, ended.then(None, None, None, js="() => qa.ended()")


# ---------------------------------------------------------------- the whole


def make_page(service: Service, feedback_file: Path | None = None) -> GradioPage:
    """Create the page for a service.

    `feedback_file`: file to which readers' feedback is appended; without one, no feedback is requested.
    """
    return GradioPage(
        blocks=layout(AskTab(service, feedback_file), CorpusTab(service), service),
        theme=theme(),
        css=STYLE,
        head=head,
        i18n=I18N,
    )


if __name__ == "__main__":
    sys.exit(run_alone(lambda: make_page))
