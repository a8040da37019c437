"""Train and evaluate the evidence model: `python -m benchmarks.train DATA [--write]`.

DATA is the folder of judged questions. XQuAD (dev half; German on German, English on German, English on
English) trains the model for questions to the corpus, OMoS-QA (train and dev, German) the one for questions
to one article. All figures come from folds split by article: no article of an evaluated question was trained
on. Figures and provenance go into qa/answering/evidence.json together with the weights.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

import qa
from qa.answering import article_reading, bot, features, reader, scoring, selection
from qa.answering.features import Material, Matrix
from qa.answering.scoring import Model, Weights
from qa.embedding.sentence_transformer import load
from qa.evaluation import metrics
from qa.types import Filter

MODELS: tuple[Model, ...] = get_args(Model)
FOLDS = 8
SEED = 13
# Inverse strength of the L2 penalty; the features say much the same, and weaker penalties overfit.
SENTENCE_C = 0.003
ANSWER_C = 0.01
# Small, slow and strongly regularised: 650 questions are few.
TREES = {
    "max_iter": 200,
    "learning_rate": 0.03,
    "max_leaf_nodes": 6,
    "min_samples_leaf": 80,
    "l2_regularization": 10.0,
    "max_features": 0.3,
    "random_state": SEED,
}


# Kinds of features, by the beginnings of their names.
KINDS = {
    "late interaction": ("soft", "before", "after", "best_near"),
    "stems": ("exact", "missing", "passage_bm25"),
    "cosines": ("cosine", "passage_cosine", "passage_rank"),
    "the expected answer type": ("asks", "holds"),
    "the reader": ("reader",),
    "position and form": (
        "length",
        "heading",
        "question_mark",
        "position",
        "first",
        "sentences",
        "list_like",
        "mean_length",
        "words",
    ),
}


@dataclass(frozen=True, slots=True)
class Item:
    """A question with its known answer and features."""

    name: str  # of its set
    group: str  # the article that decides the fold
    question: str
    materials: tuple[Material, ...]
    rows: Matrix  # [sentences, features]
    labels: np.ndarray  # [sentences], 1: answers
    answerable: bool
    answers: tuple[str, ...]
    read: tuple[reader.Scores, ...] = ()  # the reader's log-odds of the sentences of each passage


# -- data ----------------------------------------------------------------------------------------


def xquad_texts(
    data: Path, articles: str, questions: str
) -> tuple[list[Any], dict[str, str], dict[str, str]]:
    """XQuAD dev's articles, the wording of each question by its id, and the corpus: paragraphs 0, 2 and 4."""
    read = json.loads((data / "xquad-dev" / f"xquad.{articles}.dev.json").read_text("utf-8"))["data"]
    asked = json.loads((data / "xquad-dev" / f"xquad.{questions}.dev.json").read_text("utf-8"))["data"]
    wording = {q["id"]: q["question"] for a in asked for p in a["paragraphs"] for q in p["qas"]}
    texts = {
        f"a{a:03d}p{p}.txt": paragraph["context"]
        for a, article in enumerate(read)
        for p, paragraph in enumerate(article["paragraphs"])
        if p % 2 == 0
    }
    return read, wording, texts


def xquad(data: Path, encoder: Any, articles: str, questions: str) -> list[Item]:
    """Paragraphs 0, 2 and 4 of each article are the corpus; questions on the others are near misses."""
    read, wording, texts = xquad_texts(data, articles, questions)
    items = []
    for index in index_of(texts, encoder):
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
                        holds_any(f"a{a:03d}p{p}.txt", gold),
                        bool(gold),
                    )
                    items.append(_with_answers(item, [text for _, text in gold]))
    return items


def holds_any(article_id: str, gold: Sequence[tuple[int, str]]) -> Callable[[Material, int, int], bool]:
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
    for index in index_of({article_id: text for text, article_id in known.items()}, encoder):
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


