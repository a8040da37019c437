"""One side of the comparison, in a separate process: `python -m benchmarks.side SIDE STEP FOLDER MODEL …`.

Steps: `build` (build, then rebuild after some articles changed), `open` (to the first result from a fresh
process), `warm` (searches and answers one after the other). Each prints one JSON object. The sides share only
the texts, the unpacked model and its prompts.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PROMPTS = {"query": "query: ", "passage": "passage: "}
LENGTH = 700  # characters of a passage, as the project cuts them
Row = dict[str, Any]


def texts(corpus: Path) -> dict[str, str]:
    """The articles by file name, without their front matter."""
    return {
        path.name: path.read_text("utf-8").split("---\n", 2)[-1].strip()
        for path in sorted(corpus.glob("*.md"))
    }


def cut(articles: dict[str, str]) -> list[tuple[str, str]]:
    """Passages of the articles as LangChain's splitter makes them, with the article of each."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=LENGTH, chunk_overlap=0)
    return [(name, piece) for name, text in articles.items() for piece in splitter.split_text(text)]


class Plain:
    """A plain loop: encode with the defaults in float32, one flat index, everything from scratch each
    time.
    """

    def __init__(self, model: str, index: Path) -> None:
        self._model, self._index = model, index

    def load(self) -> None:
        from sentence_transformers import SentenceTransformer

        self._encoder = SentenceTransformer(self._model, prompts=PROMPTS)

    def build(self, corpus: Path) -> int:
        import faiss

        rows = cut(texts(corpus))
        vectors = self._encoder.encode(
            [text for _, text in rows], prompt_name="passage", normalize_embeddings=True
        )
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        self._index.mkdir(exist_ok=True)
        faiss.write_index(index, str(self._index / "index.faiss"))
        (self._index / "rows.json").write_text(json.dumps(rows), encoding="utf-8")
        return len(rows)

    def rebuild(self, corpus: Path, changed: list[str]) -> None:
        self.build(corpus)

    def open(self) -> None:
        import faiss

        self.load()
        self._opened = faiss.read_index(str(self._index / "index.faiss"))
        self._rows = json.loads((self._index / "rows.json").read_text("utf-8"))

    def search(self, question: str) -> list[str]:
        vector = self._encoder.encode([question], prompt_name="query", normalize_embeddings=True)
        return [self._rows[row][0] for row in self._opened.search(vector, 10)[1][0]]


class LangChain:
    """LangChain's splitter, Hugging Face embeddings and FAISS store, combined as documented."""

    def __init__(self, model: str, index: Path) -> None:
        self._model, self._index = model, index

    def load(self) -> None:
        from langchain_huggingface import HuggingFaceEmbeddings

        self._embeddings = HuggingFaceEmbeddings(
            model_name=self._model,
            model_kwargs={"prompts": PROMPTS},
            encode_kwargs={"prompt_name": "passage", "normalize_embeddings": True},
            query_encode_kwargs={"prompt_name": "query", "normalize_embeddings": True},
        )

    def _documents(self, articles: dict[str, str]) -> list[Any]:
        from langchain_core.documents import Document

        return [Document(text, metadata={"article": name}) for name, text in cut(articles)]

    def build(self, corpus: Path) -> int:
        from langchain_community.vectorstores import FAISS

        documents = self._documents(texts(corpus))
        self._store = FAISS.from_documents(documents, self._embeddings)
        self._store.save_local(str(self._index))
        return len(documents)

    def rebuild(self, corpus: Path, changed: list[str]) -> None:
        """Only what changed, which the caller has to know."""
        stored = self._store.docstore._dict
        old = [key for key, document in stored.items() if document.metadata["article"] in changed]
        self._store.delete(old)
        all_texts = texts(corpus)
        self._store.add_documents(self._documents({name: all_texts[name] for name in changed}))
        self._store.save_local(str(self._index))

    def open(self) -> None:
        from langchain_community.vectorstores import FAISS

        self.load()
        self._store = FAISS.load_local(
            str(self._index), self._embeddings, allow_dangerous_deserialization=True
        )

    def search(self, question: str) -> list[str]:
        return [found.metadata["article"] for found in self._store.similarity_search(question, k=10)]


