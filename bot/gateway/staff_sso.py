"""Single sign-on of staff: to the identity provider and back."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from bot.gateway.chat_api import within_limits
from bot.gateway.identity_provider import NotLetIn
from bot.gateway.staff_access import address_of, cookie_of, staff_router
from bot.gateway.staff_login import check_private, entered
from bot.gateway.staff_pages import page
from bot.staff.errors import Refused

if TYPE_CHECKING:
    from bot.gateway.identity_provider import IdentityProvider
    from bot.gateway.rooms import Rooms

_START: Final = "/staff/sso/start"
_RETURN: Final = "/staff/sso/return"
_COOKIE: Final = "__Host-staff-sign-on"
_LOCAL_COOKIE: Final = "staff-sign-on-on-this-machine"

router = staff_router()


@router.get("/sso/start", dependencies=[Depends(within_limits)])
async def start(request: Request) -> Response:
    """Send the browser to the provider, and let it keep a secret by which it is known when it comes back."""
    check_private(request)
    provider = _provider(request)
    try:
        sign_on = await run_in_threadpool(_rooms(request).staff.single_sign_on.begin)
        response = RedirectResponse(await provider.address(sign_on, _way_back(request)), HTTPStatus.SEE_OTHER)
    except NotLetIn as error:
        return _not_let_in(request, str(error), HTTPStatus.BAD_GATEWAY)
    secure = request.url.scheme == "https"
    response.set_cookie(
        _cookie(request), sign_on.browser, max_age=600, path="/", secure=secure, httponly=True, samesite="lax"
    )
    return response


@router.get("/sso/return", dependencies=[Depends(within_limits)])
async def back(request: Request, code: str = "", state: str = "") -> Response:
    """Take the provider's answer; let in whom it names."""
    check_private(request)
    rooms, provider = _rooms(request), _provider(request)
    browser, address = request.cookies.get(_cookie(request), ""), address_of(request)
    try:
        sign_on = await run_in_threadpool(rooms.staff.single_sign_on.back, browser, state)
        identity = await provider.identity(sign_on, code, _way_back(request))
        opened = await run_in_threadpool(rooms.staff.single_sign_on.enter, identity, address, cookie_of(request))
    except (NotLetIn, Refused) as error:
        why = error.why if isinstance(error, NotLetIn) else "not known, late or disabled"
        await run_in_threadpool(rooms.staff.single_sign_on.refused, why, address)
        return _not_let_in(request, str(error), HTTPStatus.FORBIDDEN)
    response = entered(request, opened)
    response.delete_cookie(_cookie(request), path="/", secure=request.url.scheme == "https", httponly=True)
    return response


def _not_let_in(request: Request, why: str, status: HTTPStatus) -> Response:
    return page(request, "not_let_in.html", status=status, error=why)


def _way_back(request: Request) -> str:
    public = _rooms(request).settings.public_url or str(request.base_url)
    return public.rstrip("/") + _RETURN


def _provider(request: Request) -> IdentityProvider:
    provider = _rooms(request).staff.identity_provider
    if not provider.is_set_up:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return provider


def _cookie(request: Request) -> str:
    return _COOKIE if request.url.scheme == "https" else _LOCAL_COOKIE


def _rooms(request: Request) -> Rooms:
    rooms: Rooms = request.app.state.rooms
    return rooms
