"""Reads a turn of the assistant: each response name says the topic and the kind, and answers get their sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.conversations.records import Alternative, Button, Entity, Reply, Source, Understanding
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
    "all_right": "smalltalk",
    "nothing_offered": "clarify",
    "fallback": "fallback",
}


def read_replies(turn: Turn) -> list[Reply]:
    """Return the turn's replies. A response without a kind of its own goes on with the reply before it."""
    replies: list[Reply] = []
    for said in turn.replies:
        name = (said["response"] or "").removeprefix("utter_")
        stem, _, part = name.partition("/")
        buttons = tuple(_button(button) for button in said["buttons"])
        if stem not in _KINDS and replies:
            before = replies.pop()
            replies.append(
                Reply(
                    text=f"{before.text} {said['text']}",
                    kind=before.kind,
                    topic=before.topic,
                    sources=before.sources,
                    buttons=before.buttons + buttons,
                )
            )
            continue
        kind = _KINDS.get(stem, "fallback")
        topic = part if kind == "answer" else stem
        replies.append(
            Reply(
                text=said["text"],
                kind=kind,
                topic=topic if topic in load_catalogue().topics else None,
                sources=_sources(topic, said["text"]) if kind == "answer" else (),
                buttons=buttons,
            )
        )
    return replies


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


def _sources(topic: str, text: str) -> tuple[Source, ...]:
    return tuple(Source(passage.id, passage.quote) for passage in load_catalogue().passages_behind(topic, text))


def _button(button: dict[str, Any]) -> Button:
    return Button(title=button["title"], value=button["payload"], topic=button.get("topic"))
