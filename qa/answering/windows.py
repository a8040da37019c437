"""Which stretch of a passage to quote: neighbouring sentences that answer and can be understood.

Each sentence has a share: the probability that it, of all sentences read, answers. A window scores the
logarithm of its shares' sum less a cost for its length, so a further sentence comes along where the answer
may well be in it. A heading, a question of the article and the line that introduces a list do not answer:
their share counts for the sentence after them. Knows nothing of models.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa.text.sentences import is_heading
from qa.types import Span

Shares = NDArray[np.float64]

MOST_SENTENCES = 3  # of a window, not counting what comes along
MOST_CHARS = 420
COST = 0.0003  # of a character, in the logarithm of the share: 320 further ones need a tenth more
EDGE = 0.03  # of a window's share that its first and its last sentence must hold
REACH = 3  # sentences within which a repeated question is answered
TINY = 1e-12  # share below which none is told from another
# Words at the start of a sentence that refer to the previous one.
_POINTS_BACK = re.compile(
    r"(?:er|sie|es|dies|diese[rmns]?|das|dieser|dabei|dadurch|dafür|daher|darauf|daraus|darin|darum|davon|dazu"
    r"|deshalb|deswegen|dort|ihm|ihn|ihnen|ihre[rmns]?|seine[rmns]?|solche[rmns]?|demnach|zudem|außerdem|he|she|it"
    r"|they|this|these|those|his|her|their|its)\b",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"[Dd]as [A-ZÄÖÜ\d]")  # "Das Gericht …" refers to nothing before it
# A sentence that names who said the one before.
_SAID = re.compile(
    r"(?:das|dies|so|this|that)\s+(?:sagt|erklärt|teilt|bericht|meld|betont|schreib|schrieb|äußer|kündig|heißt"
    r"|hieß|is what)",
    re.IGNORECASE,
)
# "Das hat mehrere Gründe.", "There are three reasons."
_ANNOUNCES = re.compile(
    r"\b(?:mehrere|folgende|verschiedene|zwei|drei|vier|fünf|several|following|two|three|four|five)"
    r"(?: [a-zäöüß]+)? (?:gründe|vorteile|nachteile|ursachen|ziele|bedingungen|punkte|vorschläge|maßnahmen"
    r"|forderungen|folgen|möglichkeiten|probleme|reasons|advantages|benefits|causes|goals|conditions|points"
    r"|proposals|measures|demands|options|problems)(?: [^.!?]{0,30})?[.!]?$",
    re.IGNORECASE,
)
_CLOSING = "\"'”“»«)›‹’ "


class Window(NamedTuple):
    """Sentences `first` to `last` of a passage, and the share of the answer that they hold."""

    passage: int
    first: int
    last: int
    share: float


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sentences of a passage as texts and characters, and how they lean on each other."""

    texts: tuple[str, ...]
    spans: tuple[Span, ...]
    restating: frozenset[int] = frozenset()  # numbers of the sentences that only repeat the question
    telling: frozenset[int] = frozenset()  # … and of those that hold something of the kind asked for

    def leads_on(self, number: int) -> bool:
        """Whether a sentence only leads to the next: a heading, a question, the line before a list, …"""
        text = self.texts[number]
        asks = text.rstrip(_CLOSING).endswith("?")
        idle = asks or introduces(text) or is_heading(text) or number in self.restating
        return idle and number + 1 < len(self.texts)

    def whole(self, first: int, last: int) -> tuple[int, int]:
        """The window with the sentences that it needs to be understood."""
        begin, text = first, self.texts[first]
        if first:
            before = self.texts[first - 1]
            if (
                introduces(before)
                or first - 1 in self.restating
                or (refers_back(text) and not is_heading(before) and "?" not in before[-2:])
            ):
                begin = first - 1
        repeated = max((one for one in self.restating if first - REACH <= one < first), default=first)
        if first in self.telling and self.length(repeated, last) <= MOST_CHARS:
            begin = min(begin, repeated)  # it says whom or what the answer is about
        after = last + 1
        if after < len(self.texts) and _SAID.match(self.texts[after]):
            last = after
        return begin, last

    def length(self, first: int, last: int) -> int:
        return self.spans[last].end - self.spans[first].start


