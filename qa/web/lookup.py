"""What the page looks up in the open index; where none is open, it is empty."""

from __future__ import annotations

from qa.errors import CorpusError, QAError
from qa.service.service import Service
from qa.types import Article, ArticleSummary
from qa.web import starters
from qa.web.sources import NotLookedUp


class Lookup:
    """Articles, outlets and the generation of the index that a service has open."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._starters: dict[tuple[str, str], list[str]] = {}

    def article(self, article_id: str) -> Article:
        """An article of the open index; raises CorpusError, and NotLookedUp where no index can be opened."""
        try:
            return self._service.article(article_id)
        except CorpusError:
            raise
        except QAError as error:
            raise NotLookedUp(str(error)) from error

    def title(self, article_id: str) -> str:
        """The title of an article; "" where there is none."""
        try:
            return self.article(article_id).title if article_id else ""
        except CorpusError:
            return ""

    def articles(self) -> list[ArticleSummary]:
        """All articles, without their texts."""
        try:
            return self._service.articles()
        except QAError:
            return []

    def sources(self) -> list[tuple[str, int]]:
        """The outlets with their numbers of articles."""
        try:
            return self._service.served().index.sources()
        except QAError:
            return []

    def built(self) -> str:
        """When the open index was built, ISO 8601; "" where that is unknown."""
        name = self.generation()
        return next((made.built for made in self._service.generations() if made.generation == name), "")

    def starters(self, language: str) -> list[str]:
        """Questions to begin with; made once for each generation and language."""
        key = self.generation(), language
        if key not in self._starters:
            try:
                self._starters = {key: starters.starters(self.articles(), self.article, language)}
            except CorpusError:
                return []
        return self._starters[key]

    def generation(self) -> str:
        """The name of the generation; "" where there is none."""
        try:
            return self._service.served().index.generation
        except QAError:
            return ""
