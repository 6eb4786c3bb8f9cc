"""What the staff console and privacy work with, made once at the gateway's start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.gateway.housekeeping import Housekeeping
from bot.gateway.identity_provider import IdentityProvider
from bot.privacy.erasure import Erasure
from bot.privacy.known import Known
from bot.privacy.retention import Periods, Retention
from bot.staff.accounts import Accounts
from bot.staff.audit import Audit
from bot.staff.lockout import Lockout
from bot.staff.sessions import Sessions
from bot.staff.signing_in import SigningIn
from bot.staff.single_sign_on import SingleSignOn

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.booking.book import Book
    from bot.conversations.log import ConversationLog
    from bot.gateway.assistant_client import AssistantClient
    from bot.settings import Settings
    from bot.storage.encryption import Cipher
    from bot.storage.engine import Database


@dataclass(frozen=True)
class StaffRooms:
    """The parts of a running gateway that staff, and whoever wants to be forgotten, have to do with."""

    audit: Audit
    accounts: Accounts
    sessions: Sessions
    signing_in: SigningIn
    single_sign_on: SingleSignOn
    identity_provider: IdentityProvider
    known: Known
    erasure: Erasure
    retention: Retention
    housekeeping: Housekeeping


def furnish_staff(  # noqa: PLR0917 - what the parts are made of
    settings: Settings,
    database: Database,
    cipher: Cipher,
    log: ConversationLog,
    book: Book,
    assistant: AssistantClient,
    *tidy: Callable[[], object],
) -> StaffRooms:
    """Return the parts for these settings; nothing is connected yet. ``tidy`` is done once a day as well."""
    audit, sessions, lockout = Audit(database), Sessions(database), Lockout(database)
    signing_in = SigningIn(database, cipher, lockout, settings.staff_second_factor)
    erasure = Erasure(database, assistant.forget)
    retention = Retention(database, erasure, audit, Periods.of(settings))
    return StaffRooms(
        audit=audit,
        accounts=Accounts(database),
        sessions=sessions,
        signing_in=signing_in,
        single_sign_on=SingleSignOn(database, signing_in),
        identity_provider=IdentityProvider(settings),
        known=Known(log, book),
        erasure=erasure,
        retention=retention,
        housekeeping=Housekeeping(retention, erasure, (sessions.tidy, lockout.tidy, book.expire, *tidy)),
    )
