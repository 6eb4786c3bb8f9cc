"""Signing in to the console and out of it: password, second factor, its set-up, one's own account."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeVar

import segno
from fastapi import Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from bot.gateway.chat_api import within_limits
from bot.gateway.staff_access import (
    HOME,
    LOGIN,
    Viewer,
    address_of,
    cookie_of,
    drop_cookie,
    is_private,
    session_of,
    set_cookie,
    staff_router,
)
from bot.gateway.staff_pages import page
from bot.staff.errors import LockedOut, StaffError
from bot.staff.second_factor import address_for_authenticator
from bot.staff.sessions import new_id

if TYPE_CHECKING:
    from bot.gateway.rooms import Rooms
    from bot.staff.records import StaffSession, Stage
    from bot.staff.signing_in import Opened

Result = TypeVar("Result")

_NEXT: Final[dict[Stage, str]] = {
    "complete": HOME,
    "code": f"{LOGIN}/second-factor",
    "enrol": f"{LOGIN}/enrol",
}
_LONGEST: Final = 1000  # characters of a field that are looked at
_NOT_PRIVATE: Final = (
    "Sign in over https. If this is https, the proxy in front of the gateway must send X-Forwarded-Proto, and be among "
    "TRUSTED_PROXIES."
)
# A password's hash takes 64 MiB and tens of milliseconds: with threads of their own, tries at passwords cannot take
# those that visitors' messages need.
_THREADS: Final = ThreadPoolExecutor(2, "signing-in")

router = staff_router()
counted = [Depends(within_limits)]


@router.get("/login")
async def login(request: Request) -> Response:
    """Show the form; who is signed in goes on to the console."""
    check_private(request)
    session = session_of(request)
    if session is not None:
        return _on(session.stage)
    return _login_page(request)


@router.post("/login", dependencies=counted)
async def log_in(request: Request) -> Response:
    """Take name and password."""
    check_private(request)
    name, password = await _fields(request, "name", "password")
    work = _rooms(request).staff.signing_in.with_password
    try:
        opened = await _in_thread(lambda: work(name, password, address_of(request), cookie_of(request)))
    except StaffError as error:
        return _login_page(request, error=error, name=name[:64])
    return entered(request, opened)


@router.get("/login/second-factor")
async def second_factor(request: Request) -> Response:
    """Ask for a code."""
    _half_way(request, "code")
    return page(request, "second_factor.html", error="")


@router.post("/login/second-factor", dependencies=counted)
async def take_code(request: Request) -> Response:
    """Take a code or a recovery code."""
    held, secret = _half_way(request, "code")
    (code,) = await _fields(request, "code")
    work = _rooms(request).staff.signing_in.with_code
    try:
        opened = await _in_thread(lambda: work(held, secret, code, address_of(request)))
    except StaffError as error:
        return page(request, "second_factor.html", error=str(error), **_refused(error))
    return entered(request, opened)


@router.get("/login/enrol")
async def enrol(request: Request) -> Response:
    """Show the QR code of a new second factor."""
    held, _ = _half_way(request, "enrol", "complete")
    return await _enrol_page(request, held)


@router.post("/login/enrol", dependencies=counted)
async def take_first_code(request: Request) -> Response:
    """Take the first code of a new second factor; show the recovery codes, this once."""
    held, secret = _half_way(request, "enrol", "complete")
    (code,) = await _fields(request, "code")
    work = _rooms(request).staff.signing_in.enrol
    try:
        opened, codes = await _in_thread(lambda: work(held, secret, code, address_of(request)))
    except StaffError as error:
        return await _enrol_page(request, held, error)
    response = page(request, "recovery_codes.html", secret=opened.session_id, codes=codes, home=HOME)
    set_cookie(request, response, opened.session_id)
    return response


@router.post("/logout")
async def log_out(request: Request, staff: Viewer) -> Response:
    """End this session."""
    secret = cookie_of(request) or ""
    await _in_thread(lambda: _rooms(request).staff.signing_in.log_out(staff, secret, address_of(request)))
    return _left(request)


@router.post("/logout-everywhere")
async def log_out_everywhere(request: Request, staff: Viewer) -> Response:
    """End all sessions of the account."""
    await _in_thread(lambda: _rooms(request).staff.signing_in.log_out_everywhere(staff, address_of(request)))
    return _left(request)


@router.get("/account")
async def account(request: Request, staff: Viewer) -> Response:
    """Show one's own account."""
    return await _account_page(request, staff)


