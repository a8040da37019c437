"""Sentences that an article says and ones that it does not, and what the support check makes of them.

`python -m benchmarks.support_pairs` prints what became of each kind of sentence, for the articles on which
the rules were tuned and for those held out. The sentences are those of `support_pairs.txt`, the same with a
number, a person or a place exchanged, and the pairs of `same_pairs.txt`; always the same ones in the same
order. Each one is checked against all sentences of its article. With `--show`, wrong verdicts are printed.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from benchmarks import same_pairs
from qa.answering.support import Support, best_support
from qa.answering.support_sentence import Evidence

ARTICLES = Path(__file__).with_suffix(".txt")
TUNED, HELD_OUT = "tuned", "held out"
# Kinds of `same_pairs` that are kinds here too; the others change what this check does not promise to see.
FROM_SAME_PAIRS = {
    "number": "number", "age": "number", "score": "number", "year": "number", "day": "number",
    "name": "person", "person": "person", "place": "place", "negation": "negation", "roles": "roles",
}  # fmt: skip
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?![\w])")


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence, the article that it is checked against, and whether the article says it."""

    kind: str  # "true", or what is wrong with it
    sentence: str
    evidence: tuple[Evidence, ...]
    language: str
    part: str  # TUNED or HELD_OUT

    def support(self) -> Support:
        """What the check makes of it."""
        return best_support(self.sentence, self.language, self.evidence)

    @property
    def outcome(self) -> str:
        """ "dropped", "original" (the article's sentence is shown), "tagged" or "as written"."""
        found = self.support()
        if not found.kept:
            return "dropped"
        return "original" if found.copy else "tagged" if found.hedged else "as written"


@dataclass(slots=True)
class PairedArticle:
    """An article of the table, with the sentences that it says and those that it does not."""

    language: str
    source: str
    date: str
    title: str
    persons: list[str]
    places: list[str]
    sentences: list[str] = field(default_factory=list)
    true: list[str] = field(default_factory=list)
    spoilt: list[tuple[str, str]] = field(default_factory=list)


def cases() -> list[Case]:
    """All cases, without repetitions."""
    found = [*_own(), *_of_same_pairs()]
    return list({(case.sentence, case.evidence): case for case in found}.values())


def _own() -> Iterator[Case]:
    every = list(articles())
    for number, article in enumerate(every):
        evidence = tuple(
            Evidence(text, article.language, article.title, article.source, article.date)
            for text in article.sentences
        )
        others = [one for one in every if one.language == article.language and one is not article]
        part = HELD_OUT if number % 2 else TUNED
        for kind, sentence in [
            *(("true", one) for one in article.true),
            *article.spoilt,
            *exchanged(article, others[number % len(others)]),
        ]:
            yield Case(kind, sentence, evidence, article.language, part)


def articles() -> Iterator[PairedArticle]:
    """The articles of `support_pairs.txt`."""
    article: PairedArticle | None = None
    for line in ARTICLES.read_text("utf-8").splitlines():
        mark, _, rest = line.partition(" ")
        if mark in ("", "#"):
            continue
        if mark == "article":
            if article:
                yield article
            language, source, date, title, persons, places = (part.strip() for part in rest.split("|"))
            article = PairedArticle(language, source, date, title, persons.split(", "), places.split(", "))
            continue
        assert article
        if mark == "=":
            article.sentences.append(rest)
        elif mark == "+":
            article.true.append(rest)
        else:
            kind, _, sentence = rest.partition(" | ")
            article.spoilt.append((kind, sentence))
    if article:
        yield article


def exchanged(article: PairedArticle, other: PairedArticle) -> Iterator[tuple[str, str]]:
    """True sentences with another number, person or place: of the same article, and of another one."""
    for sentence in article.true:
        for match in _NUMBER.finditer(sentence):
            yield "number", sentence[: match.start()] + _other_number(match[0]) + sentence[match.end() :]
        for kind, names, foreign in (
            ("person", article.persons, other.persons),
            ("place", article.places, other.places),
        ):
            for at, name in enumerate(names):
                if name in sentence:
                    yield kind, sentence.replace(name, names[1 - at], 1)
                    yield kind, sentence.replace(name, foreign[at], 1)


def _other_number(number: str) -> str:
    """The number with its first digit raised by one: another one of the same form."""
    return str(int(number[0]) % 9 + 1) + number[1:]


def _of_same_pairs() -> Iterator[Case]:
    for pair in same_pairs.pairs():
        kind = "true" if pair.same else FROM_SAME_PAIRS.get(pair.kind, "")
        if kind:
            part = HELD_OUT if pair.part else TUNED
            yield Case(kind, pair.second, (Evidence(pair.first, pair.language),), pair.language, part)


def caught(case: Case) -> bool:
    """Whether a sentence that an article does not say is not shown as it is.

    Where the article's own sentence is shown instead, nothing false is; a tag makes up for a lost hedge.
    """
    return case.outcome in ("dropped", "original") or (case.kind == "hedge" and case.outcome == "tagged")


class OfKind(Protocol):
    """A case as far as its kind goes."""

    @property
    def kind(self) -> str: ...


def kinds(found: Sequence[OfKind]) -> list[str]:
    """The kinds of cases, true ones first."""
    return sorted({case.kind for case in found}, key=lambda kind: (kind != "true", kind))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true", help="print the wrong verdicts of the tuned articles")
    parser.add_argument("--show-all", action="store_true", help="print those of the others, too")
    arguments = parser.parse_args()
    every = cases()
    for part in (TUNED, HELD_OUT):
        found = [case for case in every if case.part == part]
        print(f"\n{part}: {len(found)} sentences\n")
        print("| kind | n | right | dropped | original | tagged | as written |")
        print("|---|---|---|---|---|---|---|")
        for kind in kinds(found):
            same = [case for case in found if case.kind == kind]
            counted = Counter(case.outcome for case in same)
            right = len(same) - counted["dropped"] if kind == "true" else sum(map(caught, same))
            cells = " | ".join(str(counted[name]) for name in ("dropped", "original", "tagged", "as written"))
            print(f"| {kind} | {len(same)} | {right / len(same):.3f} | {cells} |")
        if arguments.show_all or (arguments.show and part == TUNED):
            _print_wrong(found)


def _print_wrong(found: Sequence[Case]) -> None:
    for case in found:
        support = case.support()
        if (case.kind == "true") == (case.outcome == "dropped") and not (
            case.kind != "true" and caught(case)
        ):
            said = case.evidence[support.evidence].text if support.evidence >= 0 else ""
            print(f"{case.kind}: {support.reason or case.outcome} {support.coverage:.2f}")
            print(f"  {case.sentence}\n  {said}")


if __name__ == "__main__":
    main()
