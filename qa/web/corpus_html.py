"""The corpus tab as safe HTML: table, builds, generations, changes.

Pure functions from values to strings, for components that show raw HTML. Knows nothing of Gradio, events or
the index; the templates escape all untrusted text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from qa.corpus.formats import FORMATS
from qa.i18n.wording import counted, grouped, words
from qa.service.changes import MAX_UPLOAD
from qa.types import ArticleSummary, Pending, Removed, Skipped
from qa.web.article_list import ORDERS, PAGE, View, page_numbers, report_of
from qa.web.builds_html import SKIPPED_SHOWN
from qa.web.pages import rendered

WAITING_SHOWN = 20  # files that wait for the next build, above the list
MAX_FILES = 200  # files sent at once


@dataclass(frozen=True, slots=True)
class Sent:
    """An uploaded file and its outcome."""

    path: str
    refused: str = ""  # why it was rejected
    articles: int = 0
    skipped: tuple[Skipped, ...] = ()


def table_html(
    articles: Sequence[ArticleSummary],
    pending: Pending,
    view: View,
    language: str,
    *,
    removable: bool,
    reports: Mapping[str, int] | None = None,
) -> str:
    """A page of the list of articles; a title opens its article, a heading sorts.

    Files that wait for the next build come first, articles whose file has changed or is gone are marked. With
    `removable`, articles can be selected and removed together. `reports`: for the first article of each
    report with copies, the number of its articles.
    """
    count = len(articles)
    waiting = [] if view.offset or view.source or view.report else waiting_files(pending.added, view.query)
    offset = min(view.offset, max(0, count - 1)) // PAGE * PAGE
    shown = articles[offset : offset + PAGE]
    caption = counted("count", count, language)
    if len(shown) < count:
        places = "–".join(grouped(place, language) for place in (offset + 1, offset + len(shown)))
        caption = words(language)["first"].format(articles=caption, shown=places)
    return rendered(
        "table",
        language,
        articles=shown,
        report_of=report_of,
        reports={
            first: words(language)["report_count"].format(count=number)
            for first, number in (reports or {}).items()
        },
        report=next((a.title or a.article_id for a in articles if a.article_id == view.report), view.report),
        pending=pending,
        waiting=waiting[:WAITING_SHOWN],
        more=_files_beyond(waiting, WAITING_SHOWN, language),
        caption=" · ".join([caption, *pending_parts(pending, language)]),
        columns=[_column(*column, view.order) for column in _COLUMNS],
        pages=[(page, (page - 1) * PAGE) for page in page_numbers(-(-count // PAGE), offset // PAGE + 1)],
        offset=offset,
        page_size=PAGE,
        count=count,
        number=view.number,
        removable=removable,
    )


def waiting_files(files: Sequence[str], query: str) -> list[str]:
    """The files that wait for the next build whose names hold every word of a search."""
    sought = query.casefold().split()
    return [name for name in files if all(word in name.casefold() for word in sought)]


def _files_beyond(files: Sequence[str], shown: int, language: str) -> str:
    beyond = len(files) - shown
    rest = counted("files", beyond, language)
    return words(language)["more_files"].format(files=rest) if beyond > 0 else ""


def pending_parts(pending: Pending, language: str) -> list[str]:
    """What waits for the next build, in words."""
    changed = len(pending.added) + len(pending.changed)
    files = counted("files", changed, language)
    waiting = [words(language)["waiting"].format(files=files)] if changed else []
    removed = len(pending.removed)
    return waiting + ([counted("removed_still", removed, language)] if removed else [])


def pending_html(pending: Pending, language: str, *, changes: bool) -> str:
    """A hint that some changes of the folder wait for the next build; empty if none does."""
    summary = " · ".join(pending_parts(pending, language))
    return rendered("pending", language, summary=summary, changes=changes) if summary else ""


class _Column(NamedTuple):
    """A heading of the table: its text, the order that it sorts by next, and how it is sorted now."""

    key: str
    order: str
    sorted: str  # value of aria-sort, or ""


# The heading, the order of the first click, and that of the second.
_COLUMNS = (
    ("col_title", "title", "title_back"),
    ("col_source", "outlet", "outlet_back"),
    ("col_date", "newest", "oldest"),
)


def _column(key: str, first: str, second: str, order: str) -> _Column:
    upwards = (order == first) != (key == "col_date")
    direction = ("ascending" if upwards else "descending") if order in (first, second) else ""
    return _Column(key, second if order == first else first, direction)


def list_bar_html(sources: Sequence[tuple[str, int]], language: str) -> str:
    """By which outlet and in which order the list is shown; the page's script fills in what is chosen."""
    return rendered("list_bar", language, sources=sources, orders=list(ORDERS))


def upload_html(language: str) -> str:
    """The upload area; the page's script sends the files."""
    return rendered("upload", language, files=MAX_FILES, size=MAX_UPLOAD, kinds=tuple(FORMATS))


def added_html(files: Sequence[Sent], language: str) -> str:
    """Result of an upload: which files were added, which were rejected, and why."""
    good = [file for file in files if not file.refused]
    skipped = [Skipped(file.path, file.refused) for file in files if file.refused]
    skipped += [part for file in good for part in file.skipped]
    summary = words(language)["added" if good else "added_none"].format(
        files=counted("files", len(good), language),
        articles=counted("count", sum(file.articles for file in good), language),
    )
    return rendered(
        "added",
        language,
        files=good,
        summary=summary,
        skipped=skipped,
        refused=counted("refused", len(skipped), language),
        most=SKIPPED_SHOWN,
    )


def moved_html(key: str, files: Sequence[Removed], refused: Sequence[Skipped], language: str) -> str:
    """A message that files were removed or restored, and which were not; a removal can be undone.

    `key` selects the text: "removed" or "restored".
    """
    one = f"{key}_file" if len(files) == 1 else f"{key}_several"
    return rendered(
        "moved",
        language,
        files=files,
        wording=words(language)[one],
        number=counted("files", len(files), language),
        tokens=" ".join(file.token for file in files),
        undo=key == "removed",
        refused=refused,
        not_moved=counted("not_moved", len(refused), language),
        most=SKIPPED_SHOWN,
    )


def removed_html(files: Sequence[Removed], language: str) -> str:
    """The removed files, each with a button to restore it."""
    return rendered("removed", language, files=files) if files else ""
