"""Measure checkpoints on questions that an index was searched for: `… evaluate CHECKPOINT …`.

Prints a table in Markdown. Of XQuAD only the articles that the checkpoint's run held out count. "any" is
some quote of at most three whose probability is a tenth of the best or more.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from benchmarks.reader.data import QuestionText, Window
from benchmarks.reader.items import NEWS, Item, load
from benchmarks.reader.model import Reader
from benchmarks.reader.project import cache_folder
from benchmarks.reader.score import Said, auroc, read
from benchmarks.reader.train import load_reader, maker_of
from benchmarks.reader.windows import Maker

MOST, SHARE = 3, 0.1  # of the quotes
SURE = 0.9
REFUSED = 0.05  # of the answerable questions, at the threshold for near misses
NAMES = (NEWS, "de on de", "en on de", "en on en")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a model's answer to one question was worth."""

    answerable: bool
    first: bool  # the likeliest quote is right
    any: bool  # some quote is
    oracle: bool | None  # the likeliest sentence of the first passage that holds a right one is right
    confidence: float  # that the first quote answers
    span: float  # log-odds of the best span of any passage


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a set of questions."""

    answerable: int
    unanswerable: int
    first: float
    any: float
    oracle: float  # nan where it was not measured
    auroc: float  # of the confidence, for "the passages answer"
    auroc_span: float
    auroc_first: float  # of the confidence, for "the first quote is right", over the answerable ones
    sure: int  # questions, answerable or not, with a confidence of SURE and more
    sure_first: float  # share of them whose first quote is right
    refused: float  # share of the unanswerable ones refused where REFUSED of the answerable ones are


def outcome(item: Item, said: Sequence[Said]) -> Outcome:
    """What the sentences' logits for each passage come to."""
    ranked = sorted(
        (
            (float(logit), passage, sentence)
            for passage, one in enumerate(said)
            for sentence, logit in enumerate(one.sentences)
        ),
        reverse=True,
    )
    chances = [1 / (1 + np.exp(-logit)) for logit, _, _ in ranked]
    right = [item.right(passage) for passage in range(len(item.passages))]
    hits = [sentence in right[passage] for _, passage, sentence in ranked]
    quoted = [hit for hit, chance in zip(hits, chances, strict=True) if chance >= SHARE * chances[0]][:MOST]
    holding = next((passage for passage, found in enumerate(right) if found), None)
    oracle = None if holding is None else int(said[holding].sentences.argmax()) in right[holding]
    return Outcome(
        bool(item.answers), hits[0], any(quoted), oracle, float(chances[0]), max(one.span for one in said)
    )


def today(item: Item) -> Outcome:
    """What the evidence model's answer was worth, its refusals overruled."""
    hits = [item.holds(quote) for quote in item.today.quotes]
    confidence = item.today.confidence
    return Outcome(bool(item.answers), bool(hits) and hits[0], any(hits), None, confidence, confidence)


def figures(found: Sequence[Outcome]) -> Figures:
    """The figures of outcomes."""
    can, cannot = [o for o in found if o.answerable], [o for o in found if not o.answerable]
    sure = [o.first for o in found if o.confidence >= SURE]
    oracle = [o.oracle for o in can if o.oracle is not None]
    answers = [o.answerable for o in found]
    threshold = float(np.quantile([o.confidence for o in can], REFUSED))
    return Figures(
        len(can),
        len(cannot),
        _mean([o.first for o in can]),
        _mean([o.any for o in can]),
        _mean(oracle),
        auroc([o.confidence for o in found], answers),
        auroc([o.span for o in found], answers),
        auroc([o.confidence for o in can], [o.first for o in can]),
        len(sure),
        _mean(sure),
        _mean([o.confidence < threshold for o in cannot]),
    )


def _mean(values: Sequence[bool]) -> float:
    return float(np.mean(values)) if values else float("nan")


def outcomes(reader: Reader, maker: Maker, items: Sequence[Item]) -> list[Outcome]:
    """What the reader makes of each item."""
    windows = [
        (
            QuestionText("", "", item.language, item.question, "", "other", -1),
            passage,
            Window(0, 0, "neighbour"),
        )
        for item in items
        for passage in item.passages
    ]
    said = read(reader, maker(windows, [None] * len(windows)))
    ends = np.cumsum([len(item.passages) for item in items]).tolist()
    return [
        outcome(item, said[end - len(item.passages) : end]) for item, end in zip(items, ends, strict=True)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("checkpoints", type=Path, nargs="*")
    parser.add_argument("--cache", type=Path, default=cache_folder())
    parser.add_argument("--sets", nargs="*", default=NAMES, help=f"of {', '.join(NAMES)}")
    parser.add_argument("--fold", type=int, default=0, help="of XQuAD, for the line of today's model")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    items = load(args.cache)
    for name in args.sets:
        own = [i for i in items if i.name == name and i.fold in (-1, args.fold) and i.passages]
        show("today", name, figures([today(item) for item in own]), as_json=args.json)
    for path in args.checkpoints:
        plan, reader, progress = load_reader(path)
        maker = maker_of(plan, args.cache, 0)
        for name in args.sets:
            own = [i for i in items if i.name == name and i.fold in (-1, plan.fold) and i.passages]
            label = f"{path.parent.name}, {progress.windows:,} windows, {progress.seconds:,.0f} CPU s"
            show(label, name, figures(outcomes(reader, maker, own)), as_json=args.json)


def show(model: str, name: str, found: Figures, *, as_json: bool) -> None:
    """Print a row of the table."""
    fields = asdict(found)
    if as_json:
        print(json.dumps({"model": model, "set": name, **fields}), flush=True)
        return
    cells = (f"{value:.3f}" if isinstance(value, float) else str(value) for value in fields.values())
    print(f"| {model} | {name} |", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    main()
