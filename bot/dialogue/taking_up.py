"""Which messages go on about an appointment although they were not understood as a wish to change one."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.booking.words.changes import read_change
from bot.dialogue.appointment import Errand
from bot.dialogue.appointments import Appointments
from bot.dialogue.reading import Reading
from bot.nlu.decision import decide
from bot.nlu.labels import FOLLOW_UP, intent_of

_JUST: Final = timedelta(minutes=15)  # since something was stored, so that "no wait, keep it" is about it
_ABOUT_ELSE: Final = frozenset(
    {"faq", "not_in_source", "personal_advice", "out_of_scope", "talk_to_human", "book_consultation"}
)
_MAY_BE_ABOUT_ELSE: Final = frozenset({FOLLOW_UP, "smalltalk"})


def takes_up(reading: Reading, before: Errand | None, desk: Appointments, turn: int) -> bool:
    """Tell whether a message is about an appointment by its words and by what was done before.

    It is after an errand that ended a few messages ago, or where this conversation has made an appointment that stands:
    "no wait, keep it", "so is it still on?", "make it friday instead". ``before``: the errand that ended last.
    """
    change = read_change(reading.text)
    intent = intent_of(decide(reading.whole.labels).label or "")
    if change is None or intent in _ABOUT_ELSE:
        return False
    if before and before.is_fresh(turn):
        return True
    standing = desk.standing()
    just = any(desk.now - each.changed_at < _JUST for each in standing)
    return bool(standing) and (just or (change != "keep" and intent not in _MAY_BE_ABOUT_ELSE))
