"""Named endpoints of the page's own application, for `gradio_client`; in JSON."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr
from gradio.events import api
from pydantic import ValidationError

from qa.api import operations, schemas
from qa.errors import QAError
from qa.service.service import Service
from qa.types import Article

CONCURRENCY = 4  # concurrent calls; the service queues them


def add(service: Service) -> None:
    """Add `/ask`, `/search` and `/article` to the current Blocks."""

    # Callers may pass arguments by position, so the order of the parameters must not change.
    def ask(
        question: str,
        history: list[dict[str, str]] | None = None,
        article: str = "",
        source: str = "",
        since: str = "",
        until: str = "",
        phrase: bool = False,
    ) -> schemas.AnswerFields:
        """Answer a question with verbatim quotes from the articles, or report that they do not answer it."""
        fields = {"question": question, "history": history or [], "article": article, "source": source}
        options = {"since": since, "until": until, "phrase": phrase}
        with _told():
            return operations.ask(service, schemas.Ask.model_validate({**fields, **options}))

    def search(
        question: str,
        k: int = 10,
        mode: str = "hybrid",
        article: str = "",
        source: str = "",
        since: str = "",
        until: str = "",
    ) -> schemas.SearchFields:
        """Find passages in the articles."""
        fields = {"question": question, "k": k, "mode": mode, "article": article, "source": source}
        with _told():
            return operations.search(
                service, schemas.Search.model_validate({**fields, "since": since, "until": until})
            )

    def article(article_id: str) -> Article:
        """Get an article with its full text by id."""
        with _told():
            if not isinstance(article_id, str):
                raise QAError("article_id is not a string. Use the id of an article.")
            return operations.article(service, article_id)

    limits: dict[str, Any] = {"concurrency_limit": CONCURRENCY, "concurrency_id": "programs"}
    api(ask, api_name="ask", **limits)
    api(search, api_name="search", **limits)
    api(article, api_name="article", **limits)


@contextmanager
def _told() -> Iterator[None]:
    """Turn errors meant for the user into `gr.Error`, which Gradio passes on; it hides all others."""
    try:
        yield
    except ValidationError as error:
        raise gr.Error(operations.fault(error), print_exception=False) from error
    except QAError as error:
        raise gr.Error(str(error), print_exception=False) from error
