"""Train the evidence model and say what it is worth: `python -m benchmarks.train DATA [--write]`.

DATA is the folder of judged questions (XQuAD dev half, OMoS-QA train and dev). Every figure comes
from folds that were cut by article: no article of a question that is judged was trained on. The
figures and the data's provenance go into qa/evidence.json together with the weights.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

import qa
from qa import bot, evidence, features
from qa.encoder import load
from qa.features import Material, Matrix
from qa.types import Filter

FOLDS = 8
SEED = 13
SENTENCE_C = 1.0  # inverse strength of the L2 penalty
ANSWER_C = 0.1


@dataclass(frozen=True, slots=True)
class Item:
    """A judged question with all that is measured of it."""

    name: str  # of its set
    group: str  # the article that decides the fold
    question: str
    materials: tuple[Material, ...]
    rows: Matrix  # [sentences, features]
    labels: np.ndarray  # [sentences], 1: answers
    answerable: bool
    answers: tuple[str, ...]


# -- data ----------------------------------------------------------------------------------------


def xquad(data: Path, encoder: Any, articles: str, questions: str) -> list[Item]:
    """Paragraphs 0, 2 and 4 of each article are the corpus; questions on the others are near misses."""
    read = json.loads((data / "xquad-dev" / f"xquad.{articles}.dev.json").read_text("utf-8"))["data"]
    asked = json.loads((data / "xquad-dev" / f"xquad.{questions}.dev.json").read_text("utf-8"))["data"]
    wording = {q["id"]: q["question"] for a in asked for p in a["paragraphs"] for q in p["qas"]}
    texts = {
        f"a{a:03d}p{p}.txt": paragraph["context"]
        for a, article in enumerate(read)
        for p, paragraph in enumerate(article["paragraphs"])
        if p % 2 == 0
    }
    items = []
    for index in _index(texts, encoder):
        for a, article in enumerate(read):
            for p, paragraph in enumerate(article["paragraphs"]):
                for q in paragraph["qas"]:
                    gold = [(x["answer_start"], x["text"]) for x in q["answers"]] if p % 2 == 0 else []
                    item = _item(
                        index,
                        f"{questions} on {articles}",
                        f"x{a}",
                        wording[q["id"]],
                        Filter(),
                        _holds(f"a{a:03d}p{p}.txt", gold),
                        bool(gold),
                    )
                    items.append(_with_answers(item, [text for _, text in gold]))
    return items


def _holds(article_id: str, gold: Sequence[tuple[int, str]]) -> Callable[[Material, int, int], bool]:
    def check(material: Material, start: int, end: int) -> bool:
        passage = material.hit.passage
        inside = any(start <= at - passage.start < end for at, _ in gold)
        return passage.article_id == article_id and inside

    return check


def omos(path: Path, encoder: Any, name: str) -> list[Item]:
    """OMoS-QA: a question on one article of the corpus; the lines that answer are marked."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    known: dict[str, str] = {}
    for row in rows:
        known.setdefault(row["context"], f"c{len(known):04d}.txt")
    items = []
    for index in _index({article_id: text for text, article_id in known.items()}, encoder):
        for row in rows:
            lines, article_id = row["context"].split("\n"), known[row["context"]]
            gold = {i for i in row["answers"] if i < len(lines)}
            where = Filter(article_id=article_id)
            label = _lines(row["context"], gold)
            item = _item(index, name, f"o{article_id}", row["question"], where, label, bool(gold))
            items.append(_with_answers(item, [lines[i] for i in sorted(gold)]))
    return items


def _lines(text: str, gold: set[int]) -> Callable[[Material, int, int], bool]:
    def check(material: Material, start: int, end: int) -> bool:
        begin = material.hit.passage.start
        first = text.count("\n", 0, begin + start)
        last = text.count("\n", 0, begin + end - 1)
        return any(line in gold for line in range(first, last + 1))

    return check


