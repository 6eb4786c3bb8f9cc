"""Text messages that go out: written down with what they answer, handed to Twilio once, tried until it has them."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.orm import aliased
from ulid import ULID

from bot.sms import phones
from bot.sms.models import CarriedMessageRow, PhoneRow, TextInRow, TextOutRow
from bot.sms.quiet import ANYWHERE, may_send_at
from bot.storage.retry import Sleep, retried

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from bot.storage.encryption import Cipher
    from bot.storage.engine import Database

Kind = Literal["safety", "answer", "consent"]

OPTED_OUT: Final = 21610  # Twilio's error: the carrier lets nothing through to somebody who has opted out
_IN_WEBHOOK_SECONDS: Final = 20.0  # what a webhook took and did not confirm, the outbox sends after that
_TAKEN_SECONDS: Final = 60.0
_FIRST_PAUSE: Final = 5.0
_LONGEST_PAUSE: Final = 900.0
_TOO_LATE: Final = timedelta(hours=24)
_RANK: Final = {
    **dict.fromkeys(("accepted", "scheduled"), 0),
    "queued": 1,
    "sending": 2,
    "sent": 3,
    **dict.fromkeys(("delivered", "undelivered", "failed", "canceled"), 4),
    "read": 5,
}

CARRIED: Final = select(CarriedMessageRow.message_id)  # messages that a text carries by itself


@dataclass(frozen=True)
class TextOut:
    """A text message to be sent: our id of it, the telephone's number, the words, and which try this is."""

    id: str
    number: str
    text: str
    attempts: int


def add(session: Session, asked: TextInRow | None, phone: PhoneRow, *, text: str, kind: Kind, now: datetime) -> str:
    """Write down the reply to a text that came in; return its id. The webhook may give it back while it is held.

    ``asked`` is None for what answers no text: it counts as the answer to the last one.
    """
    row = TextOutRow(
        id=str(ULID.from_datetime(now)),
        phone_id=phone.id,
        conversation_id=asked.conversation_id if asked else phone.conversation_id,
        reply_to=asked.sid if asked else None,
        text=text,
        kind=kind,
        state="waiting",
        created_at=now,
        asked_at=asked.received_at if asked else phone.last_text_at or phone.created_at,
        due_at=max(now, asked.held_until) if asked else now,
        attempts=0,
    )
    session.add(row)
    session.flush()
    return str(row.id)


def carry(session: Session, text_id: str, message_id: str) -> None:
    """Note which message a text carries that answers none."""
    session.add(CarriedMessageRow(text_id=text_id, message_id=message_id))


def carried_among(session: Session, message_ids: Sequence[str]) -> set[str]:
    """Return those of the messages that a text carries by itself, and that are no part of a reply."""
    found = session.execute(select(CarriedMessageRow.message_id).where(CarriedMessageRow.message_id.in_(message_ids)))
    return set(found.scalars())


def drop_unsent(session: Session, message_ids: Collection[str]) -> None:
    """Drop the texts that carry these messages, unless they were sent already."""
    carrying = select(CarriedMessageRow.text_id).where(CarriedMessageRow.message_id.in_(message_ids))
    unsent = (TextOutRow.id.in_(carrying), TextOutRow.state == "waiting", TextOutRow.attempts == 0)
    session.execute(_changed(TextOutRow, *unsent, state="dropped"))


