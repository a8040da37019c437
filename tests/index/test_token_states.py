from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.embedding.base import Reading
from qa.errors import BrokenIndex
from qa.index import token_states
from qa.types import Span, Vectors
from tests.support.sealing import parts
from tests.support.standin import StandIn

TEXT = "Titel oben\nAchtzehn Soldaten sind desertiert. Die Armee sucht sie."
OFFSET = 11
SENTENCES = [Span(0, 34), Span(35, 55)]


def write(folder: Path, *rows: token_states.StoredStates) -> token_states.States:
    with token_states.StatesWriter(folder / "states") as writer:
        for row in rows:
            writer.add(token_states.to_bytes(row))
    return token_states.States(parts(folder))


def kept(encoder: StandIn) -> token_states.StoredStates:
    return token_states.keep(encoder.read([TEXT])[0], OFFSET, SENTENCES)


def test_states_come_back_with_their_places(tmp_path: Path, encoder: StandIn) -> None:
    found = write(tmp_path, kept(encoder)).states(0)
    passage = TEXT[OFFSET:]
    assert [passage[a:b] for a, b in found.token_spans] == [
        "Achtzehn", "Soldaten", "sind", "desertiert", "Die", "Armee", "sucht", "sie",
    ]  # fmt: skip
    exact = encoder.read([passage])[0]
    assert (np.sum(found.tokens * exact.states, axis=1) > 0.98).all()
    assert found.sentences == tuple(SENTENCES)
    for span, vector in zip(SENTENCES, found.sentence_vectors, strict=True):
        own = encoder.read([passage[span.start : span.end]])[0].vector
        assert float(vector @ own) > 0.98


def test_each_row_has_its_own(tmp_path: Path, encoder: StandIn) -> None:
    one = token_states.keep(encoder.read(["Ein Satz."])[0], 0, [Span(0, 9)])
    none = token_states.keep(encoder.read(["—"])[0], 0, [])
    rows = [kept(encoder), none, one]
    opened = write(tmp_path, *rows)
    assert opened.count == 3
    for number, row in enumerate(rows):
        for before, after in zip(row, token_states.from_bytes(opened.record(number)), strict=True):
            np.testing.assert_array_equal(before, after)


def test_a_sentence_without_tokens_is_near_nothing(tmp_path: Path, encoder: StandIn) -> None:
    row = token_states.keep(encoder.read(["— Wort"])[0], 0, [Span(0, 1), Span(2, 6)])
    vectors = write(tmp_path, row).states(0).sentence_vectors
    np.testing.assert_array_equal(vectors[0], 0)
    assert np.linalg.norm(vectors[1]) == pytest.approx(1, abs=1e-5)


def reading(dimension: int, tokens: int = 6) -> Reading:
    rows: Vectors = np.random.default_rng(dimension).standard_normal((tokens, dimension)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return Reading(rows[0], rows, rows, tuple(Span(i, i + 1) for i in range(tokens)))


def test_states_of_the_default_dimension_are_reduced_the_same_on_both_sides(tmp_path: Path) -> None:
    read = reading(384)
    passage = write(tmp_path, token_states.keep(read, 0, [Span(0, 6)])).states(0)
    query = token_states.query_states(read)
    assert passage.tokens.shape == query.tokens.shape == (6, 64)
    assert (np.sum(passage.tokens * query.tokens, axis=1) > 0.98).all()
    assert token_states.settings(384) != token_states.settings(385)


def test_states_of_another_dimension_are_kept_whole() -> None:
    assert token_states.query_states(reading(100)).tokens.shape == (6, 100)


@given(st.lists(st.tuples(st.integers(0, 70_000), st.integers(0, 70_000)), max_size=5))
def test_spans_of_any_size_come_back(pairs: list[tuple[int, int]]) -> None:
    spans = np.array(pairs, np.int64).reshape(-1, 2)
    nothing = np.zeros((len(pairs), 2), np.uint8)
    row = token_states.StoredStates(nothing, spans, nothing, spans[::-1])
    again = token_states.from_bytes(token_states.to_bytes(row))
    np.testing.assert_array_equal(again.token_spans, spans)
    np.testing.assert_array_equal(again.sentence_spans, spans[::-1])


def test_a_token_takes_half_a_byte_a_number_and_two_bytes_for_its_place() -> None:
    two, three = (len(token_states.to_bytes(token_states.keep(reading(384, n), 0, ()))) for n in (2, 3))
    assert three - two == 64 // 2 + 2


@pytest.mark.parametrize("name", ["records.bin", "starts.bin"])
@pytest.mark.parametrize("harm", ["cut", "empty", "longer"])
def test_files_that_do_not_fit_each_other_are_refused(
    tmp_path: Path, encoder: StandIn, name: str, harm: str
) -> None:
    write(tmp_path, kept(encoder), kept(encoder))
    path = tmp_path / "states" / name
    data = path.read_bytes()
    path.write_bytes({"cut": data[:-8], "empty": b"", "longer": data + data[-9:]}[harm])
    with pytest.raises(BrokenIndex, match="qa build --fresh"):
        token_states.States(parts(tmp_path))


@pytest.mark.parametrize("record", [b"", b"x" * 16, b"\0" * 15, b"\xff" * 400])
def test_what_is_no_record_is_refused(record: bytes) -> None:
    with pytest.raises(BrokenIndex, match="qa build --fresh"):
        token_states.from_bytes(record)


def test_a_record_has_no_rest(encoder: StandIn) -> None:
    record = token_states.to_bytes(kept(encoder))
    for other in (record[:-1], record + b"\0"):
        with pytest.raises(BrokenIndex):
            token_states.from_bytes(other)
