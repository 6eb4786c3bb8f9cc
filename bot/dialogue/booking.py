"""Takes a message while a consultation is being booked: details, corrections, questions in between, or the end."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from typing import Final, Literal

from bot.booking.words import answers
from bot.booking.words.details import Asked, Details, is_time, read_details
from bot.dialogue import booking_details, corrections
from bot.dialogue.asides import ANSWERED, LIKELY, Heard
from bot.dialogue.consultation import CONFIRMED, CONTACT, REASON, TIME, Consultation
from bot.dialogue.context import Context
from bot.dialogue.corrections import ASKS
from bot.dialogue.desk import Desk
from bot.dialogue.plan import Say
from bot.dialogue.reading import Reading
from bot.nlu.labels import BOOKING, topic_of

End = Literal["confirmed", "aborted"]

CHANGE: Final = "Change something"  # the title of a button
_MOST_MISSES: Final = 2
# Words that are no listed yes book only if they are few and can hardly mean anything else.
_PLAIN: Final = 0.9
_FEW_WORDS: Final = 6
_DROPS: Final = re.compile(
    r"\b(cancel|forget|drop|stop|scrap|leave it|not now|don'?t (send|book|want)|changed my mind|never ?mind)\b",
    re.IGNORECASE,
)
_SMALL: Final = frozenset({"smalltalk", "affirm", "deny", "book_consultation"})
_IN_BETWEEN: Final = ANSWERED | {"manage_booking"}
# What is said in place of what cannot be done at the same time.
_INSTEAD: Final = {"manage_booking": "utter_booking_first", "talk_to_human": "utter_talk_to_human"}


@dataclass(frozen=True)
class Taken:
    """What a message comes to: what is said before the next detail is asked for, and the end if it is reached."""

    consultation: Consultation
    context: Context
    says: tuple[Say, ...] = ()
    end: End | None = None


def opened(reading: Reading, desk: Desk, context: Context, turn: int) -> Taken:
    """Return a new consultation, with what the message that asks for it tells already."""
    taking = _Taking(reading, Consultation(by_request=not desk.free), desk, context, turn)
    return taking.opened()


def take(reading: Reading, consultation: Consultation, desk: Desk, context: Context, turn: int) -> Taken:
    """Return what a message comes to; ``turn`` counts the visitor's messages."""
    return _Taking(reading, consultation, desk, context, turn).taken()


