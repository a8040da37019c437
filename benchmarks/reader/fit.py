"""Fit how reader and evidence model are combined: `python -m benchmarks.reader.fit DATA [--write]`.

Trains the confidence (`qa.answering.combining`) on questions whose articles the shipped reader was not
trained on: the held-out fold of XQuAD dev (German and English questions on German, English on English; the
evidence model cross-validated by article) and the held-out articles of sets for the reader. Questions that
nothing answers: XQuAD's near misses, the same questions without the passages that hold the answer, and
questions with one name or number changed. Prints figures with each set left out; `--write` puts the weights
into qa/answering/answer.json.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.reader import negatives
from benchmarks.reader.data import read_set, xquad_folds
from benchmarks.reader.project import (
    ANSWER_WEIGHTS,
    Filter,
    Material,
    bot,
    cache_folder,
    combining,
    evidence_training,
    features,
    load,
    qa,
    scoring,
    whole_file,
)
from benchmarks.reader.score import auroc

FOLD = 0  # of XQuAD, which the shipped reader was not trained on
SETS = ("norquad_news", "squadshifts_wikipedia")
# Norwegian, which the evidence model and the word forms do not know: measured, not fitted on.
MEASURED_ONLY = frozenset({"norquad_news"})
PRIOR = 0.8  # of the questions that people ask the articles answer; an assumption
MORE = 120  # contexts of a set in the index besides the held-out ones
QUESTIONS = 240  # of a set at most
EVIDENCE, NONE = 0.5, 0.0  # see docs/decisions/0027-answers.md
STRENGTH = 0.3  # inverse, of the L2 penalty
SEED = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its passages, as both models see them."""

    name: str  # of its set
    kind: str  # "plain", "without" or "changed"
    readings: tuple[scoring.Reading, ...]
    materials: tuple[Material, ...]
    answers: tuple[str, ...]  # empty: nothing answers


def xquad(data: Path, encoder: Any, articles: str, questions: str) -> list[Asked]:
    """XQuAD dev: paragraphs 0, 2 and 4 of an article are the corpus, questions on others near misses."""
    read, wording, texts = evidence_training.xquad_texts(data, articles, questions)
    items, parsed = [], {}
    for index in evidence_training.index_of(texts, encoder):
        for a, article in enumerate(read):
            for p, paragraph in enumerate(article["paragraphs"]):
                for q in paragraph["qas"]:
                    answers = [x["text"] for x in q["answers"]] if p % 2 == 0 else []
                    at = [(x["answer_start"], x["text"]) for x in q["answers"]] if answers else []
                    holds = evidence_training.holds_any(f"a{a:03d}p{p}.txt", at)
                    question, materials, _ = bot.Bot(index).gather(wording[q["id"]], Filter())
                    labels = [holds(m, s, e) for m in materials for s, e in m.states.sentences]
                    item = evidence_training.Item(
                        f"{questions} on {articles}",
                        f"x{a}",
                        wording[q["id"]],
                        tuple(materials),
                        np.concatenate(features.measure(question, materials)),
                        np.array(labels, int),
                        bool(answers),
                        tuple(answers),
                    )
                    items.append(item)
                    parsed[id(item)] = question
    fold = xquad_folds(len(read))
    return [
        Asked(
            one.item.name,
            "plain",
            (scoring.Reading(parsed[id(one.item)], one.judgement, 1.0, ()),),
            one.item.materials,
            one.item.answers,
        )
        for one in evidence_training.cross_validate(items, "corpus")
        if fold[int(one.item.group[1:])] == FOLD
    ]


