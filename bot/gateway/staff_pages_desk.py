"""Stepping in: taking a conversation over, writing in it, giving it back; notes and labels; erasure."""

from __future__ import annotations

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from bot.conversations.records import Staff
from bot.gateway.chat_api import rooms_of
from bot.gateway.staff_access import Admin, Reviewer, address_of, staff_router
from bot.gateway.staff_pages_conversations import transcript_page
from bot.gateway.staff_pages_parts import actor, back_to, check_id, done, fields

router = staff_router()


@router.post("/conversations/{conversation_id}/take-over")
async def take_over(request: Request, staff: Reviewer, conversation_id: str) -> Response:
    """Answer a conversation in the assistant's place."""
    rooms, whose = rooms_of(request), check_id(conversation_id)
    name, role = await fields(request, "name", "role")
    try:
        await done(lambda: rooms.console.takeover.take(actor(request, staff), whose, Staff(name, role or None)))
    except HTTPException as error:
        return await transcript_page(request, staff, whose, error=str(error.detail))
    rooms.bells.ring(whose)
    return back_to(f"/staff/conversations/{whose}#write")


@router.post("/conversations/{conversation_id}/give-back")
async def give_back(request: Request, staff: Reviewer, conversation_id: str) -> Response:
    """Let the assistant answer again. An administrator can do so for somebody else."""
    rooms, whose = rooms_of(request), check_id(conversation_id)
    by, any_ones = actor(request, staff), staff.may("admin")
    try:
        await done(lambda: rooms.console.takeover.give_back(by, whose, even_anothers=any_ones))
    except HTTPException as error:
        return await transcript_page(request, staff, whose, error=str(error.detail))
    rooms.bells.ring(whose)
    return back_to(f"/staff/conversations/{whose}")


@router.post("/conversations/{conversation_id}/say")
async def say(request: Request, staff: Reviewer, conversation_id: str) -> Response:
    """Write to the visitor."""
    rooms, whose = rooms_of(request), check_id(conversation_id)
    (text,) = await fields(request, "text")
    try:
        await done(lambda: rooms.console.takeover.say(actor(request, staff), whose, text))
    except HTTPException as error:
        return await transcript_page(request, staff, whose, error=str(error.detail))
    rooms.bells.ring(whose)
    return back_to(f"/staff/conversations/{whose}#write")


@router.post("/conversations/{conversation_id}/notes")
async def note(request: Request, staff: Reviewer, conversation_id: str) -> Response:
    """Note something on a conversation, or on a message of it."""
    rooms, whose = rooms_of(request), check_id(conversation_id)
    text, message_id = await fields(request, "text", "message_id")
    await done(lambda: rooms.console.notes.add(actor(request, staff), whose, text, message_id or None))
    return back_to(f"/staff/conversations/{whose}#{f'm-{check_id(message_id)}' if message_id else 'notes'}")


@router.post("/conversations/{conversation_id}/messages/{message_id}/label")
async def label(request: Request, staff: Reviewer, conversation_id: str, message_id: str) -> Response:
    """Put down what a message meant."""
    rooms, whose, which = rooms_of(request), check_id(conversation_id), check_id(message_id)
    (topic,) = await fields(request, "topic")
    await done(lambda: rooms.console.notes.label(actor(request, staff), whose, which, topic or None))
    return back_to(f"/staff/conversations/{whose}#m-{which}")


@router.post("/conversations/{conversation_id}/messages/{message_id}/labels")
async def put_label(request: Request, staff: Reviewer, conversation_id: str, message_id: str) -> Response:
    """Put a label in words of one's own on a message, or take one off (field ``off``)."""
    rooms, whose, which = rooms_of(request), check_id(conversation_id), check_id(message_id)
    label, off = await fields(request, "label", "off")
    notes, by = rooms.console.notes, actor(request, staff)
    if off:
        await done(lambda: notes.take_label(by, whose, which, off))
    else:
        await done(lambda: notes.put_label(by, whose, which, label))
    return back_to(f"/staff/conversations/{whose}#m-{which}")


@router.post("/conversations/{conversation_id}/erase")
async def erase(request: Request, staff: Admin, conversation_id: str) -> Response:
    """Erase a conversation for good."""
    rooms, whose = rooms_of(request), check_id(conversation_id)
    await rooms.staff.erasure.erase(whose, f"staff:{staff.name}", why="request", address=address_of(request))
    await run_in_threadpool(rooms.console.search.tidy)
    rooms.bells.ring(whose)
    return back_to("/staff/conversations")
