"""A bare "yes" by text, which confirms no booking: also where it was sent before the question was there."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bot.conversations import transcript
from bot.gateway import text_replies
from bot.sms import outbox
from bot.sms.consent import carrier_word
from bot.storage.retry import Sleep, retried

if TYPE_CHECKING:
    from bot.conversations.records import Channel, Message, Reply
    from bot.storage.engine import Database


class TextYes:
    """Looks at a text whose turn has come, when all that was said before it has been answered."""

    def __init__(self, database: Database, sleep: Sleep = time.sleep) -> None:
        self._database = database
        self.sleep = sleep

    def reply_to(self, message: Message, channel: Channel) -> Reply | None:
        """Return the choices once more for a bare "yes" to those of a booking; None for what the assistant answers."""
        if channel != "sms" or carrier_word(message.text) != "yes":
            return None
        last = self._last_before(message)
        return text_replies.pick_a_number(last) if last and last.kind == "booking" and last.buttons else None

    @retried
    def _last_before(self, message: Message) -> Message | None:
        with self._database.read() as session:
            messages = transcript.after(session, message.conversation_id, 0, None)
            carried = outbox.carried_among(session, [each.id for each in messages])
        later = {each.id for each in messages if each.seq > message.seq}
        ours = (each for each in reversed(messages) if each.author != "visitor" and each.id not in carried)
        return next((each for each in ours if each.in_reply_to not in later), None)