class TextOutbox:
    """The side that sends. Several processes may take from it; each text is with one of them at a time."""

    def __init__(
        self,
        database: Database,
        cipher: Cipher,
        zones: Sequence[ZoneInfo] = ANYWHERE,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Sleep = time.sleep,
    ) -> None:
        """``zones``: where it must be day for what is not sent at any hour."""
        self._database = database
        self._cipher = cipher
        self._zones = zones
        self._clock = clock
        self.sleep = sleep

    @retried
    def claim(self, sid: str) -> tuple[str, str] | None:
        """Return id and words of the reply to a text that came in, for the webhook to give back; None if it may not.

        It may once, and not before an older text of the telephone has been handed over.
        """
        with self._database.write() as session:
            row = session.execute(
                select(TextOutRow)
                .where(TextOutRow.reply_to == sid, TextOutRow.state == "waiting", TextOutRow.attempts == 0, _first())
                .with_for_update()
            ).scalar_one_or_none()
            if row is None or not _wanted(session, row):
                return None
            row.attempts = 1
            row.due_at = self._clock() + timedelta(seconds=_IN_WEBHOOK_SECONDS)
            return row.id, row.text

    @retried
    def let_go(self, sid: str) -> None:
        """Let the outbox send the reply to a text, now or as soon as there is one, since its webhook has ended."""
        now = self._clock()
        with self._database.write() as session:
            session.execute(_changed(TextInRow, TextInRow.sid == sid, TextInRow.held_until > now, held_until=now))
            unclaimed = (TextOutRow.reply_to == sid, TextOutRow.state == "waiting", TextOutRow.attempts == 0)
            session.execute(_changed(TextOutRow, *unclaimed, due_at=now))

    @retried
    def take(self) -> TextOut | None:
        """Return the text that is due longest, or None. It is with the caller for a minute.

        What may not be sent any more is dropped, and what may not be sent at night is put off.
        """
        with self._database.write() as session:
            while (row := self._due(session)) is not None:
                now = self._clock()
                allowed = now if row.kind == "safety" else may_send_at(now, row.asked_at, self._zones)
                if not _wanted(session, row) or now - row.created_at > _TOO_LATE:
                    row.state = "dropped"
                elif allowed > now:
                    row.due_at = allowed
                else:
                    row.due_at = now + timedelta(seconds=_TAKEN_SECONDS)
                    row.attempts += 1
                    phone = session.get(PhoneRow, row.phone_id)
                    return TextOut(row.id, self._cipher.decrypt(phone.number), row.text, row.attempts)
                session.flush()
        return None

    @retried
    def handed(self, text_id: str, twilio_sid: str | None = None) -> None:
        """Keep that Twilio has a text; it is never sent again."""
        values: dict[str, Any] = {"state": "handed", "handed_at": self._clock(), "error": None}
        with self._database.write() as session:
            # It may have been dropped while it was on its way.
            on_its_way = (TextOutRow.id == text_id, TextOutRow.state.in_(("waiting", "dropped")))
            session.execute(_changed(TextOutRow, *on_its_way, **values))
            if twilio_sid:
                nameless = (TextOutRow.id == text_id, TextOutRow.twilio_sid.is_(None))
                session.execute(_changed(TextOutRow, *nameless, twilio_sid=twilio_sid))

    @retried
    def failed(self, text: TextOut, error: int | None, *, for_good: bool) -> None:
        """Let a text be due again after a pause that doubles each time; never again if it failed for good.

        An error that says that the person has opted out counts as their word.
        """
        now = self._clock()
        pause = min(_FIRST_PAUSE * 2 ** (text.attempts - 1), _LONGEST_PAUSE)
        values = {"state": "refused"} if for_good else {"due_at": now + timedelta(seconds=pause)}
        with self._database.write() as session:
            waiting = (TextOutRow.id == text.id, TextOutRow.state == "waiting")
            session.execute(_changed(TextOutRow, *waiting, error=error, **values))
            if error == OPTED_OUT:
                _opted_out(session, text.id, now)

    @retried
    def progressed(self, text_id: str, twilio_sid: str, status: str, error: int | None) -> bool:
        """Keep what Twilio says of a text, if it is further than what it said before; tell whether it was."""
        if status not in _RANK:
            return False
        now = self._clock()
        with self._database.write() as session:
            row = session.execute(
                select(TextOutRow).where(TextOutRow.id == text_id).with_for_update()
            ).scalar_one_or_none()
            if row is None or (row.twilio_sid or twilio_sid) != twilio_sid:
                return False
            if row.status is not None and _RANK[status] <= _RANK[row.status]:
                return False
            row.twilio_sid, row.status, row.error = twilio_sid, status, error
            if row.state == "waiting":  # Twilio has it, though whoever handed it over could not say so any more
                row.state, row.handed_at = "handed", now
            if error == OPTED_OUT:
                _opted_out(session, text_id, now)
            return True

    def _due(self, session: Session) -> Any:
        return (
            session.execute(
                select(TextOutRow)
                .where(TextOutRow.state == "waiting", TextOutRow.due_at <= self._clock(), _first())
                .order_by(TextOutRow.due_at, TextOutRow.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            .scalars()
            .first()
        )


def _first() -> Any:
    """No older text of the same telephone waits: Twilio does not keep their order. An alarm waits for none."""
    older = aliased(TextOutRow)
    waits = and_(older.phone_id == TextOutRow.phone_id, older.state == "waiting", older.id < TextOutRow.id)
    return or_(TextOutRow.kind == "safety", ~exists().where(waits))


def _wanted(session: Session, row: TextOutRow) -> bool:
    """Whether the telephone may be written to; the one text that says that it has opted out may still go."""
    phone = session.get(PhoneRow, row.phone_id)
    return row.kind == "consent" or phone.opted_out_at is None


def _opted_out(session: Session, text_id: str, now: datetime) -> None:
    phone_id = select(TextOutRow.phone_id).where(TextOutRow.id == text_id).scalar_subquery()
    phone = session.execute(select(PhoneRow).where(PhoneRow.id == phone_id).with_for_update()).scalars().first()
    if phone is not None:
        phones.opt_out(session, phone, "carrier", now)


def _changed(table: Any, *where: Any, **values: Any) -> Any:
    return update(table).where(*where).values(**values).execution_options(synchronize_session=False)
