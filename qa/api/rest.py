"""REST: JSON in, JSON out, described by OpenAPI.

Errors are {"error": message} with a matching status, never a traceback. `qa.api.schemas` defines requests and
responses; `qa.server.security` decides who may call.
"""

from __future__ import annotations

from typing import Annotated, Any

from anyio import to_thread
from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from qa import __version__
from qa.api import operations, schemas
from qa.api.rest_docs import documentation
from qa.api.streaming import MEDIA_TYPE, streamed
from qa.api.uploads import Uploads
from qa.errors import BrokenIndex, Busy, CorpusError, Forbidden, LLMError, QAError, StoreError
from qa.exporting.files import FORMATS
from qa.llm.deadlines import Stop
from qa.service.changes import READS_ONLY
from qa.service.service import MAX_QUESTION, Service
from qa.types import Added, Article, ArticleSummary, BuildReport, Citation, Explanation, Progress, Removed
from qa.types_phrasing import Phrased

PATH = "/api/v1"
RETRY_AFTER = 5  # seconds; by then some of the waiting questions are answered
# What a user can put right is said as it is; an error that stands for a fault of the server is 500.
STATUS: tuple[tuple[type[QAError], int], ...] = (
    (Busy, 503),
    (BrokenIndex, 503),
    (StoreError, 503),
    (LLMError, 422),  # where none is configured, or nothing could be checked
    (Forbidden, 403),
    (CorpusError, 404),
)
# answers with fields that have a default in Python
DEFAULTED = (Added, Article, ArticleSummary, BuildReport, Citation, Explanation, Phrased, Progress)
DEFECT = "The server could not process this request because of an internal error. Its log has the details."
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string", "description": "What happened and what to do"}},
}
FILE_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
ERRORS: dict[int | str, dict[str, Any]] = {
    code: {"description": text, "content": {"application/json": {"schema": _ERROR}}}
    for code, text in (
        (403, "The server is read-only"),
        (404, "No such article"),
        (422, "The request is malformed, the file was rejected, or there is no language model to phrase"),
        (
            503,
            "There is no index yet, the article folder cannot be written, or the server is busy (with "
            "Retry-After)",
        ),
    )
}


class _Api(FastAPI):
    """FastAPI, which takes a field with a default for one that may be missing from an answer."""

    def openapi(self) -> dict[str, Any]:
        """The schema of the API, in which all fields of answers are required."""
        schema = super().openapi()  # made once and kept
        for kind in DEFAULTED:
            shape = schema["components"]["schemas"][kind.__name__]
            shape["required"] = list(shape["properties"])
            for field in shape["properties"].values():
                field.pop("default", None)
        return schema


def make_api(service: Service, *, root_path: str = "") -> FastAPI:
    """Create the application to mount at `PATH`. `root_path` is the prefix that a reverse proxy strips."""
    api = _Api(
        title="qa",
        version=__version__,
        description="Ask questions about a folder of articles. Answers are verbatim quotes with their exact "
        "positions.",
        docs_url=None,
        redoc_url=None,
        responses=ERRORS,
        servers=[{"url": f"{root_path.rstrip('/')}{PATH}"}],
        root_path_in_servers=False,
    )
    _routes(api, service)
    _changes(api, service)
    _documentation(api)
    _errors(api)
    return api


def _routes(api: FastAPI, service: Service) -> None:
    @api.post(
        "/ask", summary="Answer a question with verbatim quotes, or report that the articles do not answer it"
    )
    def ask(request: schemas.Ask) -> schemas.AnswerFields:
        return operations.ask(service, request)

    @api.post(
        "/ask/stream",
        summary="The same as server-sent events: quotes, with `phrase` each sentence after its check, end",
        response_class=StreamingResponse,
        responses={200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}},
    )
    def ask_in_steps(request: schemas.Ask) -> StreamingResponse:
        stop = Stop()
        return streamed(operations.ask_in_steps(service, request, stop), stop)

    @api.post(
        "/ask/export",
        summary="The answer as a file: Markdown, Word with footnotes, or rows that can be checked again",
        response_class=Response,
        responses={200: {"content": {made.media_type: {} for made in FORMATS.values()}}},
    )
    def export(
        request: schemas.Ask,
        format: Annotated[schemas.FileEnding, Query(description="Ending of the file")] = "jsonl",
        timeline: Annotated[
            bool, Query(description="With the dated sentences of the cited articles")
        ] = False,
    ) -> Response:
        content, media_type = operations.export(service, request, format, timeline=timeline)
        disposition = {"Content-Disposition": f'attachment; filename="answer.{format}"'}
        return Response(content, media_type=media_type, headers=disposition)

    @api.post("/summary", summary="Let a language model sum up articles; every sentence is checked and cited")
    def summarise(request: schemas.Summarise) -> schemas.SummaryFields:
        return operations.summarise(service, request)

    @api.post("/search", summary="Find passages")
    def search(request: schemas.Search) -> schemas.SearchFields:
        return operations.search(service, request)

    @api.get("/search", summary="Find passages")
    def search_by_address(request: Annotated[schemas.Search, Query()]) -> schemas.SearchFields:
        return operations.search(service, request)

    @api.get("/articles", summary="List articles")
    def articles(
        query: Annotated[
            str,
            Query(max_length=MAX_QUESTION, description="Words from the text, title, outlet, date, file name"),
        ] = "",
        offset: Annotated[int, Query(ge=0, le=schemas.MAX_OFFSET)] = 0,
        limit: Annotated[int, Query(ge=1, le=schemas.MAX_PAGE)] = 50,
    ) -> schemas.ArticlesFields:
        return operations.articles(service, query, offset, limit)

    @api.get("/articles/{article_id:path}", summary="Get an article with its full text")
    def article(article_id: str) -> Article:
        return operations.article(service, article_id)


