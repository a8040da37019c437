"""Answers and hits as JSON, shared by the command line and the programming interfaces."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from typing_extensions import TypedDict

from qa.types import Answer, Hit, Summary
from qa.types_phrasing import Phrasing

Row = dict[str, Any]


class HitFields(TypedDict):
    """A passage that was found."""

    passage_id: str
    article_id: str
    start: int
    end: int
    text: str
    rank: int
    score: float
    dense_rank: int | None
    lexical_rank: int | None


def hit_fields(hit: Hit) -> HitFields:
    """A hit as JSON, with the passage's fields merged in."""
    passage = hit.passage
    return {
        "passage_id": passage.passage_id,
        "article_id": passage.article_id,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "rank": hit.rank,
        "score": hit.score,
        "dense_rank": hit.dense_rank,
        "lexical_rank": hit.lexical_rank,
    }


def answer_fields(answer: Answer) -> Row:
    """An answer as JSON."""
    return {
        "question": answer.question,
        "status": answer.status,
        "text": answer.text,
        "confidence": answer.confidence,
        "citations": [asdict(citation) for citation in answer.citations],
        "hits": [hit_fields(hit) for hit in answer.hits],
        "missing": list(answer.missing),
        "figures": [asdict(figure) for figure in answer.figures],
        "seconds": answer.seconds,
        "searched": answer.searched,
        "understood": answer.understood,
        "refers_to": answer.refers_to,
        "explanation": asdict(answer.explanation) if answer.explanation else None,
        "phrased": phrasing_fields(answer.phrased) if answer.phrased else None,
    }


def phrasing_fields(phrasing: Phrasing) -> Row:
    """A phrased answer as JSON: its fields, and the text of the kept sentences."""
    return {**asdict(phrasing), "text": phrasing.text}


def summary_row(summary: Summary) -> Row:
    """A whole summary as JSON."""
    return {
        "articles": list(summary.articles),
        "language": summary.language,
        "unread": summary.unread,
        "citations": [asdict(citation) for citation in summary.citations],
        "phrased": phrasing_fields(summary.phrased) if summary.phrased else None,
    }
