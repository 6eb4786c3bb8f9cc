"""What crosses the boundary of the appointment book: frozen records, no rows. FHIR's words where it has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from bot.booking.slots import Slot

# https://hl7.org/fhir/R4/valueset-appointmentstatus.html, those that a clinic like this one needs
Status = Literal["proposed", "pending", "booked", "fulfilled", "cancelled", "noshow", "entered-in-error"]
Outcome = Literal["fulfilled", "noshow", "entered-in-error"]
By = Literal["visitor", "staff", "system"]
ContactKind = Literal["phone", "email"]
Did = Literal["booked", "requested", "moved", "cancelled", "confirmed", "closed"]


@dataclass(frozen=True)
class Request:
    """What a visitor asks for. ``summary``: the text that the visitor confirmed, which staff get as it is.

    ``contact`` is a telephone number or an e-mail address, checked by the caller; ``for_whom`` is set where somebody
    asks for another person.
    """

    patient_name: str
    contact: str
    contact_kind: ContactKind
    reason: str
    for_whom: str | None
    summary: str


@dataclass(frozen=True)
class Hold:
    """A time that is kept for one conversation until ``expires_at``."""

    conversation_id: str
    slot: Slot
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Appointment:
    """An appointment, or a request for a call back: this has no ``slot`` and the status proposed.

    ``reference`` is as shown (ABCD-EFGH); ``version`` counts the changes from 1; ``time_zone`` is the clinic's.
    """

    id: str
    reference: str
    version: int
    status: Status
    slot: Slot | None
    time_zone: str
    patient_name: str
    contact: str
    contact_kind: ContactKind
    reason: str
    for_whom: str | None
    summary: str
    requested_period: str | None
    conversation_id: str | None
    created_at: datetime
    changed_at: datetime

    @property
    def local_start(self) -> datetime | None:
        """The beginning on the clinic's clock."""
        return None if self.slot is None else self.slot.starts_at.astimezone(ZoneInfo(self.time_zone))


@dataclass(frozen=True)
class Change:
    """A change of an appointment: ``what`` has ``did``, and status and time under ``old`` (or None) and ``new``."""

    version: int
    at: datetime
    by: By
    what: Mapping[str, Any]
