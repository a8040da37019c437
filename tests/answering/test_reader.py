"""The reader in NumPy: the same figures as the network that is trained, and spans within their sentences."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from safetensors.numpy import load

from benchmarks.reader import model
from benchmarks.reader.export import exported
from benchmarks.reader.train import trained
from benchmarks.reader.windows import PAD, PASSAGE, QUESTION, Example, collate
from qa.answering import reader
from qa.answering.features import Material
from qa.answering.question import Question
from qa.embedding import sentence_transformer
from qa.index.base import PassageStates, QueryStates
from qa.types import Hit, Passage, Span
from tests.support.standin import StandIn

PASSAGE_TEXT = "Der Hafen wurde 1899 gebaut. Er gehört der Stadt Elmstedt."
QUESTION_TEXT = "Wem gehört der Hafen?"


def words(text: str) -> np.ndarray:
    spans, at = [], 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        spans.append((start, at))
    return np.array(spans, np.int64)


def unit(rows: int, rng: np.random.Generator) -> np.ndarray:
    found = rng.normal(size=(rows, reader.STATE_SIZE)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def material(text: str, sentences: tuple[Span, ...], rng: np.random.Generator) -> Material:
    spans = words(text)
    states = PassageStates(unit(len(spans), rng), spans, sentences, unit(len(sentences), rng))
    return Material(Hit(Passage("a.txt", 0, 0, len(text), text), 1, 1.0), "", "de", states)


def question(text: str, rng: np.random.Generator) -> Question:
    spans = words(text)
    states = QueryStates(np.zeros(4, np.float32), unit(len(spans), rng), spans)
    return Question(text, "other", (), (), states, "de")


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> model.Interaction:
    """A network with random weights, which the reader reads too."""
    torch.manual_seed(3)
    found = model.Interaction(model.Size(64, 2, 2, 96)).eval()
    for parameter in found.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    content = load(exported(trained(found)))
    found.load_state_dict({name: torch.from_numpy(value).float() for name, value in content.items()})
    monkeypatch.setattr(reader, "weights", lambda: {n: v.astype(np.float32) for n, v in content.items()})
    return found


def test_numpy_and_torch_agree(network: model.Interaction, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "SURE_SPAN", 0.0)
    rng = np.random.default_rng(0)
    asked, read = question(QUESTION_TEXT, rng), material(PASSAGE_TEXT, (Span(0, 28), Span(29, 58)), rng)
    own = reader.surface_ids(asked.text, asked.states.token_spans)
    told = reader.surface_ids(read.hit.passage.text, read.states.token_spans)
    size = 1 + len(own) + len(told)
    side = np.array([PAD] + [QUESTION] * len(own) + [PASSAGE] * len(told))
    sentence = np.concatenate([np.full(1 + len(own), -1), read.states.token_spans[:, 0] >= 29])
    states = np.concatenate([np.zeros((1, 64)), asked.states.tokens, read.states.tokens])
    ids = np.concatenate([[-1], own, told])
    batch = collate([Example(ids, side, sentence.astype(np.int64), (), 2, Span(0, 0), -1, states)])
    assert batch.ids.shape == (1, size)
    with torch.inference_mode():
        logits = network(batch)
        expected = model.log_odds(logits, batch)[0].numpy()
        ends = logits.span[0].numpy()
    (said,) = reader.read(asked, [read])
    assert said.sentences == pytest.approx(expected, abs=1e-4)
    for number, span in enumerate(said.spans):
        own_tokens = np.flatnonzero(sentence == number)
        best = max(
            ((first, last) for first in own_tokens for last in own_tokens if first <= last),
            key=lambda pair: ends[pair[0], 0] + ends[pair[1], 1],
        )
        offset = 1 + len(own)
        start, end = (int(read.states.token_spans[best[n] - offset, n]) for n in (0, 1))
        assert span == Span(start, end)


def test_spans_lie_within_their_sentences_and_an_empty_one_has_none(
    network: model.Interaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "SURE_SPAN", 0.0)
    rng = np.random.default_rng(1)
    sentences = (Span(0, 28), Span(28, 29), Span(29, 58))  # the second holds no token
    (said,) = reader.read(question(QUESTION_TEXT, rng), [material(PASSAGE_TEXT, sentences, rng)])
    assert said.spans[1] is None
    assert said.sentences[1] == -np.inf
    for sentence, span in ((sentences[0], said.spans[0]), (sentences[2], said.spans[2])):
        assert span is not None
        assert sentence.start <= span.start < span.end <= sentence.end


def test_a_passage_without_tokens_answers_nothing(network: model.Interaction) -> None:
    rng = np.random.default_rng(2)
    empty = material("", (), rng)
    (said,) = reader.read(question(QUESTION_TEXT, rng), [empty])
    assert said.spans == ()
    assert len(said.sentences) == 0


def test_other_models_states_are_not_read() -> None:
    assert reader.reads(sentence_transformer.DEFAULT_MODEL)
    assert not reader.reads(StandIn().name)


def test_equal_words_have_equal_numbers_whatever_their_case() -> None:
    one, two = (reader.surface_ids(text, words(text)) for text in ("Der Hafen", "hafen DER"))
    assert one.tolist() == two[::-1].tolist()
    assert one[0] != one[1]


def test_gelu_is_that_of_the_network() -> None:
    x = np.linspace(-8, 8, 2001, dtype=np.float32)
    assert reader._gelu(x) == pytest.approx(torch.nn.functional.gelu(torch.from_numpy(x)).numpy(), abs=2e-6)


def test_no_answer_is_marked_where_no_span_stands_out() -> None:
    spans = words("Der Hafen wurde 1899 gebaut.")
    own = np.arange(len(spans))
    flat = np.zeros((len(spans), 2), np.float32)
    assert reader._best_span(flat, own, spans) is None
    sharp = flat.copy()
    sharp[3] = 6.0
    assert reader._best_span(sharp, own, spans) == Span(16, 20)
