"""Pairs of sentences that say the same in other words, or differ in one fact, and what the rule says of them.

`python -m benchmarks.same_pairs` prints precision and recall by kind. The pairs are made from
`same_pairs.txt`, always the same ones in the same order: each edit of a topic is applied to its sentence and
to all its wordings.
With `--cosine`, the default model is loaded and the rule that was used before (a cosine of 0.985) is measured
on the same pairs. With `--show`, the pairs that the rule gets wrong are printed.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

from qa.answering.same_statement import same_statement

TOPICS = Path(__file__).with_suffix(".txt")
PARTS = {
    "": "Topics used while the rule was written",
    "held": "Topics held out, before a last extension of the rule",
    "last": "Topics written after that",
}
COSINE = 0.985  # of the rule before: at and above it, two sentences counted as the same


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sentences, and whether they make the same statement."""

    kind: str
    same: bool
    first: str
    second: str
    language: str
    part: str  # "" (topics used while the rule was written), "held" or "last"


@dataclass(slots=True)
class _Topic:
    language: str
    part: str
    sentence: str = ""
    wordings: list[tuple[str, str]] = field(default_factory=list)  # kind, sentence
    edits: list[tuple[str, str, str]] = field(default_factory=list)  # kind, old, new
    others: list[tuple[str, str]] = field(default_factory=list)  # kind, sentence


def pairs() -> list[Pair]:
    """All pairs, without repetitions."""
    found = {(pair.first, pair.second): pair for topic in _topics() for pair in _pairs(topic)}
    return list(found.values())


def _topics() -> Iterator[_Topic]:
    topic: _Topic | None = None
    for line in TOPICS.read_text("utf-8").splitlines():
        mark, _, rest = line.partition(" ")
        if not mark or mark == "#":
            continue
        if mark == "topic":
            if topic:
                yield topic
            language, *part = rest.split()
            topic = _Topic(language, "".join(part))
            continue
        assert topic
        parts = [part.strip() for part in rest.split(" | ")]
        match mark:
            case "=":
                topic.sentence = rest
            case "~":
                topic.wordings.append((parts[0], parts[1]))
            case "!":
                topic.edits.append((parts[0], parts[1], parts[2]))
            case "!!":
                topic.others.append((parts[0], parts[1]))
            case _:
                raise ValueError(f"Unknown mark {mark!r}. Use =, ~, ! or !!.")
    if topic:
        yield topic


def _pairs(topic: _Topic) -> Iterator[Pair]:
    def pair(kind: str, same: bool, first: str, second: str) -> Pair:
        return Pair(kind, same, first, second, topic.language, topic.part)

    for kind, wording in topic.wordings:
        yield pair(kind, True, topic.sentence, wording)
    for (kind, wording), (other_kind, other) in combinations(topic.wordings, 2):
        if "free" not in (kind, other_kind):
            yield pair("two changes", True, wording, other)
    texts = [topic.sentence, *(wording for _, wording in topic.wordings)]
    for kind, old, new in topic.edits:
        holding = [text for text in texts if old in text]
        assert holding, (topic.sentence, old)
        for number, text in enumerate(holding):
            edited = text.replace(old, new, 1)
            yield pair(kind, False, text, edited)
            if number:
                yield pair(kind, False, topic.sentence, edited)
    for kind, other in topic.others:
        for text in texts:
            yield pair(kind, False, text, other)


def _rows(found: Sequence[Pair], verdicts: Sequence[bool]) -> list[tuple[str, bool, int, int]]:
    """Kind, whether it is one of sameness, pairs, and pairs that the rule takes for the same."""
    counted: defaultdict[tuple[bool, str], list[bool]] = defaultdict(list)
    for pair, verdict in zip(found, verdicts, strict=True):
        counted[not pair.same, pair.kind].append(verdict)
    return [(kind, not differs, len(v), sum(v)) for (differs, kind), v in sorted(counted.items())]


def precision_and_recall(found: Sequence[Pair], verdicts: Sequence[bool]) -> tuple[float, float]:
    """Precision and recall of "the same"; the precision of a rule that never says so is 1."""
    right = sum(v for pair, v in zip(found, verdicts, strict=True) if pair.same)
    said = sum(verdicts)
    return (right / said if said else 1.0), right / sum(pair.same for pair in found)


def _cosines(found: Sequence[Pair]) -> list[float]:
    from qa.embedding.sentence_transformer import load

    encoder = load()
    texts = sorted({text for pair in found for text in (pair.first, pair.second)})
    vectors = {text: reading.vector for text, reading in zip(texts, encoder.read(texts), strict=True)}
    return [float(vectors[pair.first] @ vectors[pair.second]) for pair in found]


def _table(title: str, found: Sequence[Pair], rules: dict[str, list[bool]]) -> None:
    print(f"\n{title}: {len(found)} pairs, {sum(pair.same for pair in found)} of them the same\n")
    print("| kind | pairs | " + " | ".join(rules) + " |\n|---|---|" + "---|" * len(rules))
    rows = [_rows(found, verdicts) for verdicts in rules.values()]
    for columns in zip(*rows, strict=True):
        kind, same, number, _ = columns[0]
        cells = (
            f"{column[3] / number:.2f}" if same else f"{column[3]} taken for the same" for column in columns
        )
        print(f"| {'same: ' if same else 'differs: '}{kind} | {number} | " + " | ".join(cells) + " |")
    for name, verdicts in rules.items():
        precision, recall = precision_and_recall(found, verdicts)
        print(f"\n{name}: precision {precision:.3f}, recall {recall:.3f}")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cosine", action="store_true", help="measure the rule before too; needs the model")
    parser.add_argument("--show", action="store_true", help="print the pairs that the rule gets wrong")
    arguments = parser.parse_args()
    for part, title in PARTS.items():
        found = [pair for pair in pairs() if pair.part == part]
        verdicts = [same_statement(pair.first, pair.second, pair.language) for pair in found]
        rules = {"this rule": verdicts}
        if arguments.cosine:
            rules[f"cosine {COSINE}"] = [cosine >= COSINE for cosine in _cosines(found)]
        _table(title, found, rules)
        if arguments.show:
            for pair, verdict in zip(found, verdicts, strict=True):
                if verdict != pair.same:
                    print(
                        f"{pair.kind}: {'same' if pair.same else 'DIFFERS'}\n  {pair.first}\n  {pair.second}"
                    )


if __name__ == "__main__":
    main()
