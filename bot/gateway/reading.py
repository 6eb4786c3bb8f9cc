"""Reads a turn of the assistant: each response name says the topic and the kind, and answers get their sources."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

from bot.conversations.records import (
    Alternative,
    Asked,
    BookingStatus,
    Button,
    Clarified,
    Entity,
    Reply,
    Source,
    Understanding,
)
from bot.knowledge.catalogue import load_catalogue

if TYPE_CHECKING:
    from bot.conversations.records import Kind
    from bot.gateway.assistant_client import Turn

# Said before the reply that it belongs to, which follows.
_OPENINGS: Final = {
    "sympathy",
    "booking_begins",
    "booking_why",
    "booking_declined",
    "booking_not_understood",
    "booking_ways_out",
    "booking_contact",
    "booking_time",
    "booking_changed",
    "booking_under_way",
    "booking_what_to_change",
    "booking_first",
    "appointment",
    "appointment_not_understood",
}
# Which detail of a booking a response asks for.
_ASKS: Final[dict[str, Asked]] = {
    "ask_consultation_form_patient_name": "name",
    "ask_consultation_form_contact": "contact",
    "ask_time": "time",
    "ask_period": "time",
    "ask_consultation_form_reason": "reason",
    "ask_confirmed": "confirm",
}
_BOOKING: Final = "book_consultation"
_APPOINTMENT: Final = "manage_booking"
_ABOUT_AN_APPOINTMENT: Final = {
    "appointment",
    "appointment_not_understood",
    "ask_appointment",
    "appointment_is",
    "appointment_done",
}
_KINDS: Final[dict[str, Kind]] = {
    "faq": "answer",
    "emergency": "emergency",
    "crisis": "crisis",
    "not_in_source": "refusal",
    "personal_advice": "refusal",
    "out_of_scope": "refusal",
    "book_consultation": "booking",
    "manage_booking": "booking",
    "talk_to_human": "handoff",
    "smalltalk": "smalltalk",
    "spanish": "handoff",
    "still_not_understood": "handoff",
    "all_right": "smalltalk",
    "all_right_then": "smalltalk",
    **dict.fromkeys(_ASKS, "booking"),
    "booking": "smalltalk",
    "booking_aborted": "booking",
    "booking_without_contact": "booking",
    "booking_done": "booking",
    "booking_failed": "booking",
    "ask_appointment": "booking",
    "appointment_is": "booking",
    "appointment_done": "booking",
    "in_its_own_words": "answer",
    "that_is_all": "handoff",
    "nothing_offered": "clarify",
    "did_you_mean": "clarify",
    "which_one": "clarify",
    "follow_up": "clarify",
    "sorry_which_topic": "clarify",
    "fallback": "fallback",
    "say_it_differently": "fallback",
    "sorry_say_it_differently": "fallback",
}


def read_replies(turn: Turn) -> list[Reply]:
    """Return the turn's replies.

    A response without a kind of its own goes on with the reply before it, a word of sympathy opens the one after it.
    """
    replies: list[Reply] = []
    opening, about = "", _BOOKING
    for said in turn.replies:
        stem, _, part = (said["response"] or "").removeprefix("utter_").partition("/")
        if stem in _OPENINGS:
            opening += f"{said['text']} "
            about = _APPOINTMENT if stem in _ABOUT_AN_APPOINTMENT else about
        elif stem not in _KINDS and replies:
            replies.append(_joined(replies.pop(), said))
        else:
            replies.append(_reply(said, _KINDS.get(stem, "fallback"), stem, part, opening))
            opening, about = "", _BOOKING
    if opening:
        replies.append(Reply(text=opening.strip(), kind="booking", topic=about))
    return replies


def _reply(said: dict[str, Any], kind: Kind, stem: str, part: str, opening: str) -> Reply:
    topic = said.get("topic") or _topic(kind, stem, part)
    booking = said.get("booking")
    passages = load_catalogue().passages
    quoted = tuple(Source(passage, passages[passage]) for passage in said.get("passages") or ())
    return Reply(
        text=opening + said["text"],
        kind=kind,
        topic=topic if topic in load_catalogue().topics else None,
        sources=(quoted or _sources(topic, said["text"])) if kind == "answer" else (),
        buttons=tuple(_button(button) for button in said["buttons"]),
        asks=_ASKS.get(stem),
        booking=BookingStatus(booking["status"], booking["reference"]) if booking else None,
    )


def _topic(kind: Kind, stem: str, part: str) -> str:
    if kind == "answer":
        return part
    if kind == "smalltalk":
        return "smalltalk"
    if stem in _ABOUT_AN_APPOINTMENT:
        return _APPOINTMENT
    return _BOOKING if stem in _ASKS or stem.startswith("booking_") else stem


def _joined(before: Reply, said: dict[str, Any]) -> Reply:
    buttons = before.buttons + tuple(_button(button) for button in said["buttons"])
    return dataclasses.replace(before, text=f"{before.text} {said['text']}", buttons=buttons)


def read_understanding(turn: Turn, replies: list[Reply]) -> Understanding:
    """Return what the assistant made of the message; the topic is that of its first reply."""
    understood = turn.understood
    topics = understood.get("topics", [])
    return Understanding(
        label=understood.get("label"),
        topic=next((reply.topic for reply in replies if reply.topic), None),
        confidence=topics[0]["confidence"] if topics else None,
        alternatives=tuple(Alternative(entry["topic"], entry["confidence"]) for entry in topics[1:]),
        entities=tuple(
            Entity(entity["name"], entity["value"], entity["start"], entity["end"])
            for entity in understood.get("entities", [])
        ),
        action=understood.get("action"),
    )


def read_clarified(turn: Turn, replies: list[Reply]) -> Clarified | None:
    """Return which earlier message the visitor has explained by choosing a topic, or None."""
    message_id = next((said["clarifies"] for said in turn.replies if said.get("clarifies")), None)
    topic = next((reply.topic for reply in replies if reply.topic), None)
    return Clarified(message_id, topic) if message_id else None


def _sources(topic: str, text: str) -> tuple[Source, ...]:
    return tuple(Source(passage.id, passage.quote) for passage in load_catalogue().passages_behind(topic, text))


def _button(button: dict[str, Any]) -> Button:
    return Button(title=button["title"], value=button["payload"], topic=button.get("topic"))
