"""Questions to go on with, made from sentences of the articles that an answer cites.

A German main clause has its verb in the second place, so what stands before the verb can be asked for without
touching the rest: "Im Juni 2024 unterzeichneten beide Länder einen Pakt" → "Wann unterzeichneten beide Länder
einen Pakt?". Asked for are times, numbers and speakers; English articles only give speakers. Whether the
articles answer is for the caller to find out. Pure functions; knows nothing of the page or the index.
"""

# ruff: noqa: E501 (patterns are easier to read whole)
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from qa.answering.leaning import content_words, language_of
from qa.answering.statement_words import INDICATIVE
from qa.i18n.wording import words
from qa.text import tokens
from qa.text.dates import month_names
from qa.text.number_words import count_words, hedges
from qa.text.sentences import is_heading, sentences
from qa.types import Answer, Article, Span
from qa.web.starters import NO_COUNT, speaker_of

TEXT = 8_000  # characters read of each article
LEAST = 0.5  # confidence of the answer to a question that is suggested: "likely" on the page
SAME = 0.6  # of the words of the shorter of two questions that ask the same
SHORTEST, LONGEST = 25, 95  # characters of a question

_MONTH = "|".join(month_names("de"))
_TIME = rf"(?:(?i:Seit) )?(?:(?i:am|im|anfang|mitte|ende|im jahr|dem) )?(?:\d{{1,2}}\. )?(?:(?:{_MONTH})(?: \d{{4}})?|(?:19|20)\d\d)(?![\w.,]\d)"
_HEDGE = rf"(?:(?i:{hedges('de')}) )?"
_NUMBER = rf"{_HEDGE}(?:\d{{1,3}}(?:\.\d{{3}})+|\d+(?![\d.,])|(?i:{count_words('de')}))"
_COUNTED = r"(?P<counted>(?:[a-zäöüß]+e )?(?P<noun>[A-ZÄÖÜ][\wäöüß-]+))"
_VERB = r"(?P<verb>[a-zäöüß]{2,}(?:te|ten)|ist|sind|war|waren|hat|haben|wird|werden|wurde|wurden|will|wollen|soll|sollen|kann|können|muss|müssen|gab|kam|kamen|lag|ging|gingen|nahm|starb|starben|fiel|fielen|befinden|kämpfen|fasst|misst|zählt|umfasst)"
# Right behind what stands first, nearly every word is the verb.
_NEXT = r"(?!(?:nach|nicht|seit|mit|dort|fast|erst|oft|jetzt|laut|samt|den|einen|keinen)\b)(?P<verb>[a-zäöüß]{2,}(?:t|en|te)|ist|sind|war|will|soll|kann|muss|gab|kam|lag|ging|nahm|starb|fiel)"
_NAME = r"[A-ZÄÖÜ][\wäöüß-]+"
_SUBJECT = rf"(?P<subject>(?:(?:Der|Die|Das|Ein|Eine) (?:[a-zäöüß]+e )?|(?!(?:Der|Die|Das|Ein|Eine)\b)){_NAME}(?: {_NAME}){{0,3}}(?: und (?:(?:der|die|das) )?{_NAME}(?: {_NAME})?)?)"
_REST = r"(?P<rest>[^,;:–()„“\"]+)"
# Up to where nothing is missing: to the end, or to a comma with words that only add to it.
_END = r"(?=[.!]?$|;|, (?:wie|sagte?|teilte|erklärte|berichtete|so|und|aber|danach|gefolgt|insgesamt|während|nachdem|als)\b)"
_MIDDLE = r"(?P<before>(?:[^,;:–()„“\"\d]+? )?)"
_ADVERBS = (
    r"(?P<before>(?:(?:auch|bereits|bisher|bislang|insgesamt|derzeit|inzwischen|zuletzt|jährlich|täglich) )*)"
)
_AFTER = r"(?P<after>[^,;:–()„“\"]*)"
# What is asked for, in front of the verb or behind it.
_FORMS = (
    ("when", re.compile(rf"(?P<time>{_TIME}) {_NEXT} {_REST}{_END}")),
    ("count", re.compile(rf"{_NUMBER} {_COUNTED} {_NEXT} {_REST}{_END}")),
    ("when", re.compile(rf"{_SUBJECT} {_VERB} {_MIDDLE}(?=[a-z])(?P<time>{_TIME})\b{_AFTER}{_END}")),
    (
        "count",
        re.compile(
            rf"{_SUBJECT} (?!(?:ist|sind|war|waren|wird|werden) ){_VERB} {_ADVERBS}{_NUMBER} {_COUNTED}\b{_AFTER}{_END}"
        ),
    ),
)
# What begins a German sentence without being its subject, or only points to one.
_NO_SUBJECT = re.compile(
    r"(?:In|Im|An|Am|Auf|Aus|Bei|Beim|Mit|Nach|Von|Vor|Zu|Zum|Zur|Für|Unter|Über|Durch|Gegen|Seit|Bis|Ab|Um|Es|Er|Sie|Wir|Ich|Man|Dies\w*|Jene\w*|Hier|Dort|Da|Dabei"
    r"|Damit|Dann|Danach|Daher|Doch|Nun|Jetzt|Heute|Gestern|Zunächst|Zuletzt|Bisher|Viele|Einige|Andere|Alle|Beide|Kein\w*|\w+(?:lich|ig|ens|weise)|(?:Ge|Über|Ver)\w+(?:t|en))\b"
)
# What stands for something in the sentence before cannot be asked for alone.
_POINTS = re.compile(
    r"\b(?:er|sie|es|ihn|ihm|ihr(?:e[nmrs]?)?|sein(?:e[nmrs]?)?|ihnen|wir|uns|ich|das|dies\w*|jene\w*|dabei|dafür|damit|daran|darin|darauf|davon|dazu|dort|so|deren|dessen|beide[nrs]?|solche\w*)\b"
)
_FILLERS = re.compile(
    r" (?:zudem|außerdem|überdies|jedoch|aber|allerdings|auch|bereits|schon|noch|zwar|nun|dann|demnach|insgesamt)(?= )"
)
_ARTICLE = re.compile(r"^(?:Der|Die|Das|Ein|Eine)\b")
_DIRECT = {**INDICATIVE, "seien": "sind", "hätten": "haben", "würden": "werden"}


