"""What staff and the gateway ask about telephones: codes to join a chat, and whose number a conversation is."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from bot.sms import codes, phones
from bot.sms.models import PhoneConversationRow, PhoneRow, TextInRow
from bot.storage.retry import Sleep, retried

if TYPE_CHECKING:
    from bot.storage.encryption import Cipher
    from bot.storage.engine import Database

_SIDS: Final = ("SM", "MM")


class PhoneBook:
    """Each method is one transaction of its own. They block, and may be called from any thread or process at once."""

    def __init__(
        self,
        database: Database,
        cipher: Cipher,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Sleep = time.sleep,
    ) -> None:
        self._database = database
        self._cipher = cipher
        self._clock = clock
        self.sleep = sleep

    @retried
    def new_code(self, conversation_id: str) -> tuple[str, datetime]:
        """Return a one-time code by which a telephone joins a conversation, and when it ends."""
        with self._database.write() as session:
            return codes.put(session, self._cipher, conversation_id, self._clock())

    @retried
    def numbers_of(self, conversation_id: str) -> list[str]:
        """Return the numbers of the telephones that have been in a conversation; none for one of the widget alone."""
        with self._database.read() as session:
            found = session.execute(
                select(PhoneRow.number)
                .join(PhoneConversationRow, PhoneConversationRow.phone_id == PhoneRow.id)
                .where(PhoneConversationRow.conversation_id == conversation_id)
                .order_by(PhoneConversationRow.began_at)
            )
            return [self._cipher.decrypt(number) for number in found.scalars()]

    @retried
    def before(self, conversation_id: str) -> list[str]:
        """Return the ids of the conversations that its telephone was in before this one, the latest first."""
        with self._database.read() as session:
            return phones.before(session, conversation_id)

    def came_by_text(self, conversation_id: str, client_message_id: str | None) -> bool:
        """Tell whether a visitor's message came as a text, and not by the widget."""
        if client_message_id is None or not client_message_id.startswith(_SIDS):
            return False
        return self._is_text(conversation_id, client_message_id)

    @retried
    def _is_text(self, conversation_id: str, sid: str) -> bool:
        where = (TextInRow.sid == sid, TextInRow.conversation_id == conversation_id)
        with self._database.read() as session:
            return session.execute(select(TextInRow.sid).where(*where)).first() is not None
