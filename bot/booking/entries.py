"""Writing appointments: each change with its history, its key and its notice. Inside the caller's transaction."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from ulid import ULID

from bot.booking import notices
from bot.booking.errors import NoSuchAppointment
from bot.booking.locks import alone
from bot.booking.models import SEALED, AppointmentChangeRow, AppointmentRow, BookingKeyRow
from bot.booking.records import Appointment
from bot.booking.references import new_reference, shown
from bot.booking.slots import Slot
from bot.notices import outbox
from bot.storage.types import storable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from bot.booking.hours import Availability
    from bot.booking.records import By, Did, Request
    from bot.notices.outbox import Way
    from bot.storage.encryption import Cipher

    Then = Callable[[Session, Appointment], None]

KEY_MAX = 200  # characters; an index of PostgreSQL holds no more than 2,700 bytes


def new_row(
    session: Session, now: datetime, time_zone: str, conversation_id: str | None, slot: Slot | None = None
) -> AppointmentRow:
    """Return a new row of version 0, with a reference that nobody has; the caller completes and adds it."""
    reference = new_reference()
    while session.execute(select(AppointmentRow.id).where(AppointmentRow.reference == reference)).first():
        reference = new_reference()
    row = AppointmentRow(
        id=str(ULID.from_datetime(now)),
        reference=reference,
        version=0,
        status="proposed",
        time_zone=time_zone,
        conversation_id=conversation_id,
        created_at=now,
        changed_at=now,
    )
    place(row, slot)
    return row


def place(row: AppointmentRow, slot: Slot | None) -> None:
    """Give an appointment its time."""
    row.schedule, row.starts_at, row.ends_at = (slot.schedule, slot.starts_at, slot.ends_at) if slot else (None,) * 3


def fill(row: AppointmentRow, request: Request, cipher: Cipher, requested_period: str | None = None) -> None:
    """Put down what was asked for; the patient's words are encrypted."""
    for name, value in (asdict(request) | {"requested_period": requested_period}).items():
        setattr(row, name, cipher.encrypt(storable(value)) if name in SEALED and value is not None else value)


def done_before(session: Session, key: str, cipher: Cipher) -> Appointment | None:
    """Return the appointment that was made or changed under this key, as it is now; None for a new key.

    Others with the key wait until the end of this transaction. Raises ValueError for an empty key or one of more than
    KEY_MAX characters.
    """
    if not 0 < len(key) <= KEY_MAX:
        raise ValueError(f"key must have 1 to {KEY_MAX} characters")
    alone(session, "key", key)
    found = session.execute(
        select(AppointmentRow)
        .join(BookingKeyRow, BookingKeyRow.appointment_id == AppointmentRow.id)
        .where(BookingKeyRow.key == key)
    )
    row = found.scalars().first()
    return None if row is None else to_appointment(row, cipher)


def locked(session: Session, appointment_id: str) -> AppointmentRow:
    """Return the row of an appointment, which others cannot change until the end. Raises NoSuchAppointment."""
    found = session.execute(
        select(AppointmentRow)
        .where(AppointmentRow.id == appointment_id, AppointmentRow.expires_at.is_(None))
        .with_for_update()
    )
    row: AppointmentRow | None = found.scalars().first()
    if row is None:
        raise NoSuchAppointment
    return row


class Entry:
    """One change of an appointment, from before to after."""

    def __init__(self, session: Session, row: AppointmentRow, key: str, now: datetime, cipher: Cipher) -> None:
        self._session, self._row, self._key, self._now, self._cipher = session, row, key, now, cipher
        self._before = None if row.version == 0 else _state(row)
        self._slot_before = None if row.version == 0 else slot_of(row)

    def write(
        self, did: Did, by: By, ways: Sequence[Way], availability: Availability | None, then: Then | None = None
    ) -> Appointment:
        """Write the changed row with history, key and notice to staff, and do ``then``; return the appointment."""
        session, row = self._session, self._row
        row.version += 1
        row.changed_at = self._now
        session.add(row)
        session.flush()
        session.refresh(row)  # the column types may have changed what was given
        appointment = to_appointment(row, self._cipher)
        what = {"did": did, "old": self._before, "new": _state(row)}
        session.add(
            AppointmentChangeRow(appointment_id=row.id, version=row.version, at=self._now, made_by=by, what=what)
        )
        self._keep_key(did)
        if did in notices.TOLD:
            content = notices.content(appointment, did, by, self._slot_before, availability)
            outbox.add(
                session, f"appointment:{row.id}:{row.version}", ways, outbox.sealed(content, self._cipher), self._now
            )
        if then is not None:
            then(session, appointment)
        return appointment

    def leave(self, did: Did) -> Appointment:
        """Return the appointment, which is already as it should be; keep the key only."""
        self._keep_key(did)
        return to_appointment(self._row, self._cipher)

    def _keep_key(self, did: Did) -> None:
        row = self._row
        self._session.add(
            BookingKeyRow(key=self._key, appointment_id=row.id, did=did, version=row.version, at=self._now)
        )
        self._session.flush()


def slot_of(row: AppointmentRow) -> Slot | None:
    """Return the time of an appointment's row."""
    return None if row.schedule is None else Slot(row.schedule, row.starts_at, row.ends_at)


def to_appointment(row: AppointmentRow, cipher: Cipher) -> Appointment:
    """Return the record of an appointment's row. Raises CannotDecrypt without the key that encrypted it."""
    plain: dict[str, Any] = {
        name: None if (kept := getattr(row, name)) is None else cipher.decrypt(kept) for name in SEALED
    }
    return Appointment(
        id=row.id,
        reference=shown(row.reference),
        version=row.version,
        status=row.status,
        slot=slot_of(row),
        time_zone=row.time_zone,
        contact_kind=row.contact_kind,
        **plain,
        conversation_id=row.conversation_id,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )


def _state(row: AppointmentRow) -> dict[str, Any]:
    return {
        "status": row.status,
        "schedule": row.schedule,
        "starts_at": row.starts_at.isoformat() if row.starts_at else None,
        "ends_at": row.ends_at.isoformat() if row.ends_at else None,
    }