class _Taking:
    def __init__(
        self,
        reading: Reading,
        consultation: Consultation,
        desk: Desk,
        context: Context,
        turn: int,
    ) -> None:
        self._heard = Heard(reading, _IN_BETWEEN)
        self._text = reading.text
        self._before = consultation
        self._now = consultation
        self._asked = consultation.asked
        self._desk = desk
        self._context = context
        self._turn = turn
        self._says: list[Say] = []

    def opened(self) -> Taken:
        details = self._details(None)
        self._now = booking_details.first(self._now, details, self._desk)
        if self._now.by_request and is_time(details.time):
            self._now = self._now.changed(period=booking_details.in_own_words(self._text))
        return Taken(self._now.changed(turn=self._turn), self._context, (Say("utter_booking_begins"),))

    def taken(self) -> Taken:
        if answers.wants_to_stop(self._text) or self._heard.means("abort") or self._drops_it():
            self._desk.release()
            self._say("utter_booking_aborted")
            return self._done("aborted")
        return self._done(self._at_the_summary() if self._asked == CONFIRMED else self._at_a_detail())

    def _drops_it(self) -> bool:
        """Whether a "no" at the summary calls the whole booking off: nothing is booked before a plain yes."""
        unlike_change = self._heard.likely(f"{BOOKING}/abort") > self._heard.likely(f"{BOOKING}/change")
        return self._asked == CONFIRMED and bool(_DROPS.search(self._text)) and unlike_change

    def _done(self, end: End | None = None) -> Taken:
        missed = end is None and not self._says and self._now == self._before
        misses = self._before.misses + 1 if missed else 0
        if missed:
            self._say(f"utter_booking_not_understood/{ASKS[self._asked]}")
            if misses >= _MOST_MISSES:
                self._say("utter_booking_ways_out")
        # A "yes" after the end is no wish to begin again.
        context = self._context.changed(action=None) if end else self._context
        return Taken(self._now.changed(misses=misses, turn=self._turn), context, tuple(self._says), end)

    # While a detail is asked for

    def _at_a_detail(self) -> End | None:
        if self._is_about_another() and self._in_between():
            return None
        details = self._details(ASKS[self._asked])
        if self._takes(details) and self._use(details, self._wrong_ones()):
            if details.contacts and self._heard.is_aside:
                self._in_between()
            return None
        if answers.asks_why(self._text) or self._heard.means("why"):
            self._say(f"utter_booking_why/{ASKS[self._asked]}")
        elif self._declines():
            return self._declined()
        elif wrong := self._wrong_ones():
            self._use(booking_details.NOTHING, wrong)
        elif problem := booking_details.problem(self._asked, self._text):
            self._say(problem)
        elif self._heard.is_aside and self._in_between():
            pass
        elif not (self._asked == TIME and self._other_times()):
            self._something_else()
        return None

    def _declines(self) -> bool:
        if self._asked == TIME and booking_details.NONE_FITS.match(self._text.strip()):
            return False  # of the times
        said_so = answers.declines(self._text) or self._heard.means("decline")
        return said_so or (self._asked != TIME and self._says_no())

    def _something_else(self) -> None:
        """Take what is no detail: a complaint told early, what was said already, or what is not about the booking."""
        label = self._heard.label or ""
        if label == "book_consultation":
            self._say("utter_booking_under_way")
        elif topic_of(label).startswith("symptom") and not self._heard.is_question and not self._now.has(REASON):
            self._now = self._now.changed(reason=booking_details.in_own_words(self._text))
            self._say("utter_booking_time/noted")
        elif self._heard.may_be_aside and label != "out_of_scope/nonsense":
            self._in_between()

    def _takes(self, details: Details) -> bool:
        """Whether the message is taken for details, and not for a question that happens to hold a word like one."""
        if self._asked == REASON and self._heard.likely_group(_SMALL) >= LIKELY:
            return False
        return details.contacts != () or not self._heard.is_aside

    def _wrong_ones(self) -> frozenset[str]:
        """Return the details, given before, that the message says are wrong; a reason may hold such words too."""
        if self._asked == REASON and not corrections.is_about_a_detail(self._text):
            return frozenset()
        named = corrections.read(self._text)
        return frozenset(detail for detail in named if detail != self._asked and self._now.has(detail))

    def _use(self, details: Details, wrong: frozenset[str]) -> bool:
        """Take over what the message tells; whether it tells anything."""
        if REASON in wrong:
            details = corrections.corrected(details)
        elif wrong and self._asked == REASON:
            details = dataclasses.replace(details, reason=None)
        used = booking_details.used(self._now, details, self._desk, asked=self._asked, wrong=wrong, text=self._text)
        if used is None:
            return False
        self._now, says = used
        self._says += says
        if wrong and not says and all(map(self._now.has, wrong)):
            self._say("utter_booking_changed")
        return True

    def _other_times(self) -> bool:
        found = booking_details.other_times(
            self._now, self._text, self._desk, none_fits=self._heard.means("none_fit") or answers.is_no(self._text)
        )
        if found is None:
            return False
        self._now, name = found
        self._say(name)
        return True

    def _declined(self) -> End | None:
        asked, again = self._asked, self._asked in self._now.declined
        self._now = self._now.changed(declined=(*self._now.declined, asked))
        if asked == REASON:
            self._now = self._now.changed(reason=booking_details.NO_REASON)
            self._say("utter_booking_declined/reason")
        elif asked == TIME:
            self._desk.release()
            self._now = self._now.changed(period=booking_details.ANY_TIME, slot=None)
            self._say("utter_booking_time/by_office")
        elif again and asked == CONTACT:
            self._desk.release()
            self._say("utter_booking_without_contact")
            return "aborted"
        else:
            self._say(f"utter_booking_declined/{ASKS[asked]}")
            if again:
                self._say("utter_booking_ways_out")
        return None

    # At the summary

    def _at_the_summary(self) -> End | None:
        named = corrections.named(self._text)
        details = self._details("confirm")
        if self._is_about_another() and self._in_between():
            pass
        elif named:
            self._use(details, named)
        elif answers.is_yes(self._text):
            return self._confirmed()
        elif answers.asks_why(self._text) or self._heard.means("why"):
            self._say("utter_booking_why/confirm")
        elif self._heard.is_aside and self._in_between():
            pass
        elif answers.is_no(self._text) or self._text.strip() == CHANGE:
            self._say("utter_booking_what_to_change")
        elif self._tells(details):
            self._use(details, frozenset())
        elif self._heard.likely("affirm") >= _PLAIN and len(self._text.split()) <= _FEW_WORDS:
            return self._confirmed()
        elif self._heard.likely("deny") >= LIKELY or self._heard.means("change") or self._heard.means("none_fit"):
            self._say("utter_booking_what_to_change")
        else:
            self._in_between()
        return None

    def _confirmed(self) -> End:
        self._now = self._now.changed(confirmed=True)
        return "confirmed"

    @staticmethod
    def _tells(details: Details) -> bool:
        return bool(details.name or details.contacts or is_time(details.time))

    # What the message is

    def _details(self, asked: Asked | None) -> Details:
        desk = self._desk
        return read_details(self._text, asked, self._now.offered, desk.now, desk.zone, all_free=desk.free)

    def _is_about_another(self) -> bool:
        """Whether the message is about an appointment made before, and not about the time of this one."""
        likely = self._heard.likely("manage_booking") >= LIKELY
        return likely and corrections.is_about_another_booking(self._text)

    def _says_no(self) -> bool:
        return answers.is_no(self._text) or self._heard.likely("deny") >= LIKELY

    def _in_between(self) -> bool:
        """Answer what does not belong to the booking; False if nothing like that was understood."""
        answered = self._heard.answered(self._context, self._turn, _INSTEAD)
        if answered is None:
            return False
        says, self._context = answered
        self._says += says
        return True

    def _say(self, response: str) -> None:
        self._says.append(Say(response))
