"""Whether exported rows still hold: each is compared with the article that it names.

Everything in a row that can be found again is looked for: the article, its checksum, title, outlet and date,
the quote at its place, and for a figure or a date all that its sentence says. Not checked are the question,
the block and which source is a copy, which depend on the whole index, and a reader's note, the time and the
page's address.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from qa.errors import CorpusError
from qa.facts.figures import circumstances, found_at
from qa.facts.moments import moments
from qa.facts.numbers import Number, numbers
from qa.facts.rows import KIND_OF, ArticleOf, Row, checksum
from qa.facts.timeline import days_of
from qa.text.sentences import sentences
from qa.types import Article, Block, Modality, Span

AROUND = 1_200  # characters around a quote in which the words of a row must stand
_WORDS = ("unit", "counted", "event", "period")
_NUMBER = ("value", "low", "high")


def faults(row: Row, article_of: ArticleOf, version: str) -> list[str]:
    """The reasons why a row does not hold, in words; none if it does.

    A figure exported by this `version` of the program is read from its sentence again and compared; of one by
    another version, the words must stand near the quote and the number must be that of its wording.
    `article_of` raises CorpusError for an unknown id.
    """
    malformed = _malformed(row)
    if malformed:
        return [f"The row is malformed: {malformed}."]
    try:
        article = article_of(row["article_id"])
    except CorpusError:
        return [f"There is no article {row['article_id']}."]
    found = _of_place(row, article)
    kind = row["kind"]
    found += [
        f"The article's {name} is {getattr(article, name) or 'not known'}, not {row[name] or 'unknown'}."
        for name in ("title", "source", "date", *(("url",) if kind == "quote" else ()))
        if isinstance(row.get(name), str) and row[name] != getattr(article, name)
    ]
    if kind == "quote":
        found += _of_quote(row, article)
    if not found or kind == "quote":
        found += _of_speaker(row, article)
    if kind == "figure":
        found += _of_figure(row, article, again=row.get("version") == version and not found)
    if kind == "dated":
        found += _of_date(row, article)
    return found


def _malformed(row: Row) -> str:
    for name, kind in (("article_id", str), ("quote", str), ("start", int), ("end", int)):
        if not isinstance(row.get(name), kind) or isinstance(row.get(name), bool):
            return f"{name} is missing or no {'text' if kind is str else 'whole number'}"
    if row.get("kind") not in KIND_OF.values():
        return "kind is neither quote nor figure nor dated"
    if not row["quote"]:
        return "the quote is empty"
    return ""


def _of_place(row: Row, article: Article) -> list[str]:
    start, end, quote = row["start"], row["end"], row["quote"]
    same = not row.get("sha256") or row["sha256"] == checksum(article.text)
    if 0 <= start < end and article.text[start:end] == quote:
        if same:
            return []
        return ["The checksum differs: the article has changed, or the row. The quote is still there."]
    moved = article.text.find(quote)
    if moved >= 0:
        return [f"The quote is at {moved}–{moved + len(quote)}, not at {start}–{end}."]
    return [f"The article does not say this at {start}–{end}."]


def _of_quote(row: Row, article: Article) -> list[str]:
    """The answer span lies within the quote, and the page is that of its beginning."""
    out = []
    start, end = row.get("answer_start", -1), row.get("answer_end", -1)
    whole = isinstance(start, int) and isinstance(end, int)
    if not whole or ((start, end) != (-1, -1) and not row["start"] <= start < end <= row["end"]):
        out.append(f"The answer span {start}–{end} is not within the quote.")
    page = article.page(row["start"])
    if row.get("page") not in (None, page):
        out.append(f"The quote is on page {page or 'unknown'}, not {row['page']}.")
    return out


def _of_date(row: Row, article: Article) -> list[str]:
    """The date is read from the sentence again."""
    wording, when = row.get("wording"), row.get("when")
    if not isinstance(wording, str) or not wording or wording not in row["quote"]:
        return [f"The quote does not hold {wording or 'the wording'}."]
    read = {
        row["quote"][one.span.start : one.span.end]: one.value for one in moments(row["quote"], article.date)
    }
    if read.get(wording) != when:
        return [f"The date of {wording} is {read.get(wording) or 'not known'}, not {when}."]
    days = days_of(when) if isinstance(when, str) else None
    if (row.get("since"), row.get("until")) != (days or ("", "")):
        return [f"The first and the last day are not those of {when}."]
    return []


def _of_speaker(row: Row, article: Article) -> list[str]:
    """Speaker and medium must be named by the article."""
    out = []
    for name in ("speaker", "medium"):
        value = row.get(name) or ""
        parts = str(value).split(" / ")
        if value and not all(part in article.text for part in parts):
            out.append(f"The article names no {value}.")
    return out


def _of_figure(row: Row, article: Article, *, again: bool) -> list[str]:
    wording = row.get("wording")
    if not isinstance(wording, str) or not wording or wording not in row["quote"]:
        return [f"The quote does not hold {wording or 'the wording'}."]
    if row.get("modality") not in get_args(Modality) or row.get("block") not in get_args(Block):
        return ["There is no such modality or block."]
    if again:
        return _compared(row, article)
    near = article.text[max(0, row["start"] - AROUND) : row["end"] + AROUND]
    out = [
        f"The {name} {row[name]} is not near the quote."
        for name in _WORDS
        if row.get(name) and not all(part in near for part in str(row[name]).split(", "))
    ]
    read = numbers(wording, article.language)
    if len(read) != 1 or not _same_number(row, read[0]):
        out.append(f"The number is not that of {wording}.")
    return out


def _same_number(row: Row, number: Number) -> bool:
    return all(row.get(name) == getattr(number, name) for name in _NUMBER)


def _compared(row: Row, article: Article) -> list[str]:
    """The figure is read from its sentence again; what differs."""
    spans = sentences(article.text, article.language)
    place = Span(row["start"], row["end"])
    if place not in spans:
        return ["The quote is not a sentence of the article."]
    number = spans.index(place)
    differing: list[list[str]] = []
    at = row["quote"].find(row["wording"])
    while at >= 0:  # the same number may stand twice in a sentence
        differing.append(_differing(row, article, spans, number, place.start + at))
        at = row["quote"].find(row["wording"], at + 1)
    best = min(differing, key=len)
    return [f"Read again, the figure differs in: {', '.join(best)}."] if best else []


def _differing(row: Row, article: Article, spans: Sequence[Span], number: int, at: int) -> list[str]:
    found = found_at(article.text, spans, number, at, article.language)
    if found is None:
        return ["wording"]
    told = circumstances(article.text, spans, found)
    now: dict[str, Any] = {
        "wording": article.text[found.span.start : found.span.end],
        "value": found.number.value,
        "low": found.number.low,
        "high": found.number.high,
        "unit": found.counted.unit,
        "counted": found.counted.text,
        "event": found.event,
        "period": told.period,
        "modality": found.modality,
        "speaker": told.speaker.speaker,
        "medium": told.speaker.medium,
    }
    return [name for name, value in now.items() if row.get(name, "") != value]
