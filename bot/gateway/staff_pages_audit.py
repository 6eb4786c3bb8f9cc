"""The audit log, for administrators."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Query, Request, Response
from starlette.concurrency import run_in_threadpool

from bot.gateway.chat_api import rooms_of
from bot.gateway.staff_access import Admin, noted, staff_router
from bot.gateway.staff_pages_parts import shown

_PAGE: Final = 100

router = staff_router()
_Text = Annotated[str, Query(max_length=120)]


@router.get("/audit")
async def audit(  # noqa: PLR0917 - the parts of its address
    request: Request,
    staff: Admin,
    actor: _Text = "",
    action: _Text = "",
    subject: _Text = "",
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
) -> Response:
    """Show who did what, the newest first."""
    log = rooms_of(request).staff.audit
    await noted(request, staff, "audit.view")
    found = await run_in_threadpool(
        lambda: log.entries(
            limit=_PAGE, before=before, actor=actor or None, action=action or None, subject=subject or None
        )
    )
    return shown(
        request,
        "audit.html",
        entries=found,
        actor=actor,
        action=action,
        subject=subject,
        older=found[-1].seq if len(found) == _PAGE else None,
    )
