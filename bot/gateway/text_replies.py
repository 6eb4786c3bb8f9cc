"""What the gateway itself says by text message, without the assistant, and replies of the log as text messages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from bot.conversations.records import Button, Reply
from bot.gateway import texts
from bot.safety.replies import safety_texts
from bot.sms.wording import Choice, Page, Said, page_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.conversations.records import Message
    from bot.settings import Settings
    from bot.sms.steps import Does, Step

ASK_TO_STOP: Final = (
    Choice("No more texts", "No more texts", "no_more_texts"),
    Choice("Keep texting", "", "keep_texts"),
)
LEAVE_CHAT: Final = (Choice("This was not me", "This was not me", "leave_chat"),)
_SAFETY: Final = frozenset({"emergency", "crisis"})


def own_reply(does: Does, settings: Settings) -> Reply | None:
    """Return what the gateway says to a text that is not for the assistant; None where it says nothing."""
    clinic, reach = settings.clinic_name, settings.how_to_reach_us
    emergency = safety_texts()["while_waiting"].text
    said = {
        "opt_out": f"You get no more texts from {clinic}. To reach us, please {reach}. {emergency}",
        "opt_in": f"You get texts from {clinic} again. What would you like to know? {emergency}",
        "help": _help(settings),
        "ask_to_stop": f"Would you like to get no more texts from {clinic}?",
        "keep_texts": "All right, we go on as before. What would you like to know?",
        "leave_chat": "This phone has left the web chat. What you text from now on does not show there.",
        "only_pictures": f"I cannot see pictures or hear messages. Please tell me in words what you need. {emergency}",
        "no_words": texts.no_words().text,
        "other_script": f"I can read English only. Please {reach}. {emergency} {settings.how_to_reach_us_in_spanish}.",
    }.get(does)
    return Reply(text=said, kind="handoff" if does == "help" else "smalltalk") if said else None


def joined(settings: Settings, *, is_right: bool) -> Reply:
    """Return the reply to a code: that the telephone is in the web chat now, or that the code opens none."""
    if is_right:
        text = f"We go on here with your web chat at {settings.clinic_name}. What you text shows there as well."
    else:
        text = "That code does not work, or not any more. The web chat can show you a new one."
    return Reply(text=text, kind="smalltalk")


def more(step: Step, last: Message | None) -> Reply:
    """Return the next page of a reply that was too long for one text; ``last`` is that reply."""
    choice = step.choice
    then = choice.then if choice else ()
    rest = Reply(text=choice.say if choice else "", buttons=tuple(Button(each.title, each.say) for each in then))
    return replace(rest, kind=last.kind, topic=last.topic, asks=last.asks) if last else rest


def pick_a_number(last: Message) -> Reply:
    """Return the reply to a bare "yes" to choices of a booking: they are shown again, and nothing is done."""
    return Reply(
        text="To be sure, please reply with a number:",
        kind="booking",
        topic=last.topic,
        buttons=last.buttons,
        asks=last.asks,
    )


def choices_below(does: Does, *, has_joined: bool) -> tuple[Choice, ...]:
    """Return the choices below the gateway's own reply that are no words to the assistant."""
    return {"ask_to_stop": ASK_TO_STOP, "join_chat": LEAVE_CHAT if has_joined else ()}.get(does, ())


def page(
    replies: Sequence[Message | Reply], settings: Settings, extra: Sequence[Choice] = (), *, is_first: bool = False
) -> Page:
    """Return replies as one text message; the first one that a telephone gets says who writes."""
    said = [_said(each) for each in replies]
    if extra:
        said.append(Said("", tuple(extra)))
    opening = f"I am the automated assistant of {settings.clinic_name}, not a person." if is_first else ""
    return page_of(said, _own_hosts(settings), opening)


def is_safety(replies: Sequence[Message | Reply]) -> bool:
    """Tell whether replies are about an alarm, and so may be sent at any hour."""
    return any(each.kind in _SAFETY for each in replies)


def _said(reply: Message | Reply) -> Said:
    return Said(
        text=reply.text,
        choices=tuple(Choice(button.title, button.value) for button in reply.buttons),
        sourced=reply.kind == "answer" and bool(reply.sources),
        safety=reply.kind in _SAFETY,
    )


def _own_hosts(settings: Settings) -> set[str]:
    return {urlsplit(each).hostname or "" for each in (settings.public_url, *settings.widget_pages)} - {""}


def _help(settings: Settings) -> str:
    phone = f", phone {settings.clinic_phone}" if settings.clinic_phone else ""
    crisis = "In a crisis, call or text 988."
    return (
        f"{settings.clinic_name}{phone}. Automated answers about pain after spine surgery. Text STOP to get no more. "
        f"Message and data rates may apply. {safety_texts()['while_waiting'].text} {crisis}"
    )