def _changes(api: FastAPI, service: Service) -> None:
    """Routes that change the corpus, and the index, which follows at the next build."""
    uploads = Uploads()

    @api.post("/files", summary="Add a file", status_code=201, openapi_extra=FILE_BODY)
    async def add(
        request: Request,
        name: Annotated[
            str, Query(max_length=schemas.MAX_NAME, description="File name, including its extension")
        ],
    ) -> Added:
        if not service.changes:
            raise Forbidden(READS_ONLY)
        async with uploads.place():  # before the body is read into memory
            body = await uploads.received(request.body())
            return await to_thread.run_sync(operations.add, service, name, body, limiter=uploads.threads)

    @api.delete("/articles/{article_id:path}", summary="Remove the file of an article")
    def remove(article_id: str) -> Removed:
        return operations.remove(service, article_id)

    @api.get("/build", summary="Follow the running build, or see how the last one ended")
    def build_state() -> schemas.BuildFields:
        return operations.build_state(service)

    @api.post("/build", summary="Start a build of the index unless one is running", status_code=202)
    def start_build(
        force: Annotated[
            bool, Query(description="Build even if most articles of the index are missing from the folder")
        ] = False,
    ) -> schemas.BuildFields:
        return operations.start_build(service, force=force)

    @api.get("/removed", summary="List removed files")
    def removed() -> list[Removed]:
        return operations.removed(service)

    @api.post("/removed/{token}", summary="Restore a removed file")
    def restore(token: str) -> Removed:
        return operations.restore(service, token)


def _documentation(api: FastAPI) -> None:
    @api.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return HTMLResponse(documentation(api.openapi()))


def _errors(api: FastAPI) -> None:
    @api.exception_handler(QAError)
    def failed(_: Request, error: QAError) -> Response:
        status = next((code for kind, code in STATUS if isinstance(error, kind)), 500)
        return _error(
            status, str(error), {"Retry-After": str(RETRY_AFTER)} if isinstance(error, Busy) else {}
        )

    @api.exception_handler(operations.Refused)
    def refused_file(_: Request, error: operations.Refused) -> Response:
        return _error(422, str(error))

    @api.exception_handler(ClientDisconnect)
    # too large, too slow, or the client has gone
    def cut_off(_: Request, error: ClientDisconnect) -> Response:
        return _error(400, "The request is incomplete. Send it again.")

    @api.exception_handler(RequestValidationError)
    def malformed(_: Request, error: RequestValidationError) -> Response:
        faults = [dict(item) for item in error.errors()]
        broken = any(item["type"] == "json_invalid" for item in faults)
        return (
            _error(400, "The request is not valid JSON. Send a JSON object.")
            if broken
            else _error(422, operations.said(faults))
        )

    @api.exception_handler(HTTPException)
    def refused(_: Request, error: HTTPException) -> Response:
        return _error(error.status_code, f"{error.detail}.", dict(error.headers or {}))

    @api.exception_handler(Exception)
    def defect(_: Request, error: Exception) -> Response:  # re-raised for the server's log
        return _error(500, DEFECT)


def _error(status: int, text: str, headers: dict[str, str] | None = None) -> JSONResponse:
    said = text.encode("utf-8", "replace").decode()  # file names on disk may contain lone surrogates
    return JSONResponse({"error": said}, status, headers)
