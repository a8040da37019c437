"""One model for questions and builds."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from qa.embedding import sentence_transformer
from qa.index.search import Index
from qa.service.library import Folders
from qa.service.service import Service
from qa.types import BuildReport
from tests.support.standin import StandIn


class Other(StandIn):
    """Another model."""

    name = "other"
    fingerprint = "other-1"


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the models that were loaded, in order."""
    names: list[str] = []

    def load(name: str = sentence_transformer.DEFAULT_MODEL) -> StandIn:
        names.append(name)
        return Other() if name == Other.name else StandIn()

    monkeypatch.setattr(sentence_transformer, "load", load)
    return names


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    return folder


def build(service: Service, corpus: Path, text: str) -> BuildReport:
    """Change the corpus and build through the service."""
    (corpus / "a.txt").write_text(text, encoding="utf-8")
    assert service.start_build()
    for thread in threading.enumerate():
        if thread.name == "build":
            thread.join(60)
    report = service.build_state.report
    assert report, service.build_state.error
    return report


def model_of(service: Service) -> object:
    index = service.served().index
    assert isinstance(index, Index)
    return index.encoder


def test_builds_use_the_model_that_answers(corpus: Path, tmp_path: Path, loaded: list[str]) -> None:
    service = Service(Folders(corpus, tmp_path / "vectors"))
    build(service, corpus, "Der Hund bellt.")
    assert loaded == [sentence_transformer.DEFAULT_MODEL]  # once, for the build and the questions after it
    first = model_of(service)
    assert isinstance(first, StandIn)
    before = first.calls
    assert build(service, corpus, "Der Hund bellt laut.").embedded == 1
    assert first.calls == before + 1
    assert model_of(service) is first
    assert len(loaded) == 1


def test_a_server_that_opened_its_index_builds_with_its_model(
    corpus: Path, tmp_path: Path, loaded: list[str]
) -> None:
    build(Service(Folders(corpus, tmp_path / "vectors")), corpus, "Der Hund bellt.")
    loaded.clear()
    service = Service(Folders(corpus, tmp_path / "vectors"))
    first = model_of(service)
    build(service, corpus, "Der Hund bellt laut.")
    assert model_of(service) is first
    assert loaded == [StandIn.name]


def test_a_build_with_another_model_loads_it_once(corpus: Path, tmp_path: Path, loaded: list[str]) -> None:
    build(Service(Folders(corpus, tmp_path / "vectors")), corpus, "Der Hund bellt.")
    loaded.clear()
    service = Service(Folders(corpus, tmp_path / "vectors", Other.name))
    assert isinstance(model_of(service), StandIn)
    for text in ("Der Hund bellt laut.", "Der Hund bellt leise."):
        assert build(service, corpus, text).model == Other.name
        assert isinstance(model_of(service), Other)
    assert loaded == [StandIn.name, Other.name]
    service.switch(service.generations()[-1].generation)
    assert not isinstance(model_of(service), Other)  # the index from before has its own model again