def index_of(texts: dict[str, str], encoder: Any) -> Iterable[qa.Index]:
    """A temporary open index of the texts."""
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
    parsed, materials, _ = bot.Bot(index).gather(question, where)
    rows = features.measure(parsed, materials)
    labels = [answers(m, start, end) for m in materials for start, end in m.states.sentences]
    whole = np.concatenate(rows) if rows else np.zeros((0, len(features.NAMES)), np.float32)
    read = tuple(one.sentences for one in reader.read(parsed, materials))
    marked = np.array(labels, dtype=int)
    return Item(name, group, question, tuple(materials), whole, marked, answerable, (), read)


def with_reader(item: Item) -> Item:
    """The item with the features of `qa.answering.article_reading`."""
    if not item.materials:
        return item
    measured = np.split(item.rows, _cuts(item))
    return replace(item, rows=np.concatenate(article_reading.extended(measured, item.read)))


def _cuts(item: Item) -> np.ndarray:
    """Where the rows of each passage but the first begin."""
    return np.cumsum([len(m.states.sentences) for m in item.materials])[:-1]


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


def _trees(rows: Matrix, labels: np.ndarray) -> dict[str, Any]:
    """Boosted trees as arrays [trees, nodes]; a leaf is its own child."""
    model = HistGradientBoostingClassifier(**TREES).fit(rows, labels)
    trees = [stage[0].nodes for stage in model._predictors]
    shape = (len(trees), max(len(tree) for tree in trees))
    found: dict[str, Any] = {
        "feature": np.zeros(shape, int),
        "threshold": np.zeros(shape),
        "left": np.zeros(shape, int),
        "right": np.zeros(shape, int),
        "value": np.zeros(shape),
        "depth": max(int(tree["depth"].max()) for tree in trees),
        "intercept": float(model._baseline_prediction.ravel()[0]),
    }
    for number, tree in enumerate(trees):
        own, leaf, size = np.arange(len(tree)), tree["is_leaf"].astype(bool), len(tree)
        found["feature"][number, :size] = np.where(leaf, 0, tree["feature_idx"])
        found["threshold"][number, :size] = np.where(leaf, 0, tree["num_threshold"])
        found["left"][number, :size] = np.where(leaf, own, tree["left"])
        found["right"][number, :size] = np.where(leaf, own, tree["right"])
        found["value"][number, :size] = np.where(leaf, tree["value"], 0)
    return found


def fit(items: Sequence[Item], scope: Model) -> Weights:
    """Weights of both models.

    The second one learns from the first one's probabilities for articles it had not seen.
    """
    some = [item for item in items if len(item.rows)]
    unseen: dict[int, np.ndarray] = {}
    for train, held in _folds(some, 4):
        model = _sentence_model([some[i] for i in train], scope)
        for i in held:
            unseen[i] = scoring._probabilities(model, some[i].rows)
    whole = np.array([scoring.summary(item.rows, unseen[i]) for i, item in enumerate(some)])
    answerable = np.array([item.answerable for item in some])
    return {"sentence": _sentence_model(some, scope), "answer": _regression(whole, answerable, ANSWER_C)}


def _sentence_model(items: Sequence[Item], scope: Model) -> dict[str, Any]:
    rows = np.concatenate([item.rows for item in items])
    labels = np.concatenate([item.labels for item in items])
    return _trees(rows, labels) if scope != "corpus" else _regression(rows, labels, SENTENCE_C)


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
    """A question with the output of a model that had not seen its article."""

    item: Item
    judgement: scoring.Judgement


def judge(item: Item, model: Weights, scope: Model) -> Judged:
    measured = np.split(item.rows, _cuts(item)) if item.materials else []
    return Judged(item, scoring.weigh(measured, scope, model))


def cross_validate(items: Sequence[Item], scope: Model) -> list[Judged]:
    out = []
    for train, held in _folds(items, FOLDS):
        model = fit([items[i] for i in train], scope)
        out += [judge(items[i], model, scope) for i in held]
    return out


def figures(judged: Sequence[Judged], threshold: float) -> dict[str, float]:
    """The external metric for these questions."""
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
    chosen = selection.choose(judged.item.materials, judged.judgement)
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


