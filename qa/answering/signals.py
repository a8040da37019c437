"""How the first quote fits the question: signals for the confidence, and the names that its article lacks.

By words, token states and forms; see `qa.answering.combining` for what becomes of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from qa.answering import holding, naming
from qa.answering.leaning import language_of
from qa.answering.naming import NAMES, Named
from qa.answering.question import Question, languages_differ
from qa.answering.selection import Quote
from qa.facts.events import EventClass, events
from qa.text.dates import clear_month_names

LOST = 0.75  # share of a name's words from which the name counts as missing
# The confidence at most where the article lacks a name of the question, in one language: of 7 such first
# quotes with a share of a quarter or more, 2 were right (signals of benchmarks/reader/fit.py).
LOST_CONFIDENCE = 0.2
# The same where the question asks when and the first quote tells no time at all; too rare to be fitted.
TIMELESS_CONFIDENCE = 0.2
# The same where the question asks about the dead and the first quote tells only of the injured, and so on. A
# number may be put in other words ("lost 30,000 inhabitants"), so questions for one are left out.
UNSAID_CONFIDENCE = 0.3
# The same where the first quote is of another place than the question: none of 103 right first quotes was
# (docs/decisions/0049-another-place.md).
ELSEWHERE_CONFIDENCE = 0.2
_HARM: frozenset[EventClass] = frozenset({"killed", "wounded", "missing", "captured", "deserted"})
# Of `holding.held`, from which a word begins to count as met; it is met in full from `holding.NEAR` on.
FAR = 0.6
# Anything that may tell when: a number, a month, a day, a season, "last week", "seit", "soon".
_WHEN = re.compile(
    rf"\d|\b(?:{'|'.join(clear_month_names())})\b"
    r"|\b(?:\w*(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag)s?"
    r"|\w*(?:frühling|frühjahr|sommer|herbst|winter|ostern|pfingsten|weihnachten|silvester)s?"
    r"|\w*(?:jahr|monat|woche|wochenende|tag|abend|nacht|morgen|mittag|stunde|minute|sekunde|jahrhundert"
    r"|jahrzehnt|jahrestag|mitternacht|zeit)(?:s|e|es|en|n|ern)?"
    r"|gestern|heute|morgen|vorgestern|übermorgen|damals|bald|demnächst|jetzt|nun|kürzlich|jüngst|zuletzt|soeben"
    r"|gerade|inzwischen|seit|seitdem|sobald|sofort|nachdem|bevor|während|schon|anfang|mitte|ende|nie|niemals"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|spring|summer|autumn|fall|winter|easter|christmas"
    r"|\w*(?:year|month|week|weekend|day|night|morning|evening|noon|hour|minute|century|centuries|decade)s?"
    r"|yesterday|today|tomorrow|tonight|soon|now|then|ago|recently|lately|since|until|before|after|during|never"
    r"|once|early|late|mid)\b",
    re.IGNORECASE,
)


def of_question(question: Question, first: Quote) -> tuple[dict[str, float], tuple[Named, ...]]:
    """The signals that compare the question with the first quote, and what of its names and numbers the
    quote's article lacks.
    """
    material = first.material
    text = material.hit.passage.text[first.start : first.end]
    things = naming.named(question.text, language_of(question.text))
    lacking = naming.lacking(things, f"{material.title}\n{text}", material.date)
    names = [name for name in things if name.kind in NAMES]
    lost = naming.lost(names, question, material, first.end)
    values = {
        "lacking": float(min(2, len(lacking))),
        "names": max(lost.values(), default=0.0),
        "crosses": float(languages_differ(question.language, material.language)),
        "uncovered": uncovered(question, first),
    }
    return values, (*lacking, *(name for name, share in lost.items() if share >= LOST))


def ceiling(question: Question, first: Quote, signals: Mapping[str, float]) -> float:
    """The confidence at most: below 1 where a name, any time or the event of the question is missing."""
    if signals["names"] >= LOST and not signals["crosses"]:
        return LOST_CONFIDENCE
    text = first.material.hit.passage.text[first.start : first.end]
    if question.kind == "date" and not _WHEN.search(text):
        return TIMELESS_CONFIDENCE
    if question.kind != "place" and not signals["crosses"] and _is_elsewhere(question, first):
        return ELSEWHERE_CONFIDENCE
    return UNSAID_CONFIDENCE if not signals["crosses"] and _leaves_out_event(question, first) else 1.0


def _is_elsewhere(question: Question, first: Quote) -> bool:
    material = first.material
    text = material.hit.passage.text[first.start : first.end]
    return naming.elsewhere(question.text, text, language_of(question.text))


def _leaves_out_event(question: Question, first: Quote) -> bool:
    """Whether the question is of people hurt, held or gone, which quote and title do not tell."""
    material = first.material
    if question.kind == "number":
        return False
    asked = {one.event for one in events(question.text, material.language)} & _HARM
    told = f"{material.title}\n{material.hit.passage.text[first.start : first.end]}"
    return bool(asked) and not asked & {one.event for one in events(told, material.language)}


def uncovered(question: Question, first: Quote) -> float:
    """Share of the question's words, by weight, that the quote and the sentence before it lack; 0..1."""
    material = first.material
    sentences, states = material.states.sentences, material.states
    start = max((s.start for s in sentences if s.end <= first.start), default=first.start)
    inside = (states.token_spans[:, 0] >= start) & (states.token_spans[:, 0] < first.end)
    where = holding.place(
        material.hit.passage.text[start : first.end],
        material.language,
        states.tokens[inside],
        across=languages_differ(question.language, material.language),
    )
    total = lacks = 0.0
    for word in question.words:
        rows = question.states.tokens[list(word.rows)]
        met = (holding.held(word.text, word.term, rows, where) - FAR) / (holding.NEAR - FAR)
        total += word.weight
        lacks += word.weight * (1 - min(max(met, 0.0), 1.0))
    return lacks / total if total else 0.0
