"""Takes one text in: the telephone's consent, its conversation, the message in the log, the answers at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from bot.conversations import alarms, transcript
from bot.conversations.records import AtOnce
from bot.gateway import text_replies
from bot.gateway.safety_replies import at_once, triage_record
from bot.gateway.text_answers import put_answer
from bot.notices import outbox as notices
from bot.safety.afterwards import STAYS
from bot.safety.verdicts import Verdict
from bot.sms import codes, outbox, phones
from bot.sms.consent import carrier_word
from bot.sms.models import TextInRow
from bot.sms.steps import step_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from bot.conversations.records import Alarm, Reply
    from bot.gateway.text_answers import Parts
    from bot.sms.models import PhoneRow
    from bot.sms.numbers import TextIn
    from bot.sms.steps import Step

# What an open alarm is answered before. Words about texts themselves, and what was picked, are not.
_YIELDS: Final = frozenset({"say", "only_pictures", "no_words", "other_script", "nothing"})
_CANCEL: Final = "CANCEL"


@dataclass(frozen=True)
class Taken:
    """A text that was taken in. ``waits``: its reply is the assistant's to give."""

    conversation_id: str
    message_id: str
    is_new: bool = True
    waits: bool = False


def take_in(  # noqa: PLR0917 - what a text is taken in with
    session: Session, parts: Parts, phone: PhoneRow, text: TextIn, verdict: Verdict, now: datetime
) -> Taken:
    """Take in a text that is not known yet, inside the caller's transaction, in which the telephone is held.

    ``verdict``: what triage found in its words.
    """
    return _Taking(session, parts, phone, text, verdict, now).taken()


