"""Who of the staff does something, and the line that the audit log gets of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.staff import audit
from bot.staff.audit_lines import Entry

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Actor:
    """Somebody of the staff: the account's id and name, and the address that the request came from."""

    account_id: str
    name: str
    address: str = ""

    def did(self, session: Session, action: str, subject: str, now: datetime, **details: Any) -> None:
        """Append a line to the audit log, as the last thing in the caller's transaction."""
        session.flush()
        audit.append(session, Entry(f"staff:{self.name}", action, subject, details, self.address), now)
