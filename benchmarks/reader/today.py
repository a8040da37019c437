"""What today's evidence model says of judged questions, with the passages it read."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.reader.data import PassageText
from benchmarks.reader.project import (
    Filter,
    Material,
    bot,
    evidence_training,
    load,
    qa,
    scoring,
    selection,
    title_above,
)


@dataclass(frozen=True, slots=True)
class Today:
    """The evidence model's answer to a question."""

    confidence: float
    quotes: tuple[str, ...]  # the likeliest first, those of a refusal too


@dataclass(frozen=True, slots=True)
class Judged:
    """A judged question with the five passages that are read."""

    name: str
    group: str  # its article
    question: str
    answers: tuple[str, ...]
    passages: tuple[PassageText, ...]
    today: Today


def ask_today(folder: Path, questions: Sequence[str]) -> list[tuple[tuple[PassageText, ...], Today]]:
    """The five passages read for each question to a corpus, and what the evidence model says."""
    found = []
    with tempfile.TemporaryDirectory() as vectors:
        encoder = load()
        qa.build(folder, vectors, encoder=encoder)
        index = qa.Index.open(vectors, encoder=encoder)
        for question in questions:
            taken, materials, _ = bot.Bot(index).gather(question, Filter())
            judgement = scoring.judge(taken, materials).judgement
            found.append((_passages(materials), _today(materials, judgement)))
        index.close()
    return found


def xquad_today(data: Path) -> list[Judged]:
    """XQuAD dev's questions; the evidence model's answers come from folds cut by article."""
    encoder = load()
    items = [
        item
        for articles, questions in (("de", "de"), ("de", "en"), ("en", "en"))
        for item in evidence_training.xquad(data, encoder, articles, questions)
    ]
    return [
        Judged(
            judged.item.name,
            judged.item.group,
            judged.item.question,
            judged.item.answers,
            _passages(judged.item.materials),
            _today(judged.item.materials, judged.judgement),
        )
        for judged in evidence_training.cross_validate(items, "corpus")
    ]


def _today(materials: Sequence[Material], judgement: scoring.Judgement) -> Today:
    chosen = selection.choose(materials, judgement)
    quotes = tuple(quote.material.hit.passage.text[quote.start : quote.end] for quote in chosen)
    return Today(judgement.confidence, quotes)


def _passages(materials: Sequence[Material]) -> tuple[PassageText, ...]:
    return tuple(
        PassageText(
            one.hit.passage.article_id,
            one.language,
            title_above(one.title, one.hit.passage),
            one.hit.passage.text,
            tuple(one.states.sentences),
            -1,
        )
        for one in materials
    )
