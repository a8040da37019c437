"""Which part of a sentence a number belongs to: its clause, and within it up to the next number.

By commas, conjunctions and relative pronouns alone. Relative clauses are masked: what they say is not said of
the number outside them.
"""

# ruff: noqa: E501 (patterns are easier to read whole)
from __future__ import annotations

import re
from collections.abc import Sequence

from qa.types import Span

_RELATIVE = re.compile(
    r",\s(?:(?:in|an|auf|bei|mit|von|aus|zu|für|unter|über|durch|gegen|nach|of|to|in|for|with|by)\s)?"
    r"(?:der|die|das|dem|den|dessen|deren|denen|welche[rsnm]?|who|which|whom|whose|wo|wobei|wodurch)\s[^,;:]*(?:[,;:.]|$)"
)
# Where a new clause begins if there is no number in between.
_CUT = re.compile(
    r";|:\s(?!\d)|\s[–—-]\s|,\s(?=(?:dass|weil|da|obwohl|während|nachdem|als|wenn|damit|sodass|aber|doch|sondern|jedoch|wie|so|um"
    r"|that|because|although|while|after|when|but|so|as|and|und|wo|das|dies|was|ein Plus|ein Minus|darunter|including|among)\b)"
)
# "… und mehrere weitere vermisst": said of others that no number counts.
_AND_MORE = re.compile(
    r"\s(?:und|and|sowie)\s(?:mehrere|einige|viele|weitere|zahlreiche|several|many|others)\b"
)
_AND = re.compile(r"\s(?:und|and|sowie|as well as)\s|,\s")


def masked(sentence: str, keep: Span) -> str:
    """The sentence, as long as before, without relative clauses in which `keep` is not."""
    out = sentence
    for match in _RELATIVE.finditer(sentence):
        if match.start() <= keep.start < match.end() or match.end() - match.start() < 8:
            continue
        if match.start() > keep.start and match.start() - keep.end <= 1:
            continue
        end = match.end() - (match[0][-1] in ",;:.")
        out = out[: match.start() + 1] + " " * (end - match.start() - 1) + out[end:]
    return out


def clause(sentence: str, number: Span) -> Span:
    """The clause around a number."""
    start, end = 0, len(sentence)
    for match in _CUT.finditer(sentence):
        if match.end() <= number.start:
            start = match.end()
        elif match.start() >= number.end:
            end = match.start()
            break
    return Span(start, end)


def segment(sentence: str, within: Span, number: Span, others: Sequence[Span]) -> Span:
    """The part of a clause about one of its numbers: between the cuts to the numbers around it."""
    last = max((other.end for other in others if other.end <= number.start), default=None)
    start = within.start
    if last is not None and last >= within.start:
        cuts = [match.end() for match in _AND.finditer(sentence, last, number.start)]
        start = cuts[-1] if cuts else last
    following = min((other.start for other in others if other.start >= number.end), default=None)
    end = within.end
    if following is not None and following < within.end:
        cuts = [match.start() for match in _AND.finditer(sentence, number.end, following)]
        end = cuts[-1] if cuts else following
    elif more := _AND_MORE.search(sentence, number.end, within.end):
        end = more.start()
    return Span(start, end)


def relative_behind(sentence: str, at: int) -> Span | None:
    """The relative clause that begins right behind a noun, ending at `at`."""
    match = _RELATIVE.match(sentence, at)
    return Span(*match.span()) if match else None


_OF = re.compile(r"\s(?:der|von|aus|of|out of)\s(?:(?:den|the|diesen|insgesamt)\s)?")


def part_of(sentence: str, number: Span, following: Span) -> bool:
    """Whether a number counts a part of the next one: "32 der mehr als 4.200 Passagiere"."""
    return bool(_OF.fullmatch(sentence, number.end, following.start))
