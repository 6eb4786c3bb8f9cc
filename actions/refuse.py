"""Says that the document has no answer, or that advice is for a doctor, with what the document does cover nearby."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rasa_sdk import Action

from actions.buttons import BOOK, PERSON, button
from bot.knowledge.catalogue import load_catalogue
from bot.nlu.lexicon import topic_of
from bot.settings import load_settings

if TYPE_CHECKING:
    from rasa_sdk import Tracker
    from rasa_sdk.executor import CollectingDispatcher

_ABOUT_THE_CLINIC = "not_in_source/clinic"


class Refuse(Action):
    """Refuses by the label that was understood, and offers what is near, a consultation or a person."""

    def name(self) -> str:
        """Return the action's name in domain.yml."""
        return "action_refuse"

    def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002 - Rasa's signature
    ) -> list[dict[str, Any]]:
        """Say the refusal of the label, then what the document covers; no events."""
        label = tracker.latest_message["label"]
        dispatcher.utter_message(response=f"utter_{label}")
        if label == _ABOUT_THE_CLINIC:
            dispatcher.utter_message(
                response="utter_please_reach_us", how_to_reach_us=load_settings().how_to_reach_us, buttons=[PERSON]
            )
            return []
        near = _covered(tracker.latest_message.get("entities", []))
        if near:
            value, topic = near
            title = load_catalogue().titles[topic]
            dispatcher.utter_message(
                response="utter_covered_nearby", nearby=value, buttons=[button(title, topic), BOOK, PERSON]
            )
        else:
            dispatcher.utter_message(response="utter_covered_in_general", buttons=[BOOK, PERSON])
        return []


def _covered(entities: list[dict[str, Any]]) -> tuple[str, str] | None:
    """Return the first thing named in the message that the document speaks of, with its topic."""
    for entity in entities:
        topic = topic_of(entity["entity"], entity["value"])
        if topic:
            return entity["value"], topic
    return None
