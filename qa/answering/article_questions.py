"""Questions about an article itself: who wrote it, when and where it appeared, what it is about.

The answer is a quote as ever: the byline, the line with the date or the outlet, the lead. Where only the metadata tell, the
title or first sentence is quoted, since its citation shows outlet and date. An article without a byline has no known
author, and nothing is quoted.
"""

# ruff: noqa: E501 (patterns are easier to read whole)
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from qa.text import tokens
from qa.text.characters import QUOTES
from qa.text.dates import date_of
from qa.text.sentences import is_heading, sentences
from qa.types import Article, Span

Sought = Literal["author", "date", "outlet", "summary"]

LEAD_SENTENCES = 3
LEAD_CHARS = 700
HEAD_CHARS = 1_500  # of a text in which a byline and a date stand
HEAD_LINES = 8
FOOT_LINES = 4
LINE_CHARS = 140  # a longer line is prose
TITLE_WEIGHT = 2  # of the title against the lead and the passages found

_DET = (
    r"(?:d(?:en|er|ie|as|em|es)|diese[nrsm]?|jene[nrsm]?|eine[nmrs]?|the|this|that|your)"
    r"(?: (?:[\w-]{2,20}e[nrsm]?|latest|recent|last|first))?"
)
_NOUN = (
    r"(?:(?:zeitungs|nachrichten|presse|online|leit|agentur)?(?:artikel|beitrag|bericht|text|meldung|reportage|kommentar|interview"
    r"|nachricht|story|glosse)(?:s|es|n|e)?|(?:news |newspaper |press )?(?:article|report|story|piece|item|commentary|text|interview))"
)
_ART = rf"(?:{_DET} )?{_NOUN}\b"
_IN = rf"(?:in (?:{_DET} )?|im |bei (?:{_DET} )?|beim )(?:[\w-]{{2,20}}e[nm] )?{_NOUN}\b"
_OF = rf"(?:(?:vom|von|of|behind|hinter) )?{_ART}"
_ABOUT = r"(?P<about>.*?)"
_WRITER = r"(?:autor(?:in)?|verfasser(?:in)?|journalist(?:in)?|redakteur(?:in)?|reporter(?:in)?|author|writer|journalist|reporter)"
_PAPER = (
    r"(?:zeitung|zeitschrift|magazin|medium|blatt|portal|quelle|publikation|redaktion|newspaper|paper|magazine|outlet|publication"
    r"|medium|source|news outlet|news site)"
)
_APPEARED = r"(?:erschienen|veröffentlicht|publiziert|gedruckt|abgedruckt|herausgekommen|online gegangen|verfasst|geschrieben)"
_BE = r"(?: (?:ist|wurde|war|hat|worden(?: ist)?|is|was))?"
_PUBLISHED = r"(?:published|written|released|posted|printed|come out|came out|appear(?:ed)?|dated|from|come from|carried|run)"
_FORMS: tuple[tuple[Sought, tuple[str, ...]], ...] = (
    (
        "author",
        (
            rf"(?:wer|welche[rs]? {_WRITER}) (?:hat|hatte) {_ART}{_ABOUT} (?:geschrieben|verfasst|recherchiert)",
            rf"(?:wer|welche[rs]? {_WRITER}) {_ART}{_ABOUT} (?:geschrieben|verfasst|schrieb|verfasste){_BE}",
            rf"(?:wer|welche[rs]? {_WRITER}) (?:schrieb|verfasste) {_ART}{_ABOUT}",
            rf"von wem (?:ist|stammt|kommt|wurde|war) {_ART}{_ABOUT}(?: {_APPEARED})?",
            rf"von wem {_ART}{_ABOUT}(?: {_APPEARED})? (?:ist|stammt|kommt|wurde)",
            rf"(?:(?:wer|wie|who|was|what) (?:ist|war|heißt|is|was|lautet) )?(?:(?:der|den|the) name[ns]? )?(?:der|die|den|des|the|of the|of)? ?{_WRITER}s? {_OF}{_ABOUT}(?: (?:ist|heißt))?",
            rf"who (?:wrote|authored|has written|is the {_WRITER} of|was the {_WRITER} of) {_ART}{_ABOUT}",
            rf"by whom (?:was|is) {_ART}{_ABOUT}(?: written)?",
            rf"who (?:is|was) {_ART}{_ABOUT} (?:written )?by",
            rf"(?:nenn|nenne|nennen sie|sag|sage)(?: (?:mir|uns|bitte|mal)){{0,3}} (?:den namen )?(?:de[rsn]|die)(?: name[ns]? de[rs])? ?{_WRITER}s? {_OF}{_ABOUT}",
        ),
    ),
    (
        "date",
        (
            rf"(?:wann|an welchem (?:tag|datum)) (?:ist|wurde|war) {_ART}{_ABOUT} {_APPEARED}(?: worden)?",
            rf"(?:wann|an welchem (?:tag|datum)) (?:erschien|stammt) {_ART}{_ABOUT}",
            rf"(?:wann|an welchem (?:tag|datum)) {_ART}{_ABOUT} (?:{_APPEARED}{_BE}|erschien)",
            rf"(?:von wann|von welchem (?:tag|datum)|aus welchem jahr|wie alt) (?:ist|stammt) {_ART}{_ABOUT}",
            rf"(?:von wann|von welchem (?:tag|datum)|aus welchem jahr|wie alt) {_ART}{_ABOUT} (?:ist|stammt)",
            rf"(?:welches|was für ein) datum (?:hat|trägt) {_ART}{_ABOUT}",
            rf"(?:(?:was|wie|what) (?:ist|lautet|is) )?(?:das |the )?(?:(?:erscheinungs|veröffentlichungs)?datum|publication date|date) {_OF}{_ABOUT}",
            rf"(?:when|on (?:what|which) (?:day|date)) (?:was|did|is|were) {_ART}{_ABOUT} {_PUBLISHED}",
            rf"(?:when|on (?:what|which) (?:day|date)) {_ART}{_ABOUT} (?:was {_PUBLISHED}|appeared|came out)",
            rf"how old is {_ART}{_ABOUT}",
        ),
    ),
    (
        "outlet",
        (
            rf"(?:in|aus|von|bei) welche[rmns] {_PAPER} (?:ist|stand|steht|erschien|wurde|stammt|war|kommt) {_ART}{_ABOUT}(?: (?:{_APPEARED}|zu lesen))?",
            rf"(?:in|aus|von|bei) welche[rmns] {_PAPER} {_ART}{_ABOUT} (?:stand|steht|erschien|stammt|{_APPEARED}{_BE})",
            rf"in welche[rm] {_PAPER} (?:stand|steht)(?:,| etwas| das| was)*{_ABOUT}",
            rf"wo (?:ist|wurde|erschien|stand|steht) {_ART}{_ABOUT}(?: (?:{_APPEARED}|zu lesen))?",
            rf"wo {_ART}{_ABOUT} (?:stand|erschien|{_APPEARED}{_BE})",
            rf"(?:wer|welche[rs]? {_PAPER}) hat {_ART}{_ABOUT} (?:veröffentlicht|gebracht|gedruckt|publiziert)",
            rf"welche[rs]? {_PAPER} (?:veröffentlichte|brachte|druckte) {_ART}{_ABOUT}",
            rf"(?:was|wer|what|which) (?:ist|is) (?:die|the) (?:quelle|source|zeitung|newspaper|outlet) {_OF}{_ABOUT}",
            rf"(?:in |from )?(?:which|what) {_PAPER} (?:published|ran|carried|printed|did|was|is|has|had) {_ART}{_ABOUT}(?: (?:{_PUBLISHED}|in|run))?",
            rf"(?:in |from )?(?:which|what) {_PAPER} {_ART}{_ABOUT} (?:was {_PUBLISHED}|appeared)(?: in)?",
            rf"where (?:was|did|is) {_ART}{_ABOUT} {_PUBLISHED}",
            rf"who published {_ART}{_ABOUT}",
        ),
    ),
    (
        "summary",
        (
            rf"(?:worum|um was) (?:geht|ging)(?: es|['’]?s) (?:denn |eigentlich |genau )?{_IN}{_ABOUT}",
            rf"(?:worum|um was) es {_IN}{_ABOUT} (?:geht|ging)",
            rf"(?:wovon|worüber) (?:handelt|berichtet|schreibt) {_ART}{_ABOUT}",
            rf"(?:wovon|worüber) {_ART}{_ABOUT} (?:handelt|berichtet)",
            rf"was (?:steht|stand) (?:denn |eigentlich |alles )?{_IN}{_ABOUT}",
            rf"was {_IN}{_ABOUT} (?:steht|stand)",
            rf"(?:bitte )?(?:fasse?|fassen sie|resümiere)(?: (?:mir|uns|bitte|mal|kurz|doch)){{0,4}} {_ART}{_ABOUT}(?: (?:kurz|knapp|bitte|in .{{2,30}}))?(?: zusammen)?",
            rf"(?:kannst du|könntest du|können sie|könnten sie)(?: (?:mir|uns|bitte|mal|kurz)){{0,4}} {_ART}{_ABOUT}(?: (?:kurz|knapp|in .{{2,30}}))? zusammenfassen",
            rf"(?:(?:was|wie|what) (?:ist|lautet|is|'s) )?(?:(?:eine|die|der|das|the|a|an) )?(?:(?:kurze|short|brief|main|zentrale|wichtigste) )?(?:zusammenfassung|inhalt|thema|kernaussage|hauptaussage|summary|gist|topic|subject|main point|content) {_OF}{_ABOUT}",
            rf"what(?: is|['’]s| was) {_ART}{_ABOUT} (?:about|all about)",
            rf"what {_ART}{_ABOUT} (?:is|was) about",
            rf"what does {_ART}{_ABOUT} (?:say|cover|deal with|report|describe)",
            rf"(?:please )?(?:summari[sz]e|sum up|give (?:me )?a summary of)(?: for me)? {_ART}{_ABOUT}(?: (?:briefly|in .{{2,30}}|please|for me))?",
        ),
    ),
)
# Without a word for "article" the texts may answer themselves, so they are read first.
_OPEN_FORMS: tuple[tuple[Sought, tuple[str, ...]], ...] = (
    (
        "author",
        (
            rf"(?:wer|welche[rs]? {_WRITER}) (?:hat|hatte) (?:über|zum|zur)\b{_ABOUT} geschrieben",
            rf"(?:wer|welche[rs]? {_WRITER}) (?:schrieb|schreibt) (?:über|zum|zur)\b{_ABOUT}",
            rf"who (?:has written|wrote) (?:on|about)\b{_ABOUT}",
        ),
    ),
    (
        "outlet",
        (
            rf"welche[rs]? {_PAPER} (?:hat|hatte) (?:über|zum|zur)\b{_ABOUT} (?:berichtet|geschrieben)",
            rf"welche[rs]? {_PAPER} (?:berichtete|berichtet|schrieb|schreibt) (?:über|zum|zur)\b{_ABOUT}",
            rf"in welche[rm] {_PAPER} (?:wurde|wird) (?:über|zum|zur)\b{_ABOUT} (?:berichtet|geschrieben)",
            rf"(?:which|what) {_PAPER} (?:reported|wrote) (?:on|about)\b{_ABOUT}",
        ),
    ),
)
_FORM_OF: tuple[tuple[Sought, re.Pattern[str]], ...] = tuple(
    (sought, re.compile(rf"(?:und |and )?{form}\s?[?.!]*", re.IGNORECASE))
    for sought, forms in _FORMS
    for form in forms
)
_OPEN_FORM_OF: tuple[tuple[Sought, re.Pattern[str]], ...] = tuple(
    (sought, re.compile(rf"(?:und |and )?{form}\s?[?.!]*", re.IGNORECASE))
    for sought, forms in _OPEN_FORMS
    for form in forms
)
# "Wer hat ihn geschrieben?", in a conversation about an article
_POINTING_FORMS: tuple[tuple[Sought, str], ...] = (
    (
        "author",
        rf"wer hat (?:das|dies|ihn|es) (?:geschrieben|verfasst)|wer ist (?:der|die) {_WRITER}|who wrote (?:that|this|it)|who is the {_WRITER}",
    ),
    (
        "date",
        r"wann (?:ist|wurde) (?:das|er|es|dies) (?:erschienen|veröffentlicht)|von wann ist (?:das|er)|when was (?:that|this|it) published",
    ),
    (
        "outlet",
        rf"(?:in|aus) welche[rmns] {_PAPER} (?:stand|steht|ist|stammt|erschien) (?:das|dies|er|es)(?: erschienen)?"
        rf"|(?:which|what) {_PAPER} (?:is|was) (?:that|this|it) (?:from|in)|where was (?:that|this|it) published",
    ),
)
_POINTING: tuple[tuple[Sought, re.Pattern[str]], ...] = tuple(
    (sought, re.compile(rf"(?:und |and )?(?:{form})\s?[?.!]*", re.IGNORECASE))
    for sought, form in _POINTING_FORMS
)
_STRICT = re.compile(r"artikel|article", re.IGNORECASE)
_BEFORE_SUBJECT = re.compile(
    rf"[\s,:{QUOTES}'(]*(?:(?:über|zu|zum|zur|von|vom|um|rund um|namens|titled|entitled|called|headlined|about|on|regarding|of"
    r"|mit (?:dem|der) (?:titel|überschrift)|with the (?:title|headline)|dass|in dem es um)\b)?"
    rf"[\s,:{QUOTES}'(]*(?:(?:d(?:en|er|ie|as|em)|the)\s)?",
    re.IGNORECASE,
)
_NAME = r"[^\W\d_a-z][\w.'’-]+(?: (?:(?:von|van|de|der|den|zu|al) ){0,2}[^\W\d_a-z][\w.'’-]+){1,3}"
_BYLINE = re.compile(
    r"[\s*_>#(]*(?P<line>(?i:(?:(?:ein(?:e)? |a )?(?:kommentar|reportage|bericht|analyse|interview|essay|report|analysis|beitrag) )?"
    r"(?:von|by)|texte?(?: und fotos?)?:|autor(?:in|en)?:|author:|verfasst von|geschrieben von|written by|words(?: by)?:?|reporter(?:in)?:)"
    rf"\s(?:{_NAME})(?:(?:, | und | and | & |/){_NAME}){{0,3}})(?=\s*(?:$|[,|·/(–-]|\.\s|\.$|\d|\*|_|\)))"
)


