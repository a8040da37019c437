"""Write the lexical part of a new generation in PostgreSQL: the tables `term`, `posting` and `length`.

`qa.index.bm25_writer` counts and sorts the terms; what it writes to files is copied into the tables.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from qa.cluster import schema
from qa.cluster.schema import crc_of
from qa.cluster.sessions import Session
from qa.index import bm25, bm25_index, bm25_writer

TERMS_AT_ONCE = 10_000  # terms or blocks of postings written in one call


class Written(NamedTuple):
    """What was written."""

    checksums: dict[str, str]  # table -> SHA-256 of its contents, in hexadecimal
    mean_terms: float  # of a passage


def save(session: Session, rows: int, terms: Iterable[tuple[int, Sequence[str]]]) -> Written:
    """Write the lexical part of `rows` passages, at least one: `terms` gives the row of each and its terms.

    `session` has the new generation in its search path. Raises StoreError.
    """
    with tempfile.TemporaryDirectory(prefix="qa-terms-") as folder:
        files = Path(folder) / bm25_index.FOLDER
        bm25_writer.save(files, rows, terms)
        checksums = _upload(session, files)
        lengths = np.fromfile(files / bm25_index.LENGTHS, bm25.INT)
    return Written(checksums, float(lengths.mean()))


def _upload(session: Session, folder: Path) -> dict[str, str]:
    """Write the tables from the files that `bm25_writer` made; the checksum of each."""
    letters = (folder / bm25_index.TERMS).read_bytes()
    ends, starts = (
        np.fromfile(folder / name, bm25_index.LONG).tolist()
        for name in (bm25_index.TERM_STARTS, bm25_index.STARTS)
    )
    checksums = {name: hashlib.sha256() for name in ("term", "posting", "length")}
    count = len(starts) - 1
    for begin in range(0, count, TERMS_AT_ONCE):
        some = [
            (letters[ends[number] : ends[number + 1]], starts[number], starts[number + 1] - starts[number])
            for number in range(begin, min(begin + TERMS_AT_ONCE, count))
        ]
        for term in some:
            checksums["term"].update(schema.term_bytes(*term))
        session.copy_in("term", ["bytea", "int8", "int4"], some)
    with (
        (folder / bm25_index.ROWS).open("rb") as row_file,
        (folder / bm25_index.COUNTS).open("rb") as count_file,
    ):
        number, blocks = 0, list[Sequence[object]]()
        while rows := row_file.read(schema.POSTINGS * bm25.INT.itemsize):
            counts = count_file.read(schema.POSTINGS * bm25.SHORT.itemsize)
            checksums["posting"].update(rows + counts)
            blocks.append((number, rows, counts, crc_of(rows, counts)))
            number += 1
            if len(blocks) >= TERMS_AT_ONCE // 100:
                session.copy_in("posting", ["int4", "bytea", "bytea", "int8"], blocks)
                blocks = []
        session.copy_in("posting", ["int4", "bytea", "bytea", "int8"], blocks)
    lengths = (folder / bm25_index.LENGTHS).read_bytes()
    checksums["length"].update(lengths)
    session.copy_in("length", ["bytea", "int8"], [(lengths, crc_of(lengths))])
    return {table: whole.hexdigest() for table, whole in checksums.items()}
