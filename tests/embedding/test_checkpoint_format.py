"""The file of four-bit weights, on a small one written here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.embedding import checkpoint_format
from qa.errors import EncoderError
from tests.support.weights import (
    HIDDEN,
    LAYERS,
    NORMALISATION,
    PIECES,
    POSITIONS,
    WIDE,
    small_file,
    tensor_names,
)


def test_dequantises_blocks_as_computed_by_hand() -> None:
    nibbles = bytes(range(16))  # low nibbles 0..15, high nibbles 0
    other = bytes([0x8F] * 16)  # low 15, high 8
    packed = np.float16(0.5).tobytes() + nibbles + np.float16(-2).tobytes() + other
    weights = checkpoint_format.dequantise(np.frombuffer(packed, np.uint8))
    first = [0.5 * (n - 8) for n in range(16)] + [-4.0] * 16
    second = [-14.0] * 16 + [0.0] * 16
    assert weights.dtype == np.float32
    assert weights.tolist() == first + second


def test_reads_sizes_vocabulary_and_tensors(source: Path) -> None:
    found = checkpoint_format.read(source)
    assert (found.shape.hidden, found.shape.layers, found.shape.positions) == (HIDDEN, LAYERS, POSITIONS)
    assert [piece for piece, _ in found.vocabulary.pieces] == PIECES
    assert found.vocabulary.normalisation == NORMALISATION
    assert (found.vocabulary.bos, found.vocabulary.eos, found.vocabulary.pad, found.vocabulary.unk) == (
        0,
        2,
        1,
        3,
    )
    assert set(found.tensors) == set(tensor_names())
    assert found.tensors["l1.fi.w"].shape == (WIDE, HIDDEN)
    assert found.tensors["l1.fo.w"].shape == (HIDDEN, WIDE)


@settings(deadline=None, max_examples=60)
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_file_cut_anywhere_is_refused(share: float, tmp_path_factory: pytest.TempPathFactory) -> None:
    whole = small_file()
    file = tmp_path_factory.mktemp("cut") / "cut.bin"
    file.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(EncoderError):
        checkpoint_format.read(file)


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_a_flipped_byte_gives_a_checkpoint_or_an_encoder_error(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    spoilt = bytearray(small_file())
    at = data.draw(st.integers(0, min(len(spoilt) - 1, 6000)))
    spoilt[at] ^= data.draw(st.integers(1, 255))
    file = tmp_path_factory.mktemp("flip") / "flip.bin"
    file.write_bytes(spoilt)
    try:
        found = checkpoint_format.read(file)
    except EncoderError:
        return
    assert set(found.tensors) >= set(tensor_names())