def reader_set(data: Path, encoder: Any, name: str) -> Iterator[Asked]:
    """Questions on the held-out articles of a set, each also with one thing changed."""
    contexts = read_set(data / "reader" / f"{name}.jsonl")
    held = [one for one in contexts if one.fold == FOLD]
    rest = [one for one in contexts if one.fold != FOLD]
    rng = random.Random(SEED)  # noqa: S311
    rng.shuffle(rest)
    texts = {f"c{n:04d}.txt": one.text for n, one in enumerate(held + rest[:MORE])}
    pairs = [(question, answer) for one in held for _, question, answer, _ in one.asked if answer][:QUESTIONS]
    names = sorted({found for question, _ in pairs for found in negatives.inner_names(question)})
    for index in evidence_training.index_of(texts, encoder):
        for question, answer in pairs:
            plain = _asked(index, name, "plain", question, (answer,))
            yield plain
            other = changed(question, answer, plain.materials, names, rng)
            if other:
                yield _asked(index, name, "changed", other, ())


def _asked(index: qa.Index, name: str, kind: str, question: str, answers: tuple[str, ...]) -> Asked:
    parsed, materials, _ = bot.Bot(index).gather(question, Filter())
    return Asked(name, kind, (scoring.judge(parsed, materials),), tuple(materials), answers)


def changed(
    question: str, answer: str, materials: Sequence[Material], names: Sequence[str], rng: random.Random
) -> str:
    """The question with one name or number that its passages hold changed; "" where there is none."""
    text = "\n".join(one.hit.passage.text for one in materials)
    things = [
        thing
        for thing in negatives.things(question)
        if thing in text and thing.casefold() not in answer.casefold()
    ]
    if not things:
        return ""
    old = rng.choice(things)
    new = negatives.other_thing(old, names, f"{question}\n{text}", rng)
    return negatives.replaced(question, old, new) if new else ""


def without(one: Asked) -> Asked | None:
    """The question without the passages that hold the answer; None where too few are left."""
    keep = [n for n, m in enumerate(one.materials) if not _has(m.hit.passage.text, one.answers)]
    if not one.answers or len(keep) < 2:
        return None
    (reading,) = one.readings
    left = replace(reading.judgement, sentences=tuple(reading.judgement.sentences[n] for n in keep))
    materials = tuple(one.materials[n] for n in keep)
    return Asked(one.name, "without", (reading._replace(judgement=left),), materials, ())


@dataclass(frozen=True, slots=True)
class Row:
    """The signals of a question's first quote, and whether it is right."""

    name: str
    kind: str
    signals: tuple[float, ...]
    right: bool
    answerable: bool
    ceiling: float = 1.0


def row(one: Asked, weights: combining.Weights) -> Row | None:
    found = combining.find(one.readings, one.materials, weights)
    if not found.quotes:
        return None
    first = found.quotes[0]
    right = _has(first.material.hit.passage.text[first.start : first.end], one.answers)
    signals = tuple(found.signals[name] for name in combining.NAMES)
    return Row(one.name, one.kind, signals, right, bool(one.answers), found.ceiling)


def _has(text: str, answers: Sequence[str]) -> bool:
    return any(answer.casefold() in text.casefold() for answer in answers)


def first_weights() -> combining.Weights:
    """Weights whose confidence says nothing yet."""
    none = dict.fromkeys(combining.NAMES, 0.0)
    return combining.Weights(
        EVIDENCE, 1 + EVIDENCE, NONE, 0.0, none, dict.fromkeys(combining.NAMES, 1.0), none, 0.0
    )


def fit(rows: Sequence[Row], threshold: float) -> combining.Weights:
    """The logistic regression, on standardised signals."""
    signals = np.array([one.signals for one in rows])
    mean, spread = signals.mean(0), signals.std(0)
    scale = np.where(spread > 0, spread, 1.0)
    can = np.array([one.answerable for one in rows])
    weight = np.where(can, PRIOR / can.mean(), (1 - PRIOR) / (1 - can.mean()))
    model = LogisticRegression(C=STRENGTH, max_iter=2000).fit(
        (signals - mean) / scale, [one.right for one in rows], weight
    )

    def named(values: Any) -> dict[str, float]:
        return {name: round(float(value), 6) for name, value in zip(combining.NAMES, values, strict=True)}

    return replace(
        first_weights(),
        threshold=threshold,
        mean=named(mean),
        scale=named(scale),
        coefficients=named(model.coef_[0]),
        intercept=round(float(model.intercept_[0]), 6),
    )


