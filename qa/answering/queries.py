"""From what was typed to what is searched for: bare questions, in the articles' spelling, completed.

The three steps are `qa.answering.wording`, `spelling` and `rewriting`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.answering import rewriting, spelling, wording
from qa.answering.leaning import leans
from qa.types import Turn


@dataclass(frozen=True, slots=True)
class Query:
    """A question, and what is searched for in its place."""

    asked: str  # bare and correctly spelled; what must be answered
    searched: str  # with the words that it leans on
    leaning: bool  # on the conversation
    refers_to: str = ""  # the earlier question that it leans on


def queries(typed: str, history: Sequence[Turn], vocabulary: spelling.Vocabulary) -> list[Query]:
    """The questions of a text in their order, at least one; a bare question is left as it is."""
    earlier = [plain(turn) for turn in history]
    found: list[Query] = []
    for part in wording.asked(spelling.with_umlauts(typed)):
        asked = spelling.corrected(part.question, vocabulary)
        if part.background:
            added = spelling.corrected(" ".join(part.background), vocabulary)
            found.append(Query(asked, f"{asked} {added}", leaning=False))
        else:
            whole = rewriting.completed(asked, earlier)
            searched = whole if whole == asked else spelling.corrected(whole, vocabulary)
            refers_to = rewriting.refers_to(asked, earlier)
            found.append(Query(asked, searched, bool(history) and leans(asked), refers_to))
    return found


def plain(turn: Turn) -> Turn:
    """An earlier turn as it is looked at: what a question asked, and an answer as it is."""
    return (
        Turn(turn.role, wording.plain(spelling.with_umlauts(turn.content))) if turn.role == "user" else turn
    )
