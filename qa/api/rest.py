"""REST: JSON in, JSON out, described by OpenAPI.

Errors are {"error": one sentence} with a fitting status, never a trace. What is asked and answered is in
`qa.api.schemas`; who may come in is decided by `qa.server.security`.
"""

from __future__ import annotations

from typing import Annotated, Any

from anyio import to_thread
from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from qa import __version__
from qa.api import operations, schemas
from qa.api.rest_docs import documentation
from qa.api.uploads import Uploads
from qa.errors import BrokenIndex, Busy, CorpusError, Forbidden, QAError, StoreError
from qa.service.service import MAX_QUESTION, READS_ONLY, Service
from qa.types import Added, Article, Citation, Explanation, Removed

PATH = "/api/v1"
RETRY_AFTER = 5  # seconds; some of those who wait have been answered by then
# What a user can put right is said as it is; an error that stands for a fault of the server is 500.
STATUS: tuple[tuple[type[QAError], int], ...] = (
    (Busy, 503),
    (BrokenIndex, 503),
    (StoreError, 503),
    (Forbidden, 403),
    (CorpusError, 404),
)
DEFAULTED = (Added, Article, Citation, Explanation)  # answers with fields that have a default in Python
DEFECT = "The server failed at this request; its log says more."
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string", "description": "One sentence"}},
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
        (403, "The server only reads"),
        (404, "There is no such article"),
        (422, "The request is malformed, or the file is refused"),
        (
            503,
            "No index is open, the corpus cannot be written, or too many questions or files wait"
            " (then with Retry-After)",
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
    """The application to be mounted at `PATH`; `root_path` is what a proxy strips before it."""
    api = _Api(
        title="qa",
        version=__version__,
        description="Questions to a folder of articles; answers are exact quotes with their places.",
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
    @api.post("/ask", summary="Answer a question with quotes, or say that the articles do not")
    def ask(request: schemas.Ask) -> schemas.AnswerFields:
        return operations.ask(service, request)

    @api.post("/search", summary="Find passages")
    def search(request: schemas.Search) -> schemas.SearchFields:
        return operations.search(service, request)

    @api.get("/search", summary="Find passages")
    def search_by_address(request: Annotated[schemas.Search, Query()]) -> schemas.SearchFields:
        return operations.search(service, request)

    @api.get("/articles", summary="List articles")
    def articles(
        query: Annotated[
            str, Query(max_length=MAX_QUESTION, description="Words of title, outlet or date")
        ] = "",
        offset: Annotated[int, Query(ge=0, le=schemas.MAX_OFFSET)] = 0,
        limit: Annotated[int, Query(ge=1, le=schemas.MAX_PAGE)] = 50,
    ) -> schemas.ArticlesFields:
        return operations.articles(service, query, offset, limit)

    @api.get("/articles/{article_id:path}", summary="An article, whole")
    def article(article_id: str) -> Article:
        return operations.article(service, article_id)


def _changes(api: FastAPI, service: Service) -> None:
    """What changes the corpus; its index follows with the next build."""
    uploads = Uploads()

    @api.post("/files", summary="Put a file into the corpus", status_code=201, openapi_extra=FILE_BODY)
    async def add(
        request: Request, name: Annotated[str, Query(max_length=schemas.MAX_NAME, description="Of the file")]
    ) -> Added:
        if not service.changes:
            raise Forbidden(READS_ONLY)
        async with uploads.place():  # before the body is read, which is then held whole
            body = await uploads.received(request.body())
            return await to_thread.run_sync(operations.add, service, name, body, limiter=uploads.threads)

    @api.delete("/articles/{article_id:path}", summary="Take the file of an article out of the corpus")
    def remove(article_id: str) -> Removed:
        return operations.remove(service, article_id)

    @api.get("/removed", summary="List the files that were taken out")
    def removed() -> list[Removed]:
        return operations.removed(service)

    @api.post("/removed/{token}", summary="Put a file back that was taken out")
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
    def cut_off(_: Request, error: ClientDisconnect) -> Response:  # too large, too slow, or gone
        return _error(400, "The request was not sent to its end.")

    @api.exception_handler(RequestValidationError)
    def malformed(_: Request, error: RequestValidationError) -> Response:
        faults = [dict(item) for item in error.errors()]
        broken = any(item["type"] == "json_invalid" for item in faults)
        return _error(400, "The request is no JSON.") if broken else _error(422, operations.said(faults))

    @api.exception_handler(HTTPException)
    def refused(_: Request, error: HTTPException) -> Response:
        return _error(error.status_code, f"{error.detail}.", dict(error.headers or {}))

    @api.exception_handler(Exception)
    def defect(_: Request, error: Exception) -> Response:  # raised on, for the server's log
        return _error(500, DEFECT)


def _error(status: int, text: str, headers: dict[str, str] | None = None) -> JSONResponse:
    said = text.encode("utf-8", "replace").decode()  # names on disk may hold lone surrogates
    return JSONResponse({"error": said}, status, headers)
