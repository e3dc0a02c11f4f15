"""The live page behind addresses: a small server without sessions. Every request carries all it needs.

Work is done by few threads, and only so much waits for them: whoever comes when too many wait is told that it is busy.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import anyio
from anyio import to_thread
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sim.base.errors import ScenarioError
from sim.interface.app.answers import FUTURES, Answers
from sim.interface.app.downloads import data_csv, handout_html, scenario_toml
from sim.interface.app.page import page, refusal
from sim.interface.app.request import Query
from sim.interface.app.upload import pseudonymised

LARGEST = 2_500_000
"""Bytes of a request at most."""

AT_ONCE, WAITING, PATIENCE = 2, 60, 20.0
"""Answers that are worked on at once, requests that may wait for them, and seconds that one waits."""

BUSY = "Busy: too many visitors at once. Try again in a moment."

POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' data:; style-src 'unsafe-inline'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'self' http://localhost:* "
    "http://127.0.0.1:* https://localhost:* vscode-webview:"
)
"""The page's own scripts and styles, which stand in it, and its own server; nothing else. A notebook may frame it."""

HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


class Busy(Exception):
    """Too many are waiting already, or one has waited for too long."""


class Elsewhere(Exception):
    """A request that another page's script or form made a browser send."""


class TooLarge(Exception):
    """A request larger than any that is meant."""


def application(hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]", "testserver")) -> Starlette:
    """The server. ``hosts``: names it answers to; others are refused, so that no other page can ask by a browser."""
    answers = Answers()
    turns, handouts = anyio.CapacityLimiter(AT_ONCE), anyio.CapacityLimiter(1)
    waiting = 0

    async def worked[T](work: Callable[[], T], turns: anyio.CapacityLimiter = turns) -> T:
        """Do some work in a thread when it is its turn. Raises Busy."""
        nonlocal waiting
        if waiting >= WAITING:
            raise Busy
        waiting += 1
        try:
            with anyio.move_on_after(PATIENCE) as patience:
                await turns.acquire_on_behalf_of(work)
            if patience.cancelled_caught:
                raise Busy
        finally:
            waiting -= 1
        try:
            return await to_thread.run_sync(work)
        finally:
            turns.release_on_behalf_of(work)

    async def home(request: Request) -> Response:
        given = {key: request.query_params.get(key, "") for key in ("scenario", "labels", "seed")}
        query = Query.of(given)
        return HTMLResponse(await worked(lambda: page(query, answers.start(query))), headers=HEADERS)

    async def own(request: Request) -> Response:
        try:
            fields = parse_qs((await _body(request)).decode("utf-8"), keep_blank_values=True, max_num_fields=20)
        except (UnicodeDecodeError, ValueError):
            raise ScenarioError("the form cannot be read") from None
        given = {key: (fields.get(key) or [""])[0] for key in ("scenario", "labels", "seed", "people", "links")}
        query = Query.of(given)
        if not query.people:
            raise ScenarioError("people.csv: choose the file of your organisation's people first")

        def made() -> str:
            with query.ground():  # mistakes are told in the file's own rows
                pass
            people, links = pseudonymised(query.people, query.links)
            again = Query.of(given | {"people": people, "links": links})
            return page(again, answers.start(again))

        return HTMLResponse(await worked(made), headers=HEADERS)

    async def point(request: Request) -> Response:
        given = await _json(request)
        query, settings, against = Query.of(given), _table(given, "settings"), _table(given, "against")
        future = given.get("future", 0)
        if isinstance(future, bool) or not isinstance(future, int) or not 0 <= future < FUTURES:
            raise ScenarioError(f"future: a whole number from 0 to {FUTURES - 1} is needed")
        found = await worked(lambda: answers.point(query, settings, against, future))
        return JSONResponse(found, headers=HEADERS)

    async def odds(request: Request) -> Response:
        given = await _json(request)
        query, settings, against = Query.of(given), _table(given, "settings"), _table(given, "against")
        return JSONResponse(await worked(lambda: answers.odds(query, settings, against)), headers=HEADERS)

    async def download(request: Request) -> Response:
        kinds = {"data": data_csv, "scenario": scenario_toml, "handout": handout_html}
        what = request.path_params["what"]
        if what not in kinds:
            raise ScenarioError(f"there is no download {what[:60]!r}; there are {', '.join(kinds)}")
        given = await _json(request)
        query, settings = Query.of(given), _table(given, "settings")
        long = handouts if what == "handout" else turns  # handouts take a minute: they do not hold up answers
        text, kind = await worked(lambda: kinds[what](answers, query, settings), long)
        return Response(text, media_type=kind, headers=HEADERS)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        answers.close()

    async def refused(request: Request, error: Exception) -> Response:
        words, status = _said(error)
        headers = HEADERS | ({"retry-after": "2"} if status == 503 else {})
        if request.url.path.startswith("/api/"):
            return JSONResponse({"error": words}, status_code=status, headers=headers)
        return HTMLResponse(refusal(words), status_code=status, headers=headers)

    handlers: Mapping[Any, Callable[[Request, Exception], Awaitable[Response]]] = dict.fromkeys(
        (ScenarioError, Busy, TooLarge, Elsewhere, ClientDisconnect, MemoryError, 404, 405, 500), refused
    )
    return Starlette(
        routes=[
            Route("/", home),
            Route("/own", own, methods=["POST"]),
            Route("/own", lambda _: RedirectResponse("/"), methods=["GET"]),  # the browser's back button
            Route("/api/point", point, methods=["POST"]),
            Route("/api/odds", odds, methods=["POST"]),
            Route("/api/download/{what}", download, methods=["POST"]),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))],
        exception_handlers=handlers,
        lifespan=lifespan,
    )


def _said(error: Exception) -> tuple[str, int]:
    """What is said of an error, and the status it has."""
    if isinstance(error, ScenarioError):
        return str(error), 400
    if isinstance(error, Busy):
        return BUSY, 503
    if isinstance(error, TooLarge):
        return f"The request is too large: at most {LARGEST:,} bytes are read.", 413
    if isinstance(error, Elsewhere):
        return "Another page cannot ask here.", 403
    if isinstance(error, ClientDisconnect):
        return "The visitor has gone.", 400
    if isinstance(error, MemoryError):
        return "There is not enough memory for this; try a smaller organisation.", 400
    status = getattr(error, "status_code", 500)
    words = {404: "There is no such page.", 405: "This address does not take that kind of request."}
    return words.get(status, "Something went wrong that should not have. The page can go on."), status


async def _body(request: Request) -> bytes:
    """The body, as long as it is not too large, comes in time, and is asked for by this page."""
    origin = request.headers.get("origin")
    if request.headers.get("sec-fetch-site") == "cross-site" or (
        origin not in (None, "null") and urlsplit(str(origin)).netloc != request.headers.get("host")
    ):
        raise Elsewhere
    body = b""
    with anyio.move_on_after(PATIENCE) as patience:
        async for part in request.stream():
            body += part
            if len(body) > LARGEST:
                raise TooLarge
    if patience.cancelled_caught:
        raise Busy
    return body


async def _json(request: Request) -> dict[str, Any]:
    """A JSON object. Raises ScenarioError for anything else."""
    try:
        given = json.loads(await _body(request))
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise ScenarioError("a JSON object is needed")
    return given


def _table(given: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = given.get(name) or {}
    if not isinstance(found, dict):
        raise ScenarioError(f"{name}: an object of levers and values is needed")
    return found
