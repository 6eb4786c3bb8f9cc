"""What the widget and the pages tell of the clinic: only what the settings say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.settings import Settings

# Each is a question that the source document answers, in words that a visitor would use.
STARTER_QUESTIONS = (
    "What is Failed Back Surgery Syndrome?",
    "What can cause pain after back surgery?",
    "What treatments are there?",
)

_DIALLABLE = re.compile(r"[0-9\s()+.-]+")


@dataclass(frozen=True)
class Clinic:
    """Name, telephone and address; what is not set is empty. ``phone_link`` is a tel: address.

    ``sms`` tells whether a visitor can go on by text message.
    """

    name: str
    phone: str
    phone_link: str
    address: str
    sms: bool

    @classmethod
    def of(cls, settings: Settings) -> Clinic:
        """Return the clinic of the settings."""
        return cls(
            name=settings.clinic_name,
            phone=settings.clinic_phone,
            phone_link=telephone_link(settings.clinic_phone),
            address=settings.clinic_address,
            sms=settings.has_sms,
        )


def telephone_link(phone: str) -> str:
    """Return the tel: address of a number; empty if it has letters, such as an extension, that a link would lose."""
    if not _DIALLABLE.fullmatch(phone):
        return ""
    return "tel:" + re.sub(r"[^0-9+]", "", phone)
