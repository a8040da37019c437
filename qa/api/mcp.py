"""Tools for language models: the Model Context Protocol over HTTP at /mcp, stateless.

The tools give the same objects as REST. Host and password are checked by `qa.server.security`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from traceback import print_exception
from typing import TYPE_CHECKING, Annotated, Any, Literal

from anyio.to_thread import run_sync
from fastapi import FastAPI
from pydantic import Field, RootModel, ValidationError

from qa.api import operations, schemas
from qa.errors import MissingExtra, QAError
from qa.service.service import Service
from qa.types import Article

if TYPE_CHECKING:
    from mcp.server.fastmcp import FastMCP


PATH = "/mcp"
DEFECT = "The server failed at this call; its log says more."
INSTRUCTIONS = (
    "Answers questions from a folder of news articles. `ask` returns verbatim quotes with their exact "
    "positions, or reports that the articles do not answer; `missing` in its answer lists what the question "
    "names and no quote holds. `search` finds passages; `article` returns a full article. Cite by title and "
    "date."
)


class ArticleFields(RootModel[Article]):
    """An article with its full text."""  # the package cannot read the defaults of a class with slots itself


def make_server(service: Service) -> FastMCP[Any]:
    """Create the server with its tools. Raises MissingExtra if the package `mcp` is not installed."""
    try:
        from mcp.server.fastmcp import FastMCP
        from mcp.server.fastmcp.exceptions import ToolError
        from mcp.server.transport_security import TransportSecuritySettings
    except ImportError as error:
        raise MissingExtra("The package mcp is not installed. Run `pip install 'qa[mcp]'`.") from error

    class Tools(FastMCP[Any]):
        async def call_tool(self, name: str, arguments: dict[str, Any]) -> Sequence[Any] | dict[str, Any]:
            try:
                return await super().call_tool(name, arguments)
            except ToolError as error:  # its own words repeat what came in
                raise ToolError(_told(error.__cause__)) from None

        async def get_prompt(self, name: str, arguments: dict[str, Any] | None = None) -> Any:
            raise ValueError("There are no prompts.")  # the package would log a trace

    server = Tools(
        "qa",
        instructions=INSTRUCTIONS,
        stateless_http=True,
        json_response=True,
        streamable_http_path=PATH,
        log_level="ERROR",  # warnings repeat what came in, over many lines
        # `qa.server.security` knows the names of the host; the package does not
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    _tools(server, service)
    return server


def _told(cause: BaseException | None) -> str:
    """Why a tool failed, in one sentence; `cause` is None where there is no tool of that name."""
    if cause is None:
        return "There is no such tool; `tools/list` names them."
    if isinstance(cause, ValidationError):
        return operations.fault(cause)
    if isinstance(cause, QAError):
        return str(cause)
    print_exception(cause)
    return DEFECT


def _tools(server: FastMCP[Any], service: Service) -> None:
    # In worker threads, because the package would run a plain function in the event loop.
    @server.tool()
    async def ask(
        question: schemas.QuestionText,
        article: Annotated[schemas.Name, Field(description="Search only the article with this id")] = "",
        source: Annotated[schemas.Name, Field(description="Search only articles from this outlet")] = "",
        since: schemas.Day = "",
        until: schemas.Day = "",
    ) -> schemas.AnswerFields:
        """Answer a question with verbatim quotes from the articles, or report that they do not answer it."""
        where = {"article": article, "source": source, "since": since, "until": until}
        request = schemas.Ask.model_validate({"question": question, **where})
        return await run_sync(operations.ask, service, request)

    @server.tool()
    async def search(
        question: schemas.QuestionText,
        k: Annotated[int, Field(ge=1, le=schemas.MAX_HITS)] = 10,
        mode: Literal["hybrid", "dense", "lexical"] = "hybrid",
        article: schemas.Name = "",
        source: schemas.Name = "",
        since: schemas.Day = "",
        until: schemas.Day = "",
    ) -> schemas.SearchFields:
        """Find passages in the articles, best first."""
        where = {"article": article, "source": source, "since": since, "until": until}
        return await run_sync(
            operations.search, service, schemas.Search(question=question, k=k, mode=mode, **where)
        )

    @server.tool()
    async def article(article_id: schemas.Name) -> ArticleFields:
        """Get an article with its full text by id."""
        return ArticleFields(await run_sync(operations.article, service, article_id))


def lifespan(server: FastMCP[Any]) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Lifespan for the application that mounts the server."""

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        async with server.session_manager.run():
            yield

    return running


def mount(app: FastAPI, server: FastMCP[Any]) -> None:
    """Add the server's route to an application."""
    app.router.routes.extend(server.streamable_http_app().routes)
