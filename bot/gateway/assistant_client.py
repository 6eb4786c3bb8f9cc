"""The gateway's side of the way to the assistant: one turn asked, its replies returned."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import httpx

from bot.errors import AssistantError

if TYPE_CHECKING:
    from bot.conversations.records import Channel
    from bot.settings import Settings

_PROBE_SECONDS = 2.0
_MOST_LATE = 3


class AssistantUnavailable(AssistantError):  # noqa: N818 - reads as what it says
    """The assistant cannot be reached, still loads, or misses the action server; the message can wait."""


class AssistantFailed(AssistantError):  # noqa: N818 - reads as what it says
    """The assistant took the message but gave no usable answer in time."""


@dataclass(frozen=True)
class Turn:
    """What came back: replies as Rasa said them, what was understood, and the model's id."""

    replies: list[dict[str, Any]]
    understood: dict[str, Any] = field(default_factory=dict)
    model: str | None = None


class AssistantClient:
    """Talks to the assistant's channel and asks both Rasa processes whether they are well."""

    def __init__(self, settings: Settings) -> None:
        headers = {"X-Assistant-Secret": settings.shared_secret}
        self._assistant = httpx.AsyncClient(
            base_url=settings.assistant_url, headers=headers, timeout=settings.assistant_timeout, trust_env=False
        )
        self._actions = httpx.AsyncClient(
            base_url=settings.actions_url, headers=headers, timeout=_PROBE_SECONDS, trust_env=False
        )
        self.ready = False
        self._late = 0
        self._misses_actions = False  # until the action server says that it is well

    async def ask(
        self, conversation_id: str, message_id: str, text: str, channel: Channel, *, may_alarm: bool = True
    ) -> Turn:
        """Return the replies to one message. ``may_alarm``: whether the assistant may take it for a red flag.

        Raises AssistantUnavailable if it cannot be reached, AssistantFailed if it fails, is late or says nothing.
        """
        asked = {
            "conversation_id": conversation_id,
            "message_id": message_id,
            "text": text,
            "channel": channel,
            "may_alarm": may_alarm,
        }
        try:
            response = await self._assistant.post("/webhooks/gateway/messages", json=asked)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            self.ready = False
            raise AssistantUnavailable("the assistant cannot be reached") from error
        except httpx.HTTPError as error:
            raise AssistantFailed(f"the assistant did not answer: {type(error).__name__}") from error
        if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            self.ready, self._misses_actions = False, True
            raise AssistantUnavailable("the assistant cannot reach the action server")
        if response.status_code != HTTPStatus.OK:
            raise AssistantFailed(f"the assistant answered with status {response.status_code}")
        answer = response.json()
        if not answer["replies"]:
            raise AssistantFailed("the assistant said nothing; is the action server running?")
        return Turn(replies=answer["replies"], understood=answer["understood"], model=answer["model"])

    async def forget(self, conversation_id: str) -> None:
        """Erase the assistant's memory of a conversation. Raises AssistantUnavailable if that did not succeed."""
        try:
            response = await self._assistant.delete(f"/webhooks/gateway/conversations/{conversation_id}")
            response.raise_for_status()
        except httpx.HTTPError as error:
            raise AssistantUnavailable("the assistant could not erase the conversation") from error

    async def probe(self) -> bool:
        """Ask whether the assistant is ready, and remember it.

        One that was ready and is late is busy with messages: only when it is late several times in a row is it not
        ready any more.
        """
        answer = await _answers(self._assistant, "/webhooks/gateway/health")
        if answer and self._misses_actions:
            answer = await self.probe_actions()
            self._misses_actions = not answer
        self._late = self._late + 1 if answer is None else 0
        self.ready = (self.ready and self._late < _MOST_LATE) if answer is None else answer
        return self.ready

    async def probe_actions(self) -> bool:
        """Ask whether the action server is ready."""
        return bool(await _answers(self._actions, "/health"))

    async def close(self) -> None:
        """Close the connections."""
        await self._assistant.aclose()
        await self._actions.aclose()


async def _answers(client: httpx.AsyncClient, path: str) -> bool | None:
    """Return whether it says that it is well; None if it is late."""
    try:
        response = await client.get(path, timeout=_PROBE_SECONDS)
    except httpx.ReadTimeout:
        return None
    except httpx.HTTPError:
        return False
    return response.status_code == HTTPStatus.OK
