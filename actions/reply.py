"""The reply action: reads the tracker, lets ``bot.dialogue`` plan, says the plan, keeps the context in slots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rasa_sdk.events import EventType, FollowupAction

from actions import appointment_form, consultation_form
from actions.appointment_form import changed_context, desk_of
from actions.consultation_form import turn_of
from actions.saying import utter
from actions.turn_action import TurnAction
from bot.dialogue.appointment import Errand
from bot.dialogue.context import Context
from bot.dialogue.plan import Say, plan
from bot.dialogue.reading import Reading
from bot.dialogue.taking_up import takes_up

if TYPE_CHECKING:
    from rasa_sdk import Tracker
    from rasa_sdk.executor import CollectingDispatcher


BOOK = "book_consultation"
MANAGE = "manage_booking"


class Reply(TurnAction):
    """Answers, refuses, asks back or hands over, in the light of the conversation so far."""

    def name(self) -> str:
        """Return the action's name in domain.yml."""
        return "action_reply"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Say what is planned; return the slots that have changed, and the form that goes on if one does."""
        active = (tracker.active_loop or {}).get("name")
        if active:  # it takes each message, and no other form begins beside it
            return [FollowupAction(active)]
        context, turn = Context.from_slots(tracker.slots), turn_of(tracker)
        reading = Reading.from_message(tracker.latest_message)
        if takes_up(reading, Errand.from_slots(tracker.slots), desk_of(tracker), turn):
            return _about_an_appointment(dispatcher, tracker, context)
        planned = plan(reading, context, turn)
        says = list(planned.says)
        if planned.hand_over and planned.hand_over not in {BOOK, MANAGE}:
            says.append(Say(f"utter_{planned.hand_over}"))
        for say in says:
            utter(dispatcher, say, clarifies=planned.clarifies)
        if planned.hand_over == MANAGE:
            return _about_an_appointment(dispatcher, tracker, planned.context)
        events = changed_context(tracker, planned.context)
        return [*events, FollowupAction(consultation_form.FORM)] if planned.hand_over == BOOK else events


def _about_an_appointment(dispatcher: CollectingDispatcher, tracker: Tracker, context: Context) -> list[EventType]:
    errand, events = appointment_form.begin(dispatcher, tracker, context)
    if errand.anew:
        return [*events, FollowupAction(consultation_form.FORM)]
    return events if errand.over else [*events, FollowupAction(appointment_form.FORM)]
