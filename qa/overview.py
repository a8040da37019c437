"""The corpus and the state of its index as safe HTML: table, builds, generations, changes.

Pure functions from values to strings, for components that show HTML as it is. This module knows
nothing of Gradio, of events or of the index; all foreign text passes `qa.markup.html`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from qa.generations import Listed
from qa.markup import html, language_tag, long_date, words
from qa.render import hint_html
from qa.types import ArticleSummary, BuildReport, Progress

TABLE_ROWS = 50  # articles shown at once
SKIPPED_SHOWN = 100  # skipped files listed in a report


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
        f'<button type="button" data-article="{html(article.article_id)}" '
        f'lang="{language_tag(article.language)}">{title}</button>'
    )
    cells = (html(article.source), html(long_date(article.date, language)), html(article.language))
    plain = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><td>{button}</td>{plain}<td class="figure">{article.passages}</td></tr>'


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
    rest = f" {text['kept']}" if kept else ""
    return f'<p class="notice" role="alert"><strong>{text["failed"]}</strong> {html(message)}{rest}</p>'


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
    return f'<div class="report" role="status"><p>{line}</p>{_skipped(report, text)}</div>'


def _skipped(report: BuildReport, text: dict[str, str]) -> str:
    if not report.skipped:
        return ""
    count = len(report.skipped)
    summary = text["skipped_one"] if count == 1 else text["skipped"].format(count=count)
    items = "".join(
        f"<li><code>{html(file.path)}</code> {html(file.reason)}</li>"
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
    day, _, clock = listed.built.partition("T")
    when = f"{long_date(day, language)} {clock[:5]}".strip()
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