def introduces(sentence: str) -> bool:
    """Whether a sentence announces what the next ones list."""
    return sentence.rstrip(_CLOSING).endswith(":") or bool(_ANNOUNCES.search(sentence))


def refers_back(sentence: str) -> bool:
    """Whether a sentence cannot be understood without the one before it."""
    return bool(_POINTS_BACK.match(sentence)) and not _ARTICLE.match(sentence)


def sentences_of(
    text: str,
    spans: Sequence[Span],
    restates: Callable[[str], bool] = lambda _: False,
    answers: Callable[[str], bool] = lambda _: False,
) -> Sentences:
    """The sentences of a passage: which only repeat the question, and which could answer it by their form.

    `answers` is asked near those that repeat the question only.
    """
    texts = tuple(text[start:end] for start, end in spans)
    restating = frozenset(n for n, one in enumerate(texts) if restates(one))
    near = {n for one in restating for n in range(one + 1, min(one + 1 + REACH, len(texts)))} - restating
    return Sentences(texts, tuple(spans), restating, frozenset(n for n in near if answers(texts[n])))


def moved(of: Sentences, shares: Shares) -> Shares:
    """The shares, with those of sentences that only lead on given to the next; a last heading has none.

    That of a sentence that repeats the question goes to the likeliest of the next few that could answer it.
    """
    out = shares.astype(np.float64)
    for number in range(len(out)):
        if of.leads_on(number):
            near = range(number + 1, number + 1 + REACH) if number in of.restating else ()
            telling = [one for one in near if one in of.telling]
            out[max(telling, key=lambda one: shares[one], default=number + 1)] += out[number]
            out[number] = 0.0
    if len(out) > 1 and is_heading(of.texts[-1]) and not all(map(is_heading, of.texts)):
        out[-1] = 0.0  # the heading of a section that is not in the passage
    return out


def best(
    passages: Sequence[Sentences], shares: Sequence[Shares], taken: Sequence[NDArray[np.bool_]]
) -> Window | None:
    """The window with the highest score among sentences not taken; None if nothing is left."""
    found: tuple[float, Window] | None = None
    for passage, (of, own, used) in enumerate(zip(passages, shares, taken, strict=True)):
        for first in range(len(own)):
            for last in range(first, min(first + MOST_SENTENCES, len(own))):
                if used[last] or (last > first and of.length(first, last) > MOST_CHARS):
                    break
                begin, end = of.whole(first, last)
                if used[begin : end + 1].any():
                    begin, end = first, last
                share = float(own[begin : end + 1].sum())
                if min(own[first], own[last]) < EDGE * share:
                    continue
                score = math.log(max(share, TINY)) - COST * of.length(begin, end)
                if found is None or score > found[0]:
                    found = score, Window(passage, begin, end, share)
    return found[1] if found else None


def several(
    passages: Sequence[Sentences],
    shares: Sequence[Shares],
    *,
    most: int,
    least: float,
    repeats: Callable[[Sequence[Window], Window], Window | None] = lambda *_: None,
) -> list[Window]:
    """At most `most` windows, best first; a further one holds `least` times the first one's share or more.

    `repeats` gives the chosen window that says the same; that one gains the share instead.
    """
    own = [moved(of, one) for of, one in zip(passages, shares, strict=True)]
    taken = [np.zeros(len(one), bool) for one in own]
    found: list[Window] = []
    while len(found) < most:
        window = best(passages, own, taken)
        if window is None or (found and window.share < least * found[0].share):
            break
        taken[window.passage][window.first : window.last + 1] = True
        said = repeats(found, window)
        if said is None:
            found.append(window)
        else:
            at = found.index(said)
            found[at] = said._replace(share=said.share + window.share)
    return found
