"""The corpus tab as safe HTML: table, builds, generations, changes.

Pure functions from values to strings, for components that show raw HTML. Knows nothing of Gradio, events or
the index; the templates escape all untrusted text.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from qa.corpus.formats import FORMATS
from qa.errors import ShrunkCorpus
from qa.i18n.wording import words
from qa.service.service import MAX_UPLOAD
from qa.types import ArticleSummary, BuildReport, Listed, News, Progress, Removed, Skipped
from qa.web.answer_html import hint_html
from qa.web.pages import rendered

TABLE_ROWS = 50  # articles shown at once
SKIPPED_SHOWN = 100  # skipped files, and notes, listed in a report
MAX_FILES = 200  # files sent at once


@dataclass(frozen=True, slots=True)
class Sent:
    """An uploaded file and its outcome."""

    path: str
    refused: str = ""  # why it was rejected
    articles: int = 0
    skipped: tuple[Skipped, ...] = ()


def table_html(articles: Sequence[ArticleSummary], count: int, language: str, *, offset: int = 0) -> str:
    """A table of articles, from `offset` of `count` in total; a title opens its article."""
    text = words(language)
    if not articles:
        return hint_html("none_found", language)
    shown = f"{offset + 1}–{offset + len(articles)}"
    key = "count_one" if count == 1 else "first" if len(articles) < count else "count"
    caption = text[key].format(count=count, shown=shown)
    pages = _pages(offset, count, text)
    return rendered("table", language, articles=articles, caption=caption, pages=pages)


def _pages(offset: int, count: int, text: dict[str, str]) -> list[tuple[int, str]]:
    """Offsets and labels of the previous and next page."""
    before = [(max(0, offset - TABLE_ROWS), text["page_before"])] if offset > 0 else []
    after = [(offset + TABLE_ROWS, text["page_after"])] if offset + TABLE_ROWS < count else []
    return before + after


def upload_html(language: str) -> str:
    """The upload area; the page's script sends the files."""
    return rendered("upload", language, files=MAX_FILES, size=MAX_UPLOAD, kinds=tuple(FORMATS))


def added_html(files: Sequence[Sent], language: str) -> str:
    """Result of an upload: which files were added, which were rejected, and why."""
    text = words(language)
    good = [file for file in files if not file.refused]
    skipped = [Skipped(file.path, file.refused) for file in files if file.refused]
    skipped += [part for file in good for part in file.skipped]
    articles = sum(file.articles for file in good)
    key = "added_none" if not good else "added_one" if len(good) == 1 else "added"
    return rendered(
        "added",
        language,
        files=good,
        summary=text[key].format(count=len(good), articles=articles),
        skipped=skipped,
        refused=text["refused_one" if len(skipped) == 1 else "refused"].format(count=len(skipped)),
        most=SKIPPED_SHOWN,
    )


def changed_html(key: str, file: Removed, language: str) -> str:
    """A message that a file was removed or restored; `key` selects the text. A removal can be undone."""
    return rendered("changed", language, key=key, file=file, undo=key == "removed_file")


def removed_html(files: Sequence[Removed], language: str) -> str:
    """The removed files, each with a button to restore it."""
    return rendered("removed", language, files=files) if files else ""


def no_index_html(language: str) -> str:
    """The notice shown without an index, with a button to build one."""
    return rendered("no_index", language)


def failure_html(message: str, language: str, *, still_served: bool = False) -> str:
    """An error in its own words; with `still_served`, that the old index still answers."""
    return rendered("failure", language, message=message, still_served=still_served)


def shrunk_html(error: ShrunkCorpus, language: str, *, changes: bool) -> str:
    """Asks whether to build the index although most of its articles are missing."""
    text = words(language)
    missing = text["shrunk_one" if error.before == 1 else "shrunk"]
    summary = missing.format(lost=error.lost, before=error.before, articles=error.articles)
    return rendered("shrunk", language, summary=summary, changes=changes)


def progress_html(
    progress: Progress | None, language: str, *, serving: bool, busy: bool = False, stoppable: bool = False
) -> str:
    """Build progress. `serving`: questions are answered meanwhile; `busy`: someone else started the build.

    With `stoppable` there is a button to stop it.
    """
    return rendered(
        "progress",
        language,
        progress=progress,
        label=_progress_label(progress, words(language)),
        serving=serving,
        busy=busy,
        stoppable=stoppable,
    )


def _progress_label(progress: Progress | None, text: dict[str, str]) -> str:
    if progress is None:
        return text["starting"]
    label = text[progress.stage]
    if not progress.total:
        return f"{label}, {progress.done}" if progress.done else label
    label += ", " + text["of"].format(done=progress.done, total=progress.total)
    if not progress.seconds_left:
        return label
    left = math.ceil(progress.seconds_left)
    return f"{label} · {text['rate'].format(rate=math.ceil(progress.rate), left=left)}"


def report_html(report: BuildReport, language: str) -> str:
    """Result of a build, with the files it skipped and its notes on those it read."""
    text = words(language)
    count = len(report.skipped)
    return rendered(
        "report",
        language,
        summary=text["built"].format(
            articles=report.articles,
            passages=report.passages,
            embedded=report.embedded,
            seconds=_decimal(report.seconds, language),
        ),
        skipped=report.skipped,
        omitted=text["skipped_one" if count == 1 else "skipped"].format(count=count),
        notes=report.notes,
        noted=text["noted_one" if len(report.notes) == 1 else "noted"].format(count=len(report.notes)),
        most=SKIPPED_SHOWN,
    )


def news_html(news: News, language: str) -> str:
    """How many articles the newest generation brought, and since when: the time, or the day if not today."""
    text, opened = words(language), datetime.fromisoformat(news.time)
    today = opened.date() == datetime.now(opened.tzinfo).date()
    since = opened.strftime(text["since_time"] if today else text["since_day"])
    key = "news_one" if news.added == 1 else "news"
    return rendered("news", language, summary=text[key].format(count=news.added, since=since))


def _decimal(value: float, language: str) -> str:
    return f"{value:.1f}".replace(".", "," if language == "de" else ".")


def generations_html(generations: Sequence[Listed], language: str, *, changes: bool) -> str:
    """The generations of the index, newest first, with a button to restore the previous one."""
    if not generations:
        return ""
    return rendered(
        "generations",
        language,
        generations=generations,
        sizes=[f"{_decimal(listed.bytes / 1e6, language)} MB" for listed in generations],
        undo=changes and any(listed.current for listed in generations[:-1]),
    )


def done_html(key: str, language: str) -> str:
    """A success message; `key` selects the text."""
    return rendered("done", language, key=key)