@dataclass(frozen=True, slots=True)
class ArticleQuestion:
    """What is asked about an article."""

    sought: Sought
    about: str  # what the article is about; "" for the one at hand
    strict: bool = True  # it says "article", so that it asks for nothing else


def parsed(question: str, *, is_open: bool = False) -> ArticleQuestion | None:
    """What a question asks about an article; None if it asks for something in the articles.

    With `is_open`, what it may ask if the articles do not tell: who wrote on a subject, which outlet did.
    """
    text = " ".join(question.split())
    if len(text) > 2 * LINE_CHARS:
        return None
    for sought, form in _OPEN_FORM_OF if is_open else _FORM_OF:
        if match := form.fullmatch(text):
            about = _BEFORE_SUBJECT.sub("", match["about"], count=1).strip(f" ,:;?.!{QUOTES}'()")
            return ArticleQuestion(sought, about, bool(_STRICT.search(text)))
    for sought, form in () if is_open else _POINTING:
        if form.fullmatch(text):
            return ArticleQuestion(sought, "", strict=False)
    return None


def covered(
    about: str, article: Article, passages: Sequence[str], idf: dict[str, float]
) -> tuple[float, float]:
    """How well an article fits a description: a score to compare, and the best share of its words, 0..1, in title, lead or one
    of its passages. `idf` holds the terms of the description.
    """
    language = article.language
    terms = terms_of(about, language)
    total = sum(idf.get(term, 0.0) for term in terms) or 1.0

    def share(text: str) -> float:
        held = set(tokens.terms(text, language))
        return sum(idf.get(term, 0.0) for term in terms if term in held) / total

    title, lead = share(article.title), share(f"{article.title} {article.text[slice(*lead_of(article))]}")
    found = max(map(share, passages), default=0.0)
    return TITLE_WEIGHT * title + lead + found, max(title, lead, found)


