"""Pages for staff, filled from the templates in bot/console/templates."""

from __future__ import annotations

import functools
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from bot.gateway.staff_access import cookie_of, session_of
from bot.settings import ROOT
from bot.staff.sessions import csrf_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from bot.gateway.rooms import Rooms

CONSOLE = ROOT / "bot" / "console"


def page(
    request: Request,
    template: str,
    *,
    status: int = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
    secret: str | None = None,
    **values: Any,
) -> HTMLResponse:
    """Return a page. Beside the values, its template gets ``staff`` (the session or None), ``csrf``, ``clinic_name``.

    ``secret``: the session's id where this response is the one that gives it to the browser.
    """
    rooms: Rooms = request.app.state.rooms
    held = secret or cookie_of(request)
    session = session_of(request)
    given = {
        "staff": session if session and session.stage == "complete" else None,
        "csrf": csrf_token(held) if held else "",
        "clinic_name": rooms.settings.clinic_name,
    }
    return HTMLResponse(_environment().get_template(template).render({**given, **values}), status, dict(headers or {}))


@functools.cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(CONSOLE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
