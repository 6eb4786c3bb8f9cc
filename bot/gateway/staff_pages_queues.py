"""The start page of the console, and its queues."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from bot.conversations.queues import QUEUES
from bot.gateway.chat_api import rooms_of
from bot.gateway.staff_access import Reviewer, Viewer, noted, staff_router
from bot.gateway.staff_pages_parts import actor, back_to, check_id, done, fields, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.console.acting import Actor
    from bot.conversations.queues import Queue
    from bot.gateway.rooms import Rooms

router = staff_router()
_ON_START: Final = 10


@router.get("")
async def start(request: Request, staff: Viewer) -> Response:
    """Show all queues with their counts, and what is in the most urgent one that is not empty."""
    rooms = rooms_of(request)
    counts = await run_in_threadpool(rooms.console.queues.counts)
    first: Queue = next((queue for queue, count in counts.items() if count), "alarm")
    await noted(request, staff, "queue.view", f"queue:{first}")
    listed = await run_in_threadpool(lambda: _listed(rooms, first, _ON_START))
    return shown(request, "queues.html", counts=counts, queue=first, is_start=True, **listed)


@router.get("/queues/{queue}")
async def one(request: Request, staff: Viewer, queue: str) -> Response:
    """Show a queue."""
    rooms, known = rooms_of(request), _known(queue)
    counts = await run_in_threadpool(rooms.console.queues.counts)
    await noted(request, staff, "queue.view", f"queue:{known}")
    listed = await run_in_threadpool(lambda: _listed(rooms, known))
    return shown(request, "queues.html", counts=counts, queue=known, is_start=False, **listed)


@router.post("/queues/{queue}/{item_id}")
async def handle(request: Request, staff: Reviewer, queue: str, item_id: str) -> Response:
    """See an item, give it to somebody, or be done with it. ``item_id``: of a conversation, or of an appointment."""
    rooms, known, which = rooms_of(request), _known(queue), check_id(item_id)
    does, to, note, back = await fields(request, "does", "to", "note", "back")
    work = _work(rooms, known, actor(request, staff), which, (does, to, note.strip()))
    if work is None:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, "Choose what is to be done.")
    await done(work)
    own_page = f"/staff/appointments/{which}" if known == "booking" else f"/staff/conversations/{which}"
    return back_to(own_page if back == "own page" else f"/staff/queues/{known}")


def _work(rooms: Rooms, queue: Queue, by: Actor, which: str, given: tuple[str, str, str]) -> Callable[[], None] | None:
    does, to, note = given
    bookings, desk = rooms.console.booking_queue, rooms.console.queues
    is_booking = queue == "booking"
    if does == "seen":
        return lambda: bookings.see(by, which) if is_booking else desk.see(by, which, queue)
    if does == "assign":
        return lambda: (
            bookings.assign(by, which, _account(rooms, to))
            if is_booking
            else desk.assign(by, which, queue, _account(rooms, to))
        )
    if does == "done":
        return lambda: bookings.finish(by, which, note) if is_booking else desk.finish(by, which, queue, note)
    return None


def _known(queue: str) -> Queue:
    found = next((each for each in QUEUES if each == queue), None)
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return found


def _account(rooms: Rooms, name: str) -> str | None:
    if not name:
        return None
    if name not in {each.name for each in rooms.staff.accounts.list() if each.is_enabled}:
        raise ValueError("There is no such account of staff any more.")
    return name


def _listed(rooms: Rooms, queue: Queue, limit: int = 50) -> dict[str, Any]:
    console = rooms.console
    accounts = [each.name for each in rooms.staff.accounts.list() if each.is_enabled]
    if queue == "booking":
        return {"items": [], "previews": {}, "requests": console.booking_queue.items(limit), "accounts": accounts}
    items = console.queues.items(queue, limit)
    spoken = console.overview.of([each.conversation_id for each in items])
    previews = {
        each.conversation_id: spoken[each.conversation_id].preview(message_id=each.message_id) for each in items
    }
    return {"items": items, "previews": previews, "requests": (), "accounts": accounts}
