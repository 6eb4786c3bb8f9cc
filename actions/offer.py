"""Yes and no: they answer what the assistant offered last, and nothing when nothing was offered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rasa_sdk import Action

from actions.buttons import BOOK
from bot.settings import load_settings

if TYPE_CHECKING:
    from rasa_sdk import Tracker
    from rasa_sdk.executor import CollectingDispatcher


class AnswerToOffer(Action):
    """Takes up, or drops, the consultation that the last reply offered."""

    def name(self) -> str:
        """Return the action's name in domain.yml."""
        return "action_answer_to_offer"

    def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002 - Rasa's signature
    ) -> list[dict[str, Any]]:
        """Say how to book, that it is all right, or ask what was meant; no events."""
        if not _consultation_offered(tracker):
            dispatcher.utter_message(response="utter_nothing_offered")
        elif tracker.latest_message["intent"]["name"] == "affirm":
            dispatcher.utter_message(
                response="utter_book_consultation", how_to_reach_us=load_settings().how_to_reach_us
            )
        else:
            dispatcher.utter_message(response="utter_all_right")
        return []


def _consultation_offered(tracker: Tracker) -> bool:
    """Whether a reply between the visitor's last two messages carried the button for a consultation."""
    visitor_seen = 0
    for event in reversed(tracker.events):
        if event["event"] == "user":
            visitor_seen += 1
            if visitor_seen == 2:  # noqa: PLR2004 - the last is the yes or no itself
                return False
        elif event["event"] == "bot":
            buttons = (event.get("data") or {}).get("buttons") or []
            if any(offered["payload"] == BOOK["payload"] for offered in buttons):
                return True
    return False
