"""Sentences of one language and articles of the other, and what the check makes of them.

`python -m benchmarks.across_pairs` prints what became of each kind of sentence (needs the default model). The
sentences are those of `across_pairs.txt`, and the true ones with a number, a person or a place exchanged;
always the same ones in the same order. Each one is checked against all sentences of its article. With
`--show`, wrong verdicts of the tuned articles are printed.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.support_pairs import HELD_OUT, TUNED, PairedArticle, articles, exchanged, kinds
from qa.answering.support import Support
from qa.answering.support_across import best_across
from qa.answering.support_sentence import Evidence
from qa.embedding.base import Encoder

PAIRS = Path(__file__).with_suffix(".txt")
# Seen through facts that both languages share; what else a sentence says is not compared exactly.
EXACT = ("number", "person", "place", "negation", "hedge")


@dataclass(frozen=True, slots=True)
class AcrossCase:
    """A sentence and the article in the other language that it is checked against."""

    kind: str  # "true", or what is wrong with it
    sentence: str
    language: str
    evidence: tuple[Evidence, ...]
    part: str  # TUNED or HELD_OUT

    def support(self, vectors: dict[str, NDArray[np.float32]]) -> Support:
        """What the check makes of it; `vectors` by text."""
        mine = vectors[self.sentence]
        cosines = [float(mine @ vectors[one.text]) for one in self.evidence]
        return best_across(self.sentence, self.language, self.evidence, cosines)


def cases() -> list[AcrossCase]:
    """All cases, without repetitions."""
    found = list(_articles())
    cases: list[AcrossCase] = []
    for number, (article, part) in enumerate(found):
        language = "en" if article.language == "de" else "de"
        others = [one for one, _ in found if one.language == article.language and one is not article]
        evidence = tuple(
            Evidence(text, article.language, article.title, article.source, article.date)
            for text in article.sentences
        )
        said = (
            *(("true", one) for one in article.true),
            *article.spoilt,
            *exchanged(article, others[number % len(others)]),
        )
        cases += [AcrossCase(kind, sentence, language, evidence, part) for kind, sentence in said]
    return list(dict.fromkeys(cases))


def _articles() -> Iterator[tuple[PairedArticle, str]]:
    """The articles with their sentences, and as `true` and `spoilt` those in the other language."""
    known = {article.title: article for article in articles()}
    found: list[tuple[PairedArticle, str]] = []
    for line in PAIRS.read_text("utf-8").splitlines():
        mark, _, rest = line.partition(" ")
        if mark == "article":
            of = known[rest]
            found.append(
                (PairedArticle(of.language, of.source, of.date, of.title, of.persons, of.places), TUNED)
            )
            found[-1][0].sentences.extend(of.sentences)
        elif mark == "new":
            language, source, date, title, persons, places = (part.strip() for part in rest.split("|"))
            names = persons.split(", "), places.split(", ")
            found.append((PairedArticle(language, source, date, title, *names), HELD_OUT))
        elif mark == "=":
            found[-1][0].sentences.append(rest)
        elif mark == "+":
            found[-1][0].true.append(rest)
        elif mark == "-":
            kind, _, sentence = rest.partition(" | ")
            found[-1][0].spoilt.append((kind, sentence))
    yield from found


def vectors_of(found: Sequence[AcrossCase], encoder: Encoder) -> dict[str, NDArray[np.float32]]:
    """The vectors of all sentences of some cases, by text."""
    texts = sorted({text for case in found for text in (case.sentence, *(one.text for one in case.evidence))})
    return dict(zip(texts, (reading.vector for reading in encoder.read(texts)), strict=True))


def main() -> None:
    """Print the tables."""
    from qa.embedding import sentence_transformer

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true", help="print the wrong verdicts of the tuned articles")
    arguments = parser.parse_args()
    every = cases()
    vectors = vectors_of(every, sentence_transformer.load())
    for part in (TUNED, HELD_OUT):
        found = [case for case in every if case.part == part]
        print(f"\n{part}: {len(found)} sentences\n\n| kind | n | right |\n|---|---|---|")
        right: Counter[str] = Counter()
        for case in found:
            kept = case.support(vectors).kept
            right[case.kind] += kept == (case.kind == "true")
            if arguments.show and part == TUNED and kept != (case.kind == "true"):
                print(f"{case.kind}: {case.support(vectors).reason or 'kept'}  {case.sentence}")
        for kind in kinds(found):
            number = sum(case.kind == kind for case in found)
            print(f"| {kind} | {number} | {right[kind] / number:.3f} |")
        spoilt = sum(case.kind != "true" for case in found)
        caught = sum(number for kind, number in right.items() if kind != "true")
        print(f"| all spoilt | {spoilt} | {caught / spoilt:.3f} |")


if __name__ == "__main__":
    main()
