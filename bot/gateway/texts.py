"""What the gateway itself says, without the assistant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.conversations.records import Reply
from bot.safety.replies import safety_texts

if TYPE_CHECKING:
    from bot.settings import Settings


def greeting(settings: Settings) -> Reply:
    """Return the first message of a conversation."""
    return Reply(
        text=(
            f"Hello! I am the automated assistant of {settings.clinic_name}, not a person and not a doctor. "
            f"You can ask me about pain that stays after spine surgery. {_emergency()}"
        ),
        kind="smalltalk",
        topic="smalltalk",
    )


def one_moment(settings: Settings) -> Reply:
    """Return the reply to a message that cannot be answered yet; it will be."""
    call = f" You can also call us at {settings.clinic_phone}." if settings.clinic_phone else ""
    return Reply(
        text=(
            "One moment, please: I am not quite ready. I have your message and will answer it here as soon as I can."
            f"{call} {_emergency()}"
        ),
        kind="fallback",
    )


def trouble(settings: Settings) -> Reply:
    """Return the reply to a message that the assistant failed to answer."""
    return Reply(
        text=(
            "I am sorry, I could not answer that because something went wrong on our side. "
            f"Please try again, or {settings.how_to_reach_us}. {_emergency()}"
        ),
        kind="fallback",
    )


def no_words() -> Reply:
    """Return the reply to a message without a single word or sign."""
    return Reply(text="I did not receive any words. What would you like to know?", kind="fallback")


def _emergency() -> str:
    return safety_texts()["while_waiting"].text
