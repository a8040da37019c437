"""Figures in sentences of an article: value, what is counted, what happened, when, how sure, and who says so.

Read `numbers` for what is a quantity, `counted`, `events`, `times` and `speakers` for the rest.
"""

# ruff: noqa: E501 (patterns are easier to read whole)
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from qa.facts import clauses
from qa.facts.counted import Counted, counted
from qa.facts.events import Event, EventClass, events
from qa.facts.groups import person_kind
from qa.facts.numbers import Number, numbers
from qa.facts.speakers import CARRIED, Speaker, attributions, speaker_of
from qa.facts.times import nearest, times
from qa.types import Article, Block, Figure, Modality, Span

SAID_WHEN = 25  # characters behind a speaker in which a day tells when it was said
EVENT_CHARS = 60  # of the words that are printed as the event

LISTED_WORDS = 4  # between two figures of a list about which the same is said: "20 Deutsche, 10 Franzosen"
MOST_NUMBERS = 20  # of a sentence; one with more is a table
NOTHING = Counted("", "", "", None)
_SAYING = frozenset({"sagte X", "X sagte", "X hat gesagt", "wie", "so"})
_DAY = re.compile(r"tag\b|Mittwoch|heute|gestern|[Yy]esterday|[Tt]oday|day\b")
_MODALITIES: tuple[tuple[Modality, re.Pattern[str]], ...] = (
    (
        "forecast",
        re.compile(r"\b(?:künftig|im kommenden|im nächsten|bis ende des jahres|prognos\w+|rechne[tn] mit|next year|forecast\w*)\b", re.I),
    ),
    ("possible", re.compile(r"\b(?:könnten?|dürften?|möglicherweise|womöglich|vielleicht|could|might|may|possibly)\b", re.I)),
    ("estimated", re.compile(r"\b(?:\w*schätz\w*|vermut\w+|hochrechn\w+|estimat\w+)\b", re.I)),
    (
        "reported",
        re.compile(
            r"\b(?:soll|sollen|seien|sei|hätten|habe|offenbar|angeblich|mutmaßlich|berichten zufolge|gerüchte\w*|reportedly|allegedly|apparently)\b",
            re.I,
        ),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """A figure of a sentence; spans are within the article's text."""

    sentence: int
    span: Span  # of the wording, with its hedge
    number: Number
    counted: Counted
    events: frozenset[EventClass]
    event: str  # as worded
    clause: Span  # what the figure is said in
    segment: Span  # of the clause, what is said about this figure alone
    modality: Modality


class Circumstances(NamedTuple):
    """When a figure holds, as worded, and who says so; a speaker that is only guessed is left out."""

    period: str
    speaker: Speaker


def circumstances(text: str, sentences: Sequence[Span], found: Found) -> Circumstances:
    """The period and the speaker of a figure of a text with these sentences."""
    at = sentences[found.sentence]
    sentence = text[at.start : at.end]
    inner = Span(found.span.start - at.start, found.span.end - at.start)
    visible = clauses.masked(sentence, inner)
    own = [span for span in times(visible) if not _tells_when_said(sentence, span)]
    clause = Span(found.clause.start - at.start, found.clause.end - at.start)
    when = nearest(sentence, own, clause, inner) or nearest(sentence, own, Span(0, clause.end), inner)
    speaker = speaker_of(text, sentences, found.sentence, found.span.start)
    named = Speaker() if speaker.rule == CARRIED else speaker
    return Circumstances(sentence[when.start : when.end] if when else "", named)


def figure(article: Article, sentences: Sequence[Span], found: Found, block: Block) -> Figure:
    """A figure that was found in an article with these sentences, with its circumstances."""
    told = circumstances(article.text, sentences, found)
    start, end = sentences[found.sentence]
    return Figure(
        quote=article.text[start:end],
        article_id=article.article_id,
        title=article.title,
        source=article.source,
        date=article.date,
        start=start,
        end=end,
        value=found.number.value,
        low=found.number.low,
        high=found.number.high,
        wording=article.text[found.span.start : found.span.end],
        unit=found.counted.unit,
        counted=found.counted.text,
        event=found.event,
        period=told.period,
        modality=found.modality,
        speaker=told.speaker.speaker,
        medium=told.speaker.medium,
        block=block,
    )


def _tells_when_said(sentence: str, time: Span) -> bool:
    """Whether a day belongs to an attribution: "sagte der Sprecher am Montag"."""
    return bool(_DAY.search(sentence[time.start : time.end])) and any(
        one.rule in _SAYING and one.span.end <= time.start <= one.span.end + SAID_WHEN
        for one in attributions(sentence)
    )


def figures(text: str, sentences: Sequence[Span], language: str) -> list[Found]:
    """The figures of an article or passage with these sentences, in order."""
    out: list[Found] = []
    for number, span in enumerate(sentences):
        last = out[-1].counted if out and out[-1].sentence == number - 1 else NOTHING
        out += _of_sentence(sentences, number, text[span.start : span.end], language, last)
    return out


def found_at(text: str, sentences: Sequence[Span], number: int, at: int, language: str) -> Found | None:
    """The figure of sentence `number` whose wording begins at a character of the text; None if there is none."""
    before = max(0, number - 1)
    found = figures(text, sentences[before : number + 1], language)
    own = [one for one in found if one.span.start == at and before + one.sentence == number]
    return replace(own[0], sentence=number) if own else None


def _of_sentence(
    sentences: Sequence[Span], place: int, sentence: str, language: str, last: Counted
) -> list[Found]:
    """`last` is what the sentence before counted, to which "weitere" refers."""
    found: list[Found] = []
    all_numbers = numbers(sentence, language)[:MOST_NUMBERS]
    start = sentences[place].start
    for at, number in enumerate(all_numbers):
        visible = clauses.masked(sentence, number.span)
        part = at + 1 < len(all_numbers) and clauses.part_of(sentence, number.span, all_numbers[at + 1].span)
        whole = at > 0 and clauses.part_of(sentence, all_numbers[at - 1].span, number.span)
        others = [one.span for n, one in enumerate(all_numbers) if n != at and not (part and n == at + 1)]
        within = clauses.clause(visible, number.span)
        own = clauses.segment(visible, within, number.span, others)
        what = counted(visible, number, language, own)
        if what.refers and not what.head:
            what = last._replace(unit=what.unit or last.unit, refers=True)
        happened = [] if whole else _events(visible, own, number, language)
        if not happened and not whole and what.span:
            relative = clauses.relative_behind(sentence, what.span.end)
            happened = _events(sentence, relative, number, language) if relative else []
        if not happened and not whole and what.span and person_kind(what.head) == "crowd":
            happened = [Event("protesting", what.span)]
        between = visible[found[-1].span.end - start : number.span.start] if found else ""
        listed = bool(found) and not whole and len(between.split()) <= LISTED_WORDS
        found.append(
            Found(
                sentence=place,
                span=Span(start + number.span.start, start + number.span.end),
                number=number,
                counted=what,
                events=found[-1].events
                if listed and not happened
                else frozenset(one.event for one in happened),
                event=found[-1].event if listed and not happened else _wording(sentence, happened),
                clause=Span(start + within.start, start + within.end),
                segment=Span(start + own.start, start + own.end),
                modality=_modality(sentence, within),
            )
        )
        last = what
    return found


def _events(sentence: str, within: Span, number: Number, language: str) -> list[Event]:
    """What happened to what a number counts: behind it, else before it."""
    at = max(within.start, min(number.span.end, within.end))
    for part in (Span(at, within.end), Span(within.start, at)):
        happened = [
            Event(one.event, Span(part.start + one.span.start, part.start + one.span.end))
            for one in events(sentence[part.start : part.end], language)
        ]
        if happened:
            return happened
    return []


def _wording(sentence: str, happened: Sequence[Event]) -> str:
    """The words of the events: as written if they are close, else joined."""
    if not happened:
        return ""
    whole = sentence[happened[0].span.start : happened[-1].span.end]
    if len(whole) <= EVENT_CHARS and not re.search(r"\d", whole) and len({one.event for one in happened}) > 1:
        return whole
    words = dict.fromkeys(sentence[slice(*one.span)] for one in happened)
    return ", ".join(list(words)[:2]) if len({one.event for one in happened}) > 1 else next(iter(words))


def _modality(sentence: str, within: Span) -> Modality:
    """How sure a clause makes its figure; a hedge elsewhere in the sentence counts only as hearsay or estimate."""
    part = sentence[within.start : within.end]
    for words, open_ended in ((part, True), (sentence, False)):
        for modality, pattern in _MODALITIES:
            if (open_ended or modality in ("estimated", "reported")) and pattern.search(words):
                return modality
    return "stated"