class Txtai:
    """txtai, hybrid: its own BM25 plus the vectors."""

    def __init__(self, model: str, index: Path) -> None:
        self._model, self._index = model, index

    def load(self) -> None:
        from txtai import Embeddings

        instructions = {"query": PROMPTS["query"], "data": PROMPTS["passage"]}
        self._embeddings = Embeddings(
            path=self._model,
            method="sentence-transformers",
            instructions=instructions,
            hybrid=True,
            content=True,
        )

    def build(self, corpus: Path) -> int:
        rows = self._rows(texts(corpus))
        self._embeddings.index(rows)
        self._embeddings.save(str(self._index))
        return len(rows)

    def _rows(self, articles: dict[str, str]) -> list[tuple[str, str, None]]:
        counts: dict[str, int] = {}
        rows = []
        for name, text in cut(articles):
            counts[name] = counts.get(name, -1) + 1
            rows.append((f"{name}#{counts[name]}", text, None))
        return rows

    def rebuild(self, corpus: Path, changed: list[str]) -> None:
        """Only what changed, which the caller has to know."""
        all_texts = texts(corpus)
        self._embeddings.upsert(self._rows({name: all_texts[name] for name in changed}))
        self._embeddings.save(str(self._index))

    def open(self) -> None:
        from txtai import Embeddings

        self._embeddings = Embeddings()
        self._embeddings.load(str(self._index))

    def search(self, question: str) -> list[str]:
        return [str(found["id"]).split("#")[0] for found in self._embeddings.search(question, 10)]


class Ours:
    """This project: what `qa build`, `qa search` and `qa ask` do."""

    def __init__(self, model: str, index: Path) -> None:
        self._index = index

    def load(self) -> None:
        from qa.embedding import sentence_transformer

        self._encoder = sentence_transformer.load()

    def build(self, corpus: Path) -> int:
        from qa.index import build

        return build.build(corpus, self._index, encoder=self._encoder).passages

    def rebuild(self, corpus: Path, changed: list[str]) -> None:
        self.build(corpus)

    def open(self) -> None:
        from qa.answering.bot import Bot
        from qa.index.search import Index

        opened = Index.open(self._index)
        self._opened, self._bot = opened, Bot(opened)

    def search(self, question: str) -> list[str]:
        return [hit.passage.article_id for hit in self._opened.search(question, k=10)]

    def answer(self, question: str) -> None:
        self._bot.ask(question)


SIDES: dict[str, Callable[[str, Path], Any]] = {
    "this project": Ours,
    "plain loop": Plain,
    "LangChain": LangChain,
    "txtai": Txtai,
}


def build(side: Any, index: Path, corpus: Path, changed: list[str]) -> Row:
    """Seconds of a build, the model being loaded, and of one after `changed` articles have grown."""
    side.load()
    began = time.perf_counter()
    passages = side.build(corpus)
    built = time.perf_counter() - began
    row: Row = {"passages": passages, "build": built, "bytes": _size(index)}
    if changed:
        for name in changed:
            path = corpus / name
            path.write_text(path.read_text("utf-8") + "\nEin Satz mehr steht nun hier.\n", encoding="utf-8")
        began = time.perf_counter()
        side.rebuild(corpus, changed)
        row["rebuild"] = time.perf_counter() - began
    return {**row, "memory": _memory()}


def _size(index: Path) -> int:
    return sum(path.stat().st_size for path in index.rglob("*") if path.is_file())


def _memory() -> float:
    """Greatest memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def warm(side: Any, questions: list[tuple[str, str]]) -> Row:
    """Milliseconds of searches and answers, one after the other, and hit@1 where the article is known."""
    side.open()
    for question, _ in questions[:5]:
        side.search(question)
    times, hits = [], []
    for question, article in questions:
        began = time.perf_counter()
        found = side.search(question)
        times.append(1000 * (time.perf_counter() - began))
        hits.append(bool(found) and found[0] == article)
    answers = []
    if hasattr(side, "answer"):
        for question, _ in questions[:5]:
            side.answer(question)
        for question, _ in questions:
            began = time.perf_counter()
            side.answer(f"{question} ")  # a question that was not asked before
            answers.append(1000 * (time.perf_counter() - began))
    return {"search": times, "answer": answers, "hits": hits, "memory": _memory()}


def main() -> None:
    name, step, index, model, *rest = sys.argv[1:]
    side = SIDES[name](model, Path(index))
    if step == "build":
        row = build(side, Path(index), Path(rest[0]), rest[1:])
    elif step == "open":
        side.open()
        side.answer(rest[0]) if hasattr(side, "answer") else side.search(rest[0])
        row = {"memory": _memory()}
    else:
        row = warm(side, json.loads(Path(rest[0]).read_text("utf-8")))
    print(json.dumps(row))


if __name__ == "__main__":
    main()
