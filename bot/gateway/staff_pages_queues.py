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


@router.post("/queues/{queue}/{conversation_id}")
async def handle(request: Request, staff: Reviewer, queue: str, conversation_id: str) -> Response:
    """See an item, give it to somebody, or be done with it."""
    rooms, known, whose = rooms_of(request), _known(queue), check_id(conversation_id)
    desk, by = rooms.console.queues, actor(request, staff)
    does, to, note, back = await fields(request, "does", "to", "note", "back")
    if does == "seen":
        await done(lambda: desk.see(by, whose, known))
    elif does == "assign":
        await done(lambda: desk.assign(by, whose, known, _account(rooms, to)))
    elif does == "done":
        await done(lambda: desk.finish(by, whose, known, note.strip()))
    else:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, "Choose what is to be done.")
    return back_to(f"/staff/conversations/{whose}" if back == "conversation" else f"/staff/queues/{known}")


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
        return {"items": [], "previews": {}, "requests": rooms.book.requests(), "accounts": accounts}
    items = console.queues.items(queue, limit)
    spoken = console.overview.of([each.conversation_id for each in items])
    previews = {
        each.conversation_id: spoken[each.conversation_id].preview(message_id=each.message_id) for each in items
    }
    return {"items": items, "previews": previews, "requests": (), "accounts": accounts}
