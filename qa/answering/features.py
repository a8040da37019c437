"""Features of a question and a candidate sentence.

Everything is relative to the passages at hand: cosines, shares of the question's rare words that
sentence and passage cover, exactly (stems) and softly (late interaction: for each word of the
question the best cosine among the tokens of the sentence; Khattab & Zaharia, ColBERT, SIGIR 2020),
the kind of thing that is asked for, and the sentence's place. No weights: see `qa.answering.scoring`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.answering.question import Question, holds, languages_differ
from qa.index.base import PassageStates
from qa.text import tokens
from qa.text.characters import SENTENCE_ENDS
from qa.types import Hit, Span

Matrix = NDArray[np.float32]

NAMES = (
    "cosine",  # of question and sentence
    "cosine_gap",  # to the best sentence, 0 for that
    "cosine_margin",  # over the mean of all sentences
    "passage_cosine",
    "passage_cosine_gap",  # to the mean of the other passages
    "passage_bm25",  # share of the maximum score of the question's terms
    "passage_rank",  # 1 / rank
    "soft",  # coverage of the question's words by the sentence, 0..1, rare words count more
    "soft_gap",  # to the best sentence
    "soft_plain",  # the same, all words weighted equally
    "soft_least",  # the least covered word
    "soft_all",  # stop words and question words too
    "soft_asked",  # similarity of the question word itself
    "soft_passage",
    "soft_passage_least",
    "soft_product",  # soft * soft_passage
    "exact",  # share of the question's stems in the sentence, rare ones count more
    "exact_prefix",  # the same, including parts of compounds
    "exact_passage",
    "exact_title",  # stems that only the title contains
    "missing",  # the rarest stem not in the sentence
    "missing_passage",
    "missing_numbers",  # 1: a number of the question is not in the passage
    "missing_names",  # share of the question's capitalised words not in the passage
    "asks_number",
    "asks_date",
    "asks_person",
    "asks_place",
    "holds_number",  # and it was asked for
    "holds_date",
    "holds_person",
    "holds_place",
    "crosses",  # 1: question and article differ in language, so stems cannot match
    "length",  # ln(1 + characters)
    "heading",  # 1: ends without a mark
    "question_mark",  # 1: is a question itself
    "before",  # soft of the sentence before
    "after",
    "best_near",  # how much higher the best of the passage is
    "position",  # 0 first .. 1 last of the passage
    "first",  # 1: begins the passage
    "sentences",  # ln(1 + sentences of the passage)
    "list_like",  # share of the passage's sentences without a mark
    "mean_length",  # ln(1 + mean characters of the passage's sentences)
    "words",  # of the question that count
)
COMPOUND_LETTERS = 4  # of a stem that may be a part of a compound
# The German stemmer removes umlauts, so the text to search must be folded the same way.
UMLAUTS_AS_STEMMED = str.maketrans("äöü", "aou")
_AT = {name: number for number, name in enumerate(NAMES)}
_ENDS = tuple(SENTENCE_ENDS)
_CLOSING = "\"'”“»«)›‹’ "


@dataclass(frozen=True, slots=True)
class Material:
    """A candidate passage with everything needed to score it."""

    hit: Hit
    title: str
    language: str
    states: PassageStates
    date: str = ""  # of the article, ISO 8601
    before: str = ""  # the article's text before the passage, of a long one its end


def measure(question: Question, materials: Sequence[Material]) -> list[Matrix]:
    """A matrix [sentences, len(NAMES)] for each passage, in the order given (best passage first)."""
    rows = [_measure(question, material) for material in materials]
    sentences = np.concatenate(rows) if rows else np.zeros((0, len(NAMES)), np.float32)
    if not len(sentences):
        return rows
    cosine, soft = sentences[:, _AT["cosine"]], sentences[:, _AT["soft"]]
    passages = np.array([m.hit.dense_score for m in materials])
    for number, (material, part) in enumerate(zip(materials, rows, strict=True)):
        part[:, _AT["cosine_gap"]] = part[:, _AT["cosine"]] - cosine.max()
        part[:, _AT["cosine_margin"]] = part[:, _AT["cosine"]] - cosine.mean()
        part[:, _AT["soft_gap"]] = part[:, _AT["soft"]] - soft.max()
        others = np.delete(passages, number)
        rest = others.mean() if len(others) else passages.mean()
        part[:, _AT["passage_cosine_gap"]] = material.hit.dense_score - rest
        part[:, _AT["passage_rank"]] = 1 / (number + 1)
    return rows


def _measure(question: Question, material: Material) -> Matrix:
    states, passage = material.states, material.hit.passage
    count = len(states.sentences)
    out = np.zeros((count, len(NAMES)), np.float32)
    if not count or not question.words:
        return out
    texts = [passage.text[start:end] for start, end in states.sentences]
    weights = np.array([word.weight for word in question.words], np.float32)
    crosses = languages_differ(question.language, material.language)
    _soft(out, question, states, weights)
    _exact(out, question, material, weights, texts, crosses)
    _shape(out, texts)
    out[:, _AT["cosine"]] = states.sentence_vectors @ question.states.vector
    out[:, _AT["passage_cosine"]] = material.hit.dense_score
    out[:, _AT["passage_bm25"]] = 0 if crosses else material.hit.lexical_score
    out[:, _AT["crosses"]] = crosses
    out[:, _AT["words"]] = len(question.words)
    if question.kind != "other":
        out[:, _AT[f"asks_{question.kind}"]] = 1
        out[:, _AT[f"holds_{question.kind}"]] = [holds(question.kind, sentence) for sentence in texts]
    return out


def _soft(out: Matrix, question: Question, states: PassageStates, weights: Matrix) -> None:
    """Late interaction, for each sentence and for the whole passage."""
    if not len(states.tokens) or not len(question.states.tokens):
        return
    near = question.states.tokens @ states.tokens.T  # [tokens of the question, tokens of the passage]
    best = np.stack([_best(near, states.token_spans, sentence) for sentence in states.sentences])
    by_word = np.stack(
        [best[:, word.rows].mean(axis=1) if word.rows else np.ones(len(best)) for word in question.words],
        axis=1,
    )
    whole = near.max(axis=1)
    passage = np.array([whole[list(word.rows)].mean() if word.rows else 1.0 for word in question.words])
    total = float(weights.sum()) or 1.0
    out[:, _AT["soft"]] = soft = by_word @ weights / total
    out[:, _AT["soft_plain"]] = by_word.mean(axis=1)
    out[:, _AT["soft_least"]] = by_word.min(axis=1)
    out[:, _AT["soft_all"]] = best.mean(axis=1)
    out[:, _AT["soft_asked"]] = best[:, question.asking].mean(axis=1) if question.asking else 0.5
    out[:, _AT["soft_passage"]] = covered = float(passage @ weights / total)
    out[:, _AT["soft_passage_least"]] = passage.min()
    out[:, _AT["soft_product"]] = soft * covered
    outside = soft - np.float32(0.05)  # nothing is known beyond the passage: assume slightly worse
    out[:, _AT["before"]] = np.concatenate((outside[:1], soft[:-1]))
    out[:, _AT["after"]] = np.concatenate((soft[1:], outside[-1:]))
    out[:, _AT["best_near"]] = soft.max() - soft


def _best(near: Matrix, spans: NDArray[np.int64], sentence: Span) -> Matrix:
    """For each token of the question the best cosine within a sentence, [tokens]."""
    inside = (spans[:, 0] < sentence.end) & (spans[:, 1] > sentence.start)
    best: Matrix = near[:, inside].max(axis=1) if inside.any() else np.zeros(len(near), np.float32)
    return best


def _exact(
    out: Matrix, question: Question, material: Material, weights: Matrix, texts: Sequence[str], crosses: bool
) -> None:
    """Coverage by stems; if the languages differ, the soft coverage is used instead."""
    if crosses:
        for exact, soft in (("exact", "soft"), ("exact_prefix", "soft"), ("exact_passage", "soft_passage")):
            out[:, _AT[exact]] = out[:, _AT[soft]]
        return
    language = material.language
    terms = [word.term for word in question.words]
    by_sentence = [_stems(sentence, language) for sentence in texts]
    passage = frozenset().union(*by_sentence)
    title = _stems(material.title, language)
    total = float(weights.sum()) or 1.0
    for number, (stems, sentence) in enumerate(zip(by_sentence, texts, strict=True)):
        has = np.array([term in stems for term in terms])
        joined = " ".join(tokens.fold(word.text) for word in tokens.words(sentence)).translate(
            UMLAUTS_AS_STEMMED
        )
        part = has | np.array([_in_compound(term, joined) for term in terms])
        out[number, _AT["exact"]] = weights @ has / total
        out[number, _AT["exact_prefix"]] = weights @ part / total
        out[number, _AT["missing"]] = (weights * ~has).max(initial=0)
    has = np.array([term in passage for term in terms])
    out[:, _AT["exact_passage"]] = weights @ has / total
    out[:, _AT["exact_title"]] = weights @ np.array([t in title and t not in passage for t in terms]) / total
    out[:, _AT["missing_passage"]] = (weights * ~has).max(initial=0)
    mentioned = passage | title
    numbers = [term for term in terms if term[:1].isdigit()]
    out[:, _AT["missing_numbers"]] = any(number not in mentioned for number in numbers)
    names = [word.term for word in question.words if word.capital]
    out[:, _AT["missing_names"]] = sum(name not in mentioned for name in names) / len(names) if names else 0


def _stems(sentence: str, language: str) -> frozenset[str]:
    return frozenset(tokens.stem(tokens.fold(word.text), language) for word in tokens.words(sentence))


def _in_compound(term: str, joined: str) -> bool:
    """Whether a stem of COMPOUND_LETTERS and more occurs within a word, its last letter left open.

    The weights are trained on this rule. `qa.answering.explanation` has a stricter one.
    """
    return len(term) >= COMPOUND_LETTERS and term[: max(COMPOUND_LETTERS, len(term) - 1)] in joined


def _shape(out: Matrix, texts: Sequence[str]) -> None:
    """Length, marks and place.

    A heading is here whatever ends without a mark, as the weights were trained;
    `qa.text.sentences.is_heading` asks for more.
    """
    marks = [sentence.rstrip(_CLOSING).endswith(_ENDS) for sentence in texts]
    out[:, _AT["length"]] = [math.log1p(len(sentence)) for sentence in texts]
    out[:, _AT["heading"]] = [not mark for mark in marks]
    out[:, _AT["question_mark"]] = [sentence.rstrip(_CLOSING).endswith("?") for sentence in texts]
    out[:, _AT["position"]] = np.linspace(0, 1, len(texts)) if len(texts) > 1 else 0
    out[0, _AT["first"]] = 1
    out[:, _AT["sentences"]] = math.log1p(len(texts))
    out[:, _AT["list_like"]] = 1 - sum(marks) / len(marks)
    out[:, _AT["mean_length"]] = math.log1p(sum(map(len, texts)) / len(texts))
