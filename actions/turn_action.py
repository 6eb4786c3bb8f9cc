"""What all our actions have in common: Rasa's signature, of which they need the half."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from rasa_sdk import Action

if TYPE_CHECKING:
    from rasa_sdk import Tracker
    from rasa_sdk.events import EventType
    from rasa_sdk.executor import CollectingDispatcher


class TurnAction(Action, ABC):
    """An action that needs the conversation and a way to say something, and nothing of the domain."""

    def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002 - Rasa's signature
    ) -> list[EventType]:
        """Do what Rasa asks for."""
        return self.act(dispatcher, tracker)

    @abstractmethod
    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Say what there is to say; return the events that follow."""
