"""The parts of a gateway that deal with text messages, made once at its start where they are set up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.gateway.text_answers import Parts
from bot.gateway.text_log import TextLog
from bot.gateway.text_sending import TextSending
from bot.gateway.texting import Texting
from bot.sms.carrier import Carrier
from bot.sms.outbox import TextOutbox
from bot.sms.phone_book import PhoneBook
from bot.sms.quiet import ANYWHERE
from bot.sms.signatures import Signatures
from bot.storage.encryption import cipher_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from zoneinfo import ZoneInfo

    from bot.conversations.log import ConversationLog
    from bot.gateway.bells import Bells
    from bot.gateway.limits import Limits
    from bot.gateway.triage_loader import TriageLoader
    from bot.gateway.turns import Turns
    from bot.notices.outbox import Way
    from bot.safety.verdicts import Verdict
    from bot.settings import Settings
    from bot.storage.engine import Database

_MARGIN: Final = 2.0  # seconds between a webhook's end and the outbox's turn, should the webhook not say that it ended


@dataclass(frozen=True)
class Sms:
    """The parts for text messages."""

    settings: Settings
    signatures: Signatures
    texting: Texting
    outbox: TextOutbox
    sending: TextSending
    book: PhoneBook
    carrier: Carrier

    def is_for_us(self, number: str) -> bool:
        """Tell whether a text went to a number of the clinic; with a messaging service it may have several."""
        return bool(self.settings.sms_messaging_service) or number == self.settings.sms_number

    def close(self) -> None:
        """Close the connections."""
        self.carrier.close()


def furnish_sms(  # noqa: PLR0917 - the parts that it joins
    settings: Settings,
    database: Database,
    log: ConversationLog,
    turns: Turns,
    limits: Limits,
    bells: Bells,
    triage: TriageLoader,
    look: Callable[[str], Verdict],
    zone: ZoneInfo | None,
    ways: Sequence[Way],
) -> Sms | None:
    """Return the parts for text messages, None where they are not set up. Nothing is connected yet.

    ``look`` is triage that counts; ``zone`` is where the clinic is, if that is known. Raises ConfigurationError for a
    wrong CONTACT_KEYS.
    """
    if not settings.has_sms:
        return None
    cipher = cipher_of(settings)
    hold = timedelta(seconds=settings.sms_wait + _MARGIN)
    parts = Parts(log, triage, cipher, settings, hold, tuple(ways))
    outbox = TextOutbox(database, cipher, (zone,) if zone else ANYWHERE)
    carrier = Carrier(settings)
    return Sms(
        settings=settings,
        signatures=Signatures(settings.twilio_account_sid, settings.twilio_auth_token, settings.public_url),
        texting=Texting(TextLog(database, parts), outbox, turns, limits, bells, look, parts),
        outbox=outbox,
        sending=TextSending(outbox, carrier),
        book=PhoneBook(database, cipher),
        carrier=carrier,
    )