class _Taking:
    def __init__(  # noqa: PLR0917 - what a text is taken in with
        self, session: Session, parts: Parts, phone: PhoneRow, text: TextIn, verdict: Verdict, now: datetime
    ) -> None:
        self._session = session
        self._parts = parts
        self._phone = phone
        self._text = text
        self._now = now
        self._had_opted_out = phone.opted_out_at is not None
        self._goes_on = self._may_go_on()
        # That an answer will come later is on nobody's mind who answers what was asked before it.
        self._last = transcript.last_said(session, phone.conversation_id, outbox.CARRIED) if self._goes_on else None
        is_word = carrier_word(text.words) is not None  # a word to the carrier is a sign of nothing else
        self._step: Step = step_of(
            text,
            opted_out=self._had_opted_out,
            asked_to_stop=phone.asked_to_stop_at is not None,
            choices=phones.offered(session, phone) if self._goes_on else (),
            is_alarm=verdict.is_alarm and not is_word,
            is_booking=self._last is not None and self._last.kind == "booking",
        )
        self._is_for_carrier = is_word and self._step.does != "say"
        words = self._step.words
        self._verdict = verdict if words == text.words else parts.triage().look(words)
        self._has_joined = False

    def taken(self) -> Taken:
        session, step, now = self._session, self._step, self._now
        self._keep_consent()
        conversation_id = self._enter_conversation()
        received = self._parts.log.receive_in(
            session,
            conversation_id,
            step.words,
            self._text.sid,
            triage=triage_record(self._verdict),
            decide=self._decide,
        )
        waits = received.message.state == "pending"
        asked = TextInRow(
            sid=self._text.sid,
            phone_id=self._phone.id,
            conversation_id=conversation_id,
            message_id=received.message.id,
            received_at=now,
            held_until=now + self._parts.hold,
            state="open" if waits else "done",
        )
        session.add(asked)
        session.flush()
        replies = transcript.replies(session, received.message.id)
        if replies and not waits:  # what waits for the assistant is told together with its answer
            extra = text_replies.choices_below(step.does, has_joined=self._has_joined)
            is_goodbye = step.does == "opt_out"
            put_answer(session, self._parts.settings, asked, replies, now, extra, is_consent=is_goodbye)
        self._phone.last_text_at = now
        return Taken(conversation_id, received.message.id, waits=waits)

    def _may_go_on(self) -> bool:
        """Whether the telephone's conversation goes on: after no long pause, or with an alarm that is still open."""
        conversation_id = self._phone.conversation_id
        if conversation_id is None:
            return False
        if not phones.is_idle(self._phone, self._now):
            return True
        return alarms.open_of(alarms.of(self._session, conversation_id)) is not None

    def _keep_consent(self) -> None:
        step = self._step
        if step.does == "opt_out":
            phones.opt_out(self._session, self._phone, step.how, self._now)
        elif step.does == "opt_in":
            phones.opt_in(self._session, self._phone, step.how, self._now)
        self._phone.asked_to_stop_at = self._now if step.does == "ask_to_stop" else None

    def _enter_conversation(self) -> str:
        session, phone, step, now = self._session, self._phone, self._step, self._now
        joined = codes.redeem(session, self._parts.cipher, phone, step.code, now) if step.does == "join_chat" else None
        self._has_joined = joined is not None
        if joined is None and self._goes_on and step.does != "leave_chat":
            return str(phone.conversation_id)
        conversation_id = joined or self._parts.log.start_in(session, "sms")[0]
        phones.enter(session, phone, conversation_id, now)
        return conversation_id

    def _decide(self, found: Sequence[Alarm]) -> AtOnce | None:
        """Return what is answered at once: an alarm before all else, then what the gateway says itself."""
        step = self._step
        if step.does == "opt_out" and step.how == _CANCEL:
            self._tell_of_cancel()
        alarm = None if self._is_for_carrier else self._alarm(found)
        if alarm is not None and (step.does in _YIELDS or alarm.raised):
            is_silent = self._had_opted_out or step.answered
            return replace(alarm, replies=() if is_silent else alarm.replies, goes_on=alarm.goes_on and not is_silent)
        if step.does == "say":
            return None
        own = self._own_replies()
        if step.does == "opt_in" and own and alarms.open_of(found) is not None:  # raised when nobody could answer it
            still = at_once(Verdict(), lambda: STAYS, found, phone=self._parts.settings.clinic_phone, channel="sms")
            own = (*(still.replies if still else ()), *own)
        return AtOnce(own, always=step.does not in _YIELDS)

    def _alarm(self, found: Sequence[Alarm]) -> AtOnce | None:
        words, triage = self._step.words, self._parts.triage
        phone = self._parts.settings.clinic_phone
        return at_once(
            self._verdict,
            lambda: triage().afterwards.said(words),
            found,
            phone=phone,
            channel="sms",
            asks="?" in words,
        )

    def _own_replies(self) -> tuple[Reply, ...]:
        step, settings = self._step, self._parts.settings
        if step.answered:
            return ()
        if step.does == "join_chat":
            return (text_replies.joined(settings, is_right=self._has_joined),)
        if step.does == "pick_a_number" and self._last is not None:
            return (text_replies.pick_a_number(self._last),)
        if step.does == "more":
            return (text_replies.more(step, self._last),)
        own = text_replies.own_reply(step.does, settings)
        return (own,) if own else ()

    def _tell_of_cancel(self) -> None:
        """Tell staff, since somebody who texts CANCEL may have meant an appointment."""
        conversation_id = str(self._phone.conversation_id)
        content: dict[str, Any] = {
            "event": "text_cancel",
            "conversation": conversation_id,
            "at": self._now.isoformat(timespec="seconds"),
            "subject": "CANCEL by text message: texts stopped, appointments kept",
            "text": (
                "Somebody has texted CANCEL. By the carriers' rules that stops all texts to this person, and it has. "
                "Any appointment is kept. If they meant an appointment, please call them.\n\n"
                f"Conversation: {conversation_id}\n"
                f"Read it, with the telephone's number, with:\n  python -m bot texts show {conversation_id}\n"
            ),
        }
        notices.add(self._session, f"text-cancel:{self._text.sid}", self._parts.ways, content, self._now)
