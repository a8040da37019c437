"""What a reader is worth on windows that it was not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.reader.model import Reader, log_odds
from benchmarks.reader.windows import Example, collate

BATCH_TOKENS = 4000


@dataclass(frozen=True, slots=True)
class Score:
    """Figures of a set of windows."""

    answered: int
    unanswered: int
    sentence_right: float  # of the answered windows with more than one sentence: the likeliest is right
    auroc: float  # of the likeliest sentence's log-odds, for "the passage answers"
    auroc_span: float  # of the best span's log-odds against none


@dataclass(frozen=True, slots=True)
class Said:
    """What a reader says of one window."""

    sentences: NDArray[np.float64]  # log-odds that each answers, [sentences]; -inf where one has no token
    span: float  # log-odds of the best first token against "no answer", plus those of the last one


def read(reader: Reader, examples: Sequence[Example]) -> list[Said]:
    """What the reader says of each window, in the order of `examples`."""
    reader.eval()
    said: dict[int, Said] = {}
    order = sorted(range(len(examples)), key=lambda n: len(examples[n].ids))
    batch: list[int] = []
    for place, number in enumerate(order):
        batch.append(number)
        longest = len(examples[order[min(place + 1, len(order) - 1)]].ids)
        if place == len(order) - 1 or (len(batch) + 1) * longest > BATCH_TOKENS:
            said |= _read(reader, batch, examples)
            batch = []
    return [said[number] for number in range(len(examples))]


def _read(reader: Reader, numbers: Sequence[int], examples: Sequence[Example]) -> dict[int, Said]:
    batch = collate([examples[number] for number in numbers])
    with torch.inference_mode():
        logits = reader(batch)
        sentences = log_odds(logits, batch).double().numpy()
        best = (logits.span[:, 1:].amax(1) - logits.span[:, 0]).sum(1).tolist()
    return {
        number: Said(sentences[row, : examples[number].sentences], best[row])
        for row, number in enumerate(numbers)
    }


def score(reader: Reader, examples: Sequence[Example]) -> Score:
    """The figures of windows, some of which answer."""
    said = read(reader, examples)
    right = [
        int(one.sentences.argmax()) in example.gold
        for one, example in zip(said, examples, strict=True)
        if example.gold and example.sentences > 1
    ]
    answers = [bool(example.gold) for example in examples]
    return Score(
        sum(answers),
        len(answers) - sum(answers),
        float(np.mean(right)) if right else float("nan"),
        auroc([float(one.sentences.max()) for one in said], answers),
        auroc([one.span for one in said], answers),
    )


def auroc(scores: Sequence[float], positive: Sequence[bool]) -> float:
    """Area under the ROC curve: how often a positive scores above a negative, ties counted half."""
    values, labels = np.asarray(scores, np.float64), np.asarray(positive, bool)
    high, low = values[labels], values[~labels]
    if not len(high) or not len(low):
        return float("nan")
    above = (high[:, None] > low[None]).mean() + 0.5 * (high[:, None] == low[None]).mean()
    return float(above)
