"""Questions to begin with, made from facts in the newest articles.

Each is made from a sentence that answers it: one with a number ("Das Schiff fasst 412 Fahrgäste" → "Wie viele
Fahrgäste fasst das Schiff?"), or one that names its speaker. Where there are too few such sentences, a title
is asked about. Pure functions; knows nothing of the page or the index.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice

from qa.i18n.wording import words
from qa.text.number_words import hedges
from qa.text.speech import SINGULAR
from qa.types import Article, ArticleSummary

STARTERS = 3  # questions offered
READ = 12  # newest articles read for them
TEXT = 6_000  # characters read of each
TITLE = 90  # characters; longer titles make poor questions

# A sentence that begins with its subject: article and noun, finite verb, number, plural noun.
_COUNT = re.compile(
    r"(?:^|(?<=[.!?] )|(?<=\n))(?P<article>Der|Die|Das) (?P<subject>(?:[a-zäöü]\w+ )?[A-ZÄÖÜ]\w+) "
    rf"(?P<verb>[a-zäöü]\w+(?:t|te|en)) (?:(?:{hedges('de')}) )?"
    r"(?P<number>\d[\d.]*) (?P<counted>[A-ZÄÖÜ]\w+(?:e|en|er|n|s))\b"
)
NO_COUNT = frozenset("Prozent Uhr Jahre Jahren Jahres Grad Euro Dollar".split())
_WORD = r"[A-ZÄÖÜ][a-zäöüß]+(?:-[A-ZÄÖÜ]?[a-zäöüß]+)?"
_NAME = rf"(?P<name>{_WORD}(?: {_WORD}){{1,2}})(?! [A-ZÄÖÜ])"
_ROLE = re.compile(
    r"\w+(?:ete|eter|minister|präsident|sprecher|chef|meister|experte|direktor|leiter)(?:in)?|Herr|Frau"
)
_SAYS = rf"(?:{'|'.join(SINGULAR['de'])}|kündigte?|sprach)"
_SPEAKER = re.compile(rf"[“\",] {_SAYS} (?:[a-zäöü]+ )?(?:[A-ZÄÖÜ]\w+(?:in|er|at|ef|et|eister) )?{_NAME}\b")


def starters(articles: Sequence[ArticleSummary], read: Callable[[str], Article], language: str) -> list[str]:
    """At most STARTERS questions; fewer where the articles have neither such sentences nor usable titles."""
    newest = sorted(articles, key=lambda article: article.date, reverse=True)
    texts = [read(article.article_id).text[:TEXT] for article in newest[:READ]] if language == "de" else []
    found = chain.from_iterable(zip(*(_padded(_facts(text), 2) for text in texts), strict=True))
    titled = (_about(article.title.strip(), language) for article in newest)
    questions = dict.fromkeys(question for question in chain(found, titled) if question)
    return list(islice(questions, STARTERS))  # in the order of the articles, newest first


def _facts(text: str) -> Iterator[str]:
    """Questions that sentences of a text answer, at most one of each kind."""
    for match in _COUNT.finditer(text):
        if match["counted"] not in NO_COUNT:
            subject = f"{match['article'].lower()} {match['subject']}"
            yield f"Wie viele {match['counted']} {match['verb']} {subject}?"
            break
    if name := speaker_of(text):
        yield words("de")["who_says"].format(name=name)


def speaker_of(text: str) -> str:
    """The first person with a name that a German text quotes; "" where there is none."""
    found = (match["name"] for match in _SPEAKER.finditer(text))
    return next((name for name in found if not _ROLE.fullmatch(name.split()[0])), "")


def _padded(questions: Iterator[str], count: int) -> list[str]:
    return [*islice(questions, count), *([""] * count)][:count]


def _about(title: str, language: str) -> str:
    """A question about a title; one that is a question already stays as it is."""
    if not title or len(title) > TITLE:
        return ""
    bare = title.rstrip(".! ").replace("„", "‚").replace("“", "‘").replace('"', "’")
    return title if title.endswith("?") else words(language)["example"].format(title=bare)
