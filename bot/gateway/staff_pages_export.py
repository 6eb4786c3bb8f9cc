"""Taking away what was found. For administrators, redacted, each time with a line in the audit log."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from bot.console.export import as_csv, as_json
from bot.console.filters import NAMES, Filters
from bot.gateway.chat_api import rooms_of
from bot.gateway.staff_access import Admin, noted, staff_router
from bot.gateway.staff_pages_conversations import search
from bot.gateway.staff_pages_parts import fields

if TYPE_CHECKING:
    from bot.console.overview import Spoken
    from bot.console.search import Found
    from bot.gateway.rooms import Rooms

MOST: Final = 2_000  # conversations in one file
_AT_A_TIME: Final = 200

router = staff_router()


@router.post("/conversations/export")
async def export(request: Request, staff: Admin) -> Response:
    """Return the conversations that fit the filters as a file, the latest first."""
    rooms = rooms_of(request)
    filters = Filters.of(dict(zip(NAMES, await fields(request, *NAMES), strict=True)))
    (form,) = await fields(request, "form")
    found = await run_in_threadpool(lambda: _all(rooms, filters))
    is_json = form == "json"
    details = {"filters": filters.for_audit, "conversations": len(found), "form": "json" if is_json else "csv"}
    await noted(request, staff, "conversation.export", details=details)
    content = await run_in_threadpool(as_json if is_json else as_csv, found)
    name = f"conversations-{datetime.now(UTC):%Y-%m-%d-%H%M}.{'json' if is_json else 'csv'}"
    media_type = "application/json" if is_json else "text/csv; charset=utf-8"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content.encode("utf-8", "replace"), media_type=media_type, headers=headers)


def _all(rooms: Rooms, filters: Filters) -> list[tuple[Found, Spoken]]:
    gathered: list[tuple[Found, Spoken]] = []
    place = ""
    while len(gathered) < MOST:
        found, spoken = search(rooms, filters, place, size=_AT_A_TIME)
        gathered += [(each, spoken[each.id]) for each in found.found]
        place = found.next
        if not place:
            break
    return gathered
