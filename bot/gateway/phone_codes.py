"""The way from the widget to the telephone: a one-time code that the visitor texts to the clinic's number."""

from __future__ import annotations

from datetime import UTC
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from bot.gateway.chat_api import Conversation, within_limits
from bot.gateway.schema import PROBLEMS
from bot.gateway.sms import Sms
from bot.gateway.sms_webhook import sms_of

router = APIRouter(
    prefix="/api/conversations", tags=["chat"], dependencies=[Depends(within_limits)], responses=PROBLEMS
)


class PhoneCode(BaseModel):
    """A code, until when it can be used (UTC, RFC 3339), and the number to text it to."""

    code: str = Field(..., example="K7MQ2X")
    expires_at: str = Field(..., example="2026-11-22T07:00:07Z")
    number: str = Field(..., example="+15551234567")


@router.post(
    "/{conversation_id}/phone-code",
    status_code=HTTPStatus.CREATED,
    summary="Go on by text message",
)
async def phone_code(sms: Annotated[Sms, Depends(sms_of)], conversation_id: Conversation) -> PhoneCode:
    """Return a one-time code, in place of the one before; 404 where there are no text messages.

    Texted within ten minutes from any telephone to that number, it puts the telephone into this conversation.
    """
    code, ends = await run_in_threadpool(sms.book.new_code, conversation_id)
    moment = ends.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return PhoneCode(code=code, expires_at=moment, number=sms.settings.sms_number)
