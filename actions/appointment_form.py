"""The form that looks up, moves or cancels a consultation that was booked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rasa_sdk.events import EventType, FollowupAction, SlotSet

from actions.appointment_desk import AppointmentDesk
from actions.consultation_form import FORM as BOOKING_FORM
from actions.consultation_form import changed, turn_of
from actions.saying import utter
from actions.turn_action import TurnAction
from bot.booking.errors import NoSuchAppointment
from bot.dialogue.appointment import STEP, Errand
from bot.dialogue.appointment_said import question
from bot.dialogue.context import Context
from bot.dialogue.managing import opened, take
from bot.dialogue.reading import Reading

if TYPE_CHECKING:
    from rasa_sdk import Tracker
    from rasa_sdk.executor import CollectingDispatcher

    from bot.dialogue.errand_talk import Managed

FORM = "appointment_form"


class ValidateAppointmentForm(TurnAction):
    """Takes the message; says what belongs before the next question; sets the slots and whether one is asked."""

    def name(self) -> str:
        """Return the name by which Rasa's form calls it."""
        return f"validate_{FORM}"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Return the slots that have changed; ``requested_slot`` is None at the end."""
        turn = turn_of(tracker)
        errand = Errand.from_slots(tracker.slots)
        if errand is not None and errand.turn == turn:  # begun in this very turn
            return [SlotSet("requested_slot", None if errand.over else STEP)]
        context = Context.from_slots(tracker.slots)
        if errand is None or errand.over:
            errand, events = begin(dispatcher, tracker, context)
        else:
            managed = take(Reading.from_message(tracker.latest_message), errand, desk_of(tracker), context, turn)
            errand, events = _said(dispatcher, tracker, managed)
        return [*events, SlotSet("requested_slot", None if errand.over else STEP)]


class AskAppointmentStep(TurnAction):
    """Asks which appointment it is, what to do with it, for a time, or whether to do it."""

    def name(self) -> str:
        """Return the name by which Rasa's form calls it."""
        return f"action_ask_{FORM}_{STEP}"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Say the question."""
        errand, desk = Errand.from_slots(tracker.slots) or Errand(), desk_of(tracker)
        among = [each for each in desk.standing() if each.id in errand.among] if errand.among else []
        try:
            appointment = desk.get(errand.appointment) if errand.appointment else None
        except NoSuchAppointment:  # erased in this very moment: the next message is told so
            appointment = None
        utter(dispatcher, question(errand, appointment, among))
        return []


class AfterAppointment(TurnAction):
    """Begins a new booking where that was asked for instead of a change."""

    def name(self) -> str:
        """Return the action's name in domain.yml."""
        return "action_after_appointment"

    def act(
        self,
        dispatcher: CollectingDispatcher,  # noqa: ARG002 - nothing is said
        tracker: Tracker,
    ) -> list[EventType]:
        """Say nothing; hand over, or wait for the next message."""
        errand = Errand.from_slots(tracker.slots)
        return [FollowupAction(BOOKING_FORM)] if errand is not None and errand.anew else []


def begin(dispatcher: CollectingDispatcher, tracker: Tracker, context: Context) -> tuple[Errand, list[EventType]]:
    """Say what a message about an appointment comes to; return the errand and the slots that have changed.

    Where the errand is over with that, the form need not begin: one that ends in the turn in which it begins is known
    to none of the rules.
    """
    reading, before = Reading.from_message(tracker.latest_message), Errand.from_slots(tracker.slots)
    return _said(dispatcher, tracker, opened(reading, before, desk_of(tracker), context, turn_of(tracker)))


def desk_of(tracker: Tracker) -> AppointmentDesk:
    """Return the appointments as seen from the latest message."""
    return AppointmentDesk(tracker.sender_id, tracker.latest_message.get("message_id"))


def changed_context(tracker: Tracker, context: Context) -> list[EventType]:
    """Return the events that set what is new in the context."""
    old = Context.from_slots(tracker.slots).to_slots()
    return [SlotSet(name, value) for name, value in context.to_slots().items() if value != old[name]]


def _said(dispatcher: CollectingDispatcher, tracker: Tracker, managed: Managed) -> tuple[Errand, list[EventType]]:
    for told in managed.says:
        utter(dispatcher, told.say, booking=told.booking)
    events = changed(tracker, managed.errand.to_slots()) + changed_context(tracker, managed.context)
    return managed.errand, events
