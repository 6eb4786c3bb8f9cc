"""The chat API of docs/chat-api.md."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from bot.conversations.errors import NotFound
from bot.gateway import texts
from bot.gateway.rooms import Rooms
from bot.gateway.schema import PROBLEMS, Feedback, MessageOut, Messages, NewMessage, Opened
from bot.safety.replies import safety_texts

_LOOK_AGAIN_SECONDS = 1.0
_LARGEST_SEQ = 2**31 - 1
_NO_SUCH = "There is no such conversation, or the token is not its own."


def rooms_of(request: Request) -> Rooms:
    """Return what the application made at its start."""
    rooms: Rooms = request.app.state.rooms
    return rooms


# This and key() are async though they await nothing: FastAPI would run them in the threads that all requests share,
# and a database that hangs holds those.
async def rooms_here(request: Request) -> Rooms:
    """Return what the application made at its start, for a route."""
    return rooms_of(request)


async def within_limits(request: Request, rooms: Annotated[Rooms, Depends(rooms_here)]) -> None:
    """Count the call for its client address."""
    await rooms.limits.count_client(client_of(request))


def client_of(request: Request) -> str:
    """Return the address that calls are counted for."""
    return request.client.host if request.client else "unknown"


@dataclass(frozen=True)
class Key:
    """What a caller shows to get into a conversation; whether it opens it is the log's to say."""

    conversation_id: str
    token: str


async def key(
    conversation_id: Annotated[str, Path(description="From the start of the conversation")],
    authorization: Annotated[str, Header(description="Bearer TOKEN")] = "",
) -> Key:
    """Return the key that the caller shows; 404 for what can be none."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not (conversation_id.isalnum() and conversation_id.isascii()):
        raise HTTPException(HTTPStatus.NOT_FOUND, _NO_SUCH)
    return Key(conversation_id, token.strip())


async def opened(rooms: Annotated[Rooms, Depends(rooms_here)], shown: Annotated[Key, Depends(key)]) -> str:
    """Return the id of the conversation that the token opens; 404 for a wrong token as for a wrong id."""
    if not await run_in_threadpool(rooms.log.owns, shown.conversation_id, shown.token):
        raise HTTPException(HTTPStatus.NOT_FOUND, _NO_SUCH)
    return shown.conversation_id


RoomsHere = Annotated[Rooms, Depends(rooms_here)]
Conversation = Annotated[str, Depends(opened)]
After = Annotated[int, Query(ge=0, le=_LARGEST_SEQ, description="Only messages with a higher number")]

router = APIRouter(
    prefix="/api/conversations", tags=["chat"], dependencies=[Depends(within_limits)], responses=PROBLEMS
)
# Where messages come in, which are counted once they are known to be no red flag.
messages_router = APIRouter(prefix=router.prefix, tags=["chat"], responses=PROBLEMS)


@router.post("", status_code=HTTPStatus.CREATED, summary="Start a conversation")
async def start(rooms: RoomsHere) -> Opened:
    """Start a conversation; the reply holds its token, which is shown this once, and the greeting."""
    conversation_id, token = await run_in_threadpool(rooms.log.start, "web")
    hello = texts.greeting(rooms.settings)
    greeting = await run_in_threadpool(
        lambda: rooms.log.add(conversation_id, hello.author, hello.text, kind=hello.kind, topic=hello.topic)
    )
    return Opened(conversation_id=conversation_id, token=token, messages=[MessageOut.of(greeting)])


@messages_router.post("/{conversation_id}/messages", summary="Say something")
async def say(request: Request, rooms: RoomsHere, shown: Annotated[Key, Depends(key)], body: NewMessage) -> Messages:
    """Look for red flags in the message, write it down, have it answered, and return the replies."""
    longest = rooms.settings.max_text_characters
    if len(body.text) > longest:
        raise HTTPException(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"text: the message is longer than {longest} characters; please send it in parts. "
            f"{safety_texts()['while_waiting'].text}",
        )
    try:
        replies = await rooms.inbound.take(
            shown.conversation_id, shown.token, body.text, body.client_message_id, client=client_of(request)
        )
    except NotFound as error:
        raise HTTPException(HTTPStatus.NOT_FOUND, _NO_SUCH) from error
    return Messages(messages=[MessageOut.of(reply) for reply in replies])


@router.get("/{conversation_id}/messages", summary="Read the history")
async def history(rooms: RoomsHere, conversation_id: Conversation, after: After = 0) -> Messages:
    """Return both sides' messages after a number."""
    found = await run_in_threadpool(rooms.log.history, conversation_id, after)
    return Messages(messages=[MessageOut.of(message) for message in found])


@router.get(
    "/{conversation_id}/events",
    summary="Follow the conversation",
    response_class=EventSourceResponse,
    responses={
        200: {"content": {"text/event-stream": {}}, "description": "Server-Sent Events `message`, data: Message"}
    },
)
async def events(
    rooms: RoomsHere,
    conversation_id: Conversation,
    after: After = 0,
    last_event_id: Annotated[str, Header(description="Set by a client that reconnects")] = "",
) -> EventSourceResponse:
    """Stream both sides' messages after a number, live, until the client leaves or the conversation is erased."""
    resumed = int(last_event_id) if last_event_id.isdecimal() and len(last_event_id) < len(str(_LARGEST_SEQ)) else 0
    return EventSourceResponse(_follow(rooms, conversation_id, max(after, resumed)))


async def _follow(rooms: Rooms, conversation_id: str, seq: int) -> AsyncIterator[ServerSentEvent]:
    while await run_in_threadpool(rooms.log.exists, conversation_id):
        for message in await run_in_threadpool(rooms.log.history, conversation_id, seq):
            seq = message.seq
            yield ServerSentEvent(MessageOut.of(message).json(ensure_ascii=False), event="message", id=str(seq))
        await rooms.bells.wait(conversation_id, _LOOK_AGAIN_SECONDS)


@router.post(
    "/{conversation_id}/messages/{message_id}/feedback", status_code=HTTPStatus.NO_CONTENT, summary="Rate a reply"
)
async def feedback(
    rooms: RoomsHere,
    conversation_id: Conversation,
    message_id: Annotated[str, Path(max_length=64, regex="^[0-9A-Za-z]+$")],
    body: Feedback,
) -> Response:
    """Keep the visitor's rating of a reply, in place of an earlier one."""
    await run_in_threadpool(rooms.log.rate, message_id, conversation_id, body.helpful, body.comment)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.delete("/{conversation_id}", status_code=HTTPStatus.NO_CONTENT, summary="Erase the conversation")
async def erase(rooms: RoomsHere, conversation_id: Conversation) -> Response:
    """Erase the conversation for good, in the log and in the assistant's memory."""
    await rooms.staff.erasure.erase(conversation_id, "visitor", why="request")
    rooms.bells.ring(conversation_id)
    return Response(status_code=HTTPStatus.NO_CONTENT)