@router.post("/account/password", dependencies=counted)
async def change_password(request: Request, staff: Viewer) -> Response:
    """Change one's own password; all other sessions end."""
    old, new, again = await _fields(request, "old", "new", "again")
    if new != again:
        return await _account_page(request, staff, error="The two new passwords differ. Type them again.")
    work = _rooms(request).staff.signing_in.change_password
    try:
        opened = await _in_thread(lambda: work(staff, old, new, address_of(request)))
    except StaffError as error:
        return await _account_page(request, staff, error=str(error), refused=_refused(error))
    response = await _account_page(request, staff, done="The password is changed.", secret=opened.session_id)
    set_cookie(request, response, opened.session_id)
    return response


def check_private(request: Request) -> None:
    """Refuse, with 403, a connection on which somebody could listen."""
    if not is_private(request):
        raise HTTPException(HTTPStatus.FORBIDDEN, _NOT_PRIVATE)


def entered(request: Request, opened: Opened) -> Response:
    """Return the response that gives the browser its new session and sends it on."""
    response = _on(opened.stage)
    set_cookie(request, response, opened.session_id)
    return response


def _on(stage: Stage) -> RedirectResponse:
    return RedirectResponse(_NEXT[stage], HTTPStatus.SEE_OTHER)


def _left(request: Request) -> Response:
    response = RedirectResponse(LOGIN, HTTPStatus.SEE_OTHER)
    drop_cookie(request, response)
    return response


def _login_page(request: Request, error: StaffError | None = None, name: str = "") -> Response:
    """Return the form. Its token belongs to an id that is no session's; signing in gives another one."""
    secret = cookie_of(request) or new_id()
    provider = _rooms(request).staff.identity_provider
    response = page(
        request,
        "login.html",
        secret=secret,
        error=str(error or ""),
        name=name,
        single_sign_on=provider.is_set_up,
        **(_refused(error) if error else {}),
    )
    set_cookie(request, response, secret)
    return response


async def _enrol_page(request: Request, held: StaffSession, error: StaffError | None = None) -> Response:
    rooms = _rooms(request)
    try:
        secret = await _in_thread(lambda: rooms.staff.signing_in.secret_to_enrol(held))
    except StaffError as refused:  # it has a second factor already
        raise HTTPException(HTTPStatus.CONFLICT, str(refused)) from refused
    address = address_for_authenticator(secret, held.name, rooms.settings.clinic_name)
    picture = segno.make(address, error="m").svg_inline(
        scale=5, border=4, dark="#000000", light="#ffffff", svgclass="qr", lineclass=None, omitsize=False
    )
    grouped = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    more = {"error": str(error), **_refused(error)} if error else {"error": ""}
    return page(request, "enrol.html", qr=picture, typed=grouped, **more)


async def _account_page(
    request: Request, staff: StaffSession, *, error: str = "", done: str = "", secret: str | None = None, **more: Any
) -> Response:
    accounts = await _in_thread(_rooms(request).staff.accounts.list)
    own = next((each for each in accounts if each.id == staff.account_id), None)
    status = more.get("refused") or ({"status": HTTPStatus.UNPROCESSABLE_ENTITY} if error else {})
    return page(request, "account.html", secret=secret, own=own, error=error, done=done, **status)


def _half_way(request: Request, *stages: Stage) -> tuple[StaffSession, str]:
    """Return the session and its id; 404 unless it is at one of the stages."""
    session, secret = session_of(request), cookie_of(request)
    if session is None or secret is None or session.stage not in stages:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return session, secret


def _refused(error: StaffError) -> dict[str, Any]:
    if isinstance(error, LockedOut):
        return {"status": HTTPStatus.TOO_MANY_REQUESTS, "headers": {"Retry-After": str(error.seconds)}}
    return {"status": HTTPStatus.UNPROCESSABLE_ENTITY}


async def _fields(request: Request, *names: str) -> list[str]:
    form = await request.form()
    return [value[:_LONGEST] if isinstance(value := form.get(name, ""), str) else "" for name in names]


async def _in_thread(work: Callable[[], Result]) -> Result:
    return await asyncio.get_running_loop().run_in_executor(_THREADS, work)


def _rooms(request: Request) -> Rooms:
    rooms: Rooms = request.app.state.rooms
    return rooms
