"""The application: the API, the stream of changes, and the pages behind them."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AbstractAsyncContextManager
from importlib.resources import files
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from atlas import __version__
from atlas.serve import api
from atlas.serve.answers import Problem
from atlas.serve.bell import Bell
from atlas.serve.guard import Guard
from atlas.serve.pages import Pages
from atlas.serve.runs import BASE as RUNS
from atlas.serve.runs import Runs
from atlas.serve.runs import router as runs_router
from atlas.serve.workshop import Workshop

OPENAPI = "/api/openapi.json"
LIVE_SCRIPT = b'<script src="/api/live.js" defer></script>\n'
_NOT_CACHED = {"Cache-Control": "no-store"}
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


@contextlib.asynccontextmanager
async def _nothing_beside(_: FastAPI) -> AsyncIterator[None]:
    yield


def make_app(
    workshop: Workshop,
    bell: Bell | None = None,
    *,
    hosts: Collection[str] = (),
    lifespan: Lifespan = _nothing_beside,
) -> ASGIApp:
    """The whole server over a workshop that has built its site.

    With a ``bell``, pages load a small script that reloads them when they change; ``hosts`` are the names that are
    answered (empty: all); ``lifespan`` runs beside the server.
    """
    runs = Runs(workshop.root, lambda: workshop.state.digests)

    @contextlib.asynccontextmanager
    async def beside(app: FastAPI) -> AsyncIterator[None]:
        async with lifespan(app):
            yield
        runs.close()

    app = FastAPI(
        title="Atlas",
        version=__version__,
        summary="The architecture of the world's largest systems as data.",
        license_info={"name": "CC BY 4.0 (data)", "url": "https://creativecommons.org/licenses/by/4.0/"},
        docs_url=None,
        redoc_url=None,
        openapi_url=OPENAPI,
        lifespan=beside,
        redirect_slashes=False,
    )
    app.add_exception_handler(HTTPException, _refusal)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.include_router(api.router(workshop))
    app.include_router(runs_router(runs))
    if bell is not None:
        _add_events(app, bell)
    pages = Pages(workshop.site, head=LIVE_SCRIPT if bell else b"")
    app.mount("/", _Rest(pages, workshop))
    return Guard(_Heads(app), hosts=hosts)


def _add_events(app: FastAPI, bell: Bell) -> None:
    script = files("atlas.serve").joinpath("live.js").read_bytes()

    @app.get("/api/live.js", include_in_schema=False)
    def live_script() -> Response:
        return Response(script, media_type="text/javascript", headers={"Cache-Control": "no-cache"})

    @app.get("/api/events", include_in_schema=False)
    async def events() -> Response:
        if bell.is_full or bell.is_closed:
            return _problem(503, "too many pages listen", "close some of them")
        return StreamingResponse(bell.listen(), media_type="text/event-stream", headers=_NOT_CACHED)


class _Rest:
    """The pages; below the API, what is no file is answered in JSON."""

    def __init__(self, pages: Pages, workshop: Workshop) -> None:
        self.pages, self.workshop = pages, workshop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what no route has taken."""
        answer: ASGIApp = self.pages
        if scope["path"].startswith(f"{RUNS}/") or scope["path"] == RUNS:
            if scope["method"] in {"GET", "HEAD"}:
                answer = _problem(404, "there is no such address", f"{OPENAPI} lists them")
            else:
                said = "runs are begun by POST on their list, read by GET, ended by DELETE"
                answer = _problem(405, said, f"{OPENAPI} lists them", {"Allow": "GET, HEAD, POST, DELETE"})
        elif scope["path"].startswith("/api/v1/") or scope["path"] == OPENAPI:
            if scope["method"] not in {"GET", "HEAD"}:
                answer = _problem(405, "the API can only be read", "use GET", {"Allow": "GET, HEAD"})
            elif not self._is_file(scope["path"]):
                answer = _problem(404, "there is no such address", f"{OPENAPI} lists them")
        await answer(scope, receive, send)

    def _is_file(self, path: str) -> bool:
        name = path.removeprefix("/")
        return "/." not in path and "\x00" not in path and self.pages.body(name) is not None


class _Heads:
    """Answers HEAD as GET without its body, which routes do not do by themselves."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; of an answer to HEAD only the head."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return
        await self.app({**scope, "method": "GET"}, receive, _without_body(send))


def _without_body(send: Send) -> Send:
    async def send_head(message: Any) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return send_head


def _problem(status: int, error: str, mend: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse(Problem(error=error, mend=mend).model_dump(), status, headers)


async def _refusal(_: Request, error: Exception) -> Response:
    """An error that a route raised on purpose."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type
    detail: Any = error.detail
    if isinstance(detail, dict):
        return JSONResponse(detail, error.status_code, error.headers)
    return _problem(error.status_code, str(detail).lower(), f"{OPENAPI} describes every address")


async def _invalid(_: Request, error: Exception) -> Response:
    """A parameter that is not what it must be: which, and why."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type
    said = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
    return _problem(422, said.encode("utf-8", "replace").decode(), f"{OPENAPI} says what each parameter may be")
