"""Telephone numbers as Twilio writes them, and a text message as it comes in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

# E.164. Other senders ("whatsapp:+1...", a name, the short code of a service) cannot be texted back.
_NUMBER: Final = re.compile(r"\+[1-9]\d{6,14}")

Handled = Literal["", "STOP", "START", "HELP"]


@dataclass(frozen=True)
class TextIn:
    """A text message that came in: Twilio's id of it, who sent it, its words, and how many pictures came with it.

    ``handled``: what Twilio took it for and has replied to already; empty: nothing.
    """

    sid: str
    sender: str
    words: str
    pictures: int = 0
    handled: Handled = ""


def is_number(sender: str) -> bool:
    """Tell whether a sender is a telephone that can be answered."""
    return _NUMBER.fullmatch(sender) is not None
