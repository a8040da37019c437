"""The corpus and the state of its index as safe HTML: table, builds, generations, changes.

Pure functions from values to strings, for components that show HTML as it is. This module knows
nothing of Gradio, of events or of the index; all foreign text passes `qa.markup.html`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from qa.corpus import EXTENSIONS
from qa.errors import ShrunkCorpus
from qa.generations import Listed
from qa.markup import exact, html, language_tag, long_date, words
from qa.messages import said
from qa.render import hint_html
from qa.shelf import Removed
from qa.types import ArticleSummary, BuildReport, Progress, Skipped

TABLE_ROWS = 50  # articles shown at once
SKIPPED_SHOWN = 100  # skipped files listed in a report
MAX_FILES = 200  # files sent at once
MAX_BYTES = 64_000_000  # of one of them


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that was sent to the corpus, and what became of it."""

    path: str
    refused: str = ""  # why it is not there
    articles: int = 0
    skipped: tuple[Skipped, ...] = ()


def table_html(articles: Sequence[ArticleSummary], count: int, language: str, *, offset: int = 0) -> str:
    """A table of articles, those from `offset` on of `count` in all; a title opens its article."""
    text = words(language)
    if not articles:
        return hint_html("none_found", language)
    shown = f"{offset + 1}–{offset + len(articles)}"
    key = "count_one" if count == 1 else "first" if len(articles) < count else "count"
    columns = ("col_title", "col_source", "col_date", "col_language", "col_passages")
    head = "".join(f'<th scope="col">{text[column]}</th>' for column in columns)
    rows = "".join(_row(article, language) for article in articles)
    return (
        f"<table><caption>{text[key].format(count=count, shown=shown)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        f"{pages_html(offset, count, language)}"
    )


def _row(article: ArticleSummary, language: str) -> str:
    title = html(article.title or article.article_id)
    button = (
        f'<button type="button" data-article="{exact(article.article_id)}" '
        f'lang="{language_tag(article.language)}">{title}</button>'
    )
    cells = (html(article.source), html(long_date(article.date, language)), html(article.language))
    plain = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><td>{button}</td>{plain}<td class="figure">{article.passages}</td></tr>'


def upload_html(language: str) -> str:
    """The place where files are put into the corpus; the script of the page sends them."""
    text = words(language)
    kinds = " ".join(EXTENSIONS)
    texts = "".join(
        f' data-{key}="{html(text[f"upload_{key}"])}"' for key in ("running", "many", "large", "lost")
    )
    return (
        f'<label class="drop" data-files="{MAX_FILES}" data-bytes="{MAX_BYTES}"{texts}>'
        f'<input type="file" multiple accept="{",".join(EXTENSIONS)}">'
        f'<span class="name">{text["upload"]}</span>'
        f'<span class="hint">{text["upload_hint"].format(kinds=kinds)}</span>'
        f'<span class="hint running" role="status"></span></label>'
    )


def added_html(files: Sequence[Sent], language: str) -> str:
    """What became of the files that were sent: which are in the corpus, which were refused, and why."""
    text = words(language)
    good = [file for file in files if not file.refused]
    lines = text["added_none"]
    if good:
        articles = sum(file.articles for file in good)
        key = "added_one" if len(good) == 1 else "added"
        lines = f"{text[key].format(count=len(good), articles=articles)} {text['after_build']}"
    listed = "".join(
        f'<li><code>{html(file.path)}</code> <button type="button" data-remove="{exact(file.path)}">'
        f"{text['take_back']}</button></li>"
        for file in good[:SKIPPED_SHOWN]
    )
    refused = [(file.path, file.refused) for file in files if file.refused]
    refused += [(part.path, part.reason) for file in good for part in file.skipped]
    faults = "".join(
        f"<li><code>{html(path)}</code> {html(said(reason, language))}</li>"
        for path, reason in refused[:SKIPPED_SHOWN]
    )
    summary = text["refused_one"] if len(refused) == 1 else text["refused"].format(count=len(refused))
    return (
        f'<div class="report" role="status"><p>{lines}</p>'
        f"{f'<ul>{listed}</ul>' if listed else ''}"
        f"{f'<details open><summary>{summary}</summary><ul>{faults}</ul></details>' if faults else ''}"
        f"{_build_button(language) if good else ''}</div>"
    )


