"""Explanations in words, for the terminal and the page.

Plain text: the caller escapes it. The figures come from `qa.answering.explanation`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qa.i18n.wording import words
from qa.types import Answer, Explanation

PARTS = 4  # number of contributions named; the rest are weaker
MOST_EARLIER = 150  # characters of an earlier question that are shown
LEAST = 0.1  # log-odds below which a contribution is not mentioned


def reading(answer: Answer, language: str) -> str:
    """How the question was read, if not as typed: without courtesies, as the articles spell it, and after
    which earlier question; "" otherwise. The words that were searched for are no sentence to be shown.
    """
    text, earlier = words(language), " ".join(answer.refers_to.split())
    read = answer.understood if answer.understood.split() != answer.question.split() else ""
    if len(earlier) > MOST_EARLIER:
        earlier = f"{earlier[:MOST_EARLIER].rsplit(' ', 1)[0]} …"
    told = [
        text["searched"].format(text=read) if read else "",
        text["refers_to"].format(question=text["quoted"].format(quote=earlier)) if earlier else "",
    ]
    return " · ".join(filter(None, told))


def missing(answer: Answer, language: str, shown: Callable[[str], str] = str) -> str:
    """A sentence with what the question names and no quote holds; "" if nothing is missing.

    `shown` formats each term; the rest of the sentence is the wording of the page.
    """
    if not answer.missing:
        return ""
    text = words(language)
    *others, last = map(shown, answer.missing)
    terms = text["missing_list"].format(others=", ".join(others), last=last) if others else last
    place = "quotes" if answer.status == "answered" else "articles"
    return text[f"missing_{place}"].format(terms=terms)


def sources(answer: Answer, language: str) -> str:
    """How many articles are cited and how many of them are independent; "" if all are."""
    cited = {citation.article_id for citation in answer.citations}
    reports = {citation.article_id for citation in answer.citations if not citation.copy_of}
    if len(reports) == len(cited):
        return ""
    name = "counted_sources_one" if len(reports) == 1 else "counted_sources"
    return words(language)[name].format(articles=len(cited), reports=len(reports))


def not_found(answer: Answer, language: str) -> str:
    """Words that the closest passages of a refusal lack.

    "" if there are none, if the question was answered, or if `missing` says what is lacking.
    """
    if answer.explanation is None or answer.status != "no_answer" or answer.missing:
        return ""
    lacking = _asked(answer, answer.explanation.missing)
    return words(language)["not_found"].format(words=", ".join(lacking)) if lacking else ""


def lines(answer: Answer, language: str) -> list[str]:
    """The words found and missing, and the strongest contributions to the confidence."""
    if answer.explanation is None:
        return []
    return [*about_words(answer, language), *_parts(answer.explanation, words(language), language)]


def about_words(answer: Answer, language: str) -> list[str]:
    """Which words of the question were found, and which were not."""
    text, place = words(language), "quotes" if answer.citations else "passages"
    return [
        text[f"why_{name}_{place}"].format(words=", ".join(met))
        for name in ("covered", "near", "missing")
        if (met := _asked(answer, getattr(answer.explanation, name, ())))
    ]


def _asked(answer: Answer, found: Sequence[str]) -> list[str]:
    """The words that stand in the question; a follow-up is searched for with those of an earlier one too."""
    typed = f"{answer.question} {answer.understood}".casefold()
    return [word for word in found if not answer.refers_to or word.casefold() in typed]


def _parts(explanation: Explanation, text: dict[str, str], language: str) -> list[str]:
    strong = [p for p in explanation.parts if p.name != "base" and abs(p.log_odds) >= LEAST][:PARTS]
    named = [f"{text[f'part_{part.name}']} {_signed(part.log_odds, language)}" for part in strong]
    return [text["why_parts"].format(parts="; ".join(named))] if named else []


def _signed(value: float, language: str) -> str:
    """A number with its sign, in the language's notation."""
    written = f"{value:+.1f}".replace("-", "−")
    return written.replace(".", ",") if language == "de" else written
