"""An export with everything in it, for the tests of its formats."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from qa.errors import CorpusError
from qa.exporting.document import Exchange, Export, Paragraph, Piece
from qa.facts.figures import figure, figures
from qa.facts.timeline import timeline
from qa.text.sentences import sentences
from qa.types import Article, Citation

TEXT = (
    "Sturm vor Selmstedt\n\n"
    "Laut Reederei Thoden starben am 3. April etwa 30 dänische Matrosen. Der Hafen bleibt zu.\f"
    "Mindestens 12 Matrosen wurden nach Angaben der Küstenwache verletzt."
)
DEAD = "Laut Reederei Thoden starben am 3. April etwa 30 dänische Matrosen."
HURT = "Mindestens 12 Matrosen wurden nach Angaben der Küstenwache verletzt."
STORM = Article(
    *("sturm.pdf", "Sturm vor Selmstedt", TEXT, "Nordbote", "https://nordbote.example/sturm?a=1&b=2"),
    date="2024-05-03",
    language="de",
)
COPY = replace(STORM, article_id="kopie.txt", title="", source="Inselblatt", url="", date="")
ARTICLES = {article.article_id: article for article in (STORM, COPY)}


def article_of(article_id: str) -> Article:
    if article_id not in ARTICLES:
        raise CorpusError(f"There is no article {article_id}. Check its id.")
    return ARTICLES[article_id]


def citation(label: int, article: Article, quote: str, **more: Any) -> Citation:
    start = article.text.index(quote)
    end = start + len(quote)
    known = {name: getattr(article, name) for name in ("article_id", "title", "source", "date", "url")}
    return Citation(
        label=label, start=start, end=end, quote=quote, score=0.9, page=article.page(start), **known, **more
    )


def quoted(quote: str, *labels: int, bold: str = "") -> Paragraph:
    before, _, after = quote.partition(bold) if bold else (quote, "", "")
    texts = (Piece(before), Piece(bold, bold=True), Piece(after))
    marks = (Piece("", label=label) for label in labels)
    return Paragraph((*(piece for piece in texts if piece.text), *marks), quoted=True)


SPANS = sentences(TEXT, "de")
FIGURES = tuple(
    figure(STORM, SPANS, found, "answer" if "30" in TEXT[slice(*found.span)] else "beside")
    for found in figures(TEXT, SPANS, "de")
)
EXCHANGE = Exchange(
    "Wie viele Matrosen starben?",
    (Paragraph((Piece("2 Artikel, 1 Meldung"),)), quoted(DEAD, 1, 2, bold="etwa 30"), quoted(HURT, 3)),
    (
        citation(1, STORM, DEAD, speaker="Reederei Thoden"),
        citation(2, COPY, DEAD, copy_of=1),
        citation(3, STORM, HURT, speaker="Küstenwache"),
    ),
    figures=FIGURES,
    dated=tuple(timeline([STORM])),
)
REFUSAL = Exchange(
    "Was kostet der Hafen?",
    (Paragraph((Piece("Dazu steht nichts in den Artikeln."),)),),
    nearest=(citation(0, STORM, "Der Hafen bleibt zu."),),
)
EXPORT = Export(
    "Matrosen im Sturm",
    (EXCHANGE, REFUSAL),
    "de",
    "2026-11-26T10:45:00+01:00",
    "https://qa.example/seite",
    "conversation",
)