def _build_button(language: str) -> str:
    return f'<button type="button" data-build="1">{words(language)["rebuild"]}</button>'


def changed_html(key: str, found: Removed, language: str) -> str:
    """That a file was removed or put back; `key` names the wording. A removal can be undone."""
    text = words(language)
    line = text[key].format(path=f"<code>{html(found.path)}</code>")
    undo = after = ""
    if key == "removed_file":
        after = f" {text['still_there']}"
        undo = f'<button type="button" data-restore="{html(found.token)}">{text["undo"]}</button> '
    else:
        after = f" {text['after_build']}"
    return f'<div class="report" role="status"><p>{line}{after}</p>{undo}{_build_button(language)}</div>'


def removed_html(files: Sequence[Removed], language: str) -> str:
    """The files that were taken out of the corpus, each with the button that puts it back."""
    text = words(language)
    if not files:
        return ""
    rows = "".join(
        f"<tr><td><code>{html(file.path)}</code></td><td>{html(_moment(file.time, language))}</td>"
        f'<td><button type="button" data-restore="{html(file.token)}">{text["restore"]}</button></td></tr>'
        for file in files
    )
    head = "".join(f'<th scope="col">{text[key]}</th>' for key in ("col_file", "col_removed"))
    return (
        f"<details><summary>{text['removed_files'].format(count=len(files))}</summary>"
        f"<table><thead><tr>{head}<td></td></tr></thead><tbody>{rows}</tbody></table></details>"
    )


def _moment(iso: str, language: str) -> str:
    """An ISO 8601 time to the minute."""
    day, _, clock = iso.partition("T")
    return f"{long_date(day, language)} {clock[:5]}".strip()


def no_index_html(language: str) -> str:
    """What the page says while there is no index, with the button that builds one."""
    text = words(language)
    return (
        f'<div class="notice" role="status"><p>{text["no_index"]}</p>'
        f'<button type="button" data-build="1">{text["build"]}</button></div>'
    )


def failure_html(message: str, language: str, *, kept: bool = False) -> str:
    """An error in its own words; with `kept`, that the old index is still there."""
    text = words(language)
    message = html(said(message, language))
    rest = f" {text['kept']}" if kept else ""
    return f'<p class="notice" role="alert"><strong>{text["failed"]}</strong> {message}{rest}</p>'


def shrunk_html(error: ShrunkCorpus, language: str, *, changes: bool) -> str:
    """The question whether the index is to be built although most of its articles are missing."""
    text = words(language)
    missing = text["shrunk_one" if error.before == 1 else "shrunk"]
    line = missing.format(lost=error.lost, before=error.before, articles=error.articles)
    buttons = (
        f'<button type="button" data-force="1">{text["build_anyway"]}</button> '
        f'<button type="button" data-dismiss="1">{text["dismiss"]}</button>'
    )
    return (
        f'<div class="notice" role="alert"><p>{line}</p><p>{text["shrunk_hint"]} {text["kept"]}</p>'
        f"{buttons if changes else ''}</div>"
    )