class Candidate(NamedTuple):
    """A question and the sentence of an article that it is made from."""

    question: str
    article_id: str
    span: Span


def candidates(
    articles: Iterable[Article], cited: Sequence[tuple[str, Span]], asked: Sequence[str], language: str
) -> Iterator[Candidate]:
    """Questions that sentences of these articles answer, one of each article in turn.

    None from what is `cited`, and none that says nothing else than a question `asked` before. `language` is
    that of the page.
    """
    made = [_of_article(article, cited, language) for article in articles]
    known = [_content(question) for question in asked]
    while made:
        for one in list(made):
            candidate = next(one, None)
            if candidate is None:
                made.remove(one)
            elif not _repeats(said := _content(candidate.question), known):
                known.append(said)
                yield candidate


def _repeats(said: frozenset[str], known: Iterable[frozenset[str]]) -> bool:
    """Whether a question has most words in common with another one."""
    return any(len(said & other) >= SAME * min(len(said), len(other)) > 0 for other in known)


def is_about(text: str, question: str) -> bool:
    """Whether a text has more than half of the words that say what a question is about."""
    language = language_of(question)
    stems = (
        {tokens.stem(tokens.fold(word.text), language) for word in several}
        for several in (content_words(question, language), tokens.words(text))
    )
    said, held = stems
    return 2 * len(said & held) > len(said)


def is_answered(candidate: Candidate, answer: Answer) -> bool:
    """Whether the first quote of an answer is what a question was made from, and likely right."""
    first = answer.citations[0] if answer.citations else None
    return (
        first is not None
        and answer.confidence >= LEAST
        and first.article_id == candidate.article_id
        and first.start < candidate.span.end
        and candidate.span.start < first.end
    )


def _content(question: str) -> frozenset[str]:
    """The stems of a question's words that say something."""
    idle = tokens.stop_words("de") | tokens.INTERROGATIVES["de"]
    folded = (tokens.fold(word.text) for word in tokens.words(question))
    return frozenset(tokens.stem(word, "de") for word in folded if word not in idle)


def _of_article(article: Article, cited: Sequence[tuple[str, Span]], language: str) -> Iterator[Candidate]:
    for span in sentences(article.text[:TEXT], article.language):
        sentence = article.text[span.start : span.end]
        quoted = any(
            name == article.article_id and one.start < span.end and span.start < one.end
            for name, one in cited
        )
        question = "" if quoted or is_heading(sentence) else _question(sentence, article.language, language)
        if question:
            yield Candidate(question, article.article_id, span)


def _question(sentence: str, of_article: str, language: str) -> str:
    """A question that a sentence answers; "" where none can be made."""
    for kind, pattern in _FORMS if of_article in ("", "de") else ():
        match = pattern.match(sentence)
        if match and (question := _put(kind, match.groupdict())):
            return question
    name = speaker_of(sentence)
    return words(language)["who_says"].format(name=name) if name else ""


def _put(kind: str, parts: dict[str, str]) -> str:
    """The question of a form; "" where it would be a poor one."""
    if (kind == "count" and parts["noun"] in NO_COUNT) or _NO_SUBJECT.match(parts.get("subject", "")):
        return ""
    opening = f"Wie viele {parts.get('counted', '')}"
    if kind == "when":
        opening = "Seit wann" if parts["time"].casefold().startswith("seit") else "Wann"
    subject = _ARTICLE.sub(lambda found: found[0].lower(), parts.get("subject", ""))
    rest = parts.get("rest") or f"{parts['before']} {parts['after']}"
    rest = _FILLERS.sub(" ", f" {subject} {rest} ").strip(" .!?")
    question = " ".join(f"{opening} {_DIRECT.get(parts['verb'], parts['verb'])} {rest}".split()) + "?"
    unfit = _POINTS.search(rest) or "?" in rest or re.search(r"\d", rest)
    return "" if unfit or not SHORTEST <= len(question) <= LONGEST else question
