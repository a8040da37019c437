"""What the page looks up in the open index."""

from __future__ import annotations

import pytest

from qa.errors import CorpusError
from qa.service.service import Service
from qa.web.lookup import Lookup
from tests.support.fakes import FakeBackend


def test_articles_outlets_and_generation_are_those_of_the_open_index() -> None:
    lookup = Lookup(Service(FakeBackend()))
    assert lookup.article("faehre.md").title == lookup.title("faehre.md") == "Neue Fähre verbindet Inseln"
    assert (lookup.title("nein.md"), lookup.title("")) == ("", "")
    assert "faehre.md" in [summary.article_id for summary in lookup.articles()]
    assert ("Küstenbote", 1) in lookup.sources()
    assert lookup.generation() == "g1"


@pytest.mark.parametrize("broken", [False, True])
def test_without_an_open_index_there_is_nothing(broken: bool) -> None:
    backend = FakeBackend(generations=1 if broken else 0)
    backend.broken = broken
    lookup = Lookup(Service(backend))
    assert (lookup.articles(), lookup.sources(), lookup.generation()) == ([], [], "")
    assert lookup.title("faehre.md") == ""
    with pytest.raises(CorpusError, match="damaged" if broken else "no index"):
        lookup.article("faehre.md")
