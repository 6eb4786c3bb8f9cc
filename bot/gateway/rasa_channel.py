"""Rasa's side of the way between gateway and assistant: an input channel that returns replies with what was understood.

Reachable only with the shared secret (bot/serving/rasa_server.py refuses all else).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, empty, json
from sqlalchemy import delete

from bot.gateway.whole_turns import TurnBroken, take_turn
from bot.nlu.labels import MAY_ALARM

_log = logging.getLogger(__name__)
_LISTEN = "action_listen"
_SLASHES = re.compile(r"^[\s/]+")


class Replies(OutputChannel):
    """Collects what the assistant says in one turn, whole: text, buttons, and the name of the response."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self.said: list[dict[str, Any]] = []

    def name(self) -> str:  # Rasa picks a response's variant by this name
        """Return the visitor's channel, ``web`` or ``sms``."""
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:  # noqa: ARG002 - Rasa's signature
        """Keep a reply."""
        self.said.append(
            {
                "text": message.get("text") or "",
                "buttons": message.get("buttons") or [],
                "response": message.get("utter_action"),
                "topic": message.get("topic"),
                "passages": message.get("passages") or [],
                "clarifies": message.get("clarifies"),
                "booking": message.get("booking"),
            }
        )


class GatewayChannel(InputChannel):
    """Takes one message of one conversation, returns the replies of the turn."""

    @classmethod
    def name(cls) -> str:
        """Return the name in the address ``/webhooks/gateway``."""
        return "gateway"

    def blueprint(
        self,
        on_new_message: Callable[[UserMessage], Awaitable[Any]],  # noqa: ARG002 - Rasa's signature
    ) -> Blueprint:
        """Return the routes: health, one turn, and the erasure of a conversation."""
        routes = Blueprint("gateway_channel")

        @routes.get("/health")
        async def health(request: Request) -> HTTPResponse:
            return json({"model": request.app.ctx.agent.processor.model_filename})

        @routes.post("/messages")
        async def turn(request: Request) -> HTTPResponse:
            asked = request.json
            replies = Replies(asked["channel"])
            agent = request.app.ctx.agent
            message = UserMessage(
                words_only(asked["text"]),
                replies,
                asked["conversation_id"],
                input_channel=asked["channel"],
                message_id=asked["message_id"],
                metadata={MAY_ALARM: asked["may_alarm"]},
            )
            try:
                tracker = await take_turn(agent, message)
            except TurnBroken as error:
                _log.warning("a turn was broken off: %s", error)
                return empty(HTTPStatus.SERVICE_UNAVAILABLE if error.can_wait else HTTPStatus.BAD_GATEWAY)
            return json(
                {
                    "replies": replies.said,
                    "understood": _understood(tracker),
                    "model": agent.processor.model_filename,
                }
            )

        @routes.delete("/conversations/<conversation_id:str>")
        async def erase(request: Request, conversation_id: str) -> HTTPResponse:
            store = getattr(request.app.ctx.agent.tracker_store, "_tracker_store", request.app.ctx.agent.tracker_store)
            if not isinstance(store, SQLTrackerStore):
                return empty(HTTPStatus.NOT_IMPLEMENTED)
            with store.session_scope() as session:
                session.execute(delete(store.SQLEvent).where(store.SQLEvent.sender_id == conversation_id))
                session.commit()
            return empty()

        return routes


def words_only(text: str) -> str:
    """Return the text so that Rasa does not take it for a command: it reads ``/intent{...}`` at the start as one."""
    return _SLASHES.sub("", text).strip() or "?" if text.strip().startswith("/") else text


def _understood(tracker: DialogueStateTracker | None) -> dict[str, Any]:
    """Return what the tracker keeps of the last turn: label, topics with confidence, entities, actions."""
    if tracker is None:
        return {}
    actions: list[str] = []
    parsed: dict[str, Any] = {}
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            parsed = event.parse_data
            break
        if isinstance(event, ActionExecuted) and event.action_name and event.action_name != _LISTEN:
            actions.insert(0, event.action_name)
    return {
        "label": parsed.get("label"),
        "intent": parsed.get("intent", {}).get("name"),
        "topics": parsed.get("topics", []),
        "entities": [
            {"name": entity["entity"], "value": entity["value"], "start": entity["start"], "end": entity["end"]}
            for entity in parsed.get("entities", [])
        ],
        "action": " ".join(actions),
    }
