"""Layout and events of the tabs of articles and of pinned quotes; the page and its first tab are `ui.py`."""

from __future__ import annotations

from typing import Any, NamedTuple

import gradio as gr

from qa.web.appearance import panel, text
from qa.web.article_list import MAX_SEARCH
from qa.web.ask_tab import AskTab
from qa.web.corpus_tab import CorpusTab
from qa.web.dossier import DossierTab

WATCHERS = 8  # pages that follow a build at once
FILTERED = "(chat) => [chat, qa.chosen()]"
LISTED = "(query) => [query, qa.view(query)]"
SAVE = "(made) => qa.save(made)"
# Handlers that only read: no queue, no spinner, no API endpoint.
QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}


class Renewed(NamedTuple):
    """The components of the first tab that a new index changes, and what their handler takes."""

    inputs: list[Any]
    outputs: list[Any]


def corpus_tab(ask: AskTab, corpus: CorpusTab, tabs: gr.Tabs, tab: gr.Tab, asking: Renewed) -> None:
    """The tab of the articles: upload, list, article, removed files and versions, with their events."""
    with gr.Row(elem_id="build", equal_height=False):
        files = panel(
            "files", text("upload_zone"), events=("added",), elem_id="upload", visible=corpus.changes
        )
        button = gr.Button(
            text("rebuild"), size="sm", elem_id="rebuild", scale=0, min_width=130, visible=corpus.changes
        )
    with gr.Column(elem_id="rebuild-status"):  # each kind of message has its place, so that none is lost
        status = panel("status", events=("built", "force", "dismiss", "halt"), elem_id="build-status")
        added = panel("changed", events=("remove", "dismiss"), elem_id="added")
        moved = panel("changed", events=("restore",), elem_id="moved")
    with gr.Row(equal_height=False, elem_id="corpus"):
        with gr.Column(scale=6, min_width=340):
            search = gr.Textbox(
                elem_id="corpus-search",
                label=text("search"),
                placeholder=text("search_hint"),
                show_label=False,
                container=False,
                max_length=MAX_SEARCH,
                max_lines=1,
            )
            bar = panel("listBar", elem_id="list-bar")
            table = panel("table", events=("open", "view", "remove", "build"), elem_id="corpus-table")
        with gr.Column(scale=5, min_width=340):
            article = panel(
                "corpusReader", text("no_choice"), events=("only", "remove"), elem_id="corpus-reader"
            )

    removed = panel("removed", events=("restore",), elem_id="removed")
    generations = panel("generations", events=("switch",), elem_id="generations")

    following: dict[str, Any] = {
        "concurrency_limit": WATCHERS,
        "concurrency_id": "build",
        "api_visibility": "private",
        "show_progress": "hidden",
    }

    view = gr.Textbox(visible=False)
    listed: dict[str, Any] = {"inputs": [search, view], "outputs": table, "js": LISTED, **QUIET}

    def changed(change: Any) -> None:
        """After a change of the folder: the list, and the build that follows by itself."""
        shown = change.then(corpus.table, **listed).then(corpus.removed, None, removed, **QUIET)
        shown.then(corpus.follow, None, status, **following)

    button.click(corpus.rebuild, None, status, **following)
    offered = asking.outputs[0].build(lambda: gr.Tabs(selected="corpus"), None, tabs, **QUIET)
    offered.then(corpus.rebuild, None, status, **following)
    table.build(corpus.rebuild, None, status, **following)
    status.force(corpus.rebuild_anyway, None, status, **following)
    status.dismiss(corpus.dismiss, None, status, **QUIET)
    status.halt(corpus.stop, None, None, **QUIET)
    generations.switch(corpus.switch, None, status, **QUIET)
    # what a new index changes on both tabs
    shown = status.built(corpus.table, trigger_mode="always_last", **listed).then(
        corpus.list_bar, None, bar, **QUIET
    )
    shown = shown.then(corpus.generations, None, generations, **QUIET)
    shown.then(ask.opening.renewed, asking.inputs, asking.outputs, js=FILTERED, **QUIET)

    changed(files.added(corpus.added, None, added, **QUIET))
    added.dismiss(corpus.dismiss, None, added, **QUIET)
    for restored in (moved, removed):
        changed(restored.restore(corpus.restore, None, moved, **QUIET))
    for source in (added, table, article):
        gone = source.remove(corpus.remove, None, moved, **QUIET)
        changed(gone.then(corpus.close, None, article, **QUIET))
    shown = tab.select(corpus.table, **listed).then(corpus.list_bar, None, bar, **QUIET)
    shown = shown.then(corpus.generations, None, generations, **QUIET)
    shown.then(corpus.removed, None, removed, **QUIET).then(corpus.follow, None, status, **following)
    # `change`, because `input` misses pasted text
    search.change(corpus.table, trigger_mode="always_last", **listed)
    table.view(corpus.table, trigger_mode="always_last", **listed)
    table.open(corpus.open, None, article, trigger_mode="always_last", **QUIET)
    article.only(lambda: gr.Tabs(selected="ask"), None, tabs, **QUIET)


def dossier_tab(dossier: DossierTab, tabs: gr.Tabs) -> None:
    """The tab of pinned quotes, with its events."""
    pins = panel("dossier", text("dossier_frame"), events=("open", "save"), elem_id="dossier")
    saved = gr.Textbox(visible=False)
    pins.open(lambda: gr.Tabs(selected="ask"), None, tabs, **QUIET)
    made = pins.save(dossier.save, None, saved, trigger_mode="multiple", **QUIET)
    made.then(None, saved, None, js=SAVE)
