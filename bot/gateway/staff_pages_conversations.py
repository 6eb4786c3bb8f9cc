"""The list of conversations, and the transcript of one."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Query, Request, Response
from starlette.concurrency import run_in_threadpool

from bot.console.filters import BELOW, FLAGS, LANGUAGES, Filters
from bot.conversations.queues import QUEUES
from bot.conversations.records import Kind
from bot.gateway.chat_api import rooms_of
from bot.gateway.staff_access import Reviewer, Viewer, noted, staff_router
from bot.gateway.staff_pages_parts import back_to, check_id, done, shown, title_of
from bot.knowledge.catalogue import load_catalogue

if TYPE_CHECKING:
    from bot.console.overview import Spoken
    from bot.console.search import Page
    from bot.console.transcript import Transcript
    from bot.conversations.records import Charge
    from bot.gateway.rooms import Rooms
    from bot.staff.records import StaffSession

router = staff_router()
KINDS = Kind.__args__  # type: ignore[attr-defined]  # a Literal's values
_REVEALED: Final = "conversation.reveal"


@router.get("/conversations")
async def conversations(request: Request, staff: Viewer, place: Annotated[str, Query(max_length=80)] = "") -> Response:
    """Show the conversations that fit the address."""
    rooms, filters = rooms_of(request), Filters.of(request.query_params)
    found, spoken = await run_in_threadpool(lambda: search(rooms, filters, place))
    await noted(request, staff, "conversation.list", details={"filters": filters.for_audit, "found": len(found.found)})
    previews = {each.id: spoken[each.id].preview(filters.terms) for each in found.found}
    return shown(
        request,
        "conversations.html",
        filters=filters,
        found=found.found,
        previews=previews,
        next_query=filters.query(place=found.next) if found.next else "",
        is_first=not place,
        choices=await run_in_threadpool(lambda: _choices(rooms)),
    )


@router.get("/conversations/{conversation_id}")
async def conversation(request: Request, staff: Viewer, conversation_id: str) -> Response:
    """Show a transcript: redacted, unless whoever looks answers the conversation and has shown it since."""
    return await transcript_page(request, staff, check_id(conversation_id))


@router.post("/conversations/{conversation_id}/reveal")
async def reveal(request: Request, staff: Reviewer, conversation_id: str) -> Response:
    """Show a transcript as it was written: this once, or to whoever answers it, until they give it back."""
    whose = check_id(conversation_id)
    await noted(request, staff, _REVEALED, f"conversation:{whose}")
    held = await run_in_threadpool(rooms_of(request).console.takeover.in_charge, whose)
    if _is_in_charge(held, staff):
        return back_to(f"/staff/conversations/{whose}#write")
    return await transcript_page(request, staff, whose, is_revealed=True)


@router.get("/conversations/{conversation_id}/live")
async def live(
    request: Request, staff: Viewer, conversation_id: str, after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0
) -> Response:
    """Return what was said after a message, for the page to add; 204 for nothing."""
    rooms, whose = rooms_of(request), check_id(conversation_id)
    found = await done(lambda: rooms.console.transcripts.of(whose, after))
    if not found.lines:
        return Response(status_code=HTTPStatus.NO_CONTENT)
    await noted(request, staff, "conversation.view", f"conversation:{whose}", {"after": after})
    is_revealed = await _has_shown(request, found, staff)
    return shown(request, "lines.html", **await _transcript_values(request, found, is_revealed=is_revealed))


async def transcript_page(
    request: Request, staff: StaffSession, conversation_id: str, *, is_revealed: bool = False, error: str = ""
) -> Response:
    """Return the page of a transcript. ``error``: why something that was to be done was not."""
    rooms = rooms_of(request)
    found = await done(lambda: rooms.console.transcripts.of(conversation_id))
    is_in_charge = _is_in_charge(found.charge, staff)
    has_shown = await _has_shown(request, found, staff)
    await noted(request, staff, "conversation.view", f"conversation:{conversation_id}")
    items = await run_in_threadpool(rooms.console.queues.of_conversation, conversation_id)
    accounts = await run_in_threadpool(rooms.staff.accounts.list)
    return shown(
        request,
        "conversation.html",
        status=HTTPStatus.CONFLICT if error else HTTPStatus.OK,
        items=items,
        accounts=[each.name for each in accounts if each.is_enabled],
        is_in_charge=is_in_charge,
        is_static=is_revealed and not has_shown,
        error=error,
        **await _transcript_values(request, found, is_revealed=is_revealed or has_shown),
    )


def search(rooms: Rooms, filters: Filters, place: str = "", **more: Any) -> tuple[Page, dict[str, Spoken]]:
    """Return a page of conversations with what was said in them. It blocks."""
    among = None
    if filters.queue == "booking":
        among = rooms.console.booking_queue.conversations()
    account_id = ""
    if filters.staff:
        account_id = next((each.id for each in rooms.staff.accounts.list() if each.name == filters.staff), "")
    found = rooms.console.search.page(filters, place, account_id=account_id, among=among, **more)
    return found, rooms.console.overview.of([each.id for each in found.found])


def _is_in_charge(charge: Charge | None, staff: StaffSession) -> bool:
    return charge is not None and charge.account_id == staff.account_id and staff.may("reviewer")


async def _has_shown(request: Request, found: Transcript, staff: StaffSession) -> bool:
    """Whether who answers a conversation has asked to see it unredacted: the audit log's line itself opens it."""
    if found.charge is None or not _is_in_charge(found.charge, staff):
        return False
    log, actor, subject = rooms_of(request).staff.audit, f"staff:{staff.name}", f"conversation:{found.id}"
    lines = await run_in_threadpool(
        lambda: log.entries(limit=1, actor=actor, action=_REVEALED, subject=subject),
    )
    return bool(lines) and lines[0].at >= found.charge.taken_at


async def _transcript_values(request: Request, found: Transcript, *, is_revealed: bool) -> dict[str, Any]:
    return {
        "transcript": found,
        "lines": found.lines,
        "said": str if is_revealed else found.redacted,
        "is_revealed": is_revealed,
        "topics": sorted(load_catalogue().topics, key=title_of),
        "known_labels": await run_in_threadpool(rooms_of(request).console.notes.labels),
    }


def _choices(rooms: Rooms) -> dict[str, Any]:
    return {
        "topics": sorted(load_catalogue().topics, key=title_of),
        "kinds": KINDS,
        "flags": FLAGS,
        "queues": QUEUES,
        "languages": LANGUAGES,
        "below": BELOW,
        "labels": rooms.console.notes.labels(),
        "staff": [each.name for each in rooms.staff.accounts.list()],
    }
