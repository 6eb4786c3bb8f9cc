"""Reads a turn of the assistant: each response name says the topic and the kind, and answers get their sources."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

from bot.conversations.records import Alternative, Button, Clarified, Entity, Reply, Source, Understanding
from bot.knowledge.catalogue import load_catalogue

if TYPE_CHECKING:
    from bot.conversations.records import Kind
    from bot.gateway.assistant_client import Turn

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
_OPENING: Final = "sympathy"  # said before the reply that it belongs to


def read_replies(turn: Turn) -> list[Reply]:
    """Return the turn's replies.

    A response without a kind of its own goes on with the reply before it, a word of sympathy opens the one after it.
    """
    replies: list[Reply] = []
    opening = ""
    for said in turn.replies:
        stem, _, part = (said["response"] or "").removeprefix("utter_").partition("/")
        if stem == _OPENING:
            opening = f"{said['text']} "
        elif stem not in _KINDS and replies:
            replies.append(_joined(replies.pop(), said))
        else:
            replies.append(_reply(said, _KINDS.get(stem, "fallback"), stem, part, opening))
            opening = ""
    return replies


def _reply(said: dict[str, Any], kind: Kind, stem: str, part: str, opening: str) -> Reply:
    topic = said.get("topic") or (part if kind == "answer" else "smalltalk" if kind == "smalltalk" else stem)
    passages = load_catalogue().passages
    quoted = tuple(Source(passage, passages[passage]) for passage in said.get("passages") or ())
    return Reply(
        text=opening + said["text"],
        kind=kind,
        topic=topic if topic in load_catalogue().topics else None,
        sources=(quoted or _sources(topic, said["text"])) if kind == "answer" else (),
        buttons=tuple(_button(button) for button in said["buttons"]),
    )


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