def calibration_error(judged: Sequence[Judged]) -> float:
    sure = [j.judgement.confidence for j in judged]
    measure = metrics.calibration_error(sure, [j.item.answerable for j in judged])
    return metrics.plain(measure, len(judged))


def _mean(values: Iterable[float]) -> float:
    found = [float(value) for value in values]
    return sum(found) / len(found) if found else float("nan")


def _show(name: str, row: dict[str, float]) -> None:
    print(f"{name:12}", "  ".join(f"{key} {value:.3f}" for key, value in row.items()), flush=True)


def collect(data: Path) -> dict[Model, list[Item]]:
    encoder = load()
    found: dict[Model, list[Item]] = {
        "corpus": [
            *xquad(data, encoder, "de", "de"),
            *xquad(data, encoder, "de", "en"),
            *xquad(data, encoder, "en", "en"),
        ],
        "article": [
            *omos(data / "omos" / "train_de.jsonl", encoder, "omos train"),
            *omos(data / "omos" / "dev_de.jsonl", encoder, "omos dev"),
        ],
    }
    found["article_read"] = [
        replace(with_reader(item), name=f"{item.name}, with the reader") for item in found["article"]
    ]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true", help="write qa/answering/evidence.json")
    parser.add_argument("--models", nargs="+", default=MODELS, choices=MODELS, help="leave the others alone")
    parser.add_argument("--ablate", action="store_true", help="also train without each kind of feature")
    args = parser.parse_args()
    items = {model: found for model, found in collect(args.data).items() if model in args.models}
    run(items, write=args.write)
    if args.ablate:
        ablate(items)


def _threshold(model: Model) -> float:
    return article_reading.CONFIDENCE if model == "article_read" else selection.CHOICES[model].confidence


def ablate(items: dict[Model, list[Item]]) -> None:
    """Print the figures of models without one kind of feature."""
    for kind, prefixes in KINDS.items():
        for scope, found in items.items():
            blind = np.array([name.startswith(prefixes) for name in article_reading.names(scope)])
            some = [replace(item, rows=np.where(blind, 0, item.rows).astype(np.float32)) for item in found]
            judged = cross_validate(some, scope)
            for name in dict.fromkeys(item.name for item in found):
                own = [j for j in judged if j.item.name == name]
                _show(f"{name} without {kind}", figures(own, _threshold(scope)))


def run(items: dict[Model, list[Item]], *, write: bool) -> None:
    """Print the figures of each set of questions; write the weights trained on all of them."""
    table = {}
    for scope, found in items.items():
        judged = cross_validate(found, scope)
        for name in dict.fromkeys(item.name for item in found):
            own = [j for j in judged if j.item.name == name]
            table[name] = figures(own, _threshold(scope))
            _show(name, table[name])
    if write:
        write_weights({scope: fit(found, scope) for scope, found in items.items()}, table)


def write_weights(models: dict[Model, Weights], table: dict[str, dict[str, float]]) -> None:
    """The weights and where they come from, as qa/answering/evidence.json; other models in it stay."""
    target = Path(scoring.__file__).with_name(scoring.WEIGHTS)
    fields = json.loads(target.read_text("utf-8"))
    fields["about"] = (
        "Models of benchmarks/train.py. corpus: XQuAD, one half of its articles, German and English"
        " (CC BY-SA 4.0). article: OMoS-QA train and dev, German (CC BY 4.0); article_read: the same with"
        " what the reader says. Figures from folds cut by article."
    )
    fields["figures"] |= {name: _rounded(row) for name, row in table.items()}
    fields["features"] = list(features.NAMES)
    fields |= {scope: {part: _plain(m) for part, m in parts.items()} for scope, parts in models.items()}
    lines = (f" {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items())
    target.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def _rounded(row: dict[str, float]) -> dict[str, float]:
    return {key: round(value, 4) for key, value in row.items()}


def _plain(model: dict[str, Any]) -> dict[str, Any]:
    return {key: np.round(value, 5).tolist() for key, value in model.items()}


if __name__ == "__main__":
    main()
