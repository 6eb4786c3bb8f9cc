"""Calendar files: a visitor's appointment to download, and the calendar that staff subscribe to."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from bot.booking.calendar_file import Clinic, appointment_file, staff_feed
from bot.booking.errors import NoSuchAppointment
from bot.gateway.chat_api import Conversation, RoomsHere, router
from bot.settings import Settings

_TYPE = "text/calendar; charset=utf-8"
_FILE: dict[int | str, dict[str, Any]] = {200: {"content": {"text/calendar": {}}, "description": "RFC 5545"}}

staff_router = APIRouter(include_in_schema=False)


@router.get(
    "/{conversation_id}/appointments/{reference}/calendar",
    summary="Download an appointment",
    response_class=Response,
    responses=_FILE,
)
async def appointment(
    rooms: RoomsHere, conversation_id: Conversation, reference: Annotated[str, Path(max_length=32)]
) -> Response:
    """Return the calendar file of an appointment that was made in this conversation."""
    try:
        found = await run_in_threadpool(rooms.book.made_in, conversation_id, reference)
        file = appointment_file(found, _clinic(rooms.settings), datetime.now(UTC))
    except (NoSuchAppointment, ValueError) as error:
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such appointment with a time.") from error
    headers = {"Content-Disposition": f'attachment; filename="appointment-{found.reference}.ics"'}
    return Response(file, media_type=_TYPE, headers=headers)


@staff_router.get("/calendar/{secret}.ics")
async def feed(rooms: RoomsHere, secret: str) -> Response:
    """Return the appointments that are to come, for whoever knows the secret part of the address."""
    right = rooms.settings.staff_calendar_secret
    if not right or not hmac.compare_digest(secret.encode(), right.encode()):
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such page.")
    upcoming = await run_in_threadpool(rooms.book.upcoming)
    file = staff_feed(upcoming, _clinic(rooms.settings), datetime.now(UTC))
    return Response(file, media_type=_TYPE, headers={"Cache-Control": "no-store"})


def _clinic(settings: Settings) -> Clinic:
    return Clinic(settings.clinic_name, settings.clinic_address)
