"""What a follow-up refers to in the previous answer: its quotes, their articles, and who says what they say."""

# ruff: noqa: E501 (patterns are easier to read whole)
from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from qa.answering.question import Kind, holds
from qa.answering.quoting import Quoted
from qa.index.search import Index
from qa.text.characters import QUOTES
from qa.text.dates import clear_month_names, weekday_names
from qa.text.sentences import sentences
from qa.text.speech import NO_INFINITIVES, PARTICIPLES, SINGULAR
from qa.types import Article, Filter, Span, Turn

QUOTES_READ = 4  # of the previous answer
FOUND_IN = 5  # passages among which a quote is looked for
LEAST_QUOTE = 15  # characters; anything shorter could stand anywhere
MAX_QUOTE = 2_000
# How sure it is that a sentence names the speaker, by where it stands.
OWN, POINTING, BEFORE, NEAR = 0.9, 0.85, 0.7, 0.5

_LABELS = re.compile(r"\s*(?:\[\d{1,3}\])+\s*")
_TOLD = rf"(?:{'|'.join(PARTICIPLES['de'])}|genannt|mitgeteilt|veröffentlicht|angegeben|bekannt ?gegeben|bekannt ?gemacht|verbreitet|geäußert|ausgerechnet|ermittelt|erhoben|gezählt)"
_TELLS = rf"(?:{'|'.join(SINGULAR['de'])}|nennt|nannte|teilte|gibt|gab|verbreitet|verbreitete|äußerte|findet)"
_IT = r"(?:das|dies|es|so (?:et)?was|diese[nrs]? [\w-]+|jene[nrs]? [\w-]+|die [\w-]+)"
_FILL = r"(?: (?:denn|eigentlich|genau|überhaupt|konkret|alles|so|über\w+|mit|an|bekannt))*"
_STATEMENT = r"(?:aussage|schätzung|angabe|zahl|meinung|behauptung|worte|information|meldung|auskunft|einschätzung|quelle|kritik)(?:e?n)?"
_THAT = r"(?:that|this|so|it|these|those|(?:this|that|these|those|the) [\w-]+)"
WHO_SAYS = re.compile(
    rf"(?:(?:und|aber|and|but) )?(?:wer {_TELLS} {_IT}{_FILL}|wer hat {_IT}{_FILL} {_TOLD}|wer (?:das|dies|es){_FILL} (?:{_TELLS}|{_TOLD} hat)"
    rf"|von wem (?:ist|sind|stammt|stammen|kommt|kommen) {_IT}{_FILL}|von wem (?:hat|weiß) man das|laut wem|nach wessen {_STATEMENT}"
    rf"|wer (?:ist|war) (?:die|deine|ihre|eure) quelle(?: (?:dafür|davon|für {_IT}))?|was ist die quelle(?: (?:dafür|davon|für {_IT}))?"
    rf"|woher (?:stammt|stammen|kommt|kommen|hat man|weiß man|wissen wir) {_IT}{_FILL}|wessen {_STATEMENT} (?:ist|sind|war|waren) (?:das|dies)"
    rf"|wer (?:steckt|steht) (?:dahinter|hinter {_IT})|sagt wer|wer"
    rf"|(?:who|which \w+) (?:{'|'.join(SINGULAR['en'])}|claim|report|states?|estimates?|gave|gives|named|mentioned)"
    rf"(?: them| us| you| him| her)? {_THAT}(?: exactly)?|according to whom|says who|who(?: is|['’]s| was) (?:the|that|your) (?:source|speaker)(?: (?:of|for) {_THAT})?"
    rf"|what(?: is|['’]s) the source(?: (?:of|for) {_THAT})?|whose (?:claim|estimate|figure|statement|words|number|opinion)s? (?:is|are|was|were) {_THAT}"
    rf"|where (?:does|do|did) {_THAT} come from)\s?[?.!]*",
    re.IGNORECASE,
)
_SAYING = re.compile(
    rf"\b(?:(?i:{'|'.join((*NO_INFINITIVES['de'], *NO_INFINITIVES['en']))}|schätzen|gesagt|gemeldet|erzählt|teilte?n?|nannte?n?|kündigte?n?|spricht|sprach\w{{0,2}}|zufolge|laut|hei(?:ß|ss)t es|hie(?:ß|ss) es"
    r"|unterrichtete?n?|bekannt (?:gemacht|gegeben)|gaben? \w+ (?:\w+ ){0,6}(?:an|bekannt)|räumte?n?|verwies\w{0,2}|äußerte?n?|fügte?n?|zitiert\w{0,2}"
    r"|ergab(?:en)?|prognostizierte?n?|bezifferte?n?|verkündete?n?|(?:geht|gehen|ging(?:en)?) (?:\w+ ){0,3}davon aus"
    r"|zeigte?n? (?:eine?|die|der|das|ihre) \w*(?:studie|umfrage|untersuchung|statistik|auswertung|zählung|analyse)"
    r"|(?:found|showed|shows) in an?|(?:study|survey|poll|report|figures) (?:found|finds|shows?|showed)"
    r"|(?:zu)?sicherte?n?|versicherte?n?|beruf(?:t|en)|berief\w{0,2}|mitgeteilt|according to)\b"
    r"|(?i:nach)(?: \w+){0,2} (?:Angaben|Auskunft|Aussage\w*|Einschätzung\w*|Schätzung\w*|Worten|Informationen|Darstellung|Berechnung\w*|Erkenntnis\w*)"
    r"|,\s(?i:so)(?: \w+){0,3} [A-ZÄÖÜ])"
)
_POINTING = re.compile(
    r"(?:das|dies|so|diese[nrs]?(?: \w+)?|demnach|bekannt (?:gemacht|gegeben)|genannt|gemeldet|erzählt|berichtet|erklärt|mitgeteilt|gesagt|that|this|these|the (?:figure|number|estimate)s?)\b",
    re.IGNORECASE,
)

