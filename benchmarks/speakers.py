"""Precision and recall of recognised speakers on annotated news.

`python -m benchmarks.speakers FOLDER` reads the JSON files of a part of DQA (Petersen-Frey & Biemann 2024,
github.com/uhh-lt/german-news-quotation-attribution-2024). Counted are speakers that stand in the sentence of
what they say; one is found if a recognised name shares a word of more than three letters with it.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.annotated import main
from qa.facts.speakers import Attribution, attributions
from qa.types import Span

LETTERS = 3  # of a word that does not count


def measure(folder: Path, *, verbose: bool = False) -> dict[str, Any]:
    """The counts over all articles of a folder."""
    rules: Counter[tuple[str, bool]] = Counter()
    gold_all = gold_found = right = predicted = 0
    for path in sorted(folder.glob("*.json")):
        article = json.loads(path.read_text("utf-8"))
        text = article["originalText"]
        gold = _speakers(article)
        found: list[tuple[Span, Attribution]] = []
        for sentence in article["sentences"]:
            start = sentence["charBegin"]
            for one in attributions(text[start : sentence["charEnd"]]):
                found.append((Span(start + one.span.start, start + one.span.end), one))
        for span, one in found:
            hit = any(_overlap(text, span, other) for other in gold)
            rules[one.rule, hit] += 1
            predicted += 1
            right += hit
            if verbose and not hit:
                around = text[max(0, span.start - 60) : span.end + 60].replace("\n", " ")
                print(f"wrong {one.rule:14} {text[slice(*span)]!r} in …{around}…")
        for other in gold:
            hit = any(_overlap(text, span, other) for span, _ in found)
            gold_all += 1
            gold_found += hit
            if verbose and not hit:
                around = text[max(0, other.start - 80) : other.end + 80].replace("\n", " ")
                print(f"missed {text[slice(*other)]!r} in …{around}…")
    return {
        "speakers": gold_all,
        "recognised": predicted,
        "precision": right / max(1, predicted),
        "recall": gold_found / max(1, gold_all),
        "rules": {
            rule: f"{rules[rule, True]} of {rules[rule, True] + rules[rule, False]}" for rule, _ in rules
        },
    }


def _speakers(article: dict[str, Any]) -> list[Span]:
    """The speakers that stand in a sentence of their quote, each once."""
    bounds = [(one["charBegin"], one["charEnd"]) for one in article["sentences"]]
    out: dict[Span, None] = {}
    for annotation in article["annotations"]:
        quotes = annotation["quote"]["spans"]
        for span in annotation["speaker"]["spans"]:
            inside = [(a, b) for a, b in bounds if a <= span["charBegin"] < b]
            if any(q["charBegin"] < b and a < q["charEnd"] for q in quotes for a, b in inside):
                out[Span(span["charBegin"], span["charEnd"])] = None
    return list(out)


def _overlap(text: str, one: Span, other: Span) -> bool:
    start, end = max(one.start, other.start), min(one.end, other.end)
    return start < end and any(len(word) > LETTERS for word in text[start:end].split())


if __name__ == "__main__":
    main(__doc__, measure)
