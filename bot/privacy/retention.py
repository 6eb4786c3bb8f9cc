"""Retention: what is older than the settings allow is erased, daily and on demand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.booking import erasing as appointments
from bot.conversations import erasing as conversations
from bot.errors import AssistantError
from bot.notices import erasing as notices
from bot.sms import erasing as telephones
from bot.staff import audit
from bot.staff.audit_lines import Entry
from bot.storage.retry import Sleep, retried

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from bot.privacy.erasure import Erasure
    from bot.settings import Settings
    from bot.staff.audit import Audit
    from bot.storage.engine import Database


@dataclass(frozen=True)
class Periods:
    """Days after which something is erased; 0: never. The audit log is kept for a year at least."""

    conversations: int = 0
    appointments: int = 0
    audit: int = 0

    @classmethod
    def of(cls, settings: Settings) -> Periods:
        """Return the periods of the settings."""
        return cls(settings.retention_days, settings.booking_retention_days, settings.audit_retention_days)


@dataclass(frozen=True)
class Outcome:
    """How much was erased, or would be. ``left``: conversations that the assistant could not forget, and why."""

    conversations: int = 0
    appointments: int = 0
    notices: int = 0
    audit_lines: int = 0
    telephones: int = 0
    left: int = 0
    why_left: str = ""


class Retention:
    """Erases by age.

    An age is counted from the last activity of a conversation, from the end of an appointment or its last change,
    whichever is later, from the making of a notice or of an audit line, and from the last text of a telephone that is
    in no conversation any more. One that has opted out is kept, bare.
    """

    def __init__(  # noqa: PLR0917 - what it works with
        self,
        database: Database,
        erasure: Erasure,
        audit_log: Audit,
        periods: Periods,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Sleep = time.sleep,
    ) -> None:
        self._database = database
        self._erasure = erasure
        self._audit = audit_log
        self._periods = periods
        self._clock = clock
        self.sleep = sleep

    async def look(self) -> Outcome:
        """Return what ``run`` would erase now; nothing is changed."""
        return await asyncio.to_thread(self._look)

    async def run(self, actor: str) -> Outcome:
        """Erase what is too old; return how much. ``actor`` stands in the audit log.

        A conversation that the assistant cannot forget stays as it is, for the next run.
        """
        done, left, why = 0, 0, ""
        before = self._before(self._periods.conversations)
        for conversation_id in await asyncio.to_thread(self._idle):
            try:
                done += await self._erasure.erase(conversation_id, actor, why="retention", idle_since=before)
            except AssistantError as error:
                left, why = left + 1, str(error)
        rest = await asyncio.to_thread(self._run_rest, actor)
        await self._erasure.clean()
        return replace(rest, conversations=done, left=left, why_left=why)

    def _look(self) -> Outcome:
        kept = self._periods.audit
        idle = set(self._idle())
        with self._database.read() as session:
            silent_since = self._before(self._periods.conversations)
            return Outcome(
                conversations=len(idle),
                appointments=len(self._over()),
                notices=notices.count_before(session, silent_since) if silent_since else 0,
                audit_lines=self._audit.older_than(kept) if kept else 0,
                telephones=telephones.count_idle(session, silent_since, idle) if silent_since else 0,
            )

    def _run_rest(self, actor: str) -> Outcome:
        erased = sum(self._erase_appointment(each, actor) for each in self._over())
        kept = self._periods.audit
        return Outcome(
            appointments=erased,
            notices=self._erase_old(actor, "notices.erased", notices.erase_before),
            audit_lines=self._audit.prune(kept, actor) if kept else 0,
            telephones=self._erase_old(actor, "telephones.erased", telephones.forget_idle),
        )

    @retried
    def _idle(self) -> list[str]:
        before = self._before(self._periods.conversations)
        if before is None:
            return []
        with self._database.read() as session:
            return conversations.idle_since(session, before)

    @retried
    def _over(self) -> list[str]:
        before = self._before(self._periods.appointments)
        if before is None:
            return []
        with self._database.read() as session:
            return appointments.over_since(session, before)

    @retried
    def _erase_appointment(self, appointment_id: str, actor: str) -> bool:
        before = self._before(self._periods.appointments)
        with self._database.write() as session:
            gone = before is not None and appointments.erase(session, appointment_id, before)
            if gone:
                subject = f"appointment:{appointment_id}"
                audit.append(session, Entry(actor, "appointment.erased", subject, {"why": "retention"}), self._clock())
            return gone

    @retried
    def _erase_old(self, actor: str, action: str, erase: Callable[[Session, datetime], int]) -> int:
        """Erase what is as old as conversations may become, with one line in the audit log; return how many."""
        before = self._before(self._periods.conversations)
        if before is None:
            return 0
        with self._database.write() as session:
            gone = erase(session, before)
            if gone:
                details = {"count": gone, "why": "retention"}
                audit.append(session, Entry(actor, action, details=details), self._clock())
            return gone

    def _before(self, days: int) -> datetime | None:
        return self._clock() - timedelta(days=days) if days else None