def terms_of(about: str, language: str) -> list[str]:
    """The distinct index terms of a description."""
    return list(dict.fromkeys(tokens.terms(about, language)))


def quote_for(sought: Sought, article: Article) -> Span | None:
    """Where the text of an article answers; None if nobody knows."""
    if sought == "summary":
        return lead_of(article)
    if sought == "author":
        return byline(article.text)
    if sought == "date":
        known = bool(article.date)
        line = next((s for s, text in _edges(article.text) if known and date_of(text) == article.date), None)
    else:
        known = bool(article.source)
        source = article.source.casefold()
        line = next((s for s, text in _edges(article.text) if known and source in text.casefold()), None)
    return (line or _title(article)) if known else None


def byline(text: str) -> Span | None:
    """The author's line at the top or the end of a text, as far as the names go."""
    for span, line in _edges(text):
        if match := _BYLINE.match(line):
            return Span(span.start + match.start("line"), span.start + match.end("line"))
    return None


def lead_of(article: Article) -> Span:
    """The first sentences of the body."""
    text = article.text
    by = byline(text)
    taken: list[Span] = []
    for span in sentences(text, article.language):
        sentence = text[span.start : span.end]
        beside = bool(by and span.start < by.end and by.start < span.end) or sentence.strip() == article.title
        if not taken and (beside or is_heading(sentence)):
            continue
        if taken and (
            beside
            or text[taken[-1].end : span.start].strip()
            or span.end - taken[0].start > LEAD_CHARS
            or len(taken) == LEAD_SENTENCES
            or is_heading(sentence)
        ):
            break
        taken.append(span)
    return Span(taken[0].start, taken[-1].end) if taken else _title(article)


def _title(article: Article) -> Span:
    """The title where the text has it, else the first sentence."""
    start = article.text.find(article.title) if article.title else -1
    if start >= 0:
        return Span(start, start + len(article.title))
    return next(iter(sentences(article.text, article.language)), Span(0, min(len(article.text), LINE_CHARS)))


def _edges(text: str) -> Iterator[tuple[Span, str]]:
    """The first and the last lines of a text that are no prose, trimmed."""
    lines = [
        Span(match.start(), match.end())
        for match in re.finditer(r"[^\s][^\n]*", text[:HEAD_CHARS])
        if match.end() < HEAD_CHARS or len(text) <= HEAD_CHARS
    ][:HEAD_LINES]
    tail = max(len(text) - HEAD_CHARS, 0)
    lines += [
        Span(tail + match.start(), tail + match.end()) for match in re.finditer(r"[^\s][^\n]*", text[tail:])
    ][-FOOT_LINES:]
    for start, end in dict.fromkeys(lines):
        line = text[start:end].rstrip()
        if len(line) <= LINE_CHARS or _BYLINE.match(line):
            yield Span(start, start + len(line)), line
