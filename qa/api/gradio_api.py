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

CONCURRENCY = 4  # calls in work; each waits its turn in the service


def add(service: Service) -> None:
    """Put `/ask`, `/search` and `/article` into the Blocks that are being laid out."""

    # Named by position too, so the order of the parameters is part of the promise.
    def ask(
        question: str,
        history: list[dict[str, str]] | None = None,
        article: str = "",
        source: str = "",
        since: str = "",
        until: str = "",
    ) -> schemas.AnswerFields:
        """Answer a question with exact quotes of the articles, or say that they do not answer it."""
        fields = {"question": question, "history": history or [], "article": article, "source": source}
        with _told():
            return operations.ask(
                service, schemas.Ask.model_validate({**fields, "since": since, "until": until})
            )

    def search(
        question: str,
        k: int = 10,
        mode: str = "hybrid",
        article: str = "",
        source: str = "",
        since: str = "",
        until: str = "",
    ) -> schemas.SearchFields:
        """Find passages of the articles."""
        fields = {"question": question, "k": k, "mode": mode, "article": article, "source": source}
        with _told():
            return operations.search(
                service, schemas.Search.model_validate({**fields, "since": since, "until": until})
            )

    def article(article_id: str) -> Article:
        """A whole article by its id."""
        with _told():
            if not isinstance(article_id, str):
                raise QAError("The id of an article is a text.")
            return operations.article(service, article_id)

    limits: dict[str, Any] = {"concurrency_limit": CONCURRENCY, "concurrency_id": "programs"}
    api(ask, api_name="ask", **limits)
    api(search, api_name="search", **limits)
    api(article, api_name="article", **limits)


@contextmanager
def _told() -> Iterator[None]:
    """Errors for the user as those that Gradio passes on; the others it keeps to itself."""
    try:
        yield
    except ValidationError as error:
        raise gr.Error(operations.fault(error), print_exception=False) from error
    except QAError as error:
        raise gr.Error(str(error), print_exception=False) from error
