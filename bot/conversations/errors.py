"""What can go wrong with the conversation log, apart from the database itself."""

from __future__ import annotations

from bot.errors import AssistantError


class NotFound(AssistantError):  # noqa: N818 - reads as what it says
    """There is no such conversation or message, or it is not for this caller."""


class LeaseLost(AssistantError):  # noqa: N818 - reads as what it says
    """Another worker answers this conversation, or has answered this message; nothing was written."""


class TakenOver(LeaseLost):
    """Somebody of the staff answers this conversation; nothing was written."""


class NotInCharge(AssistantError):  # noqa: N818 - reads as what it says
    """Whoever asked does not answer this conversation; nothing was written."""