def _index(texts: dict[str, str], encoder: Any) -> Iterable[qa.Index]:
    """One opened index of the texts; its folder is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        corpus, vectors = Path(folder, "corpus"), Path(folder, "vectors")
        corpus.mkdir()
        for name, text in texts.items():
            (corpus / name).write_text(text, encoding="utf-8")
        qa.build(corpus, vectors, encoder=encoder)
        index = qa.Index.open(vectors, encoder=encoder)
        yield index
        index.close()


def _item(
    index: qa.Index,
    name: str,
    group: str,
    question: str,
    where: Filter,
    answers: Callable[[Material, int, int], bool],
    answerable: bool,
) -> Item:
    taken, materials, _ = bot.Bot(index).gather(question, where)
    rows = features.measure(taken, materials)
    labels = [answers(m, start, end) for m in materials for start, end in m.states.sentences]
    whole = np.concatenate(rows) if rows else np.zeros((0, len(features.NAMES)), np.float32)
    return Item(name, group, question, tuple(materials), whole, np.array(labels, dtype=int), answerable, ())


def _with_answers(item: Item, answers: Sequence[str]) -> Item:
    return replace(item, answers=tuple(answers))


# -- model ---------------------------------------------------------------------------------------


def _regression(rows: Matrix, labels: np.ndarray, strength: float) -> dict[str, Any]:
    """A logistic regression on standardised features, as plain numbers."""
    scaler = StandardScaler().fit(rows)
    model = LogisticRegression(C=strength, max_iter=3000).fit(scaler.transform(rows), labels)
    return {
        "mean": scaler.mean_,
        "scale": scaler.scale_,
        "coefficients": model.coef_[0],
        "intercept": model.intercept_[0],
    }


def fit(items: Sequence[Item]) -> dict[str, dict[str, Any]]:
    """Weights of both regressions.

    The second one learns from probabilities that the first one gave to articles it had not seen.
    """
    some = [item for item in items if len(item.rows)]
    unseen: dict[int, np.ndarray] = {}
    for train, held in _folds(some, 4):
        model = _sentence_model([some[i] for i in train])
        for i in held:
            unseen[i] = evidence._logistic(model, some[i].rows)
    whole = np.array([evidence.summary(item.rows, unseen[i]) for i, item in enumerate(some)])
    answerable = np.array([item.answerable for item in some])
    return {"sentence": _sentence_model(some), "answer": _regression(whole, answerable, ANSWER_C)}


def _sentence_model(items: Sequence[Item]) -> dict[str, Any]:
    return _regression(
        np.concatenate([i.rows for i in items]), np.concatenate([i.labels for i in items]), SENTENCE_C
    )


def _folds(items: Sequence[Item], folds: int) -> Iterable[tuple[list[int], list[int]]]:
    """Train and held-out numbers; an article is on one side only."""
    groups = sorted({item.group for item in items})
    np.random.default_rng(SEED).shuffle(groups)
    fold = {group: number % folds for number, group in enumerate(groups)}
    for number in range(folds):
        held = [i for i, item in enumerate(items) if fold[item.group] == number]
        yield [i for i, item in enumerate(items) if fold[item.group] != number], held


# -- figures -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with what a model that had not seen its article says."""

    item: Item
    judgement: evidence.Judgement


def judge(item: Item, weights: dict[str, dict[str, Any]]) -> Judged:
    probabilities = evidence._logistic(weights["sentence"], item.rows)
    cuts = np.cumsum([len(m.states.sentences) for m in item.materials])[:-1]
    confidence = 0.0
    if len(item.rows):
        whole = evidence.summary(item.rows, probabilities)
        confidence = float(evidence._logistic(weights["answer"], whole[None])[0])
    return Judged(item, evidence.Judgement(tuple(np.split(probabilities, cuts)), confidence))


def cross_validate(items: Sequence[Item]) -> list[Judged]:
    out = []
    for train, held in _folds(items, FOLDS):
        weights = fit([items[i] for i in train])
        out += [judge(items[i], weights) for i in held]
    return out


def figures(judged: Sequence[Judged], threshold: float) -> dict[str, float]:
    """What the outside score would say of these questions."""
    positive = [j for j in judged if j.item.answerable]
    negative = [j for j in judged if not j.item.answerable]
    quotes = {id(j): _quotes(j) if j.judgement.confidence >= threshold else [] for j in judged}
    said = [quotes[id(j)] for j in positive]
    sure = np.array([j.judgement.confidence for j in positive])
    unsure = np.array([j.judgement.confidence for j in negative])
    at_five = float(np.quantile(sure, 0.05))
    out = {
        "questions": len(judged),
        "first_quote": _mean(bool(s) and _has(s[0], j.item) for j, s in zip(positive, said, strict=True)),
        "any_quote": _mean(any(_has(q, j.item) for q in s) for j, s in zip(positive, said, strict=True)),
        "quotes_per_answer": _mean(len(s) for s in said if s),
        "quote_chars": _mean(sum(map(len, s)) for s in said if s),
        "wrongly_refused": _mean(not s for s in said),
        "AUROC": float(roc_auc_score([1] * len(sure) + [0] * len(unsure), [*sure, *unsure])),
        "near_misses_refused": _mean(not quotes[id(j)] for j in negative),
        "refused_at_5_percent": float((unsure < at_five).mean()),
        "threshold_at_5_percent": at_five,
        "calibration_error": calibration_error(judged),
    }
    return out | _line_figures(judged, quotes)