def progress_html(
    progress: Progress | None, language: str, *, serving: bool, busy: bool = False, stoppable: bool = False
) -> str:
    """How far a build is; `serving`: questions are answered meanwhile; `busy`: somebody else began it.

    With `stoppable` there is a button that stops it.
    """
    text = words(language)
    label, value = text["starting"], ""
    if progress is not None:
        label = text[progress.stage]
        if progress.total:
            label += ", " + text["of"].format(done=progress.done, total=progress.total)
            value = f' value="{progress.done}" max="{progress.total}"'
            if progress.seconds_left:
                left = math.ceil(progress.seconds_left)
                label += " · " + text["rate"].format(rate=math.ceil(progress.rate), left=left)
        elif progress.done:
            label += f", {progress.done}"
    hints = [text["busy"]] * busy + [text["meanwhile"]] * serving
    notes = "".join(f'<p class="hint">{hint}</p>' for hint in hints)
    stop = f'<button type="button" data-stop="1">{text["stop_build"]}</button>' if stoppable else ""
    return (
        f'<div class="progress" role="status"><p>{label}</p><progress{value} aria-label="{label}"></progress>'
        f"{notes}{stop}</div>"
    )


def report_html(report: BuildReport, language: str) -> str:
    """What a build did, and which files it could not use."""
    text = words(language)
    line = text["built"].format(
        articles=report.articles,
        passages=report.passages,
        embedded=report.embedded,
        seconds=f"{report.seconds:.1f}".replace(".", "," if language == "de" else "."),
    )
    return f'<div class="report" role="status"><p>{line}</p>{_skipped(report, language)}</div>'


def _skipped(report: BuildReport, language: str) -> str:
    text = words(language)
    if not report.skipped:
        return ""
    count = len(report.skipped)
    summary = text["skipped_one"] if count == 1 else text["skipped"].format(count=count)
    items = "".join(
        f"<li><code>{html(file.path)}</code> {html(said(file.reason, language))}</li>"
        for file in report.skipped[:SKIPPED_SHOWN]
    )
    more = f"<li>… {count - SKIPPED_SHOWN}</li>" if count > SKIPPED_SHOWN else ""
    return f"<details open><summary>{summary}</summary><ul>{items}{more}</ul></details>"


def pages_html(offset: int, count: int, language: str) -> str:
    """The ways to the articles before and after the TABLE_ROWS from `offset`; "" where all are shown."""
    text = words(language)
    steps = []
    if offset > 0:
        steps.append(_step(max(0, offset - TABLE_ROWS), text["page_before"]))
    if offset + TABLE_ROWS < count:
        steps.append(_step(offset + TABLE_ROWS, text["page_after"]))
    return f'<nav class="pages" aria-label="{text["pages"]}">{"".join(steps)}</nav>' if steps else ""


def _step(offset: int, label: str) -> str:
    return f'<button type="button" data-offset="{offset}">{label}</button>'


def generations_html(generations: Sequence[Listed], language: str, *, changes: bool) -> str:
    """The generations of the index, the newest first, and the way back to the one before the served one."""
    text = words(language)
    if not generations:
        return ""
    rows = "".join(_generation(listed, language) for listed in generations)
    older = any(listed.current for listed in generations[:-1])
    back = f'<button type="button" data-rollback="1">{text["rollback"]}</button>' if changes and older else ""
    head = "".join(
        f'<th scope="col">{text[key]}</th>'
        for key in ("col_built", "col_articles", "col_passages", "col_size")
    )
    return (
        f"<details><summary>{text['generations'].format(count=len(generations))}</summary>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{back}</details>"
    )


def _generation(listed: Listed, language: str) -> str:
    when = _moment(listed.built, language)
    served = f" <strong>{words(language)['served']}</strong>" if listed.current else ""
    size = f"{listed.bytes / 1e6:.1f} MB"
    current = " aria-current=true" if listed.current else ""
    return (
        f'<tr{current}><td title="{html(listed.generation)}">{html(when)}'
        f'{served}</td><td class="figure">{listed.articles}</td><td class="figure">{listed.passages}</td>'
        f'<td class="figure">{size.replace(".", ",") if language == "de" else size}</td></tr>'
    )


def done_html(key: str, language: str) -> str:
    """A thing that was done; `key` names its wording."""
    return f'<p class="report" role="status">{words(language)[key]}</p>'