_PLACE = re.compile(
    r"\b(?i:in|im|am|an|auf|bei|beim|nahe|vor|at|near|on)\s(?:(?i:der|dem|den|the)\s)?(?:[\w-]+[en]\s)?(?!Jahr"
    rf"|{'|'.join((*weekday_names('de'), *clear_month_names()))}"
    r"|Sommer|Winter|Herbst|Frühjahr|Ende|Anfang|Mitte)[A-ZÄÖÜ]\w{2,}"
)


class Place(NamedTuple):
    """Where the articles hold a quote."""

    article: Article
    span: Span


def who_says(question: str) -> bool:
    """Whether a question asks for the speaker of what was just answered."""
    return bool(WHO_SAYS.fullmatch(" ".join(question.split())))


def has_labels(history: Sequence[Turn]) -> bool:
    """Whether the previous answer cites anything."""
    previous = next((turn.content for turn in reversed(history) if turn.role == "assistant"), "")
    return bool(_LABELS.search(previous))


def cited(history: Sequence[Turn], index: Index, where: Filter) -> list[Place]:
    """Where the quotes of the previous answer stand, in its order; empty if it had none that `where` allows."""
    previous = next((turn.content for turn in reversed(history) if turn.role == "assistant"), "")
    places: list[Place] = []
    for piece in _LABELS.split(previous)[:QUOTES_READ] if _LABELS.search(previous) else []:
        quote = piece.strip().removeprefix(">").strip()
        if not LEAST_QUOTE <= len(quote) <= MAX_QUOTE:
            continue
        for hit in index.retrieve(quote, k=FOUND_IN, mode="lexical", where=where):
            article = index.article(hit.passage.article_id)
            start = article.text.find(quote)
            if start >= 0:
                places.append(Place(article, Span(start, start + len(quote))))
                break
    return places


def speaker(place: Place) -> tuple[Quoted, float] | None:
    """The statement with the sentence that names who makes it, and how sure that is; None if none near it does."""
    return _with_neighbour(place, lambda sentence: bool(_SAYING.search(sentence)), extend=True)


def circumstance(place: Place, kind: Kind) -> tuple[Quoted, float] | None:
    """The statement with the sentence that gives its date or place, and how sure that is; None if none near it does."""
    pattern = _PLACE if kind == "place" else None
    return _with_neighbour(
        place, lambda s: bool(pattern.search(s)) if pattern else holds(kind, s), extend=False
    )


def _with_neighbour(
    place: Place, tells: Callable[[str], bool], *, extend: bool
) -> tuple[Quoted, float] | None:
    """The statement and, unless it tells itself, the nearest sentence that does; with `extend`, one behind it that points back
    to it is quoted in any case.
    """
    text = place.article.text
    spans = sentences(text, place.article.language)
    inside = [
        n for n, span in enumerate(spans) if span.start < place.span.end and place.span.start < span.end
    ]
    if not inside:
        return None
    first, last = inside[0], inside[-1]

    def told(number: int) -> bool:
        return 0 <= number < len(spans) and tells(text[slice(*spans[number])])

    own = any(map(told, inside))
    points = told(last + 1) and _POINTING.match(text[slice(*spans[last + 1])].lstrip(QUOTES))
    if points and (extend or not own):
        sure, number = OWN if own else POINTING, last + 1
    elif own:
        sure, number = OWN, first
    elif told(first - 1) and "\n\n" not in text[spans[first - 1].end : spans[first].start]:
        sure, number = BEFORE, first - 1
    elif told(last + 1) and "\n\n" not in text[spans[last].end : spans[last + 1].start]:
        sure, number = NEAR, last + 1
    else:
        return None
    start, end = min(place.span.start, spans[number].start), max(place.span.end, spans[number].end)
    return Quoted(place.article, Span(start, end)), sure
