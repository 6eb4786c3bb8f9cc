"""Plays Rasa for a conversation: actions run on trackers made by hand, over a real book, with labels made by hand."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from datetime import datetime

import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

import actions.appointments
import actions.consultation_form
from actions.appointment_form import AfterAppointment, AskAppointmentStep, ValidateAppointmentForm
from actions.consultation_form import AskConfirmed, AskPreferredTime, BookConsultation, ValidateConsultationForm
from actions.reply import Reply as ReplyAction
from bot.booking.book import Book
from bot.gateway.assistant_client import Turn
from bot.gateway.reading import read_replies
from bot.settings import ROOT

# What the classifier makes of a message that says nothing to it, such as a name.
UNCERTAIN = dict.fromkeys(
    (
        "faq/definition",
        "faq/scs",
        "faq/rfa",
        "smalltalk/greeting",
        "affirm",
        "deny",
        "booking/change",
        "manage_booking",
        "book_consultation",
        "out_of_scope/general",
    ),
    0.1,
)
_OF_GATEWAY = ("topic", "passages", "clarifies", "booking", "buttons", "response")
_ACTIONS = {
    action.name(): action
    for action in (
        ReplyAction(),
        ValidateConsultationForm(),
        AskPreferredTime(),
        AskConfirmed(),
        BookConsultation(),
        ValidateAppointmentForm(),
        AskAppointmentStep(),
        AfterAppointment(),
    )
}
# What data/rules.yml says follows a form.
_AFTER = {"consultation_form": "action_book_consultation", "appointment_form": "action_after_appointment"}


@functools.cache
def domain():
    return yaml.safe_load((ROOT / "domain.yml").read_text())


def put_in_place(monkeypatch, book, availability, clock):
    """Let the actions use this book and this clock."""

    class Now(datetime):
        @classmethod
        def now(cls, tz=None):
            return clock().astimezone(tz)

    monkeypatch.setattr(actions.appointments, "datetime", Now)
    monkeypatch.setattr(actions.appointments, "availability", lambda: availability)
    monkeypatch.setattr(actions.appointments, "book", lambda: book)
    monkeypatch.setattr(actions.consultation_form, "book", lambda: book)


def states(chat):
    """Status and reference of each booking that the replies to the last message tell of."""
    return [(each.booking.status, each.booking.reference) for each in chat.said if each.booking]


@dataclass
class Chat:
    """One conversation. ``said``: all replies to the last message; ``responses``: their names in domain.yml."""

    book: Book
    conversation_id: str
    slots: dict = field(default_factory=lambda: dict.fromkeys(domain()["slots"]))
    events: list = field(default_factory=list)
    form: str | None = None
    said: list = field(default_factory=list)
    responses: list = field(default_factory=list)
    channel: str | None = None

    def say(self, text, labels=None, *, message_id=None):
        """Send a message; ``labels``: what the classifier makes of it, as one certain label or with probabilities."""
        labels = {labels: 0.95} if isinstance(labels, str) else labels or UNCERTAIN
        message = {
            "text": text,
            "labels": [{"label": label, "confidence": value} for label, value in labels.items()],
            "entities": [],
            "message_id": message_id or f"message-{len(self.events)}",
        }
        self.events.append({"event": "user", "text": text, "parse_data": message})
        self._message, self._heard = message, []
        self._before = dict(self.slots), self.form
        self._act(self.form or "action_reply")
        self.said = read_replies(Turn(replies=self._heard))
        self.responses = [each["response"].removeprefix("utter_") for each in self._heard]
        if self.form == "appointment_form":
            last = self.said[-1]
            assert (last.kind, last.topic, last.asks) == ("booking", "manage_booking", None)
        return self.text

    def again(self):
        """Send the last message once more as it was, as after a crash before what it came to was kept."""
        message, (self.slots, self.form) = self._message, self._before
        self.events.pop()
        labels = {each["label"]: each["confidence"] for each in message["labels"]}
        return self.say(message["text"], labels, message_id=message["message_id"])

    @property
    def made(self):
        """What this conversation has made and still stands."""
        return self.book.standing_of(self.conversation_id)

    @property
    def text(self):
        return "\n".join(each.text for each in self.said)

    @property
    def titles(self):
        return [button.title for reply in self.said for button in reply.buttons]

    def _act(self, name):
        while name:
            name = self._form(name) if name in domain()["forms"] else self._run(name)

    def _form(self, form):
        self.form = form
        self._run(f"validate_{form}")
        step = self.slots["requested_slot"]
        if step is None:
            self.form = None
            return _AFTER[form]
        asking = f"action_ask_{form}_{step}"
        if asking in _ACTIONS:
            self._run(asking)
        else:
            self._utter({"response": f"utter_ask_{form}_{step}", "buttons": []})
        return None

    def _run(self, name):
        loop = {"name": self.form} if self.form else {}
        tracker = Tracker(self.conversation_id, dict(self.slots), self._message, self.events, False, None, loop, name)
        dispatcher = CollectingDispatcher()
        following = None
        for event in _ACTIONS[name].run(dispatcher, tracker, {}):
            if event["event"] == "slot":
                assert event["name"] in self.slots or event["name"] == "requested_slot"
                self.slots[event["name"]] = event["value"]
            else:
                following = event["name"]
        for message in dispatcher.messages:
            self._utter(message)
        return following

    def _utter(self, message):
        variants = {each.get("channel"): each["text"] for each in domain()["responses"][message["response"]]}
        text = variants.get(self.channel) or variants[None]
        given = {name: message.get(name) for name in _OF_GATEWAY}
        self._heard.append({**given, "text": text.format(**message)})
