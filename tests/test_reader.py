"""The pure parts of the reader's training: spans, negatives, crops, and resuming exactly."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks.reader import data, model, negatives, train, windows
from benchmarks.reader.project import Span
from benchmarks.reader.score import auroc
from benchmarks.reader.tokens import Tokens
from benchmarks.reader.windows import (
    NONE,
    PAD,
    PASSAGE,
    QUESTION,
    Example,
    Stream,
    _cut,
    collate,
)

TEXT = (
    "Der Hafen von Kiel wurde 1899 erweitert. Damals lebten dort 120.000 Menschen.\n"
    "Die Leitung hatte Anna Petersen. Sie blieb bis 1911 im Amt."
)


def context(text: str = TEXT, asked: Sequence[tuple[str, str]] = (), article: str = "a") -> data.Context:
    found = tuple((f"k{n}", q, a, text.index(a) if a else -1) for n, (q, a) in enumerate(asked))
    return data.Context(article, "", "de", text, found, -1)


def prepared(*asked: tuple[str, str]) -> data.Prepared:
    return data.prepare("test", [context(asked=asked)])


def test_a_window_s_span_and_sentences_are_those_of_the_answer() -> None:
    found = prepared(("Wann wurde der Hafen erweitert?", "1899"), ("Wer leitete ihn?", "Anna Petersen"))
    for window, answer in zip(found.windows, ("1899", "Anna Petersen"), strict=True):
        passage = found.passages[window.passage]
        assert window.span is not None
        assert passage.text[slice(*window.span)] == answer
        for number in window.gold:
            assert answer in passage.text[slice(*passage.sentences[number])]


def test_a_decomposed_context_keeps_its_answers() -> None:
    text = "Der Gärtner kam spät. Es war schon 23 Uhr in Köln."
    found = data.prepare("test", [context(text, [("Wann?", "23 Uhr")])])
    window = found.windows[0]
    assert window.span is not None
    assert found.passages[window.passage].text[slice(*window.span)] == "23 Uhr"


def test_an_answer_that_is_not_at_its_place_is_left_out() -> None:
    wrong = data.Context("a", "", "de", TEXT, (("k", "Wann?", "1899", 3),), -1)
    assert data.prepare("test", [wrong]).windows == []


def test_held_out_articles_are_held_out_whole() -> None:
    contexts = [
        context(TEXT + f" Nummer {n}.", [("Wann?", "1899"), ("Wer?", "Anna Petersen")], article=f"a{n // 2}")
        for n in range(60)
    ]
    found = data._held_out(contexts)
    folds = {
        article: {c.fold for c in found if c.article == article} for article in {c.article for c in found}
    }
    assert all(len(one) == 1 for one in folds.values())
    assert {0} in folds.values()
    assert {-1} in folds.values()


def test_neighbours_lack_the_answer_and_stay_in_their_fold() -> None:
    texts = [
        f"Bericht {n}. Der Hafen von Kiel wurde {1890 + n % 3} erweitert, sagt das Amt. {'Mehr. ' * n}"
        for n in range(9)
    ]
    contexts = [
        replace(context(t, [("Wann wurde der Hafen erweitert?", str(1890 + n % 3))], f"a{n}"), fold=n % 2 - 1)
        for n, t in enumerate(texts)
    ]
    found = data.prepare("test", contexts)
    negatives.add_neighbours(found)
    some = [w for w in found.windows if w.source == "neighbour"]
    assert some
    for window in some:
        question, passage = found.questions[window.question], found.passages[window.passage]
        assert question.answer not in passage.text
        assert question.fold == passage.fold
        assert window.gold == ()
        assert window.span is None


def test_a_changed_passage_differs_in_one_thing_and_keeps_its_sentences() -> None:
    passage = prepared(("Wann?", "1899")).passages[0]
    changed = negatives.changed_passage(passage, "Kiel", "Warnemünde")
    assert changed.text.replace("Warnemünde", "Kiel") == passage.text
    before = [passage.text[slice(*span)] for span in passage.sentences]
    after = [changed.text[slice(*span)] for span in changed.sentences]
    assert [one.replace("Warnemünde", "Kiel") for one in after] == before
    assert before != after


def test_mechanical_negatives_change_exactly_one_thing() -> None:
    asked = [
        ("Wie viele Menschen lebten 1899 in Kiel?", "120.000"),
        ("Bis wann war Frau Petersen im Amt?", "1911"),
        ("Was geschah mit dem Hafen von Kiel?", "erweitert"),
    ]
    found = data.prepare("test", [context(asked=asked, article=f"a{n}") for n in range(40)])
    plain = len(found.questions)
    negatives.add_changed(found)
    by_key = {q.key: q for q in found.questions[:plain]}
    changed = [w for w in found.windows if w.source == "changed question"]
    assert changed
    for window in changed:
        new = found.questions[window.question]
        old = by_key[new.key.removesuffix("/changed")]
        pairs = zip(old.text.split(), new.text.split(), strict=True)
        assert sum(a != b for a, b in pairs) == 1
        assert window.gold == ()
    passages = [w for w in found.windows if w.source == "changed passage"]
    assert passages
    for window in passages:
        words = found.passages[window.passage].text.split()
        odd = {(a, b) for a, b in zip(TEXT.split(), words, strict=True) if a != b}
        assert len(odd) == 1
        assert found.questions[window.question].answer in found.passages[window.passage].text


def test_what_is_changed_is_not_the_answer_nor_part_of_another_word_or_number() -> None:
    rng = random.Random(1)  # noqa: S311
    assert negatives.replaced("1899, 11899 und 1899,5", "1899", "1907") == "1907, 11899 und 1899,5"
    assert negatives.replaced("Kiel und Kieler", "Kiel", "Bonn") == "Bonn und Kieler"
    question = data.QuestionText("k", "a", "de", "Wann war Anna Petersen dort?", "Petersen", "name", -1)
    passage = prepared(("Wer?", "Anna Petersen")).passages[0]
    assert negatives.shared_things(question, passage) == ["Anna"]
    for _ in range(50):
        assert negatives.other_thing("1899", [], "1899 1911", rng) not in ("1899", "1911")


def test_an_echo_answers_behind_the_question() -> None:
    found = prepared(("Wer leitete den Hafen?", "Anna Petersen"))
    echo = negatives.echoed(found.questions[0].text, found.passages[0])
    assert [echo.text[slice(*span)] for span in echo.sentences] == [
        "Wer leitete den Hafen?",
        *(found.passages[0].text[slice(*span)] for span in found.passages[0].sentences),
    ]


def test_prepared_sets_survive_the_file(tmp_path: Path) -> None:
    found = prepared(("Wann?", "1899"))
    negatives.add_changed(found)
    data.write(found, tmp_path / "set.json")
    assert data.load(tmp_path / "set.json") == found


def words(text: str) -> Tokens:
    """A token for every word."""
    spans, at = [], 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        spans.append((start, at))
    ids = [sum(map(ord, word)) % 89 + 1 for word in text.split()]
    return Tokens(np.array(ids, np.int64), np.array(spans, np.int64).reshape(-1, 2))


def test_tokens_of_a_span_and_their_sentences() -> None:
    passage = prepared(("Wer?", "Anna Petersen")).passages[0]
    tokens = words(passage.text)
    span = tokens.covering(Span(passage.text.index("Anna"), passage.text.index("Anna") + 13))
    assert span is not None
    assert passage.text[tokens.spans[span.start, 0] : tokens.spans[span.end - 1, 1]] == "Anna Petersen."
    numbers = tokens.sentence_numbers(passage.sentences)
    for number, (start, end) in enumerate(passage.sentences):
        own = tokens.spans[numbers == number]
        assert (own[0, 0], own[-1, 1]) == (start, end)


@pytest.mark.parametrize("size", [4, 8, 14])
def test_a_cropped_window_holds_the_whole_answer(size: int) -> None:
    found = prepared(("Wer?", "Anna Petersen"))
    window, passage = found.windows[0], found.passages[0]
    tokens = words(passage.text)
    whole = tokens.covering(window.span) if window.span else None
    assert whole is not None
    for crop in range(20):
        part = _cut(tokens, window, passage, size, crop)
        assert part.span is not None
        found_ids = part.ids[part.span.start : part.span.end].tolist()
        assert found_ids == tokens.ids[whole.start : whole.end].tolist()
        assert len(part.ids) <= size
        assert set(window.gold) <= set(part.sentence.tolist())


def make(
    chosen: Sequence[tuple[data.QuestionText, data.PassageText, data.Window]], crops: object
) -> list[Example]:
    out = []
    for question, passage, window in chosen:
        asked, tokens = words(question.text), words(passage.text)
        part = _cut(tokens, window, passage, 0, None)
        begin = 1 + len(asked.ids)
        side = np.array([PAD] + [QUESTION] * len(asked.ids) + [PASSAGE] * len(part.ids))
        out.append(
            Example(
                np.concatenate([[0], asked.ids, part.ids]),
                side,
                np.concatenate([np.full(begin, -1), part.sentence]),
                part.gold,
                part.sentences,
                part.moved(begin),
                0,
            )
        )
    return out


PLAN = train.Plan("cross", 1, -1, 16, 1, 0.1, 1e-2, 1e-2, 400, 0, 20, ())


@pytest.fixture(autouse=True)
def one_thread_and_small_pools(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    monkeypatch.setattr(windows, "POOL", 24)
    yield
    torch.set_num_threads(threads)


def new_run(path: Path | None = None) -> train.Run:
    found = prepared(
        ("Wann wurde der Hafen erweitert?", "1899"),
        ("Wie viele lebten 1899 in Kiel?", "120.000"),
        ("Wer leitete den Hafen?", "Anna Petersen"),
        ("Wie hoch ist der Turm?", ""),
    )
    torch.manual_seed(PLAN.seed)
    reader = model.Cross(model.Size(16, 1, 2, 32, PLAN.dropout), vocabulary=97, positions=64)
    stream = Stream([found], make, seed=PLAN.seed, fold=-1, tokens=PLAN.tokens)
    run = train.Run(PLAN, reader, stream)
    if path:
        run.load(path)
    return run


def test_a_resumed_run_ends_with_the_parameters_of_an_uninterrupted_one(tmp_path: Path) -> None:
    until, cool = 90, 30
    whole = new_run()
    list(whole.steps(until, cool))
    first = new_run()
    steps = first.steps(until, cool)
    while first.progress.windows < 40:  # into the second pool
        next(steps)
    assert first.progress.pool > 0
    first.save(tmp_path / "latest.pt")
    second = new_run(tmp_path / "latest.pt")
    list(second.steps(until, cool))
    assert second.progress.windows == whole.progress.windows
    for name, tensor in whole.reader.state_dict().items():
        assert torch.equal(tensor, second.reader.state_dict()[name]), name


def test_training_lowers_the_loss_and_frozen_embeddings_stay() -> None:
    run = new_run()
    before = {k: v.clone() for k, v in run.reader.state_dict().items() if k.startswith("embeddings")}
    found = [float(part.span + part.sentence) for part in run.steps(400, 0)]
    assert np.mean(found[-10:]) < np.mean(found[:10])
    assert all(torch.equal(v, run.reader.state_dict()[k]) for k, v in before.items())


def test_the_stream_draws_the_same_window_at_the_same_place() -> None:
    one, two = new_run().stream, new_run().stream
    later = [two.draw(place) for place in range(30, 40)]
    assert [one.draw(place) for place in range(40)][30:] == later


def test_nothing_of_a_held_out_fold_is_drawn() -> None:
    contexts = [replace(context(asked=[("Wann?", "1899")], article=f"a{n}"), fold=n % 2) for n in range(6)]
    found = data.prepare("xquad_de", contexts)
    stream = Stream([found], make, seed=1, fold=1, tokens=200)
    drawn = [window for place in range(200) for window in stream.draw(place)]
    assert {question.fold for question, _, _ in drawn} == {0}


def test_a_question_that_nothing_answers_points_to_the_first_position() -> None:
    run = new_run()
    examples = [e for batch in run.stream.pool(0) for e in batch if not e.gold]
    assert examples
    assert (collate(examples).span == NONE).all()


def test_the_learning_rate_rises_stays_and_falls() -> None:
    shares = [train.rate(windows, 10, 100, 20) for windows in range(100)]
    assert shares[:3] == pytest.approx([0.1, 0.2, 0.3])
    assert set(shares[10:80]) == {1.0}
    assert shares[90] == pytest.approx(0.5)
    assert shares[99] == pytest.approx(0.05)


def test_auroc_counts_ties_half() -> None:
    assert auroc([3.0, 1.0, 2.0, 2.0], [True, False, True, False]) == pytest.approx(0.875)


@pytest.mark.slow
def test_states_are_those_that_an_index_stores() -> None:
    from benchmarks.reader.project import PROMPTS, load
    from benchmarks.reader.states import LowerLayers
    from qa.index import token_states as states

    title, text = "Hafen von Kiel", TEXT
    reading = load().read([f"{title}\n{text}"])[0]
    kept = states.keep(reading, len(title) + 1, ())
    tokens, found = LowerLayers().read([text], [f"{PROMPTS['passage']}{title}\n"])[0]
    assert tokens.spans.tolist() == kept.token_spans.tolist()
    ours, stored = found.astype(np.float32), states.unpack(kept).tokens
    assert ((ours * stored).sum(1) / np.linalg.norm(ours, axis=1)).min() > 0.98


@pytest.mark.slow
def test_the_cross_encoder_starts_as_the_default_model() -> None:
    from transformers import AutoModel

    from benchmarks.reader.project import model_folder
    from benchmarks.reader.tokens import Tokenizer
    from benchmarks.reader.windows import CrossMaker

    found = prepared(("Wann wurde der Hafen erweitert?", "1899"))
    window = found.windows[0]
    chosen = [(found.questions[window.question], found.passages[window.passage], window)]
    batch = collate(CrossMaker(Tokenizer(model_folder()))(chosen, [None]))
    reader = model.cross_from_e5(model_folder())
    bert = AutoModel.from_pretrained(model_folder()).eval()
    with torch.inference_mode():
        expected = bert(input_ids=batch.ids).last_hidden_state
        x = reader.embeddings(batch.ids)
        for layer in reader.layers:
            x = layer(x, batch.real[:, None, None, :])
    assert torch.allclose(x, expected, atol=1e-4)


def test_windows_of_a_question_are_weighed_against_each_other() -> None:
    """Two passages of one question: the loss is that of a softmax over all their sentences and none."""
    run = new_run()
    answered = next(e for batch in run.stream.pool(0) for e in batch if e.gold)
    other = replace(answered, gold=(), span=Span(NONE, NONE))
    batch = collate([replace(answered, group=7), replace(other, group=7), other])
    scores = torch.full(batch.labels.shape, -3.0)
    scores[0, answered.gold[0]] = 2.0
    known = batch.known.sum(1).tolist()
    group = math.exp(2.0) / (1 + math.exp(2.0) + (known[0] + known[1] - 1) * math.exp(-3.0))
    alone = 1 / (1 + known[2] * math.exp(-3.0))
    assert float(model._group(scores, batch)) == pytest.approx(-(math.log(group) + math.log(alone)) / 2)


def test_the_passages_drawn_with_a_question_do_not_answer_it() -> None:
    contexts = [replace(context(asked=[("Wann?", "1899")], article=f"a{n}"), fold=1) for n in range(6)]
    found = data.prepare("some", contexts)
    found.windows += [
        data.Window(w.question, (w.passage + 1) % len(found.passages), "neighbour") for w in found.windows
    ]
    stream = Stream([found], make, seed=1, fold=0, tokens=200, group=2)
    for place in range(50):
        first, *others = stream.draw(place)
        assert all(question == first[0] and not window.gold for question, _, window in others)
        assert first[1] not in [passage for _, passage, _ in others]
    groups = [[example.group for example in batch] for batch in stream.pool(0)]
    assert all(batch.count(group) == 2 for batch in groups for group in batch)


def test_the_lower_layers_read_question_and_passage_apart() -> None:
    torch.manual_seed(0)
    reader = model.Cross(model.Size(16, 2, 2, 32), vocabulary=50, positions=64, apart=1).eval()

    def lower(question: list[int], passage: list[int]) -> torch.Tensor:
        ids = np.array([0, *question, 1, 0, *passage, 1])
        side = np.array([PAD] + [QUESTION] * len(question) + [PAD] * 2 + [PASSAGE] * len(passage) + [PAD])
        example = Example(ids, side, np.where(side == PASSAGE, 0, -1), (), 1, Span(NONE, NONE), -1)
        with torch.inference_mode():
            return reader.lower(collate([example]))[0]

    first, second = lower([5, 6], [7, 8, 9]), lower([5, 6, 11], [7, 8, 9])
    assert torch.allclose(first[4:], second[5:], atol=1e-6)  # the passage's, in its own places
    assert not torch.allclose(first[:3], second[:3], atol=1e-3)
    assert not reader.layers[0].qkv.weight.requires_grad
    assert reader.layers[1].qkv.weight.requires_grad
