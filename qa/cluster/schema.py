"""The tables of an index in PostgreSQL.

The schema `qa` names the generations and holds what they share: texts by the digest of their article, and
what the model made of passages by content key. Each generation has a schema of its own, named like it, which
nothing changes once it is published. So a new generation copies neither texts nor token states, and a build
that was interrupted finds all that it had computed.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zlib

from qa.errors import NoIndex

SHARED = "qa"
INSERT_GENERATION = "INSERT INTO qa.generation (name, manifest, collection) VALUES (%s, %b, %s)"
SERVE = "INSERT INTO qa.served (name) VALUES (%s) ON CONFLICT (one) DO UPDATE SET name = EXCLUDED.name"
# Advisory locks (https://www.postgresql.org/docs/current/explicit-locking.html) of this database: one for
# writing, and one for each generation, which its readers share. They end with the connection.
LOCKS = 0x7161
WRITING = 0  # no generation has this number
NO_INDEX = "There is no index in the database yet. Run `qa build`."
POSTINGS = 4096  # in a block

CREATE = """
CREATE EXTENSION IF NOT EXISTS vector;
CREATE SCHEMA IF NOT EXISTS qa;
CREATE TABLE IF NOT EXISTS qa.generation (
    name text COLLATE "C" PRIMARY KEY, number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
    manifest bytea NOT NULL, collection text NOT NULL
);
CREATE TABLE IF NOT EXISTS qa.served (
    one boolean PRIMARY KEY DEFAULT true CHECK (one), name text COLLATE "C" NOT NULL REFERENCES qa.generation
);
CREATE TABLE IF NOT EXISTS qa.body (digest bytea PRIMARY KEY, text bytea NOT NULL);
CREATE TABLE IF NOT EXISTS qa.computed (
    key bytea PRIMARY KEY, vector vector NOT NULL, vector_crc bigint NOT NULL, record bytea NOT NULL,
    crc bigint NOT NULL
);
ALTER TABLE qa.computed ALTER vector SET STORAGE PLAIN, ALTER record SET STORAGE EXTERNAL;
CREATE TABLE IF NOT EXISTS qa.note (name text COLLATE "C" PRIMARY KEY, content bytea NOT NULL);
"""

# `{}` is the dimension.
GENERATION = """
CREATE TABLE article (
    number integer PRIMARY KEY, article_id text COLLATE "C" NOT NULL UNIQUE, title text NOT NULL,
    source text COLLATE "C" NOT NULL, url text NOT NULL, date text COLLATE "C" NOT NULL,
    language text COLLATE "C" NOT NULL, folded_source text COLLATE "C" NOT NULL,
    folded text COLLATE "C" NOT NULL, about bytea NOT NULL, digest bytea NOT NULL,
    first bigint NOT NULL, passages integer NOT NULL, copy_of text NOT NULL
);
CREATE TABLE passage (
    "row" bigint PRIMARY KEY, article integer NOT NULL, ordinal integer NOT NULL, start integer NOT NULL,
    "end" integer NOT NULL, key bytea NOT NULL, crc bigint NOT NULL
);
CREATE TABLE term (term bytea PRIMARY KEY, first bigint NOT NULL, frequency integer NOT NULL);
CREATE TABLE posting (
    number integer PRIMARY KEY, "rows" bytea NOT NULL, counts bytea NOT NULL, crc bigint NOT NULL
);
ALTER TABLE posting ALTER "rows" SET STORAGE EXTERNAL, ALTER counts SET STORAGE EXTERNAL;
CREATE TABLE length (lengths bytea NOT NULL, crc bigint NOT NULL);
CREATE TABLE candidate ("row" bigint PRIMARY KEY, article integer NOT NULL, vector halfvec({}) NOT NULL);
"""
# That of candidates is for filters: without it every question to one article would read all vectors.
INDEXES = """
CREATE INDEX ON article (folded_source, date);
CREATE INDEX ON article (date);
CREATE INDEX ON candidate (article);
"""
# With pgvector's own 64 for `ef_construction`, parts of the graph are never reached, however many candidates
# a question looks at (recall@10 0.93 to 0.97 of 70,000): docs/decisions/0041-measured.md
NEIGHBOURS = "CREATE INDEX ON candidate USING hnsw (vector halfvec_ip_ops) WITH (ef_construction = 200)"
TABLES = ("article", "passage", "term", "posting", "length", "candidate")


def generation_tables(dimension: int) -> str:
    """The statements that create the tables of a generation in the first schema of the path."""
    return GENERATION.format(int(dimension))


def no_index() -> NoIndex:
    """What is raised where nothing was built yet."""
    return NoIndex(NO_INDEX)


def content_key(key: bytes, fingerprint: str, settings: dict[str, str | int]) -> bytes:
    """Where everything that the model and these settings make of a passage is found.

    `key` is `qa.index.reuse.key` of the passage, `fingerprint` that of the model.
    """
    about = json.dumps([fingerprint, settings], sort_keys=True).encode()
    return hashlib.blake2b(key, digest_size=16, key=hashlib.sha256(about).digest()).digest()


def storable(text: str) -> str:
    """A text as PostgreSQL takes it: lone surrogates and NUL, which no article needs, are replaced."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\0", "\ufffd")


def crc_of(*parts: bytes) -> int:
    """CRC-32 of some bytes."""
    crc = 0
    for part in parts:
        crc = zlib.crc32(part, crc)
    return crc


def passage_bytes(row: int, article: int, ordinal: int, start: int, end: int, key: bytes) -> bytes:
    """A row of the table `passage`, for its checksum."""
    return struct.pack("<5q", row, article, ordinal, start, end) + key


def term_bytes(term: bytes, first: int, frequency: int) -> bytes:
    """A row of the table `term`, for the checksum of all."""
    return struct.pack("<3q", len(term), first, frequency) + term
