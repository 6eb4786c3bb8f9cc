"""How an action says what ``bot.dialogue`` has planned: a response of the domain with its values and buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.settings import load_settings

if TYPE_CHECKING:
    from rasa_sdk.executor import CollectingDispatcher

    from bot.dialogue.plan import Say


def utter(dispatcher: CollectingDispatcher, say: Say, **more: Any) -> None:
    """Say it. ``more`` goes to the gateway beside it: which message it clarifies, how far a booking is."""
    settings = load_settings()
    dispatcher.utter_message(
        response=say.response,
        buttons=[{"title": title, "payload": title, "topic": topic} for title, topic in say.buttons],
        topic=say.topic,
        passages=list(say.passages),
        how_to_reach_us=settings.how_to_reach_us,
        how_to_reach_us_in_spanish=settings.how_to_reach_us_in_spanish,
        **say.values,
        **more,
    )
