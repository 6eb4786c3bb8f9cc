"""What the modules of the console's pages share: who acts, times and names as they are shown, refusals."""

from __future__ import annotations

import functools
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

from bot.booking.errors import BookingError
from bot.console.acting import Actor
from bot.conversations.errors import NotFound, NotInCharge, TakenOver
from bot.gateway.chat_api import rooms_of
from bot.gateway.staff_access import address_of
from bot.gateway.staff_pages import page
from bot.knowledge.catalogue import load_catalogue

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from starlette.requests import Request
    from starlette.responses import HTMLResponse, Response

    from bot.staff.records import StaffSession

Result = TypeVar("Result")

QUEUE_NAMES: Final = {
    "alarm": "Alarms not yet seen",
    "booking": "Bookings and requests for a call",
    "person": "A person asked for",
    "failed": "The assistant failed",
    "thumbs_down": "Thumbs down",
    "near_miss": "Near misses of triage",
    "low_confidence": "Low confidence",
    "did_you_mean": "“Did you mean” choices",
    "unanswered": "Not in the source",
}
_LONGEST: Final = 4_000  # characters of a field that are looked at


def actor(request: Request, staff: StaffSession) -> Actor:
    """Return who does something by this request."""
    return Actor(staff.account_id, staff.name, address_of(request))


def shown(request: Request, template: str, *, status: int = HTTPStatus.OK, **values: Any) -> HTMLResponse:
    """Return a page of the console; its template also gets times, titles, names of queues, and where it is."""
    console = rooms_of(request).console
    return page(
        request,
        template,
        status=status,
        when=functools.partial(_when, zone=console.zone),
        zone=str(console.zone),
        title_of=title_of,
        queue_names=QUEUE_NAMES,
        here=request.url.path,
        **values,
    )


def title_of(topic: str | None) -> str:
    """Return a topic's title for staff; "" for none."""
    return load_catalogue().titles.get(topic, topic.replace("_", " ").capitalize()) if topic else ""


async def fields(request: Request, *names: str) -> list[str]:
    """Return fields of a form, "" for what is missing or no text."""
    form = await request.form()
    values = [form.get(name, "") for name in names]
    return [value[:_LONGEST] if isinstance(value, str) else "" for value in values]


async def done(work: Callable[[], Result]) -> Result:
    """Do work with the database in a thread. What staff can mend becomes a refusal that says how."""
    try:
        return await run_in_threadpool(work)
    except NotFound as error:
        raise HTTPException(HTTPStatus.NOT_FOUND, str(error)) from error
    except (NotInCharge, TakenOver, BookingError) as error:
        raise HTTPException(HTTPStatus.CONFLICT, str(error)) from error
    except ValueError as error:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from error


def back_to(path: str) -> Response:
    """Return the response that shows a page after a change."""
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)


def check_id(text: str) -> str:
    """Return an id of an address. 404 for what can be none."""
    if not (text.isalnum() and text.isascii() and len(text) <= 40):  # noqa: PLR2004 - a ULID has 26
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return text


def _when(moment: datetime, zone: ZoneInfo, form: str = "") -> str:
    local = moment.astimezone(zone)
    return local.strftime(form or f"{local.day} %b %Y, %H:%M")
