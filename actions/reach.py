"""Booking, changing a booking and speaking with a person: how to reach the clinic, from the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rasa_sdk import Action

from bot.settings import load_settings

if TYPE_CHECKING:
    from rasa_sdk import Tracker
    from rasa_sdk.executor import CollectingDispatcher


class HowToReachUs(Action):
    """Says how to book, change a booking or reach a person; the intent chooses the text."""

    def name(self) -> str:
        """Return the action's name in domain.yml."""
        return "action_how_to_reach_us"

    def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002 - Rasa's signature
    ) -> list[dict[str, Any]]:
        """Say ``utter_<intent>`` with the clinic's contact; no events."""
        intent = tracker.latest_message["intent"]["name"]
        dispatcher.utter_message(response=f"utter_{intent}", how_to_reach_us=load_settings().how_to_reach_us)
        return []
