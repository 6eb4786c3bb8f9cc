"""Appointments and requests: the list, the week, and one of them with what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

from fastapi import Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from bot.booking.errors import NoSuchAppointment
from bot.booking.slots import Slot
from bot.console.appointment_words import as_moved_time
from bot.gateway.chat_api import rooms_of
from bot.gateway.staff_access import Reviewer, Viewer, noted, staff_router
from bot.gateway.staff_pages_parts import actor, back_to, check_id, done, fields, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.booking.blocks import Block
    from bot.booking.records import Appointment
    from bot.console.acting import Actor
    from bot.gateway.rooms import Rooms
    from bot.staff.records import StaffSession

router = staff_router()
_WEEK = 7
_OUTCOMES = ("fulfilled", "noshow", "entered-in-error")


@dataclass(frozen=True)
class Day:
    """A day of the week's calendar."""

    date: date
    appointments: tuple[Appointment, ...]
    blocks: tuple[Block, ...]


@router.get("/appointments")
async def appointments(request: Request, staff: Viewer) -> Response:
    """List what waits for staff, and the appointments to come."""
    book = rooms_of(request).book
    await noted(request, staff, "appointment.list")
    requests, upcoming = await run_in_threadpool(lambda: (book.requests(), book.upcoming()))
    names = _names(rooms_of(request))
    return shown(request, "appointments.html", requests=requests, upcoming=upcoming, name_of=names)


@router.get("/appointments/week")
async def week(
    request: Request, staff: Viewer, start: Annotated[str, Query(max_length=10, regex=r"^(\d{4}-\d\d-\d\d)?$")] = ""
) -> Response:
    """Show a week as a calendar; ``start``: any day of it."""
    rooms = rooms_of(request)
    await noted(request, staff, "appointment.list", details={"week": start})
    monday = _monday(start, datetime.now(rooms.console.zone).date())
    days = await run_in_threadpool(lambda: _days(rooms, monday))
    return shown(
        request,
        "week.html",
        days=days,
        monday=monday,
        before=monday - timedelta(days=_WEEK),
        after=monday + timedelta(days=_WEEK),
        today=datetime.now(rooms.console.zone).date(),
        name_of=_names(rooms),
    )


@router.get("/appointments/{appointment_id}")
async def one(request: Request, staff: Viewer, appointment_id: str) -> Response:
    """Show an appointment or a request, without what tells who the patient is."""
    return await _page(request, staff, check_id(appointment_id))


@router.post("/appointments/{appointment_id}/reveal")
async def reveal(request: Request, staff: Reviewer, appointment_id: str) -> Response:
    """Show an appointment with the patient's name, contact and words, this once."""
    which = check_id(appointment_id)
    await noted(request, staff, "appointment.reveal", f"appointment:{which}")
    return await _page(request, staff, which, is_revealed=True)


@router.post("/appointments/{appointment_id}/{does}")
async def change(request: Request, staff: Reviewer, appointment_id: str, does: str) -> Response:
    """Confirm, move, cancel or close an appointment; whoever made it is told in their conversation."""
    rooms, which = rooms_of(request), check_id(appointment_id)
    try:
        work = await _work(request, rooms, actor(request, staff), which, does)
        await _found(rooms, which)
        after = await done(work)
    except HTTPException as error:
        return await _page(request, staff, which, error=str(error.detail))
    if after.conversation_id:
        rooms.bells.ring(after.conversation_id)
    return back_to(f"/staff/appointments/{which}")


async def _work(request: Request, rooms: Rooms, by: Actor, which: str, does: str) -> Callable[[], Appointment]:
    key, schedule, day, clock, outcome = await fields(request, "key", "schedule", "day", "time", "outcome")
    key, desk = key[:100] or str(uuid4()), rooms.console.appointments
    if does == "confirm":
        return lambda: desk.confirm(by, key, which)
    if does == "cancel":
        return lambda: desk.cancel(by, key, which)
    if does == "close" and outcome in _OUTCOMES:
        return lambda: desk.close(by, key, which, outcome)  # type: ignore[arg-type]  # it is one of them
    hours = rooms.console.hours
    if does == "move" and hours:
        slot: Slot = await done(lambda: as_moved_time(hours, schedule, day, clock))
        return lambda: desk.move(by, key, which, slot)
    raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, "Choose what is to be done.")


async def _page(
    request: Request, staff: StaffSession, which: str, *, is_revealed: bool = False, error: str = ""
) -> Response:
    rooms = rooms_of(request)
    found = await _found(rooms, which)
    await noted(request, staff, "appointment.view", f"appointment:{which}")
    changes = await run_in_threadpool(rooms.book.history, which)
    item = await run_in_threadpool(rooms.console.booking_queue.of, which)
    accounts = await run_in_threadpool(rooms.staff.accounts.list)
    hours = rooms.console.hours
    values: dict[str, Any] = {
        "appointment": found,
        "changes": changes,
        "item": item,
        "accounts": [each.name for each in accounts if each.is_enabled],
        "is_revealed": is_revealed,
        "is_over": found.slot is not None and found.slot.starts_at <= datetime.now(UTC),
        "schedules": [(each.id, each.name) for each in hours.schedules] if hours else [],
        "name_of": _names(rooms),
        "key": str(uuid4()),
        "error": error,
    }
    return shown(request, "appointment.html", status=HTTPStatus.CONFLICT if error else HTTPStatus.OK, **values)


async def _found(rooms: Rooms, which: str) -> Appointment:
    try:
        return await run_in_threadpool(rooms.book.get, which)
    except NoSuchAppointment as error:
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such appointment.") from error


def _days(rooms: Rooms, monday: date) -> list[Day]:
    zone = rooms.console.zone
    edges = [
        datetime(each.year, each.month, each.day, tzinfo=zone)
        for each in (monday + timedelta(days=number) for number in range(_WEEK + 1))
    ]
    found = rooms.book.between(edges[0], edges[-1])
    blocked = rooms.console.blocks.between(edges[0], edges[-1])
    return [
        Day(
            begins.date(),
            tuple(each for each in found if each.slot and begins <= each.slot.starts_at < ends),
            tuple(each for each in blocked if each.slot.starts_at < ends and each.slot.ends_at > begins),
        )
        for begins, ends in pairwise(edges)
    ]


def _monday(start: str, today: date) -> date:
    try:
        day = date.fromisoformat(start) if start else today
        return day - timedelta(days=day.weekday())
    except (ValueError, OverflowError):
        return today - timedelta(days=today.weekday())


def _names(rooms: Rooms) -> Callable[[str], str]:
    hours = rooms.console.hours
    return hours.name_of if hours else lambda schedule: schedule
