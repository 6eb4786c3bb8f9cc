"""Twilio's webhooks: texts that come in, and how far those are that went out."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from twilio.twiml.messaging_response import MessagingResponse

from bot.gateway.chat_api import rooms_of
from bot.gateway.metrics import TEXTS_IN, TEXTS_OUT
from bot.gateway.rooms import Rooms
from bot.gateway.sms import Sms
from bot.gateway.texting import Ready
from bot.sms.carrier import STATUS_PATH, status_address
from bot.sms.numbers import is_number
from bot.sms.signatures import progress_of, text_of

PATH: Final = "/webhooks/sms"
_SIGNATURE: Final = "x-twilio-signature"

router = APIRouter(include_in_schema=False)


def sms_of(rooms: Annotated[Rooms, Depends(rooms_of)]) -> Sms:
    """Return the parts for text messages; 404 where they are not set up."""
    if rooms.sms is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such page.")
    return rooms.sms


async def signed(request: Request, sms: Annotated[Sms, Depends(sms_of)]) -> Mapping[str, str]:
    """Return the fields of a request that Twilio has signed; 403 for any other."""
    query = request.scope["query_string"].decode("latin-1")
    path = request.scope["path"] + (f"?{query}" if query else "")
    body = await request.body()
    content_type = request.headers.get("content-type", "")
    fields = sms.signatures.fields_of(path, content_type, body, request.headers.getlist(_SIGNATURE))
    if fields is None:
        TEXTS_IN.labels(outcome="not signed").inc()
        raise HTTPException(HTTPStatus.FORBIDDEN, "This is not signed by Twilio for this address.")
    return fields


Fields = Annotated[Mapping[str, str], Depends(signed)]
SmsHere = Annotated[Sms, Depends(sms_of)]


@router.post(PATH)
async def text_came_in(sms: SmsHere, fields: Fields) -> Response:
    """Take a text in, and give its reply back if it is there in time."""
    text = text_of(fields)
    if text is None or not sms.is_for_us(fields["To"]):
        raise HTTPException(HTTPStatus.FORBIDDEN, "This is no text message to the clinic's number.")
    if not is_number(text.sender):
        TEXTS_IN.labels(outcome="not from a telephone").inc()
        return _twiml(sms, None)
    return _twiml(sms, await sms.texting.take(text))


@router.post(STATUS_PATH)
async def text_went_on(request: Request, sms: SmsHere, fields: Fields) -> Response:
    """Keep how far a text is that went out."""
    progress = progress_of(fields)
    if progress is not None:
        twilio_sid, status, error = progress
        text_id = request.query_params.get("text", "")
        await run_in_threadpool(sms.outbox.progressed, text_id, twilio_sid, status, error)
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _twiml(sms: Sms, ready: Ready | None) -> Response:
    answer = MessagingResponse()
    if ready is None:
        return Response(answer.to_xml(), media_type="text/xml")
    TEXTS_OUT.labels(way="webhook", outcome="handed over").inc()
    callback = {"status_callback": status_address(sms.settings, ready.id)} if ready.id else {}
    answer.message(ready.text, **callback)
    return Response(answer.to_xml(), media_type="text/xml", background=BackgroundTask(sms.texting.confirm, ready))
