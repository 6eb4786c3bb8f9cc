"""Who may see what is under /staff. Pages use ``staff_router``, and ask for ``Viewer``, ``Reviewer`` or ``Admin``."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request

from bot.gateway.inbound import DATABASE_GONE
from bot.gateway.problems import problem
from bot.staff.audit_lines import Entry
from bot.staff.records import Role, StaffSession
from bot.staff.sessions import is_csrf_token

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from bot.gateway.rooms import Rooms

HOME: Final = "/staff"
LOGIN: Final = "/staff/login"
CSRF_FIELD: Final = "csrf"
CSRF_HEADER: Final = "X-CSRF-Token"
BACKGROUND_HEADER: Final = "X-Staff-Background"  # a request that a page makes by itself: the session may go idle
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}

_OPEN: Final = (LOGIN, "/staff/sso")  # each with what is below it
_COOKIE: Final = "__Host-staff"
_LOCAL_COOKIE: Final = "staff-on-this-machine"  # browsers take a __Host- cookie over https alone
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class StaffGate:
    """Lets nobody in under /staff without a complete session, before any route is looked at: outsiders get 404.

    Open are the pages that lead to a session. Every response under /staff gets the strict headers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or not _is_below(scope["path"], HOME):
            await self._app(scope, receive, send)
            return

        async def strict(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        connection = HTTPConnection(scope)
        try:
            session = await _session(connection)
        except DATABASE_GONE:
            refused = problem(HTTPStatus.SERVICE_UNAVAILABLE, "The database cannot be reached; try again in a moment.")
            await refused(scope, receive, strict)
            return
        scope.setdefault("state", {})["staff"] = session
        if (session is None or session.stage != "complete") and not _is_open(scope["path"]):
            await problem(HTTPStatus.NOT_FOUND, "Not Found")(scope, receive, strict)
            return
        await self._app(scope, receive, strict)


def session_of(request: HTTPConnection) -> StaffSession | None:
    """Return the session that the gate found for this request, however far its sign-in is."""
    found: StaffSession | None = request.scope.get("state", {}).get("staff")
    return found


async def signed_in(request: Request, at_least: Role = "viewer") -> StaffSession:
    """Return the complete session of a request. 404 without one, 403 for a lower role."""
    session = session_of(request)
    if session is None or session.stage != "complete":
        raise HTTPException(HTTPStatus.NOT_FOUND)
    if not session.may(at_least):
        await noted(request, session, "access.refused", details={"path": request.url.path, "needs": at_least})
        raise HTTPException(HTTPStatus.FORBIDDEN, f"This is for the role {at_least}; yours is {session.role}.")
    return session


def _at_least(role: Role) -> Callable[[Request], Awaitable[StaffSession]]:
    async def dependency(request: Request) -> StaffSession:
        return await signed_in(request, role)

    return dependency


Viewer = Annotated[StaffSession, Depends(_at_least("viewer"))]
Reviewer = Annotated[StaffSession, Depends(_at_least("reviewer"))]
Admin = Annotated[StaffSession, Depends(_at_least("admin"))]


async def csrf_checked(request: Request) -> None:
    """Refuse, with 403, a change that does not carry its session's token, or comes from another site's page.

    The token is in the header X-CSRF-Token, or in the form's field ``csrf``.
    """
    if request.method in _SAFE:
        return
    secret = cookie_of(request) or ""
    shown = request.headers.get(CSRF_HEADER) or str((await request.form()).get(CSRF_FIELD, ""))
    same_site = request.headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}
    if not secret or not same_site or not is_csrf_token(secret, shown):
        raise HTTPException(HTTPStatus.FORBIDDEN, "The form is too old or not ours. Load the page anew and try again.")


def staff_router() -> APIRouter:
    """Return a router for pages under /staff, on which every change is checked against forgery."""
    return APIRouter(prefix=HOME, include_in_schema=False, dependencies=[Depends(csrf_checked)])


async def noted(
    request: Request, staff: StaffSession, action: str, subject: str = "", details: dict[str, Any] | None = None
) -> None:
    """Append a line to the audit log. What is to be shown, exported or changed waits until it is written."""
    rooms: Rooms = request.app.state.rooms
    entry = Entry(f"staff:{staff.name}", action, subject, details or {}, address_of(request))
    await run_in_threadpool(rooms.staff.audit.record, entry)


def address_of(request: HTTPConnection) -> str:
    """Return the address that a request came from."""
    return request.client.host if request.client else "unknown"


def cookie_of(request: HTTPConnection) -> str | None:
    """Return the session's id that the browser holds, if it holds one; of the name that fits the connection alone."""
    return request.cookies.get(_name(request)) or None


def set_cookie(request: HTTPConnection, response: Response, session_id: str) -> None:
    """Give the browser a session's id, until it is closed."""
    secure = request.url.scheme == "https"
    response.set_cookie(_name(request), session_id, path="/", secure=secure, httponly=True, samesite="lax")


def drop_cookie(request: HTTPConnection, response: Response) -> None:
    """Take the session's id from the browser."""
    secure = request.url.scheme == "https"
    response.delete_cookie(_name(request), path="/", secure=secure, httponly=True, samesite="lax")


def is_private(request: HTTPConnection) -> bool:
    """Tell whether nobody can listen: the connection is encrypted, or does not leave this machine."""
    if request.url.scheme == "https":
        return True
    return _is_loopback(address_of(request)) and _is_loopback(request.url.hostname or "")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _name(request: HTTPConnection) -> str:
    return _COOKIE if request.url.scheme == "https" else _LOCAL_COOKIE


async def _session(connection: HTTPConnection) -> StaffSession | None:
    secret = cookie_of(connection)
    if secret is None or not is_private(connection):
        return None
    rooms: Rooms = connection.app.state.rooms
    counts = BACKGROUND_HEADER not in connection.headers and "background" not in connection.query_params
    return await run_in_threadpool(lambda: rooms.staff.sessions.open(secret, counts=counts))


def _is_open(path: str) -> bool:
    return any(_is_below(path, each) for each in _OPEN)


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")