def _quotes(judged: Judged) -> list[str]:
    chosen = evidence.choose(judged.item.materials, judged.judgement)
    return [quote.material.hit.passage.text[quote.start : quote.end] for quote in chosen]


def _has(quote: str, item: Item) -> bool:
    return any(answer.lower() in quote.lower() for answer in item.answers)


def _line_figures(judged: Sequence[Judged], quotes: dict[int, list[str]]) -> dict[str, float]:
    """Precision, recall and F1 of sentences; refusal precision and recall."""
    hit = said = gold = 0
    refused = right = 0
    for j in judged:
        taken = {" ".join(line.split()) for quote in quotes[id(j)] for line in quote.split("\n")}
        wanted = {" ".join(answer.split()) for answer in j.item.answers}
        hit += len(taken & wanted)
        said, gold = said + len(taken), gold + len(wanted)
        refused += not taken
        right += not taken and not j.item.answerable
    precision, recall = hit / max(1, said), hit / max(1, gold)
    return {
        "line_F1": 2 * precision * recall / max(1e-9, precision + recall),
        "refusal_P": right / max(1, refused),
        "refusal_R": right / max(1, sum(not j.item.answerable for j in judged)),
    }


def calibration_error(judged: Sequence[Judged], bins: int = 10) -> float:
    """Expected calibration error with bins of equal width (Guo et al., ICML 2017)."""
    sure = np.array([j.judgement.confidence for j in judged])
    true = np.array([j.item.answerable for j in judged])
    which = np.minimum((sure * bins).astype(int), bins - 1)
    gaps = [
        (which == b).mean() * abs(sure[which == b].mean() - true[which == b].mean())
        for b in range(bins)
        if (which == b).any()
    ]
    return float(sum(gaps))


def _mean(values: Iterable[float]) -> float:
    found = [float(value) for value in values]
    return sum(found) / len(found) if found else float("nan")


def _show(name: str, row: dict[str, float]) -> None:
    print(f"{name:12}", "  ".join(f"{key} {value:.3f}" for key, value in row.items()), flush=True)


def collect(data: Path) -> list[Item]:
    encoder = load()
    items = xquad(data, encoder, "de", "de")
    items += xquad(data, encoder, "de", "en")
    items += xquad(data, encoder, "en", "en")
    items += omos(data / "omos" / "train_de.jsonl", encoder, "omos train")
    items += omos(data / "omos" / "dev_de.jsonl", encoder, "omos dev")
    return items


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true", help="write qa/evidence.json")
    args = parser.parse_args()
    items = collect(args.data)
    train = [item for item in items if item.name != "omos dev"]
    held = [item for item in items if item.name == "omos dev"]
    weights = fit(train)
    judged = cross_validate(train) + [judge(item, weights) for item in held]
    table = {}
    for name in dict.fromkeys(item.name for item in items):
        table[name] = figures([j for j in judged if j.item.name == name], bot.MIN_CONFIDENCE)
        _show(name, table[name])
    if args.write:
        write(weights, table)


def write(weights: dict[str, dict[str, Any]], table: dict[str, dict[str, float]]) -> None:
    """The weights and where they come from, as qa/evidence.json."""
    rounded = {
        part: {key: np.round(value, 6).tolist() for key, value in fields.items()}
        for part, fields in weights.items()
    }
    fields = {
        "about": (
            "Logistic regressions of benchmarks/train.py on XQuAD (CC BY-SA 4.0, one half of its articles,"
            " German and English) and OMoS-QA train (CC BY 4.0, German); figures from folds cut by article,"
            " 'omos dev' from the weights below."
        ),
        "figures": {
            name: {key: round(value, 4) for key, value in row.items()} for name, row in table.items()
        },
        "features": list(features.NAMES),
        **rounded,
    }
    target = Path(evidence.__file__).with_name(evidence.WEIGHTS)
    target.write_text(json.dumps(fields, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
