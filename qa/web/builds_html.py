"""Builds of the index as safe HTML: progress, reports, versions, and what went wrong.

Pure functions from values to strings, for components that show raw HTML. Knows nothing of Gradio, events or
the index; the templates escape all untrusted text.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

from qa.errors import BrokenIndex, NoIndex, QAError, ShrunkCorpus
from qa.i18n.messages import said_on_page
from qa.i18n.wording import counted, grouped, words
from qa.types import BuildReport, Listed, News, Progress
from qa.web.pages import moment, rendered

SKIPPED_SHOWN = 100  # skipped files, and notes, listed in a report


def problem_text(error: QAError, language: str) -> str:
    """An error in words for readers of the page."""
    if isinstance(error, NoIndex):
        return words(language)["no_index"]
    if isinstance(error, BrokenIndex):
        return words(language)["broken_index"]
    return said_on_page(str(error), language)


def problem_html(error: QAError, language: str, *, changes: bool) -> str:
    """Why the articles cannot be shown or asked; with a button if a build helps and is allowed."""
    if not isinstance(error, (NoIndex, BrokenIndex)):
        return failure_html(str(error), language)
    label = words(language)["build" if isinstance(error, NoIndex) else "repair"]
    summary = problem_text(error, language)
    return rendered("index_notice", language, summary=summary, label=label, changes=changes)


def failure_html(message: str, language: str, *, still_served: bool = False) -> str:
    """An error in its own words; with `still_served`, that the old index still answers."""
    return rendered("failure", language, message=message, still_served=still_served)


def shrunk_html(error: ShrunkCorpus, language: str, *, changes: bool) -> str:
    """Asks whether to build the index although most of its articles are missing."""
    numbers = {"lost": error.lost, "before": error.before, "articles": error.articles}
    shown = {name: grouped(number, language) for name, number in numbers.items()}
    summary = words(language)["shrunk_one" if error.before == 1 else "shrunk"].format(**shown)
    return rendered("shrunk", language, summary=summary, changes=changes)


def progress_html(
    progress: Progress | None,
    language: str,
    *,
    serving: bool,
    busy: bool = False,
    stoppable: bool = False,
    instead: str = "",
) -> str:
    """Build progress. `serving`: questions are answered meanwhile; `busy`: someone else started the build.

    With `stoppable` there is a button to stop it. `instead` is the key of a text that is shown instead of how
    far it is.
    """
    return rendered(
        "progress",
        language,
        progress=progress,
        label=words(language)[instead] if instead else _progress_label(progress, language),
        serving=serving,
        busy=busy,
        stoppable=stoppable,
    )


def _progress_label(progress: Progress | None, language: str) -> str:
    text = words(language)
    if progress is None:
        return text["starting"]
    label = text[progress.stage]
    if not progress.total:
        return f"{label}, {grouped(progress.done, language)}" if progress.done else label
    done, total = (grouped(number, language) for number in (progress.done, progress.total))
    label += ", " + text["of"].format(done=done, total=total)
    if not progress.seconds_left:
        return label
    left = math.ceil(progress.seconds_left)
    return f"{label} · {text['rate'].format(rate=math.ceil(progress.rate), left=left)}"


def report_html(report: BuildReport, language: str) -> str:
    """Result of a build, with the files it skipped and its notes on those it read."""
    return rendered(
        "report",
        language,
        summary=words(language)["built"].format(
            articles=counted("count", report.articles, language),
            passages=counted("passages", report.passages, language),
            embedded=grouped(report.embedded, language),
            seconds=_decimal(report.seconds, language),
        ),
        skipped=report.skipped,
        renewed=report.generation,
        omitted=counted("skipped", len(report.skipped), language),
        notes=report.notes,
        noted=counted("noted", len(report.notes), language),
        most=SKIPPED_SHOWN,
    )


def news_html(news: News, language: str) -> str:
    """How many articles the newest generation brought, and since when: the time, or the day if not today."""
    text, opened = words(language), datetime.fromisoformat(news.time)
    today = opened.date() == datetime.now(opened.tzinfo).date()
    since = opened.strftime(text["since_time"] if today else text["since_day"])
    return rendered(
        "news", language, renewed=news.time, summary=counted("news", news.added, language, since=since)
    )


def _decimal(value: float, language: str) -> str:
    return f"{value:.1f}".replace(".", "," if language == "de" else ".")


def generations_html(generations: Sequence[Listed], language: str, *, changes: bool) -> str:
    """The versions of the index, newest first; each can be served again. Empty if there is one only."""
    if len(generations) < 2:
        return ""
    return rendered("generations", language, generations=generations, changes=changes)


def done_html(key: str, language: str) -> str:
    """A success message; `key` selects the text."""
    return rendered("done", language, summary=words(language)[key], renewed="")


def switched_html(now: Listed, language: str) -> str:
    """Which version of the index is served now."""
    summary = words(language)["switched"].format(time=moment(now.built, language))
    return rendered("done", language, summary=summary, renewed=now.generation)
