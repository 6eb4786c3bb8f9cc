"""Rasa's turns, each whole and once: one whose action failed leaves nothing behind, one asked again is not taken again.

Rasa goes on after an action that failed, and keeps what is left of the turn. A confirmed booking could then be stored
and never told. Rasa also takes a message twice if the gateway asks again, not knowing that its first try succeeded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import aiohttp
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

if TYPE_CHECKING:
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage
    from rasa.shared.core.trackers import DialogueStateTracker

_REJECTED: Final = 400  # an action's word that it does not apply, which Rasa deals with


class TurnBroken(BaseException):
    """An action failed in the middle of a turn, which ends there; Rasa keeps nothing of it.

    ``can_wait``: the action server is not there, which is no fault of the message, so that it can be asked for again
    without end. Not an Exception, since Rasa catches those, logs them and goes on.
    """

    def __init__(self, why: str, *, can_wait: bool) -> None:
        super().__init__(why)
        self.can_wait = can_wait


class WholeTurnActions(EndpointConfig):
    """The action server, as Rasa calls it."""

    async def request(self, *args: Any, **options: Any) -> Any:
        """Call an action. Raises TurnBroken if it did not succeed, and ClientResponseError if it does not apply."""
        try:
            return await super().request(*args, **options)
        except ClientResponseError as error:
            if error.status == _REJECTED:
                raise
            raise TurnBroken(f"an action failed with status {error.status}", can_wait=False) from error
        except aiohttp.ClientConnectorError as error:
            raise TurnBroken("the action server cannot be reached", can_wait=True) from error
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise TurnBroken(f"an action did not answer: {type(error).__name__}", can_wait=False) from error


async def take_turn(agent: Agent, message: UserMessage) -> DialogueStateTracker | None:
    """Have a message answered on its output channel; return the conversation after it.

    One that was answered before, by its id, gets the same replies again, and nothing else happens. Raises TurnBroken.
    """
    store = agent.tracker_store
    async with agent.lock_store.lock(message.sender_id):
        known = await store.retrieve(message.sender_id)
        said = replies_to(message.message_id, known) if known else None
        if said is None:
            await agent.processor.handle_message(message)
            return await store.retrieve(message.sender_id)
    for each in said:
        await message.output_channel.send_response(message.sender_id, each.message())
    return known


def replies_to(message_id: str | None, tracker: DialogueStateTracker) -> list[BotUttered] | None:
    """Return what was said in reply to a visitor's message; None if the conversation does not hold it."""
    said: list[BotUttered] | None = None
    for event in tracker.events:
        if isinstance(event, UserUttered):
            said = [] if event.message_id == message_id else None
        elif isinstance(event, BotUttered) and said is not None:
            said.append(event)
    return said