def fitted_on(rows: Sequence[Row]) -> list[Row]:
    return [one for one in rows if one.name not in MEASURED_ONLY]


def figures(rows: Sequence[Row], weights: combining.Weights) -> dict[str, float | None]:
    """How well the confidence tells right first quotes from wrong ones; None: nothing to tell."""
    chances = np.array(
        [
            combining.Found(
                (None,),  # type: ignore[arg-type]
                dict(zip(combining.NAMES, one.signals, strict=True)),
                (),
                one.ceiling,
            ).confidence(weights)
            for one in rows
        ]
    )
    right = np.array([one.right for one in rows])
    can = np.array([one.answerable for one in rows])
    sure = chances >= 0.9
    measured = {
        "questions": len(rows),
        "answerable": int(can.sum()),
        "first_right": float(right[can].mean()),
        "AUROC": auroc(chances.tolist(), can.tolist()),
        "AUROC_first": auroc(chances.tolist(), right.tolist()),
        "sure": int(sure.sum()),
        "sure_right": float(right[sure].mean()) if sure.any() else float("nan"),
        "confidence_error": float(np.abs(chances - right).mean()),
        "wrongly_refused": float((chances[can] < weights.threshold).mean()),
        "rightly_refused": float((chances[~can] < weights.threshold).mean())
        if (~can).any()
        else float("nan"),
    }
    return {name: None if np.isnan(value) else round(float(value), 4) for name, value in measured.items()}


def main() -> None:
    import torch

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path)
    parser.add_argument("--threshold", type=float, default=0.39, help="confidence below which to refuse")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--reuse", action="store_true", help="the signals of the last run")
    args = parser.parse_args()
    torch.set_num_threads(1)
    kept = cache_folder() / "signals.json"
    if args.reuse:
        rows = [Row(**fields) for fields in json.loads(kept.read_text("utf-8"))]
    else:
        rows = all_rows(args.data)
        with whole_file(kept) as draft:
            draft.write_text(json.dumps([asdict(one) for one in rows]), encoding="utf-8")
    report(rows, args.threshold, write=args.write)


def all_rows(data: Path) -> list[Row]:
    """The signals of all questions; takes some ten minutes."""
    encoder = load()
    asked: list[Asked] = []
    for articles, questions in (("de", "de"), ("de", "en"), ("en", "en")):
        asked += xquad(data, encoder, articles, questions)
        print(f"{questions} on {articles}: {len(asked)} questions so far", flush=True)
    for name in SETS:
        asked += reader_set(data, encoder, name)
        print(f"{name}: {len(asked)} questions so far", flush=True)
    asked += [less for one in asked if one.kind == "plain" and (less := without(one))]
    start = first_weights()
    return [found for one in asked if (found := row(one, start))]


def report(rows: Sequence[Row], threshold: float, *, write: bool) -> None:
    """Print figures with each set left out, fit on all, and write the weights if asked to."""
    table = {}
    for name in dict.fromkeys(one.name for one in rows):
        left = fit([one for one in fitted_on(rows) if one.name != name], threshold)
        for kinds in (("plain",), ("plain", "without", "changed")):
            own = [one for one in rows if one.name == name and one.kind in kinds]
            table[f"{name}, {' + '.join(kinds)}"] = figures(own, left)
    for name, found in table.items():
        print(name, found)
    weights = fit(fitted_on(rows), threshold)
    print(weights)
    if write:
        about = {"weights": asdict(weights), "figures": table, "trained_on": "see benchmarks/reader/fit.py"}
        ANSWER_WEIGHTS.write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
