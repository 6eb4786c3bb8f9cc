"""The form that books a consultation: each message is taken, the next detail asked for, and at the end it is booked."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from rasa_sdk.events import EventType, FollowupAction, SlotSet

from actions.appointments import BookDesk, book
from actions.saying import utter
from actions.turn_action import TurnAction
from bot.booking.errors import BookingError, NotOffered, SlotTaken
from bot.booking.records import Request
from bot.dialogue import shown
from bot.dialogue.booking import CHANGE, opened, take
from bot.dialogue.booking_details import ASK_THE_OFFICE
from bot.dialogue.consultation import NO_SLOTS, Consultation
from bot.dialogue.context import Context
from bot.dialogue.plan import Say
from bot.dialogue.reading import Reading

if TYPE_CHECKING:
    from rasa_sdk import Tracker
    from rasa_sdk.executor import CollectingDispatcher

    from bot.booking.records import Appointment

FORM = "consultation_form"
_log = logging.getLogger(__name__)
_STATUS = {"booked": "confirmed", "pending": "requested", "proposed": "requested"}


class ValidateConsultationForm(TurnAction):
    """Takes the message; says what belongs before the next question; sets the slots and which one is asked for."""

    def name(self) -> str:
        """Return the name by which Rasa's form calls it."""
        return f"validate_{FORM}"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Return the slots that have changed; ``requested_slot`` is None at the end."""
        turn = turn_of(tracker)
        consultation = Consultation.from_slots(tracker.slots)
        if consultation is not None and consultation.turn == turn:  # begun in this very turn
            return [SlotSet("requested_slot", consultation.asked)]
        reading, context = Reading.from_message(tracker.latest_message), Context.from_slots(tracker.slots)
        desk = BookDesk(tracker.sender_id)
        if consultation is None:
            taken = opened(reading, desk, context, turn)
        else:
            taken = take(reading, consultation, desk, context, turn)
        for say in taken.says:
            utter(dispatcher, say, booking={"reference": None, "status": "aborted"} if taken.end == "aborted" else None)
        asked = None if taken.end else taken.consultation.asked
        kept = NO_SLOTS if taken.end == "aborted" else taken.consultation.to_slots()
        return [*changed(tracker, {**kept, **taken.context.to_slots()}), SlotSet("requested_slot", asked)]


class AskPreferredTime(TurnAction):
    """Offers times, or asks for a wish where there are none to offer."""

    def name(self) -> str:
        """Return the name by which Rasa's form calls it."""
        return f"action_ask_{FORM}_preferred_time"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Say the question."""
        consultation = Consultation.from_slots(tracker.slots) or Consultation()
        if consultation.by_request or not consultation.offered:
            utter(dispatcher, Say("utter_ask_period"))
            return []
        utter(dispatcher, times_to_choose(consultation, BookDesk(tracker.sender_id)))
        return []


class AskConfirmed(TurnAction):
    """Shows what was collected, and asks whether it is right."""

    def name(self) -> str:
        """Return the name by which Rasa's form calls it."""
        return f"action_ask_{FORM}_confirmed"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Say the summary."""
        consultation = Consultation.from_slots(tracker.slots) or Consultation()
        lines = shown.summary(consultation, BookDesk(tracker.sender_id).zone)
        buttons = (("Send it", None), (CHANGE, None), ("Never mind", None))
        utter(dispatcher, Say("utter_ask_confirmed", values={"summary": lines}, buttons=buttons))
        return []


class BookConsultation(TurnAction):
    """Books what was confirmed; where its time is gone meanwhile, the form asks for another one."""

    def name(self) -> str:
        """Return the action's name in domain.yml."""
        return "action_book_consultation"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        """Say what was stored, with its reference; nothing is said to be booked that is not."""
        consultation = Consultation.from_slots(tracker.slots)
        if consultation is None or not consultation.confirmed:
            return changed(tracker, NO_SLOTS)
        desk = BookDesk(tracker.sender_id)
        if before := _made_before(consultation, tracker.sender_id):
            _tell(dispatcher, before, consultation, desk)
            return changed(tracker, NO_SLOTS)
        try:
            appointment = _booked(consultation, tracker, desk)
        except (SlotTaken, NotOffered):
            utter(dispatcher, Say("utter_booking_time/taken"))
            again = consultation.changed(
                slot=None, confirmed=False, offered=desk.some(lambda _: True), by_request=not desk.free
            )
            return [*changed(tracker, again.to_slots()), FollowupAction(FORM)]
        except BookingError as error:
            _log.warning("a confirmed consultation was not booked: %s", error)
            utter(dispatcher, Say("utter_booking_failed"), booking={"reference": None, "status": "aborted"})
            return changed(tracker, NO_SLOTS)
        _tell(dispatcher, appointment, consultation, desk)
        return changed(tracker, NO_SLOTS)


def turn_of(tracker: Tracker) -> int:
    """Return how many messages the visitor has sent."""
    return sum(event["event"] == "user" for event in tracker.events)


def changed(tracker: Tracker, slots: Any) -> list[EventType]:
    """Return the events that set what the tracker does not hold yet."""
    return [SlotSet(name, value) for name, value in slots.items() if tracker.slots.get(name) != value]


def times_to_choose(consultation: Consultation, desk: BookDesk) -> Say:
    """Return the question which of the offered times suits."""
    titles = [shown.short_time(slot.starts_at, desk.zone) for slot in consultation.offered]
    return Say(
        "utter_ask_time",
        values={"zone": shown.zone_name(consultation.offered[0].starts_at, desk.zone)},
        buttons=(*((title, None) for title in titles), (ASK_THE_OFFICE, None)),
    )


def _made_before(consultation: Consultation, conversation_id: str) -> Appointment | None:
    """Return what a conversation has stored of the very same: a visitor whom no answer reached says yes again."""
    contact = consultation.contacts[0].value
    wanted = (consultation.slot, consultation.patient_name, contact, consultation.reason or "")
    period = consultation.period if consultation.slot is None else None
    for each in book().standing_of(conversation_id):
        if (each.slot, each.patient_name, each.contact, each.reason) == wanted and each.requested_period == period:
            return each
    return None


def _booked(consultation: Consultation, tracker: Tracker, desk: BookDesk) -> Appointment:
    contact = consultation.contacts[0]
    request = Request(
        patient_name=consultation.patient_name or "",
        contact=contact.value,
        contact_kind=contact.kind,
        reason=consultation.reason or "",
        for_whom=consultation.for_whom,
        summary=shown.summary(consultation, desk.zone),
    )
    # The message that confirmed it: asked again after a crash, it books once.
    key = f"{tracker.sender_id}:{tracker.latest_message.get('message_id')}"
    if consultation.slot is None:
        return book().request_callback(key, tracker.sender_id, request, consultation.period)
    return book().book(key, tracker.sender_id, request, consultation.slot)


def _tell(
    dispatcher: CollectingDispatcher, appointment: Appointment, consultation: Consultation, desk: BookDesk
) -> None:
    when = shown.full_time(appointment.slot.starts_at, desk.zone) if appointment.slot else ""
    values = {"time": when, "reference": appointment.reference, "contact": consultation.contacts[0].shown}
    status = _STATUS.get(appointment.status, "requested")
    utter(
        dispatcher,
        Say(f"utter_booking_done/{appointment.status}", values=values),
        booking={"reference": appointment.reference, "status": status},
    )
