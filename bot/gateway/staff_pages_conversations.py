"""The list of conversations, and the transcript of one."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Query, Request, Response
from starlette.concurrency import run_in_threadpool

from bot.console.filters import BELOW, FLAGS, LANGUAGES, Filters
from bot.conversations.queues import QUEUES
from bot.conversations.records import Kind
from bot.gateway.chat_api import rooms_of
from bot.gateway.staff_access import Reviewer, Viewer, noted, staff_router
from bot.gateway.staff_pages_parts import check_id, done, shown, title_of
from bot.knowledge.catalogue import load_catalogue

if TYPE_CHECKING:
    from bot.console.overview import Spoken
    from bot.console.search import Page
    from bot.console.transcript import Transcript
    from bot.gateway.rooms import Rooms
    from bot.staff.records import StaffSession

router = staff_router()
KINDS = Kind.__args__  # type: ignore[attr-defined]  # a Literal's values


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
    """Show a transcript: redacted, unless whoever looks answers the conversation."""
    return await transcript_page(request, staff, check_id(conversation_id))


@router.post("/conversations/{conversation_id}/reveal")
async def reveal(request: Request, staff: Reviewer, conversation_id: str) -> Response:
    """Show a transcript as it was written, this once."""
    whose = check_id(conversation_id)
    await noted(request, staff, "conversation.reveal", f"conversation:{whose}")
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
    return shown(request, "lines.html", **_transcript_values(found, is_revealed=_is_in_charge(found, staff)))


async def transcript_page(
    request: Request, staff: StaffSession, conversation_id: str, *, is_revealed: bool = False, error: str = ""
) -> Response:
    """Return the page of a transcript. ``error``: why something that was to be done was not."""
    rooms = rooms_of(request)
    found = await done(lambda: rooms.console.transcripts.of(conversation_id))
    is_in_charge = _is_in_charge(found, staff)
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
        is_static=is_revealed and not is_in_charge,
        error=error,
        **_transcript_values(found, is_revealed=is_revealed or is_in_charge),
    )


def search(rooms: Rooms, filters: Filters, place: str = "", **more: Any) -> tuple[Page, dict[str, Spoken]]:
    """Return a page of conversations with what was said in them. It blocks."""
    among = None
    if filters.queue == "booking":
        among = [each.conversation_id for each in rooms.book.requests() if each.conversation_id]
    account_id = ""
    if filters.staff:
        account_id = next((each.id for each in rooms.staff.accounts.list() if each.name == filters.staff), "")
    found = rooms.console.search.page(filters, place, account_id=account_id, among=among, **more)
    return found, rooms.console.overview.of([each.id for each in found.found])


def _is_in_charge(found: Transcript, staff: StaffSession) -> bool:
    return found.charge is not None and found.charge.account_id == staff.account_id and staff.may("reviewer")


def _transcript_values(found: Transcript, *, is_revealed: bool) -> dict[str, Any]:
    return {
        "transcript": found,
        "lines": found.lines,
        "said": str if is_revealed else found.redacted,
        "is_revealed": is_revealed,
        "topics": sorted(load_catalogue().topics, key=title_of),
    }


def _choices(rooms: Rooms) -> dict[str, Any]:
    return {
        "topics": sorted(load_catalogue().topics, key=title_of),
        "kinds": KINDS,
        "flags": FLAGS,
        "queues": QUEUES,
        "languages": LANGUAGES,
        "below": BELOW,
        "staff": [each.name for each in rooms.staff.accounts.list()],
    }
