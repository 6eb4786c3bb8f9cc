"""The reply action: reads the tracker, lets ``bot.dialogue`` plan, says the plan, keeps the context in slots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rasa_sdk import Action
from rasa_sdk.events import SlotSet

from bot.dialogue.context import Context
from bot.dialogue.plan import Say, plan
from bot.dialogue.reading import Reading
from bot.settings import load_settings

if TYPE_CHECKING:
    from rasa_sdk import Tracker
    from rasa_sdk.executor import CollectingDispatcher


class Reply(Action):
    """Answers, refuses, asks back or hands over, in the light of the conversation so far."""

    def name(self) -> str:
        """Return the action's name in domain.yml."""
        return "action_reply"

    def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002 - Rasa's signature
    ) -> list[dict[str, Any]]:
        """Say what is planned; return the slots that have changed."""
        before = Context.from_slots(tracker.slots)
        turn = sum(event["event"] == "user" for event in tracker.events)
        planned = plan(Reading.from_message(tracker.latest_message), before, turn)
        says = list(planned.says)
        if planned.hand_over:
            says.append(Say(f"utter_{planned.hand_over}"))
        for say in says:
            _utter(dispatcher, say, planned.clarifies)
        old = before.to_slots()
        return [SlotSet(name, value) for name, value in planned.context.to_slots().items() if value != old[name]]


def _utter(dispatcher: CollectingDispatcher, say: Say, clarifies: str | None) -> None:
    settings = load_settings()
    dispatcher.utter_message(
        response=say.response,
        buttons=[{"title": title, "payload": title, "topic": topic} for title, topic in say.buttons],
        topic=say.topic,
        passages=list(say.passages),
        clarifies=clarifies,
        how_to_reach_us=settings.how_to_reach_us,
        how_to_reach_us_in_spanish=settings.how_to_reach_us_in_spanish,
        **say.values,
    )
