"""The clinic's hours, which administrators change, and the times that staff have blocked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from bot.booking.changed_hours import part_of
from bot.booking.slots import Slot
from bot.console.appointment_words import moment
from bot.console.clinic_hours import DAYS
from bot.gateway.chat_api import rooms_of
from bot.gateway.staff_access import Admin, Reviewer, Viewer, noted, staff_router
from bot.gateway.staff_pages_parts import actor, back_to, check_id, done, fields, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.booking.hours import Availability

router = staff_router()
_AHEAD: Final = timedelta(days=400)


@router.get("/hours")
async def hours(request: Request, staff: Viewer) -> Response:
    """Show the hours and the blocked times."""
    await noted(request, staff, "hours.view")
    return await _page(request)


@router.post("/blocks")
async def block(request: Request, staff: Reviewer) -> Response:
    """Block a time of a schedule."""
    rooms = rooms_of(request)
    schedule, why, *times = await fields(request, "schedule", "why", "first_day", "first_time", "last_day", "last_time")
    try:
        slot = await done(lambda: _slot(rooms.console.hours, schedule, times))
        await done(lambda: rooms.console.blocking.block(actor(request, staff), slot, why))
    except HTTPException as error:
        return await _page(request, error=str(error.detail))
    return back_to("/staff/hours")


@router.post("/blocks/{block_id}/remove")
async def free(request: Request, staff: Reviewer, block_id: str) -> Response:
    """Free a blocked time."""
    rooms, which = rooms_of(request), check_id(block_id)
    await done(lambda: rooms.console.blocking.free(actor(request, staff), which))
    return back_to("/staff/hours")


@router.post("/hours/schedules/{schedule_id}")
async def change_week(request: Request, staff: Admin, schedule_id: str) -> Response:
    """Let a schedule have other hours from now on."""
    console, by = rooms_of(request).console, actor(request, staff)
    away, *week = await fields(request, "away", *DAYS)
    given = dict(zip(DAYS, week, strict=True))
    return await _changed(request, lambda: console.clinic_hours.change_week(by, schedule_id, given, away))


@router.post("/hours/holidays")
async def change_holidays(request: Request, staff: Admin) -> Response:
    """Let the clinic be closed on other days from now on."""
    console, by = rooms_of(request).console, actor(request, staff)
    (days,) = await fields(request, "holidays")
    return await _changed(request, lambda: console.clinic_hours.change_holidays(by, days))


@router.post("/hours/give-back")
async def give_back(request: Request, staff: Admin) -> Response:
    """Let the file's hours count again for a part of them."""
    console, by = rooms_of(request).console, actor(request, staff)
    (part,) = await fields(request, "part")
    return await _changed(request, lambda: console.clinic_hours.give_back(by, part))


async def _changed(request: Request, work: Callable[[], None]) -> Response:
    try:
        await done(work)
    except HTTPException as error:
        return await _page(request, error=str(error.detail))
    return back_to("/staff/hours")


async def _page(request: Request, error: str = "") -> Response:
    console = rooms_of(request).console
    now = datetime.now(UTC)
    timetable = await run_in_threadpool(console.clinic_hours.present)
    blocked = await run_in_threadpool(console.blocks.between, now, now + _AHEAD)
    return shown(
        request,
        "hours.html",
        status=HTTPStatus.CONFLICT if error else HTTPStatus.OK,
        hours=timetable.hours if timetable else None,
        changed=timetable.changed if timetable else {},
        outside=timetable.outside if timetable else (),
        part_of=part_of,
        days=DAYS,
        clock=_clock,
        blocks=blocked,
        error=error,
        name_of=console.hours.name_of if console.hours else str,
    )


def _slot(availability: Availability | None, schedule: str, times: list[str]) -> Slot:
    if availability is None or schedule not in {each.id for each in availability.schedules}:
        raise ValueError("Choose a schedule.")
    first_day, first_time, last_day, last_time = times
    return Slot(schedule, moment(availability, first_day, first_time), moment(availability, last_day, last_time))


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
