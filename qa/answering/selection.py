"""Select the sentences to quote: the most probable ones and those that belong with them, without duplicates.

Works on the probabilities of `qa.answering.scoring`. Knows nothing of wording.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.answering.features import Material
from qa.answering.same_statement import same_statement
from qa.answering.scoring import Judgement, Scope
from qa.answering.windows import Window, refers_back
from qa.text.sentences import is_heading
from qa.types import Span

Place = tuple[int, int]  # index of the passage, and of the sentence in it


@dataclass(frozen=True, slots=True)
class Choice:
    """When and how much to quote; chosen on the evaluation questions, see docs/decisions/0005-evidence.md."""

    confidence: float  # minimum confidence; costs 5 % of the answerable questions (XQuAD, German)
    most: int  # sentences quoted at most, not counting those that come along
    share: float  # share of the best sentence's probability that a further sentence needs
    least: float  # probability below which a further sentence is never quoted
    gap: float  # probability above which a sentence between two quoted ones is quoted too


CHOICES: dict[Scope, Choice] = {
    "corpus": Choice(confidence=0.33, most=3, share=0.02, least=0.01, gap=1.0),
    "article": Choice(confidence=0.5, most=15, share=0.4, least=0.2, gap=0.1),
}


@dataclass(frozen=True, slots=True)
class Quote:
    """Sentences of one passage that belong together; offsets are relative to the passage."""

    material: Material
    start: int
    end: int
    probability: float
    answer: Span | None = None  # the words that answer


def choose(materials: Sequence[Material], judgement: Judgement) -> list[Quote]:
    """Choose the sentences to quote, most probable first: few for a whole corpus, complete lists for a single
    article.

    Neighbouring sentences become one quote in reading order, and a sentence that refers back ("Diese …") is
    quoted with the one before it.
    """
    choice = CHOICES[judgement.scope]
    ranked = sorted(
        (
            (float(probability), number, sentence)
            for number, probabilities in enumerate(judgement.sentences)
            for sentence, probability in enumerate(probabilities)
        ),
        key=lambda item: (-item[0], item[1], item[2]),
    )
    if not ranked:
        return []
    floor = max(choice.least, choice.share * ranked[0][0])
    chosen: dict[Place, float] = {}
    for probability, number, sentence in ranked:
        if chosen and (probability < floor or len(chosen) >= choice.most):
            break
        if judgement.scope == "corpus" and chosen and is_heading(_sentence(materials[number], sentence)):
            continue  # next to a sentence that answers, a heading adds nothing; in a list it may be an item
        if not _repeats(materials, chosen, number, sentence):
            chosen[number, sentence] = probability
    _bring_along(materials, judgement, chosen, choice.gap)
    return sorted(_joined(materials, chosen), key=lambda quote: -quote.probability)


def _bring_along(
    materials: Sequence[Material], judgement: Judgement, chosen: dict[Place, float], gap: float
) -> None:
    """Add the sentence that a chosen one refers back to, and probable sentences between two chosen ones."""
    for number, sentence in list(chosen):
        material = materials[number]
        points_back = sentence and refers_back(_sentence(material, sentence))
        if points_back and not is_heading(_sentence(material, sentence - 1)):
            chosen.setdefault((number, sentence - 1), 0.0)
        between = sentence + 1
        if (number, sentence + 2) in chosen and judgement.sentences[number][between] >= gap:
            chosen.setdefault((number, between), float(judgement.sentences[number][between]))


def same_elsewhere(quote: Quote, materials: Sequence[Material]) -> list[Quote]:
    """Sentences from other articles that make the same statements as a quote, at most once per article."""
    source = quote.material
    inside = [
        n for n, s in enumerate(source.states.sentences) if quote.start <= s.start and s.end <= quote.end
    ]
    elsewhere: dict[str, Quote] = {}
    for other in materials:
        article_id = other.hit.passage.article_id
        if not inside or article_id == source.hit.passage.article_id or article_id in elsewhere:
            continue
        spans = other.states.sentences
        for first in range(len(spans) - len(inside) + 1):
            places = range(first, first + len(inside))
            if all(_same(source, n, other, place) for n, place in zip(inside, places, strict=True)):
                start, end = spans[first].start, spans[places[-1]].end
                elsewhere[article_id] = Quote(other, start, end, quote.probability)
                break
    return list(elsewhere.values())


def repeats(materials: Sequence[Material], chosen: Sequence[Window], window: Window) -> Window | None:
    """The chosen window that already says all that a window says; None if there is none."""
    for one in chosen:
        said = [(one.passage, sentence) for sentence in range(one.first, one.last + 1)]
        if all(
            any(_same(materials[n], s, materials[window.passage], sentence) for n, s in said)
            for sentence in range(window.first, window.last + 1)
        ):
            return one
    return None


def _repeats(materials: Sequence[Material], chosen: dict[Place, float], number: int, sentence: int) -> bool:
    """Whether a chosen sentence makes the same statement."""
    return any(_same(materials[n], s, materials[number], sentence) for n, s in chosen)


def _same(one: Material, sentence: int, other: Material, place: int) -> bool:
    """Whether two sentences make the same statement where they stand.

    A sentence that refers back ("Er …") says whatever the one before it is about, so those are compared
    too.
    """
    text = _sentence(one, sentence)
    if not same_statement(text, _sentence(other, place), one.language, other.language):
        return False
    if not refers_back(text) and not refers_back(_sentence(other, place)):
        return True
    return sentence > 0 and place > 0 and _same(one, sentence - 1, other, place - 1)


def _joined(materials: Sequence[Material], chosen: dict[Place, float]) -> list[Quote]:
    """Join neighbouring sentences into one quote."""
    quotes: list[Quote] = []
    last: Place | None = None
    for number, sentence in sorted(chosen):
        span = materials[number].states.sentences[sentence]
        probability = chosen[number, sentence]
        if last == (number, sentence - 1):
            before = quotes.pop()
            quotes.append(
                Quote(before.material, before.start, span.end, max(before.probability, probability))
            )
        else:
            quotes.append(Quote(materials[number], span.start, span.end, probability))
        last = (number, sentence)
    return quotes


def _sentence(material: Material, number: int) -> str:
    start, end = material.states.sentences[number]
    return material.hit.passage.text[start:end]
